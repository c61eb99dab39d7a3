#include "conformance/patience.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "conformance/outcome.h"

namespace duroxide::conformance {

void WaitUntil(Moment moment, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  // Nothing but the interruption can end the wait early.
  changed.wait_until(lock, stop, moment, [] { return false; });
  if (stop.stop_requested()) throw CaseInterrupted();
}

Patience::Patience(std::stop_token stop, absl::Duration limit)
    : stop_(std::move(stop)), end_(Add(Now(), limit)) {}

absl::Duration Patience::Left() const {
  return std::max(absl::FromChrono(end_ - Now()), absl::ZeroDuration());
}

bool Patience::Pause() {
  const absl::Duration left = Left();
  if (left == absl::ZeroDuration()) return false;
  WaitUntil(Add(Now(), std::min(pause_, left)), stop_);
  pause_ = std::min(pause_ * 2, absl::Milliseconds(50));
  return true;
}

}  // namespace duroxide::conformance
