#ifndef DUROXIDE_CONFORMANCE_STRESS_REPORTS_FIGURES_H_
#define DUROXIDE_CONFORMANCE_STRESS_REPORTS_FIGURES_H_

// Figures and verdicts in words, the same in all formats.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/stress/keep/record.h"
#include "conformance/stress/reports/stress_report.h"

namespace duroxide::stress {

enum class RunVerdict {
  kPassed,
  // Work failed or was lost, or a threshold was missed.
  kFailed,
  // The runner was too late itself for the figures to be the provider's.
  kNotCertified,
};

RunVerdict VerdictOf(const RunRecord& run);
// The worst of all runs; of a comparison without runs, of its runs.
RunVerdict VerdictOf(const StressReport& report);
// "passed", "failed", "not_certified".
std::string_view VerdictKey(RunVerdict verdict);
// "Passed", "Failed", "Not certified".
std::string_view VerdictTitle(RunVerdict verdict);
// Why, in a sentence.
std::string VerdictReason(const RunRecord& run);

double ToMs(absl::Duration duration);
// With as many digits as say something: "0.52 ms", "19.8 ms", "1,204 ms".
std::string MsText(absl::Duration duration);
// "19.44", "512.3", "2,561".
std::string FigureText(double number);
// "34.2 MiB".
std::string BytesText(double bytes);
// "2026-11-23 14:00:12 UTC"
std::string MomentText(absl::Time time);

// "parallel_orchestrations 2/2 on sqlite".
std::string RunTitle(const RunRecord& run);

// What the run was made of and with, as name and value.
std::vector<std::pair<std::string, std::string>> FactsOf(const RunRecord& run);

// The quantiles that reports show: name and quantile.
inline constexpr std::pair<std::string_view, double> kQuantiles[] = {
    {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_REPORTS_FIGURES_H_
