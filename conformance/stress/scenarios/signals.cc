// Events from outside to instances that run.

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

class SignalLoad final : public InstanceWorkload {
 public:
  explicit SignalLoad(const StressConfig& config)
      : events_(config.tasks_per_instance) {}

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    return FirstError(
        {orchestrations.Add(kSignals, Signals), AddSignal(stage, activities)});
  }

  std::vector<Measure> Measures(const StressResult& result) override {
    const double seconds = absl::ToDoubleSeconds(result.elapsed);
    const double events =
        static_cast<double>(result.outcomes.completed()) * events_;
    return {{"events_per_second",
             "events that were raised and arrived, a second",
             seconds > 0 ? events / seconds : 0}};
  }

 private:
  InstanceStart Unit(uint64_t /*n*/) const override {
    return {.orchestration = kSignals, .input = std::to_string(events_)};
  }
  std::optional<std::string> OutputOf(uint64_t /*n*/) const override {
    return CountUpTo(events_);
  }
  InstanceCheck Terms() override {
    return {.also = [this](const ReadExecution& read, Findings& findings) {
      CountEvents(read, findings);
    }};
  }

  // Each event once, in the order in which it was raised.
  void CountEvents(const ReadExecution& read, Findings& findings) const {
    std::vector<int> times(events_);
    bool ended_well = false;
    for (const v1::Event& event : read.events) {
      ended_well |= event.has_orchestration_completed();
      if (!event.has_external_event()) continue;
      for (int i = 0; i < events_; ++i) {
        if (event.external_event().data() == std::to_string(i)) ++times[i];
      }
    }
    for (int i = 0; i < events_; ++i) {
      if (times[i] > 1) {
        findings.Add(kMessageTwice,
                     absl::StrCat(std::string(read.instance), ": event ", i,
                                  " came ", times[i], " times"));
      } else if (times[i] == 0 && ended_well) {
        findings.Add(kMessageLost,
                     absl::StrCat(std::string(read.instance), ": event ", i));
      }
    }
  }

  const int events_;
};

}  // namespace

STRESS_SCENARIO(
    signals,
    .summary = "instances wait for events that are raised while they run",
    .shows = "the way of an event from a client to the waiting instance",
    .defaults =
        [](StressConfig& config) {
          config.activity_delay = absl::ZeroDuration();
        },
    .make = Make<SignalLoad>);

}  // namespace duroxide::stress
