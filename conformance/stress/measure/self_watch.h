#ifndef DUROXIDE_CONFORMANCE_STRESS_MEASURE_SELF_WATCH_H_
#define DUROXIDE_CONFORMANCE_STRESS_MEASURE_SELF_WATCH_H_

#include <chrono>
#include <mutex>
#include <stop_token>
#include <thread>

#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// Whether the runner itself gets the time that it needs: a thread of it wakes
// up every 100 ms and looks how late it is. What is late there is late in
// sending and in taking the time of answers, too.
class SelfWatch {
 public:
  // Begins now.
  SelfWatch();
  SelfWatch(const SelfWatch&) = delete;
  SelfWatch& operator=(const SelfWatch&) = delete;

  // So far. Thread-safe.
  RunnerLag Lag() const;

 private:
  using Clock = std::chrono::steady_clock;

  void Watch(const std::stop_token& stop);

  mutable std::mutex mutex_;
  Clock::duration time_{};
  Clock::duration late_{};
  Clock::duration longest_{};
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_MEASURE_SELF_WATCH_H_
