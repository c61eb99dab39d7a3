#include "runtime/dispatch/activity_run.h"

namespace duroxide::runtime {

std::optional<std::string> ActivityRun::session() const {
  if (!item().has_session_id()) return std::nullopt;
  return item().session_id();
}

std::optional<std::string> ActivityRun::tag() const {
  if (!item().has_tag()) return std::nullopt;
  return item().tag();
}

void ActivityRun::Wait() {
  const std::lock_guard guard(mutex_);
  phase_ = Phase::kWaiting;
}

bool ActivityRun::Begin() {
  const std::lock_guard guard(mutex_);
  if (phase_ != Phase::kWaiting) return false;
  phase_ = Phase::kRunning;
  begun_ = TimerQueue::Clock::now();
  return true;
}

bool ActivityRun::End() {
  const std::lock_guard guard(mutex_);
  if (phase_ == Phase::kEnded) return false;
  phase_ = Phase::kEnded;
  return true;
}

bool ActivityRun::EndWaiting() {
  const std::lock_guard guard(mutex_);
  if (phase_ != Phase::kWaiting) return false;
  phase_ = Phase::kEnded;
  return true;
}

bool ActivityRun::GiveUp(ThreadPool& blocking) {
  const std::lock_guard guard(mutex_);
  if (phase_ != Phase::kRunning) return false;
  phase_ = Phase::kEnded;
  given_up_ = true;
  if (function->blocking) blocking.SetAside();
  return true;
}

void ActivityRun::OnReturned(ThreadPool& blocking) {
  const std::lock_guard guard(mutex_);
  if (given_up_) blocking.TakeBack();
}

bool ActivityRun::running() const {
  const std::lock_guard guard(mutex_);
  return phase_ == Phase::kRunning;
}

bool ActivityRun::ended() const {
  const std::lock_guard guard(mutex_);
  return phase_ == Phase::kEnded;
}

absl::Duration ActivityRun::elapsed() const {
  const std::lock_guard guard(mutex_);
  if (!begun_) return absl::ZeroDuration();
  return absl::FromChrono(TimerQueue::Clock::now() - *begun_);
}

}  // namespace duroxide::runtime
