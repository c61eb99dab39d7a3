#ifndef DUROXIDE_PROVIDERS_SQLITE_WORKER_THREADS_H_
#define DUROXIDE_PROVIDERS_SQLITE_WORKER_THREADS_H_

// Threads beside the writer: some read the database while it writes and make
// its checkpoints, one tells callers their answers.

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// Tasks start in the order in which they were added. Thread-safe.
class WorkerThreads {
 public:
  // Gets the thread's own connection; null where the threads have none.
  using Task = absl::AnyInvocable<void(Connection*)>;

  // One thread for each element, null or not.
  explicit WorkerThreads(std::vector<std::unique_ptr<Connection>> connections);
  // Runs all that was added. Nothing may be added any more.
  ~WorkerThreads();

  void Add(Task task);

 private:
  void Loop(Connection* connection);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  const std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_WORKER_THREADS_H_
