#ifndef DUROXIDE_CONFORMANCE_STRESS_REPORTS_REPORT_FILES_H_
#define DUROXIDE_CONFORMANCE_STRESS_REPORTS_REPORT_FILES_H_

// Which stress reports a user wants, and where.

#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "conformance/reports/pending_file.h"
#include "conformance/stress/reports/stress_report.h"

namespace duroxide::stress {

enum class ReportFormat { kJson, kHtml, kMarkdown };

struct ReportTarget {
  bool operator==(const ReportTarget&) const = default;

  ReportFormat format;
  // "-" is standard output.
  std::string file;
};

// What --report says: each text has one FORMAT=FILE or several, separated by
// commas. INVALID_ARGUMENT, with what to write, where one is none, or a file is
// named twice.
absl::StatusOr<std::vector<ReportTarget>> ParseReports(
    std::span<const std::string> texts);

// True where a report goes to standard output, so that nothing else may.
bool TakesStandardOutput(std::span<const ReportTarget> reports);

// The files of a run's reports.
class ReportFiles {
 public:
  // Makes sure that all can be written, before the run. INVALID_ARGUMENT names
  // the one that cannot.
  static absl::StatusOr<ReportFiles> Open(
      std::span<const ReportTarget> reports);

  // Writes all reports; once. An error names every file that could not be
  // written; the others are.
  absl::Status Write(const StressReport& report, std::ostream& standard_output);

 private:
  struct File {
    ReportFormat format;
    // None for standard output.
    std::optional<conformance::PendingFile> pending;
  };
  std::vector<File> files_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_REPORTS_REPORT_FILES_H_
