#include "runtime/dispatch/timer_queue.h"

#include <algorithm>

namespace duroxide::runtime {
namespace {

// Far enough to be never, and near enough to be added to any moment.
constexpr absl::Duration kNever = absl::Hours(24 * 365);

}  // namespace

TimerQueue::TimerQueue() : thread_([this] { Loop(); }) {}

TimerQueue::~TimerQueue() { Stop(); }

void TimerQueue::Stop() {
  std::map<Timer, Callback> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(callbacks_);
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

TimerQueue::Timer TimerQueue::After(absl::Duration delay, Callback callback) {
  const Clock::time_point at =
      Clock::now() + absl::ToChronoNanoseconds(
                         std::clamp(delay, absl::ZeroDuration(), kNever));
  const std::lock_guard lock(mutex_);
  const auto added =
      callbacks_.emplace(Timer(at, ++last_number_), std::move(callback)).first;
  // The thread waits for the earliest: a later one does not concern it.
  if (added == callbacks_.begin()) wake_.notify_one();
  return added->first;
}

bool TimerQueue::Cancel(const Timer& timer) {
  std::map<Timer, Callback>::node_type removed;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  removed = callbacks_.extract(timer);
  return !removed.empty();
}

void TimerQueue::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (callbacks_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto first = callbacks_.begin();
    if (const Clock::time_point at = first->first.first; at > Clock::now()) {
      wake_.wait_until(lock, at);
      continue;
    }
    auto due = callbacks_.extract(first);
    lock.unlock();
    due.mapped()();
    due = {};
    lock.lock();
  }
}

}  // namespace duroxide::runtime
