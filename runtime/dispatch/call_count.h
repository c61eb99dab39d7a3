#ifndef DUROXIDE_RUNTIME_DISPATCH_CALL_COUNT_H_
#define DUROXIDE_RUNTIME_DISPATCH_CALL_COUNT_H_

#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace duroxide::runtime {

// Counts what is under way, so that its end can be waited for. Thread-safe.
class CallCount {
 public:
  void Enter();
  // Once for each Enter. Nothing of the count is touched afterwards: whoever
  // waits may destroy it.
  void Leave();

  // Blocks until nothing is under way, at most for `timeout`; tells whether
  // nothing is.
  bool WaitUntilNone(absl::Duration timeout);

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  int count_ = 0;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_CALL_COUNT_H_
