#ifndef DUROXIDE_CONFORMANCE_STRESS_REPORTS_STRESS_REPORT_H_
#define DUROXIDE_CONFORMANCE_STRESS_REPORTS_STRESS_REPORT_H_

// What stress runs leave for people and programs. All formats tell the same.

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "conformance/stress/compare/comparison.h"
#include "conformance/stress/compare/trend.h"
#include "conformance/stress/keep/record.h"

namespace duroxide::conformance {
class Style;
}  // namespace duroxide::conformance

namespace duroxide::stress {

// All that a report is made of. Of runs, comparison and trends at least one is
// there.
struct StressReport {
  // Of duroxide-compat.
  std::string tool_version;
  // The command of the run, for people to copy.
  std::string command;
  absl::Time written_at;
  // To be shown one by one.
  std::vector<RunRecord> runs = {};
  std::optional<Contest> comparison = std::nullopt;
  std::vector<TrendLine> trends = {};
};

// For a terminal: the guide's table, what is wrong, and why.
void WriteText(std::ostream& out, const StressReport& report,
               const conformance::Style& style);

// For programs, as docs/schemas/stress-v1.schema.json says.
void WriteStressJson(std::ostream& out, const StressReport& report);

// One page that needs nothing beside it and loads nothing.
void WriteStressHtml(std::ostream& out, const StressReport& report);

// For the summary of a CI job.
void WriteStressMarkdown(std::ostream& out, const StressReport& report);

// stress-test-results.md of the provider testing guide: commit and time,
// changes since the last test, figures, history.
void WriteTracking(std::ostream& out, const StressReport& report);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_REPORTS_STRESS_REPORT_H_
