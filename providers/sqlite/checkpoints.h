#ifndef DUROXIDE_PROVIDERS_SQLITE_CHECKPOINTS_H_
#define DUROXIDE_PROVIDERS_SQLITE_CHECKPOINTS_H_

// Brings the write-ahead log's pages into the database file, beside the writer.
//
// SQLite does this in the commit that makes the log long enough, and with large
// events nobody's request goes on meanwhile. Here another thread does it while
// the writer appends to the log. The writer then does the little that came in
// between, because the log begins anew only when all of it has been copied.

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

class Checkpoints {
 public:
  // How long the log becomes before it is copied, in pages.
  static constexpr int64_t kLogPages = 4000;

  using Task = absl::AnyInvocable<void()>;
  // Runs a task on another thread than the writer's.
  using Executor = absl::AnyInvocable<void(Task)>;

  // `connection` is for this alone, on the same file as the writer's. What the
  // executor has been given must have run before this is destroyed.
  Checkpoints(std::unique_ptr<Connection> connection, Executor executor);

  // For the writer's thread, after each commit. Its connection must have called
  // CountLogPages.
  void AfterCommit(Connection& writer);

 private:
  enum class State { kIdle, kCopying, kCopied };

  const std::unique_ptr<Connection> connection_;
  Executor executor_;
  std::atomic<State> state_ = State::kIdle;
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_CHECKPOINTS_H_
