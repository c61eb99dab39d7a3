#include "conformance/outputs.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "conformance/replay/artifacts.h"
#include "conformance/text.h"
#include "server/metrics_endpoint.h"

namespace duroxide::conformance {
namespace {

absl::Status OfFlag(std::string_view flag, const absl::Status& status) {
  return absl::Status(status.code(), Concat(flag, ": ", status.message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Outputs>> Outputs::Open(
    const OutputOptions& options, const std::string& tool_version,
    std::ostream& err) {
  std::unique_ptr<Outputs> outputs(new Outputs(tool_version));
  auto reports = ReportFiles::Open(options.reports);
  if (!reports.ok()) return OfFlag("--report", reports.status());
  outputs->reports_ = std::make_unique<ReportFiles>(*std::move(reports));
  if (!options.artifacts.empty()) {
    const absl::Status prepared = PrepareArtifacts(options.artifacts);
    if (!prepared.ok()) return OfFlag("--artifacts", prepared);
  }
  if (!options.metrics_file.empty()) {
    auto file =
        MetricsFile::Start(options.metrics_file, outputs->metrics_.registry());
    if (!file.ok()) return OfFlag("--metrics-file", file.status());
    outputs->metrics_file_ = *std::move(file);
  }
  if (!options.metrics_listen.empty()) {
    auto endpoint = server::MetricsEndpoint::Start(
        options.metrics_listen, {outputs->metrics_.registry()});
    if (!endpoint.ok()) return OfFlag("--metrics-listen", endpoint.status());
    outputs->endpoint_ = *std::move(endpoint);
    outputs->linger_ = options.metrics_linger;
    err << "duroxide-compat: metrics at http://"
        << outputs->endpoint_->address() << "/metrics" << std::endl;
  }
  return outputs;
}

Outputs::Outputs(const std::string& tool_version) : metrics_(tool_version) {}

Outputs::~Outputs() = default;

void Outputs::Begin(std::span<const Case* const> cases,
                    const RunConditions& conditions, Observers& observers) {
  metrics_.OnRunStarted(cases, conditions);
  observers.AddForCases(metrics_);
  observers.AddForCalls(metrics_);
}

absl::Status Outputs::End(const RunResult& run, const RunInfo& info,
                          std::ostream& standard_output) {
  metrics_.OnRunEnded(run);
  std::vector<std::string> problems;
  const auto note = [&](const absl::Status& status) {
    if (!status.ok()) problems.emplace_back(status.message());
  };
  // First what the reports name.
  note(WriteArtifacts(run, info));
  note(reports_->Write(run, info, standard_output));
  if (metrics_file_ != nullptr) note(metrics_file_->End());
  if (problems.empty()) return absl::OkStatus();
  return absl::UnavailableError(Join(problems, "\n"));
}

void Outputs::Linger(std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  // Nothing else ends the wait.
  stopped.wait_for(lock, stop, absl::ToChronoNanoseconds(linger_),
                   [] { return false; });
}

}  // namespace duroxide::conformance
