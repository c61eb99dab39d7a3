#ifndef DUROXIDE_TESTS_E2E_RUNTIME_STEPS_H_
#define DUROXIDE_TESTS_E2E_RUNTIME_STEPS_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace duroxide::e2e {

// What activities did, in the order in which they did it. Thread-safe.
class Steps {
 public:
  void Add(std::string step) {
    const std::lock_guard lock(mutex_);
    steps_.push_back(std::move(step));
    changed_.notify_all();
  }

  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return steps_;
  }

  // Blocks until `count` steps were made.
  void WaitFor(size_t count) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return steps_.size() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> steps_;
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_RUNTIME_STEPS_H_
