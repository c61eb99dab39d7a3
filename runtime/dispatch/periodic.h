#ifndef DUROXIDE_RUNTIME_DISPATCH_PERIODIC_H_
#define DUROXIDE_RUNTIME_DISPATCH_PERIODIC_H_

#include <functional>
#include <mutex>

#include "absl/time/time.h"
#include "runtime/dispatch/timer_queue.h"

namespace duroxide::runtime {

// Work that is done again and again, on the timers' thread: it must not block.
// Thread-safe.
class Periodic {
 public:
  // `timers` outlives it, or has been stopped.
  Periodic(TimerQueue& timers, absl::Duration interval,
           std::function<void()> work);
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

  // The first time is an interval from now.
  void Start();
  // The work does not begin again.
  void Stop();

 private:
  void Arm();  // under the lock

  TimerQueue& timers_;
  const absl::Duration interval_;
  const std::function<void()> work_;

  std::mutex mutex_;
  bool running_ = false;
  TimerQueue::Timer next_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_PERIODIC_H_
