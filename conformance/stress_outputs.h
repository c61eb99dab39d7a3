#ifndef DUROXIDE_CONFORMANCE_STRESS_OUTPUTS_H_
#define DUROXIDE_CONFORMANCE_STRESS_OUTPUTS_H_

#include <memory>
#include <ostream>
#include <span>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "conformance/metrics/metrics_file.h"
#include "conformance/metrics/metrics_push.h"
#include "conformance/stress/judge/thresholds.h"
#include "conformance/stress/metrics/stress_metrics.h"
#include "conformance/stress/stress_test.h"

namespace duroxide::server {
class MetricsEndpoint;
}  // namespace duroxide::server

namespace duroxide::conformance {

// Where the metrics of a load go. All may be left out.
struct StressOutputOptions {
  // HOST:PORT, for scrapes of http://HOST:PORT/metrics.
  std::string metrics_listen = {};
  // How long they are served after the last load.
  absl::Duration metrics_linger;
  // For the textfile collector of the node exporter.
  std::string metrics_file = {};
  // http://HOST:PORT of a push gateway.
  std::string metrics_push = {};
};

// The metrics of all loads of one run of the command, and their ways out.
class StressOutputs {
 public:
  // Makes sure that all of it works, before the first load, and starts to
  // serve metrics, whose address it writes to `err`. INVALID_ARGUMENT or
  // UNAVAILABLE, with the flag and why, where something does not.
  static absl::StatusOr<std::unique_ptr<StressOutputs>> Open(
      const StressOutputOptions& options, std::ostream& err);

  StressOutputs(const StressOutputs&) = delete;
  StressOutputs& operator=(const StressOutputs&) = delete;
  ~StressOutputs();

  // Is to hear of every load.
  stress::LoadObserver& observer() { return metrics_; }

  // After the last load: how thresholds came out; writes and pushes all for
  // the last time, and goes on serving for as long as is asked for, or until
  // `stop`. An error names everything that failed; the rest is done.
  absl::Status End(std::span<const stress::Judgement> judgements,
                   const std::stop_token& stop, std::ostream& err);

 private:
  explicit StressOutputs(absl::Duration linger);

  const absl::Duration linger_;
  stress::StressMetrics metrics_;
  std::unique_ptr<server::MetricsEndpoint> endpoint_;
  std::unique_ptr<MetricsFile> file_;
  std::unique_ptr<MetricsPush> push_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STRESS_OUTPUTS_H_
