#include "conformance/report.h"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <string_view>
#include <vector>

#include "conformance/call_text.h"
#include "conformance/layout.h"
#include "conformance/tally.h"
#include "conformance/text.h"
#include "conformance/words.h"

namespace duroxide::conformance {
namespace {

// The verdicts of the table's columns. A case that does not apply counts
// nowhere.
constexpr std::array kVerdicts = {Verdict::kPassed, Verdict::kFailed,
                                  Verdict::kSkipped, Verdict::kInconclusive};

std::string Padded(std::string_view text, size_t width, bool left) {
  const std::string padding(width - std::min(width, text.size()), ' ');
  return left ? Concat(text, padding) : Concat(padding, text);
}

void WriteRow(std::ostream& out, std::string_view name, const Tally& tally,
              const Style& style) {
  out << Padded(name, 20, true);
  for (const Verdict verdict : kVerdicts) {
    const std::string cell =
        Padded(std::to_string(tally.Of(verdict)), 14, false);
    out << (tally.Of(verdict) == 0 ? cell : style.Of(verdict, cell));
  }
  out << Padded(SecondsText(tally.elapsed()), 10, false) << "\n";
}

// One line for each reason, with the cases that it is the reason of.
void WriteReasons(std::ostream& out, const RunResult& run, Verdict verdict,
                  const Style& style) {
  std::map<std::string, std::vector<std::string>> ids;
  for (const CaseResult& result : run.cases) {
    if (result.verdict == verdict)
      ids[result.reason].push_back(result.of->id());
  }
  for (const auto& [reason, of] : ids) {
    out << style.Of(verdict, VerdictName(verdict)) << ": " << Printable(reason)
        << "\n";
    for (const std::string& id : of) out << "  " << id << "\n";
    out << "\n";
  }
}

std::string Conclusion(const RunResult& run) {
  std::vector<std::string> counts;
  for (const Verdict verdict : kVerdicts) {
    const size_t count = run.Count(verdict);
    if (count == 0) continue;
    counts.push_back(Concat(count, " ", VerdictName(verdict)));
  }
  if (run.interrupted) {
    counts.push_back(
        Concat(run.selected - run.cases.size(), " not run to their end"));
  }
  return Concat(run.interrupted ? "Interrupted: " : "", Join(counts, ", "),
                " in ", SecondsText(run.elapsed), " s.");
}

// In the words of the list that foretold it, where one did.
std::string_view FailedText(const CaseResult& failed) {
  return failed.outcome() == Outcome::kAsJudged ? "FAILED"
                                                : OutcomeName(failed.outcome());
}

void WriteProviderOutput(std::ostream& out, Layout& layout,
                         const std::string& output) {
  if (output.empty()) return;
  layout.Line("output", "what the provider wrote meanwhile");
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    out << "    " << Printable(line) << "\n";
  }
}

}  // namespace

std::string_view SourcePath(std::string_view path) {
  const size_t at = path.rfind("conformance/cases/");
  return at == std::string_view::npos ? path : path.substr(at);
}

std::string CommandAgain(std::string_view command, const CaseResult& result) {
  return Concat(command, " --run ", ShellQuoted(result.of->id()), " --seed ",
                result.seed);
}

void WriteFailure(std::ostream& out, const CaseResult& failed,
                  const ReportOptions& options) {
  const CaseTraits& traits = failed.of->traits;
  const Failure& failure = *failed.failure;
  out << options.style.Of(Verdict::kFailed, FailedText(failed)) << " "
      << options.style.Bold(failed.of->id()) << "\n";
  Layout layout(out, options.style);
  layout.Paragraph("proves", traits.proves);
  layout.Clauses(traits.clauses);
  layout.Paragraph("expected", failure.expected);
  layout.Paragraph("seen", failure.seen);
  layout.Paragraph("context", failure.context);
  if (failed.expectation) {
    layout.Paragraph("listed", ExpectationText(*failed.expectation));
  }
  if (!failure.file.empty()) {
    layout.Line("check", Concat(SourcePath(failure.file), ":", failure.line));
  }
  if (!failed.calls.empty()) {
    layout.Line("calls", "each with when it was sent and answered, in ms");
    WriteCalls(out, failed.calls, failed.began, failed.store);
  }
  WriteProviderOutput(out, layout, failed.provider_output);
  layout.List("likely", traits.likely_causes);
  layout.Line("again", CommandAgain(options.command, failed));
  out << "\n";
}

void WriteTable(std::ostream& out, const RunResult& run, const Style& style) {
  out << style.Bold(Padded("category", 20, true));
  for (const Verdict verdict : kVerdicts) {
    out << style.Bold(Padded(VerdictName(verdict), 14, false));
  }
  out << style.Bold(Padded("seconds", 10, false)) << "\n";
  for (const auto& [category, tally] : TallyByCategory(run)) {
    WriteRow(out, category, tally, style);
  }
  WriteRow(out, "all", TallyOf(run), style);
}

void WriteReport(std::ostream& out, const RunResult& run,
                 const ReportOptions& options) {
  for (const CaseResult& result : run.cases) {
    if (result.verdict == Verdict::kFailed) WriteFailure(out, result, options);
  }
  WriteReasons(out, run, Verdict::kNotApplicable, options.style);
  WriteReasons(out, run, Verdict::kSkipped, options.style);
  WriteReasons(out, run, Verdict::kInconclusive, options.style);
  WriteTable(out, run, options.style);
  out << "\n" << options.style.Bold(Conclusion(run)) << "\n";
}

}  // namespace duroxide::conformance
