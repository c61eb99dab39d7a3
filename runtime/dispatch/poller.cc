#include "runtime/dispatch/poller.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "providers/errors.h"

namespace duroxide::runtime {
namespace {

// Fetches that may be under way where each gives one item.
constexpr size_t kMostFetches = 8;

// After an error.
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(200);
constexpr absl::Duration kLongestBackoff = absl::Seconds(3);
constexpr absl::Duration kPermanentErrorPause = absl::Milliseconds(100);

absl::Duration Backoff(int errors_in_a_row) {
  absl::Duration backoff = kFirstBackoff;
  for (int i = 1; i < errors_in_a_row && backoff < kLongestBackoff; ++i) {
    backoff *= 2;
  }
  return std::min(backoff, kLongestBackoff);
}

}  // namespace

Poller::Poller(Environment& environment, PollerOptions options, Fetch fetch)
    : environment_(environment),
      options_(options),
      fetch_(std::move(fetch)),
      slots_(options.slots),
      free_(options.slots) {}

Poller::~Poller() { environment_.timers.Cancel(pause_); }

void Poller::Start() {
  {
    const std::lock_guard lock(mutex_);
    running_ = true;
  }
  Pump();
}

void Poller::Release() {
  {
    const std::lock_guard lock(mutex_);
    ++free_;
  }
  Pump();
}

void Poller::SetSlots(int slots) {
  {
    const std::lock_guard lock(mutex_);
    if (slots == slots_) return;
    free_ += slots - slots_;
    slots_ = slots;
  }
  Pump();
}

void Poller::Stop() {
  std::vector<std::shared_ptr<Flight>> flights;
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    environment_.timers.Cancel(pause_);
    flights = flights_;
  }
  // Without the lock: a fetch may end within this call.
  for (const auto& flight : flights) flight->stop.request_stop();
}

void Poller::Pump() {
  std::unique_lock lock(mutex_);
  // A provider may answer before its method returns, and slots may be free
  // again by then: a loop instead of a recursion.
  look_again_ = true;
  if (pumping_) return;
  pumping_ = true;
  while (look_again_) {
    look_again_ = false;
    while (const std::shared_ptr<Flight> flight = Next()) {
      lock.unlock();
      fetch_(
          flight->reserved, flight->stop.get_token(),
          [this, flight](const Fetched& fetched) { OnEnd(flight, fetched); });
      lock.lock();
    }
  }
  pumping_ = false;
}

std::shared_ptr<Poller::Flight> Poller::Next() {
  if (!running_ || paused_ || free_ <= 0 || flights_.size() >= target_) {
    return nullptr;
  }
  auto flight = std::make_shared<Flight>();
  flight->sent = TimerQueue::Clock::now();
  flight->reserved = options_.batches ? free_ : 1;
  free_ -= flight->reserved;
  flights_.push_back(flight);
  return flight;
}

void Poller::OnEnd(const std::shared_ptr<Flight>& flight,
                   const Fetched& fetched) {
  {
    const std::lock_guard lock(mutex_);
    std::erase(flights_, flight);
    free_ += flight->reserved - fetched.given;
    LearnFrom(*flight, fetched);
  }
  if (!fetched.status.ok()) {
    Log(environment_, TraceLevel::kWarning,
        absl::StrCat("Fetching ", std::string(options_.what),
                     " failed: ", std::string(fetched.status.message())));
  }
  Pump();
}

void Poller::LearnFrom(const Flight& flight, const Fetched& fetched) {
  if (!fetched.status.ok()) {
    target_ = 1;
    if (IsRetryable(fetched.status)) {
      Pause(Backoff(++errors_in_a_row_));
    } else {
      errors_in_a_row_ = 0;
      Pause(kPermanentErrorPause);
    }
    return;
  }
  errors_in_a_row_ = 0;
  if (fetched.given > 0) {
    const bool full = fetched.given >= fetched.asked;
    if (full && !options_.batches) {
      target_ = std::min(target_ * 2, kMostFetches);
    }
    return;
  }
  target_ = 1;
  const absl::Duration elapsed =
      absl::FromChrono(TimerQueue::Clock::now() - flight.sent);
  if (elapsed < options_.min_interval) {
    Pause(options_.min_interval - elapsed);
  }
}

void Poller::Pause(absl::Duration pause) {
  if (paused_ || !running_) return;
  paused_ = true;
  pause_ = environment_.timers.After(pause, [this] {
    {
      const std::lock_guard lock(mutex_);
      paused_ = false;
    }
    Pump();
  });
}

}  // namespace duroxide::runtime
