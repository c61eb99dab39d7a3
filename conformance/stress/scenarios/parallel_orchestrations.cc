// The guide's first scenario: fan-out and fan-in.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/stress/workload.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::stress {
namespace {

constexpr char kFanOut[] = "FanOut";

// Schedules as many tasks as its input says, and waits for all.
runtime::Orchestration<std::string> FanOut(runtime::OrchestrationContext& ctx,
                                           std::string tasks) {
  const int count = std::stoi(tasks);
  std::vector<runtime::DurableFuture<absl::StatusOr<std::string>>> under_way;
  for (int i = 0; i < count; ++i) {
    under_way.push_back(ctx.ScheduleActivity("Task", std::to_string(i)));
  }
  const auto results = co_await ctx.Join(std::move(under_way));
  for (const auto& result : results) {
    if (!result.ok()) co_return result.status();
  }
  co_return absl::StrCat("done: ", results.size());
}

class ParallelOrchestrations final : public Workload {
 public:
  explicit ParallelOrchestrations(const StressConfig& config)
      : tasks_(config.tasks_per_instance) {}

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    if (absl::Status added = orchestrations.Add(kFanOut, FanOut); !added.ok()) {
      return added;
    }
    return AddTask(stage, activities);
  }

  void Begin(Stage& stage, uint64_t n) override {
    stage.Start(n, {.instance = InstanceOf(stage, n),
                    .orchestration = kFanOut,
                    .input = std::to_string(tasks_)});
  }

  absl::Status Check(Stage& /*stage*/, Findings& /*findings*/) override {
    return absl::OkStatus();
  }

 private:
  static std::string InstanceOf(const Stage& stage, uint64_t n) {
    return absl::StrCat(stage.prefix(), n);
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
