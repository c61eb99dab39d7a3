#include "providers/sqlite/open_calls.h"

#include <utility>

namespace duroxide::sqlite {

Provider::Done OpenCalls::Track(Provider::Done done) {
  {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  return [this, done = std::move(done)](absl::Status status) mutable {
    done(std::move(status));
    // Notified under the lock: who waits destroys all of this next.
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) none_.notify_all();
  };
}

void OpenCalls::WaitForNone() {
  std::unique_lock lock(mutex_);
  none_.wait(lock, [this] { return open_ == 0; });
}

}  // namespace duroxide::sqlite
