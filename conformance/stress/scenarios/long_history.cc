// Instances whose histories are long.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/scenarios/message_size.h"
#include "conformance/stress/workload.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::stress {
namespace {

using runtime::Orchestration;
using runtime::OrchestrationContext;

constexpr char kRounds[] = "Rounds";

// Activities that an instance waits for at a time.
constexpr int kRound = 50;

// More than an event takes on the wire, and what stands around a history.
constexpr uint64_t kEventBytes = 250;
constexpr uint64_t kItemBytes = 64 * 1024;

// Goes through its activities round by round.
Orchestration<std::string> Rounds(OrchestrationContext& ctx,
                                  std::string tasks) {
  using Result = absl::StatusOr<std::string>;
  int count = 0;
  if (!absl::SimpleAtoi(tasks, &count)) {
    co_return absl::InvalidArgumentError("the input is no number");
  }
  for (int done = 0; done < count;) {
    const int round = std::min(kRound, count - done);
    std::vector<runtime::DurableFuture<Result>> scheduled;
    scheduled.reserve(round);
    for (int i = 0; i < round; ++i) {
      scheduled.push_back(
          ctx.ScheduleActivity("Task", std::to_string(done + i)));
    }
    const std::vector<Result> results = co_await ctx.Join(std::move(scheduled));
    for (const Result& result : results) {
      if (!result.ok()) co_return result.status();
      if (*result != std::to_string(done)) {
        co_return absl::DataLossError(
            absl::StrCat("got ", *result, " in the place of ", done));
      }
      ++done;
    }
  }
  co_return std::to_string(count);
}

class LongHistory final : public InstanceWorkload {
 public:
  explicit LongHistory(const StressConfig& config)
      : tasks_(config.tasks_per_instance) {}

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    return FirstError(
        {orchestrations.Add(kRounds, Rounds), AddTask(stage, activities)});
  }

  absl::Status SetUp(Stage& stage) override {
    return RequireMessageBytes(
        stage, kItemBytes + (2 * static_cast<uint64_t>(tasks_) * kEventBytes),
        "a history of so many events; fewer --tasks make it smaller");
  }

  std::vector<Measure> Measures(const StressResult& result) override {
    const double seconds = absl::ToDoubleSeconds(result.elapsed);
    const double events =
        static_cast<double>(result.outcomes.completed()) * (2.0 * tasks_ + 2);
    return {{"events_per_instance", "in the history of each instance",
             2.0 * tasks_ + 2},
            {"history_events_per_second",
             "events of instances that completed, a second",
             seconds > 0 ? events / seconds : 0}};
  }

 private:
  InstanceStart Unit(uint64_t /*n*/) const override {
    return {.orchestration = kRounds, .input = std::to_string(tasks_)};
  }
  std::optional<std::string> OutputOf(uint64_t /*n*/) const override {
    return std::to_string(tasks_);
  }
  // Each is some megabytes.
  InstanceCheck Terms() override { return {.in_flight = 4}; }

  const int tasks_;
};

}  // namespace

STRESS_SCENARIO(
    long_history, .summary = "each instance writes 10,000 events",
    .shows =
        "whether a turn costs more the longer the history is; two events for "
        "each of --tasks",
    .defaults =
        [](StressConfig& config) {
          config.max_concurrent = 4;
          config.tasks_per_instance = 5000;
          config.activity_delay = absl::ZeroDuration();
          config.wait_timeout = absl::Minutes(10);
        },
    .make = Make<LongHistory>);

}  // namespace duroxide::stress
