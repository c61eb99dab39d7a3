#include "conformance/curfew.h"

#include <algorithm>

#include "conformance/either_stop.h"
#include "conformance/interval.h"

namespace duroxide::conformance {
namespace {

// What a call gets that is under way when the case is to end.
constexpr absl::Duration kGrace = absl::Seconds(2);

// No limit at all, as a moment can hold it.
constexpr absl::Duration kLongest = absl::Hours(24 * 365);

}  // namespace

Curfew::Curfew(const std::stop_token& run, absl::Duration limit,
               const Waits& waits)
    : run_(run),
      waits_(waits),
      watch_([this, limit](const std::stop_token& ended) {
        Watch(ended, limit);
      }) {}

Curfew::~Curfew() {
  // Ends the thread, wherever it is.
  watch_.request_stop();
  watch_.join();
}

bool Curfew::over() const {
  const std::lock_guard lock(mutex_);
  return over_;
}

std::string Curfew::waited_for() const {
  const std::lock_guard lock(mutex_);
  return waited_for_;
}

void Curfew::Watch(const std::stop_token& ended, absl::Duration limit) {
  const EitherStop either(run_, ended);
  const auto never = [] { return false; };
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, either.token(),
                      Add(Now(), std::min(limit, kLongest)), never);
  if (ended.stop_requested()) return;
  over_ = !run_.stop_requested();
  waited_for_ = waits_.ToString();
  lock.unlock();  // what a stop calls may ask for over()
  stop_.request_stop();
  lock.lock();
  changed_.wait_until(lock, ended, Add(Now(), kGrace), never);
  lock.unlock();
  if (!ended.stop_requested()) abandon_.request_stop();
}

}  // namespace duroxide::conformance
