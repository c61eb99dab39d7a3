#ifndef DUROXIDE_CONFORMANCE_OUTPUTS_H_
#define DUROXIDE_CONFORMANCE_OUTPUTS_H_

#include <memory>
#include <ostream>
#include <span>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "conformance/metrics/metrics_file.h"
#include "conformance/metrics/run_metrics.h"
#include "conformance/observers.h"
#include "conformance/output_options.h"
#include "conformance/reports/report_files.h"
#include "conformance/reports/run_info.h"
#include "conformance/result.h"

namespace duroxide::server {
class MetricsEndpoint;
}  // namespace duroxide::server

namespace duroxide::conformance {

// What a run leaves behind besides what it prints: reports, transcripts of
// failed cases, metrics.
class Outputs {
 public:
  // Makes sure that everything can be written, before the run, and starts to
  // serve metrics, whose address it writes to `err`. INVALID_ARGUMENT or
  // UNAVAILABLE, with the flag or file and why, where something cannot.
  static absl::StatusOr<std::unique_ptr<Outputs>> Open(
      const OutputOptions& options, const std::string& tool_version,
      std::ostream& err);

  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;
  ~Outputs();

  // Before the run: what it will do, and who is to hear of it.
  void Begin(std::span<const Case* const> cases,
             const RunConditions& conditions, Observers& observers);

  // After the run: writes everything, once. An error names every file that
  // could not be written; the others are.
  absl::Status End(const RunResult& run, const RunInfo& info,
                   std::ostream& standard_output);

  // After End: goes on serving metrics for as long as the options say, or until
  // a stop is requested. Blocks.
  void Linger(std::stop_token stop) const;

 private:
  explicit Outputs(const std::string& tool_version);

  absl::Duration linger_;

  RunMetrics metrics_;
  std::unique_ptr<server::MetricsEndpoint> endpoint_;
  std::unique_ptr<MetricsFile> metrics_file_;
  std::unique_ptr<ReportFiles> reports_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_OUTPUTS_H_
