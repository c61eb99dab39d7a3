#include "conformance/stress_outputs.h"

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "conformance/text.h"
#include "server/metrics_endpoint.h"

namespace duroxide::conformance {
namespace {

constexpr char kJob[] = "duroxide_stress";

absl::Status OfFlag(std::string_view flag, const absl::Status& status) {
  return absl::Status(status.code(), Concat(flag, ": ", status.message()));
}

void WaitFor(absl::Duration time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, stop, absl::ToChronoNanoseconds(time),
                   [&stop] { return stop.stop_requested(); });
}

}  // namespace

absl::StatusOr<std::unique_ptr<StressOutputs>> StressOutputs::Open(
    const StressOutputOptions& options, std::ostream& err) {
  if (options.metrics_linger > absl::ZeroDuration() &&
      options.metrics_listen.empty()) {
    return absl::InvalidArgumentError(
        "--metrics-linger: nothing is served without --metrics-listen");
  }
  std::unique_ptr<StressOutputs> outputs(
      new StressOutputs(options.metrics_linger));
  const auto& registry = outputs->metrics_.registry();
  if (!options.metrics_file.empty()) {
    auto file = MetricsFile::Start(options.metrics_file, registry);
    if (!file.ok()) return OfFlag("--metrics-file", file.status());
    outputs->file_ = *std::move(file);
  }
  if (!options.metrics_push.empty()) {
    auto push = MetricsPush::Start(options.metrics_push, kJob, registry);
    if (!push.ok()) return OfFlag("--metrics-push", push.status());
    outputs->push_ = *std::move(push);
  }
  if (!options.metrics_listen.empty()) {
    auto endpoint =
        server::MetricsEndpoint::Start(options.metrics_listen, {registry});
    if (!endpoint.ok()) return OfFlag("--metrics-listen", endpoint.status());
    outputs->endpoint_ = *std::move(endpoint);
    err << "duroxide-compat: metrics at http://"
        << outputs->endpoint_->address() << "/metrics" << std::endl;
  }
  return outputs;
}

StressOutputs::StressOutputs(absl::Duration linger) : linger_(linger) {}

StressOutputs::~StressOutputs() = default;

absl::Status StressOutputs::End(std::span<const stress::Judgement> judgements,
                                const std::stop_token& stop,
                                std::ostream& err) {
  for (const stress::Judgement& one : judgements) {
    metrics_.SetThreshold(one.threshold.scenario, one.threshold.text(),
                          one.verdict == stress::Judgement::Verdict::kMet);
  }
  std::vector<std::string> problems;
  const auto note = [&problems](const absl::Status& status) {
    if (!status.ok()) problems.emplace_back(status.message());
  };
  if (file_ != nullptr) note(file_->End());
  if (push_ != nullptr) note(push_->End());
  if (endpoint_ != nullptr && linger_ > absl::ZeroDuration() &&
      !stop.stop_requested()) {
    err << "duroxide-compat: metrics are served for another "
        << absl::FormatDuration(linger_) << std::endl;
    WaitFor(linger_, stop);
  }
  if (problems.empty()) return absl::OkStatus();
  return absl::UnavailableError(Join(problems, "\n"));
}

}  // namespace duroxide::conformance
