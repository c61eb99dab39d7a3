#include "conformance/stress/measure/self_watch.h"

#include <algorithm>
#include <condition_variable>

namespace duroxide::stress {
namespace {

constexpr std::chrono::milliseconds kInterval(100);

}  // namespace

SelfWatch::SelfWatch()
    : thread_([this](const std::stop_token& stop) { Watch(stop); }) {}

RunnerLag SelfWatch::Lag() const {
  const std::lock_guard lock(mutex_);
  RunnerLag lag;
  if (time_ > Clock::duration::zero()) {
    lag.ratio = std::chrono::duration<double>(late_) /
                std::chrono::duration<double>(time_);
  }
  lag.longest = absl::FromChrono(longest_);
  return lag;
}

void SelfWatch::Watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock wait(mutex);
  while (!stop.stop_requested()) {
    const Clock::time_point due = Clock::now() + kInterval;
    never.wait_until(wait, stop, due, [] { return false; });
    if (stop.stop_requested()) return;
    const Clock::duration late =
        std::max(Clock::now() - due, Clock::duration::zero());
    const std::lock_guard lock(mutex_);
    time_ += kInterval + late;
    late_ += late;
    longest_ = std::max(longest_, late);
  }
}

}  // namespace duroxide::stress
