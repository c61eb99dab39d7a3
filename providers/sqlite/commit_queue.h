#ifndef DUROXIDE_PROVIDERS_SQLITE_COMMIT_QUEUE_H_
#define DUROXIDE_PROVIDERS_SQLITE_COMMIT_QUEUE_H_

// The one writer: everything that changes the database goes through here.
//
// SQLite has one writer at a time, and a durable commit costs the same for one
// request as for many. So requests queue up while a commit is under way, and
// the next transaction takes all of them, each in a savepoint of its own: the
// failure of one never touches another.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "providers/observer.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

class CommitQueue {
 public:
  // Changes the database, in a savepoint. What it did is undone where it
  // returns an error.
  using Work = absl::AnyInvocable<absl::Status(Connection&)>;
  // Told how it ended, once that is durable: with the error of the work or of
  // the commit, else OK.
  using Finish = absl::AnyInvocable<void(absl::Status)>;
  using Task = absl::AnyInvocable<void()>;
  // Runs a task elsewhere, so that telling callers keeps no commit waiting.
  using Executor = absl::AnyInvocable<void(Task)>;

  // Looks after the database between transactions, once callers are told.
  using Upkeep = absl::AnyInvocable<void(Connection&)>;

  // What else happens on the writer's thread. All calls come from there.
  class Companion {
   public:
    virtual ~Companion() = default;
    // The latest moment at which Prepare is to run again.
    virtual absl::Time NextRun() = 0;
    // Before every transaction, outside of it. `others_wrote`: another process
    // has changed the database since the last call. Appends to `finished` whom
    // to tell OK at once. Returns true where a transaction is wanted even if
    // there are no requests.
    virtual bool Prepare(bool others_wrote, std::vector<Finish>& finished) = 0;
    // The last thing in a transaction before its commit. Appends to `finished`
    // whom to tell how the commit ended.
    virtual void BeforeCommit(Connection& connection,
                              std::vector<Finish>& finished) = 0;
    // The transaction, with what BeforeCommit did in it, was undone.
    virtual void AfterRollback() = 0;
  };

  // `companion` and `observer` (which may be null) must outlive the queue.
  // `upkeep` runs on the writer's thread after each transaction, if at all.
  CommitQueue(std::unique_ptr<Connection> connection, Executor executor,
              Companion* companion, EngineObserver* observer,
              Upkeep upkeep = {});
  // Finishes what was submitted. Nothing may be submitted any more.
  ~CommitQueue();

  // Queues a request. Thread-safe.
  void Submit(Work work, Finish finish);

  // Runs `task` on the writer's thread, outside of a transaction. Thread-safe.
  void Post(Task task);

 private:
  struct Request {
    Work work;
    Finish finish;
  };
  // A request or a wait whose outcome is known and not yet told.
  struct Ended {
    Finish finish;
    absl::Status status;
  };

  void Loop();
  bool WaitForWork(std::vector<Request>& requests, std::vector<Task>& tasks);
  void RunTransaction(std::vector<Request> requests);
  bool OthersWrote();
  absl::Status Commit();
  // Runs every callback with its status, on the executor.
  void Tell(std::vector<Ended> ended);

  const std::unique_ptr<Connection> connection_;
  Executor executor_;
  Companion* const companion_;
  EngineObserver* const observer_;
  Upkeep upkeep_;
  std::optional<int64_t> data_version_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Request> requests_;
  std::vector<Task> tasks_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_COMMIT_QUEUE_H_
