// Many timers that are due at the same moment.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "conformance/stress/check/kinds.h"
#include "conformance/stress/measure/histogram.h"
#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/workload.h"
#include "runtime/activity_context.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::stress {
namespace {

using runtime::Orchestration;
using runtime::OrchestrationContext;

constexpr char kAlarm[] = "Alarm";
constexpr char kUntilDue[] = "UntilDue";

// Clocks of provider and runner may be apart by that much.
constexpr absl::Duration kClocksApart = absl::Milliseconds(50);

// Asks how long it is until the common moment, and sets a timer to it.
Orchestration<std::string> Alarm(OrchestrationContext& ctx,
                                 std::string /*input*/) {
  ASSIGN_OR_CO_RETURN(const std::string left,
                      co_await ctx.ScheduleActivity(kUntilDue, ""));
  int64_t milliseconds = 0;
  if (!absl::SimpleAtoi(left, &milliseconds)) {
    co_return absl::DataLossError(absl::StrCat("it is ", left, " until then"));
  }
  co_await ctx.ScheduleTimer(absl::Milliseconds(milliseconds));
  co_return "rang";
}

class Timers final : public InstanceWorkload {
 public:
  explicit Timers(const StressConfig& config) : lead_(config.duration) {}

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    return FirstError(
        {orchestrations.Add(kAlarm, Alarm),
         activities.AddAsync(
             kUntilDue,
             [this, &stage](std::shared_ptr<runtime::ActivityContext> context,
                            const std::string& /*input*/,
                            runtime::ActivityDone done) {
               stage.effects().Count(context->info());
               std::move(done)(
                   std::to_string(absl::ToInt64Milliseconds(UntilDue())));
             })});
  }

  std::vector<Measure> Measures(const StressResult& /*result*/) override {
    const Histogram lateness = lateness_.Read();
    const auto seconds = [](absl::Duration time) {
      return absl::ToDoubleSeconds(time);
    };
    const std::lock_guard lock(mutex_);
    return {
        {"timers_due_at_once",
         "timers that were set before the common moment was there",
         static_cast<double>(set_in_time_)},
        {"timer_lateness_p50_seconds",
         "from the moment when a timer was due to the turn that it caused",
         seconds(lateness.Percentile(0.5))},
        {"timer_lateness_p99_seconds", "the same, of all but one in a hundred",
         seconds(lateness.Percentile(0.99))},
        {"timer_lateness_max_seconds", "the same, of the last one",
         seconds(lateness.max())},
    };
  }

 private:
  InstanceStart Unit(uint64_t /*n*/) const override {
    return {.orchestration = kAlarm};
  }
  std::optional<std::string> OutputOf(uint64_t /*n*/) const override {
    return "rang";
  }
  InstanceCheck Terms() override {
    return {.also = [this](const ReadExecution& read, Findings& findings) {
      Look(read, findings);
    }};
  }

  // The first to ask sets the moment: then the load has begun.
  absl::Duration UntilDue() {
    const absl::Time now = absl::Now();
    const std::lock_guard lock(mutex_);
    if (!due_) due_ = now + lead_;
    if (now < *due_) ++set_in_time_;
    return std::max(*due_ - now, absl::ZeroDuration());
  }

  void Look(const ReadExecution& read, Findings& findings) {
    // By the events that set the timers: what a message says may be wrong.
    std::unordered_map<uint64_t, uint64_t> due;
    for (const v1::Event& event : read.events) {
      if (event.has_timer_created()) {
        due[event.event_id()] = event.timer_created().fire_at_ms();
      }
      if (!event.has_timer_fired()) continue;
      const absl::Duration late =
          absl::Milliseconds(static_cast<int64_t>(event.timestamp_ms())) -
          absl::Milliseconds(
              static_cast<int64_t>(due[event.source_event_id()]));
      if (late < -kClocksApart) {
        findings.Add(kTimerEarly,
                     absl::StrCat(std::string(read.instance), ": ",
                                  absl::FormatDuration(-late), " too early"));
      }
      lateness_.Record(std::max(late, absl::ZeroDuration()));
    }
  }

  const absl::Duration lead_;
  HistogramRecorder lateness_;
  std::mutex mutex_;
  std::optional<absl::Time> due_;
  uint64_t set_in_time_ = 0;
};

}  // namespace

STRESS_SCENARIO(
    timers, .summary = "10,000 timers are due at the same moment",
    .shows =
        "how long the last of them has to wait, and that none comes early or "
        "never; --duration is the time to set them all",
    .pace = Pace::kBacklog,
    .defaults =
        [](StressConfig& config) {
          config.count = 10'000;
          config.duration = absl::Seconds(30);
          config.wait_timeout = absl::Minutes(10);
        },
    .make = Make<Timers>);

}  // namespace duroxide::stress
