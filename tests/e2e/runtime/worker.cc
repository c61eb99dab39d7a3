// A worker process: takes turns and runs activities of the tour until SIGTERM.
//
//   worker ENDPOINT

#include <atomic>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "providers/remote/remote_provider.h"
#include "runtime/runtime.h"
#include "runtime/trace_log.h"
#include "tests/e2e/runtime/workload.h"

namespace duroxide::e2e {
namespace {

// Counts the instances that this process has brought to their end.
class EndedInstances final : public runtime::RuntimeObserver {
 public:
  void OnTurn(const runtime::CommittedTurn& turn) override {
    if (turn.facts.end == runtime::TurnFacts::End::kCompleted) ++completed_;
    if (turn.facts.end == runtime::TurnFacts::End::kFailed) ++failed_;
  }
  void OnTurnNotCommitted(const runtime::TurnFacts& /*facts*/) override {}
  void OnActivity(const runtime::FinishedActivity& /*activity*/) override {}
  void OnOrchestrationsFetched(int /*count*/) override {}
  void OnActivitiesFetched(int /*count*/) override {}
  void OnProviderCall(std::string_view /*method*/,
                      const absl::Status& /*status*/,
                      absl::Duration /*elapsed*/) override {}
  void OnSystemMetrics(const v1::SystemMetrics& /*metrics*/) override {}
  void OnQueueDepths(const v1::QueueDepths& /*depths*/) override {}

  int completed() const { return completed_; }
  int failed() const { return failed_; }

 private:
  std::atomic<int> completed_ = 0;
  std::atomic<int> failed_ = 0;
};

runtime::RuntimeOptions Options() {
  runtime::RuntimeOptions options;
  options.worker_concurrency = 8;
  // What a killed worker held is free soon.
  options.orchestrator_lock_timeout = absl::Seconds(2);
  options.worker_lock_timeout = absl::Seconds(2);
  return options;
}

int Main(const std::string& endpoint) {
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  // Before there are threads, which inherit it.
  pthread_sigmask(SIG_BLOCK, &end, nullptr);

  Functions functions;
  AddTour(functions);
  auto provider = remote::MakeRemoteProvider(
      {.endpoint = endpoint, .add_request_ids = true});
  if (!provider.ok()) {
    std::cerr << provider.status() << "\n";
    return 1;
  }
  const auto ended = std::make_shared<EndedInstances>();
  const std::shared_ptr<runtime::TraceSink> log = runtime::MakeTraceLog(
      runtime::TraceFormat::kText, runtime::TraceLevel::kWarning);
  auto runtime = runtime::Runtime::Start(
      *std::move(provider), functions.orchestrations, functions.activities,
      Options(), {.log = log, .metrics = ended});
  if (!runtime.ok()) {
    std::cerr << runtime.status() << "\n";
    return 1;
  }
  std::cout << "working" << std::endl;
  int signal = 0;
  sigwait(&end, &signal);
  (*runtime)->Shutdown(absl::Seconds(5));
  std::cout << "completed " << ended->completed() << " failed "
            << ended->failed() << std::endl;
  return 0;
}

}  // namespace
}  // namespace duroxide::e2e

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: worker ENDPOINT\n";
    return 2;
  }
  return duroxide::e2e::Main(argv[1]);
}
