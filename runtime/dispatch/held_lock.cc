#include "runtime/dispatch/held_lock.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "providers/errors.h"
#include "runtime/dispatch/calls.h"
#include "runtime/dispatch/durations.h"
#include "runtime/runtime_options.h"

namespace duroxide::runtime {
namespace {

// Between a renewal that failed and the next.
constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr absl::Duration kLongestPause = absl::Seconds(1);

template <typename Request, typename Response,
          ProviderMethod<Request, Response> method>
void SendRenewal(const LockTerms& terms, const std::string& token,
                 absl::Time deadline,
                 absl::AnyInvocable<void(absl::Status)> done) {
  // Without a request id: to renew twice does no harm, and the second time
  // counts from its own moment.
  Request request;
  request.set_store(terms.environment.store);
  request.set_lock_token(token);
  *request.mutable_extend_for() = ToProto(terms.timeout);
  Send(terms.environment, method, std::move(request), {.deadline = deadline},
       [done = std::move(done)](absl::Status status, Response&) mutable {
         done(std::move(status));
       });
}

}  // namespace

LockTerms InstanceLockTerms(Environment& environment, absl::Duration timeout,
                            absl::Duration buffer) {
  return {environment, timeout, RenewalInterval(timeout, buffer),
          &SendRenewal<v1::RenewOrchestrationItemLockRequest,
                       v1::RenewOrchestrationItemLockResponse,
                       &Provider::RenewOrchestrationItemLock>};
}

LockTerms ActivityLockTerms(Environment& environment, absl::Duration timeout,
                            absl::Duration buffer) {
  return {
      environment, timeout, RenewalInterval(timeout, buffer),
      &SendRenewal<v1::RenewWorkItemLockRequest, v1::RenewWorkItemLockResponse,
                   &Provider::RenewWorkItemLock>};
}

HeldLock::HeldLock(const LockTerms& terms, std::string token, OnLost on_lost)
    : terms_(terms),
      token_(std::move(token)),
      on_lost_(std::move(on_lost)),
      end_(Clock::now() + absl::ToChronoNanoseconds(terms.timeout)),
      pause_(kFirstPause) {}

void HeldLock::Start() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kHeld) Arm(terms_.interval);
}

void HeldLock::Release() {
  OnLost dropped;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  if (state_ != State::kHeld) return;
  state_ = State::kReleased;
  dropped = std::move(on_lost_);
  terms_.environment.timers.Cancel(next_);
  terms_.environment.timers.Cancel(run_out_);
}

bool HeldLock::lost() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::kLost;
}

absl::Duration HeldLock::UntilEnd() const {
  return absl::FromChrono(end_ - Clock::now());
}

void HeldLock::Arm(absl::Duration delay) {
  next_ = terms_.environment.timers.After(
      delay, [self = shared_from_this()] { self->Renew(); });
}

void HeldLock::Renew() {
  absl::Time deadline;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kHeld) return;
    deadline = absl::Now() + UntilEnd();
    // An answer that comes too late, or never, is as bad as none.
    run_out_ = terms_.environment.timers.After(
        UntilEnd(), [self = shared_from_this()] { self->OnRunOut(); });
  }
  terms_.renew(
      terms_, token_, deadline,
      [self = shared_from_this(), sent = Clock::now()](
          const absl::Status& status) { self->OnRenewed(sent, status); });
}

void HeldLock::OnRenewed(Clock::time_point sent, const absl::Status& status) {
  std::unique_lock lock(mutex_);
  if (state_ != State::kHeld) return;
  terms_.environment.timers.Cancel(run_out_);
  if (status.ok()) {
    // What the provider counts from is later than the sending.
    end_ = sent + absl::ToChronoNanoseconds(terms_.timeout);
    pause_ = kFirstPause;
    Arm(terms_.interval);
  } else if (ReasonOf(status) == v1::ERROR_REASON_LOCK_LOST ||
             UntilEnd() <= absl::ZeroDuration()) {
    Lose(std::move(lock));
  } else {
    Arm(std::min(pause_, UntilEnd()));
    pause_ = std::min(pause_ * 2, kLongestPause);
  }
}

void HeldLock::OnRunOut() {
  std::unique_lock lock(mutex_);
  if (state_ != State::kHeld || UntilEnd() > absl::ZeroDuration()) return;
  Lose(std::move(lock));
}

void HeldLock::Lose(std::unique_lock<std::mutex> lock) {
  state_ = State::kLost;
  OnLost on_lost = std::move(on_lost_);
  terms_.environment.timers.Cancel(next_);
  lock.unlock();
  if (on_lost) on_lost();
}

}  // namespace duroxide::runtime
