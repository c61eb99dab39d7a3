#include "conformance/process_thread.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace duroxide::conformance {
namespace {

class ProcessThread {
 public:
  ProcessThread() : thread_([this] { Run(); }) {}

  void Do(const std::function<void()>& start) {
    std::packaged_task<void()> task(start);
    std::future<void> done = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
    done.get();
  }

 private:
  [[noreturn]] void Run() {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !tasks_.empty(); });
      std::packaged_task<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::packaged_task<void()>> tasks_;
  std::thread thread_;
};

}  // namespace

void OnProcessThread(const std::function<void()>& start) {
  // Never destroyed: it is to live as long as the program.
  static ProcessThread& thread = *new ProcessThread;
  thread.Do(start);
}

}  // namespace duroxide::conformance
