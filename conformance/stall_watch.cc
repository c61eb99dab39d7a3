#include "conformance/stall_watch.h"

#include <algorithm>

namespace duroxide::conformance {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(50);

// What a thread waits at most for its turn on a machine that is merely busy.
constexpr absl::Duration kShortest = absl::Seconds(1);

}  // namespace

Stalls::Stalls(Moment begin, absl::Duration interval, absl::Duration shortest)
    : interval_(interval), shortest_(shortest), last_(begin) {}

void Stalls::Beat(Moment now) {
  std::lock_guard lock(mutex_);
  if (const absl::Duration overdue = Overdue(now); overdue >= shortest_) {
    stalls_.push_back({.end = now, .length = overdue});
  }
  last_ = now;
}

absl::Duration Stalls::LongestSince(Moment since, Moment now) const {
  std::lock_guard lock(mutex_);
  const absl::Duration overdue = Overdue(now);
  absl::Duration longest =
      overdue >= shortest_ ? overdue : absl::ZeroDuration();
  for (const Stall& stall : stalls_) {
    if (stall.end > since) longest = std::max(longest, stall.length);
  }
  return longest;
}

absl::Duration Stalls::Overdue(Moment now) const {
  return absl::FromChrono(now - last_) - interval_;
}

StallWatch::StallWatch()
    : stalls_(Now(), kInterval, kShortest),
      thread_([this](const std::stop_token& stop) { Watch(stop); }) {}

absl::Duration StallWatch::LongestSince(Moment since) const {
  return stalls_.LongestSince(since, Now());
}

void StallWatch::Watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    never.wait_for(lock, stop, absl::ToChronoMilliseconds(kInterval),
                   [] { return false; });
    stalls_.Beat(Now());
  }
}

}  // namespace duroxide::conformance
