#include "runtime/dispatch/slots.h"

#include <utility>

namespace duroxide::runtime {

Slots::Slots(int count) {
  // The lowest number first.
  for (int slot = count; slot-- > 0;) free_.push_back(slot);
}

std::optional<Slots::Entered> Slots::Enter(const Run& run) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    waiting_.push_back({.run = run, .since = TimerQueue::Clock::now()});
    return std::nullopt;
  }
  const int slot = free_.back();
  free_.pop_back();
  taken_.emplace(run, slot);
  return Entered{.run = run, .slot = slot};
}

std::optional<Slots::Entered> Slots::Leave(const Run& run) {
  const std::lock_guard lock(mutex_);
  const auto left = taken_.extract(run);
  if (left.empty()) return std::nullopt;
  while (!waiting_.empty()) {
    const Run next = std::move(waiting_.front().run);
    waiting_.pop_front();
    if (next->ended()) continue;
    taken_.emplace(next, left.mapped());
    return Entered{.run = next, .slot = left.mapped()};
  }
  free_.push_back(left.mapped());
  return std::nullopt;
}

std::vector<Slots::Run> Slots::TakeWaitingSince(
    TimerQueue::Clock::time_point moment) {
  std::vector<Run> taken;
  const std::lock_guard lock(mutex_);
  while (!waiting_.empty() && waiting_.front().since <= moment) {
    taken.push_back(std::move(waiting_.front().run));
    waiting_.pop_front();
  }
  return taken;
}

bool Slots::anybody_waits() const {
  const std::lock_guard lock(mutex_);
  return !waiting_.empty();
}

}  // namespace duroxide::runtime
