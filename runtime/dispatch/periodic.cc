#include "runtime/dispatch/periodic.h"

#include <utility>

namespace duroxide::runtime {

Periodic::Periodic(TimerQueue& timers, absl::Duration interval,
                   std::function<void()> work)
    : timers_(timers), interval_(interval), work_(std::move(work)) {}

void Periodic::Start() {
  const std::lock_guard lock(mutex_);
  running_ = true;
  Arm();
}

void Periodic::Stop() {
  const std::lock_guard lock(mutex_);
  running_ = false;
  timers_.Cancel(next_);
}

void Periodic::Arm() {
  next_ = timers_.After(interval_, [this] {
    {
      const std::lock_guard lock(mutex_);
      if (!running_) return;
      Arm();
    }
    work_();
  });
}

}  // namespace duroxide::runtime
