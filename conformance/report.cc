#include "conformance/report.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <map>
#include <string_view>
#include <vector>

#include "conformance/call_text.h"
#include "conformance/layout.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// The verdicts of the table's columns. A case that does not apply counts
// nowhere.
constexpr std::array kVerdicts = {Verdict::kPassed, Verdict::kFailed,
                                  Verdict::kSkipped, Verdict::kInconclusive};

// A row of the table.
struct Row {
  std::array<size_t, kVerdicts.size()> counts{};
  absl::Duration elapsed;
};

void Count(const CaseResult& result, Row& row) {
  row.elapsed += result.elapsed;
  const auto at = std::find(kVerdicts.begin(), kVerdicts.end(), result.verdict);
  if (at == kVerdicts.end()) return;
  ++row.counts[static_cast<size_t>(at - kVerdicts.begin())];
}

std::string Seconds(absl::Duration elapsed) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << absl::ToDoubleSeconds(elapsed);
  return out.str();
}

std::string Padded(std::string_view text, size_t width, bool left) {
  const std::string padding(width - std::min(width, text.size()), ' ');
  return left ? Concat(text, padding) : Concat(padding, text);
}

void WriteRow(std::ostream& out, std::string_view name, const Row& row,
              const Style& style) {
  out << Padded(name, 20, true);
  for (size_t i = 0; i < kVerdicts.size(); ++i) {
    const std::string cell = Padded(std::to_string(row.counts[i]), 14, false);
    out << (row.counts[i] == 0 ? cell : style.Of(kVerdicts[i], cell));
  }
  out << Padded(Seconds(row.elapsed), 10, false) << "\n";
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
                " in ", Seconds(run.elapsed), " s.");
}

}  // namespace

std::string_view SourcePath(std::string_view path) {
  const size_t at = path.rfind("conformance/cases/");
  return at == std::string_view::npos ? path : path.substr(at);
}

void WriteFailure(std::ostream& out, const CaseResult& failed,
                  const ReportOptions& options) {
  const CaseTraits& traits = failed.of->traits;
  const Failure& failure = *failed.failure;
  out << options.style.Of(Verdict::kFailed, "FAILED") << " "
      << options.style.Bold(failed.of->id()) << "\n";
  Layout layout(out, options.style);
  layout.Paragraph("proves", traits.proves);
  layout.Clauses(traits.clauses);
  layout.Paragraph("expected", failure.expected);
  layout.Paragraph("seen", failure.seen);
  layout.Paragraph("context", failure.context);
  if (!failure.file.empty()) {
    layout.Line("check", Concat(SourcePath(failure.file), ":", failure.line));
  }
  if (!failed.calls.empty()) {
    layout.Line("calls", "each with when it was sent and answered, in ms");
    WriteCalls(out, failed.calls, failed.began);
  }
  layout.List("likely", traits.likely_causes);
  layout.Line("again",
              Concat(options.command, " --run ", ShellQuoted(failed.of->id())));
  out << "\n";
}

void WriteTable(std::ostream& out, const RunResult& run, const Style& style) {
  out << style.Bold(Padded("category", 20, true));
  for (const Verdict verdict : kVerdicts) {
    out << style.Bold(Padded(VerdictName(verdict), 14, false));
  }
  out << style.Bold(Padded("seconds", 10, false)) << "\n";
  std::map<std::string_view, Row> rows;
  Row total;
  for (const CaseResult& result : run.cases) {
    Count(result, rows[result.of->category]);
    Count(result, total);
  }
  for (const auto& [category, row] : rows) WriteRow(out, category, row, style);
  WriteRow(out, "all", total, style);
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
