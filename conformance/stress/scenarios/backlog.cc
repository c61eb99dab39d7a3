// What a long queue costs: instances that were all there before anybody worked.

#include <algorithm>
#include <vector>

#include "absl/time/time.h"
#include "conformance/stress/scenarios/fan_out_workload.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {
namespace {

// Of the drained instances between two parts of them, a second.
double RateBetween(const StressResult& result, double from, double to) {
  const double total = static_cast<double>(result.outcomes.completed());
  double ended = 0;
  absl::Duration begin = absl::ZeroDuration();
  absl::Duration end = absl::ZeroDuration();
  double counted = 0;
  for (const Slot& slot : result.slots) {
    const double before = ended;
    ended += static_cast<double>(slot.ended.completed());
    if (ended <= from * total || before >= to * total) continue;
    if (counted == 0) begin = slot.begin;
    end = slot.begin + slot.length;
    counted += ended - before;
  }
  const double seconds = absl::ToDoubleSeconds(end - begin);
  return seconds > 0 ? counted / seconds : 0;
}

class Backlog final : public FanOutWorkload {
 public:
  using FanOutWorkload::FanOutWorkload;

  std::vector<Measure> Measures(const StressResult& result) override {
    constexpr double kPart = 0.2;
    return {
        {"drain_seconds", "until the last instance of the backlog had ended",
         absl::ToDoubleSeconds(result.elapsed)},
        {"drained_per_second_first_fifth",
         "instances ended a second while the backlog was longest",
         RateBetween(result, 0, kPart)},
        {"drained_per_second_last_fifth",
         "instances ended a second when most of the backlog was gone",
         RateBetween(result, 1 - kPart, 1)},
    };
  }
};

}  // namespace

STRESS_SCENARIO(
    backlog, .summary = "100,000 instances are queued before the work begins",
    .shows =
        "whether fetching stays fast while queues are long; compare with "
        "parallel_orchestrations at the same settings",
    .pace = Pace::kBacklog,
    .defaults =
        [](StressConfig& config) {
          config.count = 100'000;
          config.tasks_per_instance = 1;
          config.activity_delay = absl::ZeroDuration();
          config.wait_timeout = absl::Minutes(30);
        },
    .make = Make<Backlog>);

}  // namespace duroxide::stress
