#ifndef DUROXIDE_TESTS_CONFORMANCE_STRESS_JUDGE_RESULTS_H_
#define DUROXIDE_TESTS_CONFORMANCE_STRESS_JUDGE_RESULTS_H_

// Results of loads for tests.

#include <string>
#include <vector>

#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// A load of 10 s after a warm-up of 1 s, all well: `rate` instances a second,
// each with five activities in `latency`.
inline StressResult GoodResult(
    int concurrency = 1, int rate = 20,
    absl::Duration latency = absl::Milliseconds(50)) {
  StressResult result;
  result.scenario = "parallel_orchestrations";
  result.provider = "sqlite";
  result.config.orchestration_concurrency = concurrency;
  result.config.worker_concurrency = concurrency;
  result.config.activity_delay = absl::ZeroDuration();
  result.steady = absl::Seconds(9);
  result.elapsed = absl::Seconds(10);
  for (int i = 0; i < 10; ++i) {
    Slot slot{.begin = absl::Seconds(i),
              .length = absl::Seconds(1),
              .started = static_cast<uint64_t>(rate)};
    slot.ended.Count(Outcome::kCompleted, rate);
    slot.latency.Record(latency, rate);
    result.slots.push_back(slot);
  }
  result.started = 10 * rate;
  result.outcomes.Count(Outcome::kCompleted, 10 * rate);
  result.steady_completed = 9 * rate;
  result.steady_activities = 5 * result.steady_completed;
  result.activities = 50 * rate;
  result.latency.Record(latency, result.steady_completed);
  return result;
}

// Samples, one a second, of a process with this memory in MiB and these open
// files.
inline ProcessUse Use(const std::string& name,
                      const std::vector<double>& mebibytes,
                      const std::vector<uint64_t>& files = {}) {
  ProcessUse use{.name = name, .pid = 1, .samples = {}};
  for (size_t i = 0; i < mebibytes.size(); ++i) {
    use.samples.push_back(
        {.at = absl::Seconds(i),
         .cpu = absl::Seconds(0.5) * static_cast<int>(i),
         .resident_bytes = static_cast<uint64_t>(mebibytes[i] * (1 << 20)),
         .open_files = i < files.size() ? files[i] : 10,
         .threads = 4});
  }
  return use;
}

}  // namespace duroxide::stress

#endif  // DUROXIDE_TESTS_CONFORMANCE_STRESS_JUDGE_RESULTS_H_
