// The guide's first scenario: fan-out and fan-in.

#include <optional>
#include <string>

#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/scenarios/orchestrations.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {
namespace {

class ParallelOrchestrations final : public InstanceWorkload {
 public:
  explicit ParallelOrchestrations(const StressConfig& config)
      : tasks_(config.tasks_per_instance) {}

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    return FirstError(
        {orchestrations.Add(kFanOut, FanOut), AddTask(stage, activities)});
  }

 private:
  InstanceStart Unit(uint64_t /*n*/) const override {
    return {.orchestration = kFanOut, .input = std::to_string(tasks_)};
  }
  std::optional<std::string> OutputOf(uint64_t /*n*/) const override {
    return CountUpTo(tasks_);
  }

  const int tasks_;
};

}  // namespace

STRESS_SCENARIO(
    parallel_orchestrations,
    .summary = "each instance fans out to activities and joins them",
    .shows =
        "concurrent activities, the throughput of the queues, locks of "
        "instances under contention",
    .make = Make<ParallelOrchestrations>);

}  // namespace duroxide::stress
