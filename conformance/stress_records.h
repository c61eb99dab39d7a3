#ifndef DUROXIDE_CONFORMANCE_STRESS_RECORDS_H_
#define DUROXIDE_CONFORMANCE_STRESS_RECORDS_H_

// What stress runs leave behind: a results database and reports.

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "conformance/stress/keep/record.h"
#include "conformance/stress/keep/results.h"
#include "conformance/stress/reports/report_files.h"
#include "conformance/stress/reports/stress_report.h"
#include "conformance/stress_target.h"

namespace duroxide::conformance {

struct StressRecordOptions {
  // The results database; empty is none.
  std::string results = {};
  // Of what is tested; empty is what the working folder has checked out.
  std::string commit = {};
  std::vector<stress::ReportTarget> reports = {};
};

// For one thread at a time.
class StressRecords {
 public:
  // Makes sure that all can be written, before the runs. The message of an
  // error is for the user.
  static absl::StatusOr<StressRecords> Open(const StressRecordOptions& options);

  // The result with commit, version and the machine on which it was made.
  stress::RunRecord RecordOf(stress::StressResult result,
                             const StressTargetOptions& target) const;

  // Adds the run to the database, where there is one, and numbers it.
  absl::Status Keep(stress::RunRecord& run);

  // Nothing, where there is no database.
  const std::optional<stress::Results>& results() const { return results_; }

  // Writes all reports, and the text for people to `out`; to `err` where a
  // report takes `out`. Once. An error where a file could not be written.
  absl::Status Write(const stress::StressReport& report, std::ostream& out,
                     std::ostream& err);

 private:
  StressRecords(StressRecordOptions options, stress::ReportFiles files,
                std::optional<stress::Results> results);

  StressRecordOptions options_;
  stress::ReportFiles files_;
  std::optional<stress::Results> results_;
  std::string commit_;
  bool modified_ = false;
};

// A report without runs: version, command and time are there.
stress::StressReport NewStressReport();

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STRESS_RECORDS_H_
