#ifndef DUROXIDE_RUNTIME_DISPATCH_TIMER_QUEUE_H_
#define DUROXIDE_RUNTIME_DISPATCH_TIMER_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace duroxide::runtime {

// Runs callbacks when their time has come, all on one thread: they must not
// block. Thread-safe.
class TimerQueue {
 public:
  using Clock = std::chrono::steady_clock;
  using Callback = absl::AnyInvocable<void()>;
  // Which callback. The default names none.
  using Timer = std::pair<Clock::time_point, uint64_t>;

  TimerQueue();
  // Waits for the callback that runs, and drops those whose time has not come.
  ~TimerQueue();

  Timer After(absl::Duration delay, Callback callback);

  // False where the callback has begun, or was cancelled already.
  bool Cancel(const Timer& timer);

  // As the destructor. Nothing may be added any more.
  void Stop();

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Timer, Callback> callbacks_;
  uint64_t last_number_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_TIMER_QUEUE_H_
