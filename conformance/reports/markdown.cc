#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/report.h"
#include "conformance/reports/markdown_text.h"
#include "conformance/reports/reports.h"
#include "conformance/tally.h"
#include "conformance/text.h"
#include "conformance/words.h"

namespace duroxide::conformance {
namespace {

// GitHub takes summaries of up to 1 MiB and shows nothing of longer ones.
constexpr size_t kMostBytesOfFailures = 700'000;

// Numbers and words of the runner's own stand as they are; all else goes
// through MarkdownText.
void WriteTable(std::ostream& out, const RunResult& run) {
  out << "| category | passed | failed | inconclusive | skipped | not "
         "applicable | score | seconds |\n"
         "|---|--:|--:|--:|--:|--:|--:|--:|\n";
  const auto write_row = [&](std::string_view name, const Tally& tally,
                             std::string_view mark) {
    out << "| " << mark << name << mark;
    for (const Verdict verdict : kAllVerdicts) {
      const size_t count = tally.Of(verdict);
      const bool bad = verdict == Verdict::kFailed && count > 0;
      const std::string_view bold = bad || !mark.empty() ? "**" : "";
      out << " | " << bold << count << bold;
    }
    out << " | " << mark << PercentText(tally.score()) << mark << " | " << mark
        << SecondsText(tally.elapsed()) << mark << " |\n";
  };
  for (const auto& [category, tally] : TallyByCategory(run)) {
    write_row(category, tally, "");
  }
  const auto profiles = TallyByProfile(run);
  for (const auto& [profile, tally] : profiles) {
    if (profiles.size() < 2) break;
    write_row(Concat("profile ", ProfileName(profile)), tally, "**");
  }
  write_row("all", TallyOf(run), "**");
}

// A part that is closed until somebody opens it. `title` may have markup.
void WriteClosed(std::ostream& out, std::string_view title,
                 std::string_view body) {
  out << "<details>\n<summary>" << title << "</summary>\n\n"
      << body << "\n</details>\n\n";
}

std::string FailureTitle(const CaseResult& result) {
  return Concat("<code>", result.of->id(),
                "</code>: ", MarkdownText(Headline(result)));
}

std::string FailureBody(const CaseResult& result, const RunInfo& info) {
  if (!result.failure) return Concat(MarkdownText(Headline(result)), "\n");
  std::ostringstream text;
  WriteFailure(text, result,
               {.style = Style(/*colours=*/false), .command = info.command});
  return MarkdownBlock(text.str());
}

void WriteFailures(std::ostream& out, std::string_view heading,
                   const std::vector<const CaseResult*>& failures,
                   const RunInfo& info) {
  if (failures.empty()) return;
  out << "### " << heading << " (" << failures.size() << ")\n\n";
  size_t written = 0;
  for (const CaseResult* result : failures) {
    const std::string body = FailureBody(*result, info);
    written += body.size();
    if (written < kMostBytesOfFailures) {
      WriteClosed(out, FailureTitle(*result), body);
    } else {
      out << "- " << FailureTitle(*result) << "\n";
    }
  }
}

// The cases of a verdict by their reasons.
void WriteReasons(std::ostream& out, const RunResult& run, Verdict verdict) {
  std::map<std::string_view, std::vector<std::string>> ids;
  for (const CaseResult& result : run.cases) {
    if (result.verdict != verdict) continue;
    ids[result.reason].push_back(Concat("`", result.of->id(), "`"));
  }
  if (ids.empty()) return;
  std::string body;
  for (const auto& [reason, of] : ids) {
    body += Concat("- ", MarkdownText(reason), ": ", Join(of, ", "), "\n");
  }
  WriteClosed(
      out,
      Concat(run.Count(verdict), run.Count(verdict) == 1 ? " case " : " cases ",
             VerdictName(verdict)),
      body);
}

void WriteHead(std::ostream& out, const RunResult& run, const RunInfo& info) {
  const RunConditions& conditions = run.conditions;
  out << "## duroxide-compat: " << MarkdownText(conditions.provider.name())
      << " " << MarkdownText(conditions.provider.version()) << "\n\n**"
      << RunVerdictText(run) << "**, score " << PercentText(run.TotalScore())
      << ". " << RunInWords(run) << "\n\n"
      << "Contract " << MarkdownText(conditions.provider.contract_version())
      << ", judged in " << SecondsText(run.elapsed) << " s by duroxide-compat "
      << info.tool_version << ", started " << TimeText(conditions.started_at)
      << ".\n\n";
}

}  // namespace

void WriteMarkdown(std::ostream& out, const RunResult& run,
                   const RunInfo& info) {
  std::vector<const CaseResult*> failures;
  std::vector<const CaseResult*> foretold;
  for (const CaseResult& result : run.cases) {
    if (result.fails_run()) {
      failures.push_back(&result);
    } else if (result.failure) {
      foretold.push_back(&result);
    }
  }
  WriteHead(out, run, info);
  WriteTable(out, run);
  out << "\n";
  WriteFailures(out, "Failures", failures, info);
  WriteFailures(out, "Failures that were expected", foretold, info);
  for (const Verdict verdict :
       {Verdict::kInconclusive, Verdict::kSkipped, Verdict::kNotApplicable}) {
    WriteReasons(out, run, verdict);
  }
}

}  // namespace duroxide::conformance
