#include "providers/sqlite/worker_threads.h"

#include <utility>

namespace duroxide::sqlite {

WorkerThreads::WorkerThreads(
    std::vector<std::unique_ptr<Connection>> connections)
    : connections_(std::move(connections)) {
  for (const std::unique_ptr<Connection>& connection : connections_) {
    threads_.emplace_back([this, raw = connection.get()] { Loop(raw); });
  }
}

WorkerThreads::~WorkerThreads() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerThreads::Add(Task task) {
  // Notified under the lock: once it is let go, the task may have run and all
  // of this be destroyed.
  std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  wake_.notify_one();
}

void WorkerThreads::Loop(Connection* connection) {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task(connection);
  }
}

}  // namespace duroxide::sqlite
