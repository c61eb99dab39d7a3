#ifndef DUROXIDE_RUNTIME_DISPATCH_THREAD_POOL_H_
#define DUROXIDE_RUNTIME_DISPATCH_THREAD_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace duroxide::runtime {

// Threads that are made when they are needed, up to a limit, and run tasks in
// the order in which they were added. Thread-safe.
class ThreadPool {
 public:
  using Task = absl::AnyInvocable<void()>;

  // At least one thread.
  explicit ThreadPool(int threads);
  // Runs all that was added, and waits for it. Nothing may be added any more.
  ~ThreadPool();

  void Add(Task task);

  // One of the tasks that run does not count against the limit from now on: it
  // may never end. Each goes with one TakeBack, when it has ended all the same.
  void SetAside();
  void TakeBack();

 private:
  void MakeThreadIfNeeded();  // under the lock
  void Loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  size_t limit_;
  size_t busy_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_THREAD_POOL_H_
