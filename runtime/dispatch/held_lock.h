#ifndef DUROXIDE_RUNTIME_DISPATCH_HELD_LOCK_H_
#define DUROXIDE_RUNTIME_DISPATCH_HELD_LOCK_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/dispatch/environment.h"
#include "runtime/dispatch/timer_queue.h"

namespace duroxide::runtime {

// How the locks of one kind are kept: those of instances, or of activities.
// Outlives them.
struct LockTerms {
  Environment& environment;
  // How long a lock is held, and when it is renewed.
  absl::Duration timeout;
  absl::Duration interval;
  // Sends one renewal of the lock `token` for `timeout`.
  void (*renew)(const LockTerms& terms, const std::string& token,
                absl::Time deadline,
                absl::AnyInvocable<void(absl::Status)> done);
};

// Locks on instances and on activities.
LockTerms InstanceLockTerms(Environment& environment, absl::Duration timeout,
                            absl::Duration buffer);
LockTerms ActivityLockTerms(Environment& environment, absl::Duration timeout,
                            absl::Duration buffer);

// A lock that a fetch gave, renewed in time until it is released or lost. It
// is lost where the provider says so, and where no renewal has succeeded until
// it must have run out. Owned by a shared_ptr. Thread-safe.
class HeldLock : public std::enable_shared_from_this<HeldLock> {
 public:
  using OnLost = absl::AnyInvocable<void()>;

  // Just fetched. `on_lost` runs at most once, on a thread of the provider's
  // or of the timers: it must not block.
  HeldLock(const LockTerms& terms, std::string token, OnLost on_lost);

  // Begins to renew it.
  void Start();

  // Renews it no more. `on_lost` does not begin to run afterwards.
  void Release();

  bool lost() const;
  const std::string& token() const { return token_; }

 private:
  using Clock = TimerQueue::Clock;
  enum class State { kHeld, kLost, kReleased };

  void Arm(absl::Duration delay);  // under the lock
  void Renew();
  void OnRenewed(Clock::time_point sent, const absl::Status& status);
  void OnRunOut();
  void Lose(std::unique_lock<std::mutex> lock);
  absl::Duration UntilEnd() const;  // under the lock

  const LockTerms& terms_;
  const std::string token_;

  mutable std::mutex mutex_;
  State state_ = State::kHeld;
  OnLost on_lost_;
  // By then the lock has run out, whatever the provider's clock says.
  Clock::time_point end_;
  // The next renewal.
  TimerQueue::Timer next_;
  // The end, while a renewal is under way.
  TimerQueue::Timer run_out_;
  absl::Duration pause_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_HELD_LOCK_H_
