#ifndef DUROXIDE_PROVIDERS_SQLITE_CHECKPOINTS_H_
#define DUROXIDE_PROVIDERS_SQLITE_CHECKPOINTS_H_

// Brings the write-ahead log's pages into the database file, beside the writer.
//
// SQLite does this in the commit that makes the log long enough, and with large
// events nobody's request goes on meanwhile. Here a thread does it while the
// writer appends to the log. The writer then does the little that came in
// between, because the log begins anew only when all of it has been copied.

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

class Checkpoints {
 public:
  // How long the log becomes before it is copied, in pages.
  static constexpr int64_t kLogPages = 4000;

  // `connection` is for this alone, on the same file as the writer's.
  explicit Checkpoints(std::unique_ptr<Connection> connection);
  // Ends the copy under way first.
  ~Checkpoints();

  // For the writer's thread, after each commit. Its connection must have called
  // CountLogPages.
  void AfterCommit(Connection& writer);

 private:
  enum class State { kIdle, kCopying, kCopied };

  void Loop();

  const std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  State state_ = State::kIdle;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_CHECKPOINTS_H_
