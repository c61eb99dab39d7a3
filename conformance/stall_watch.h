#ifndef DUROXIDE_CONFORMANCE_STALL_WATCH_H_
#define DUROXIDE_CONFORMANCE_STALL_WATCH_H_

// Whether the runner itself stood still. A process that gets no time of its
// machine sees deadlines pass and locks run out that the provider kept.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

#include "absl/time/time.h"
#include "conformance/interval.h"

namespace duroxide::conformance {

// The stalls of a process that is to show a sign of life at every `interval`.
// Stalls shorter than `shortest` are no stalls. Thread-safe.
class Stalls {
 public:
  Stalls(Moment begin, absl::Duration interval, absl::Duration shortest);

  // A sign of life. `now` never goes back.
  void Beat(Moment now);

  // By how much the latest sign of life after `since` was overdue, at most; the
  // one that is due counts as if it came at `now`. Zero where there was no
  // stall.
  absl::Duration LongestSince(Moment since, Moment now) const;

 private:
  struct Stall {
    Moment end;
    absl::Duration length;
  };

  // How much later than due a sign of life at `now` is.
  absl::Duration Overdue(Moment now) const;

  const absl::Duration interval_;
  const absl::Duration shortest_;
  mutable std::mutex mutex_;
  Moment last_;
  std::deque<Stall> stalls_;
};

// Shows the signs of life, from a thread of its own, as long as it lives.
class StallWatch {
 public:
  StallWatch();
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;

  // The longest time that the process stood still since `since`. Zero where it
  // ran as a process does on a busy machine. Thread-safe.
  absl::Duration LongestSince(Moment since) const;

 private:
  void Watch(const std::stop_token& stop);

  Stalls stalls_;
  std::jthread thread_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STALL_WATCH_H_
