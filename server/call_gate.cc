#include "server/call_gate.h"

#include <algorithm>
#include <chrono>

namespace duroxide::server {

bool CallGate::Enter() {
  const std::lock_guard lock(mutex_);
  if (open_) ++calls_;
  return open_;
}

void CallGate::Leave() {
  const std::lock_guard lock(mutex_);
  // Under the lock: whoever waits may destroy the gate once it has the lock.
  if (--calls_ == 0) changed_.notify_all();
}

void CallGate::Close() {
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  closing_.request_stop();
}

bool CallGate::WaitUntilEmpty(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  const auto empty = [this] { return calls_ == 0; };
  if (timeout == absl::InfiniteDuration()) {
    changed_.wait(lock, empty);
    return true;
  }
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout), empty);
}

}  // namespace duroxide::server
