#ifndef DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_FAN_OUT_WORKLOAD_H_
#define DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_FAN_OUT_WORKLOAD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/scenarios/orchestrations.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {

// Each instance fans out to as many activities as the config says.
class FanOutWorkload : public InstanceWorkload {
 public:
  explicit FanOutWorkload(const StressConfig& config)
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

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_FAN_OUT_WORKLOAD_H_
