// Instances that go on and on with a fresh history.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "conformance/stress/check/kinds.h"
#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/scenarios/orchestrations.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {
namespace {

class ContinueAsNew final : public InstanceWorkload {
 public:
  explicit ContinueAsNew(const StressConfig& config)
      : executions_(config.tasks_per_instance) {}

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    return FirstError(
        {orchestrations.Add(kLoop, Loop), AddTask(stage, activities)});
  }

  std::vector<Measure> Measures(const StressResult& result) override {
    const double seconds = absl::ToDoubleSeconds(result.elapsed);
    const double executions =
        static_cast<double>(result.outcomes.completed()) * executions_;
    return {{"executions_per_second",
             "executions of instances that completed, a second",
             seconds > 0 ? executions / seconds : 0}};
  }

 private:
  InstanceStart Unit(uint64_t /*n*/) const override {
    return {.orchestration = kLoop, .input = std::to_string(executions_)};
  }
  std::optional<std::string> OutputOf(uint64_t /*n*/) const override {
    return std::to_string(executions_);
  }
  InstanceCheck Terms() override {
    return {.also = [this](const ReadExecution& read, Findings& findings) {
      CheckInput(read, findings);
    }};
  }

  // Each execution got what the one before has handed on.
  void CheckInput(const ReadExecution& read, Findings& findings) const {
    if (read.events.empty()) return;
    const std::string& input = read.events[0].orchestration_started().input();
    const std::string expected =
        std::to_string(executions_ + 1 - static_cast<int>(read.execution_id));
    if (input == expected) return;
    findings.Add(kPayloadChanged,
                 absl::StrCat(std::string(read.instance), ", execution ",
                              read.execution_id, ": its input is \"", input,
                              "\", not \"", expected, "\""));
  }

  const int executions_;
};

}  // namespace

STRESS_SCENARIO(
    continue_as_new,
    .summary =
        "each instance goes through ten executions, one after the "
        "other",
    .shows =
        "what the change of executions costs, and that none of them is lost",
    .defaults =
        [](StressConfig& config) {
          config.tasks_per_instance = 10;
          config.activity_delay = absl::ZeroDuration();
        },
    .make = Make<ContinueAsNew>);

}  // namespace duroxide::stress
