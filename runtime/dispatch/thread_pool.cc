#include "runtime/dispatch/thread_pool.h"

#include <algorithm>
#include <utility>

namespace duroxide::runtime {

ThreadPool::ThreadPool(int threads)
    : limit_(static_cast<size_t>(std::max(threads, 1))) {}

ThreadPool::~ThreadPool() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void ThreadPool::Add(Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  MakeThreadIfNeeded();
  wake_.notify_one();
}

void ThreadPool::SetAside() {
  const std::lock_guard lock(mutex_);
  ++limit_;
  if (!stopping_) MakeThreadIfNeeded();
  wake_.notify_one();
}

void ThreadPool::TakeBack() {
  const std::lock_guard lock(mutex_);
  --limit_;
}

void ThreadPool::MakeThreadIfNeeded() {
  const size_t idle = threads_.size() - busy_;
  if (idle < tasks_.size() && threads_.size() < limit_) {
    threads_.emplace_back([this] { Loop(); });
  }
}

void ThreadPool::Loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    // A thread that was made in another's place rests when that one is back.
    wake_.wait(lock, [this] {
      return (!tasks_.empty() && busy_ < limit_) ||
             (stopping_ && tasks_.empty());
    });
    if (tasks_.empty()) {
      wake_.notify_one();  // the next one may leave, too
      return;
    }
    ++busy_;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
    --busy_;
    // Whoever was woken while all places were taken has gone back to sleep.
    if (!tasks_.empty() || stopping_) wake_.notify_one();
  }
}

}  // namespace duroxide::runtime
