// Activities that belong together and must stay with one worker.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/scenarios/orchestrations.h"
#include "conformance/stress/scenarios/worker_ledger.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {
namespace {

class Sessions final : public InstanceWorkload {
 public:
  explicit Sessions(const StressConfig& config)
      : tasks_(config.tasks_per_instance) {}

  // Two who compete for the sessions.
  std::vector<runtime::RuntimeOptions> Runtimes(
      const runtime::RuntimeOptions& base) override {
    std::vector<runtime::RuntimeOptions> nodes(2, base);
    nodes[0].node_id = "node-1";
    nodes[1].node_id = "node-2";
    return nodes;
  }

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    return FirstError({orchestrations.Add(kSessionChain, SessionChain),
                       AddNotedTask(
                           stage, "Task",
                           [this](const runtime::ActivityInfo& activity) {
                             ledger_.NoteSession(activity);
                           },
                           activities)});
  }

  absl::Status Check(Stage& stage, Findings& findings) override {
    ledger_.Report(findings);
    return InstanceWorkload::Check(stage, findings);
  }

  std::vector<Measure> Measures(const StressResult& /*result*/) override {
    return {{"sessions", "sessions that activities belonged to",
             static_cast<double>(ledger_.sessions())}};
  }

 private:
  InstanceStart Unit(uint64_t /*n*/) const override {
    return {.orchestration = kSessionChain, .input = std::to_string(tasks_)};
  }
  std::optional<std::string> OutputOf(uint64_t /*n*/) const override {
    return CountUpTo(tasks_);
  }

  const int tasks_;
  WorkerLedger ledger_;
};

}  // namespace

STRESS_SCENARIO(
    sessions,
    .summary =
        "each instance's activities belong to a session, and two "
        "runtimes compete for them",
    .shows =
        "whether a session stays with its owner, and what looking for free "
        "ones costs",
    .make = Make<Sessions>);

}  // namespace duroxide::stress
