#ifndef DUROXIDE_PROVIDERS_SQLITE_LONG_POLLS_H_
#define DUROXIDE_PROVIDERS_SQLITE_LONG_POLLS_H_

// Fetches that wait for work (WIRE-5).
//
// They live on the writer's thread and hold no thread of their own. When
// something of a store's queue may have become visible, the fetches that wait
// on it are tried again in the transaction that made it so, first come first
// served. Fetches of one shape would all find the same, so after the first that
// finds nothing the rest of its shape is not tried.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/observer.h"
#include "providers/sqlite/commit_queue.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// A queue of a store.
using QueueKey = std::pair<int64_t, Queue>;

// A fetch, from its first try to its answer.
struct Fetch {
  // The store's name, and the queue that it leads to, once it was looked up.
  std::string store;
  QueueKey queue;
  // Two fetches on one queue with the same shape may take the same items.
  std::string shape;
  // When to give up.
  absl::Time deadline;
  // Asked for by a caller that is gone or does not want to wait any longer.
  std::stop_token stop;
  // Takes locks and fills in the response; true where it found something. What
  // ran out has been freed before.
  std::function<absl::StatusOr<bool>(Connection&)> attempt;
  // Told when it found something (after the commit), failed, or gave up.
  CommitQueue::Finish finish;
};

// For the writer's thread alone; a stop token's callback hands over to it.
class LongPolls : public CommitQueue::Companion {
 public:
  // `shared_file`: other processes may write the database; look for it while
  // somebody waits. `next_due` tells the next moment at which something of the
  // queue may become visible by itself (microseconds since the epoch).
  using NextDue = std::function<int64_t(Connection&, const QueueKey&)>;
  LongPolls(bool shared_file, NextDue next_due, EngineObserver* observer);

  // Where a stop token's callback hands over to the writer's thread. Set once,
  // before the first Add.
  using PostToWriter = std::function<void(CommitQueue::Task)>;
  void set_post(PostToWriter post) { post_ = std::move(post); }

  // False once all waits were ended: nobody may wait any more.
  bool open() const { return open_; }

  // What makes visible again whatever ran out on a queue; done once before its
  // fetches are tried, not once for each. Set once, before the first Add.
  using FreeExpired = std::function<void(Connection&, const QueueKey&)>;
  void set_free_expired(FreeExpired free_expired) {
    free_expired_ = std::move(free_expired);
  }

  // Keeps a fetch that found nothing until it finds something or gives up.
  void Add(Connection& db, std::shared_ptr<Fetch> fetch);

  // True where fetches of that shape wait on the queue. A newcomer that may
  // wait lines up behind them.
  bool AnyWaiting(const QueueKey& queue, const std::string& shape) const;

  // Something of the queue may have become visible, in this transaction.
  void Touch(const QueueKey& queue) { touched_.insert(queue); }

  // The same for both queues.
  void TouchStore(int64_t store);

  // Ends all waits with no items, for good.
  void EndAll();

  absl::Time NextRun() override;
  bool Prepare(bool others_wrote,
               std::vector<CommitQueue::Finish>& finished) override;
  void BeforeCommit(Connection& connection,
                    std::vector<CommitQueue::Finish>& finished) override;
  void AfterRollback() override;

 private:
  // Waits are numbered in the order in which they began.
  using WaitId = uint64_t;
  struct Wait {
    std::shared_ptr<Fetch> fetch;
    std::unique_ptr<std::stop_callback<std::function<void()>>> on_stop;
  };
  struct Group {
    std::map<std::string, std::set<WaitId>> by_shape;
    // When the group is to be tried again by itself.
    absl::Time due = absl::InfiniteFuture();
  };

  void TryGroup(Connection& db, const QueueKey& queue,
                std::vector<CommitQueue::Finish>& finished);
  // Tries one fetch. False where it found nothing and goes on waiting.
  bool TryWait(Connection& db, WaitId id,
               std::vector<CommitQueue::Finish>& finished);
  void SetDue(const QueueKey& queue, Group& group, int64_t due_us);
  // Takes a wait out; the fetch is the caller's to finish.
  std::shared_ptr<Fetch> Remove(WaitId id);
  void EndStopped(WaitId id);
  void CountWaits(Queue queue, int64_t change);

  const bool shared_file_;
  const NextDue next_due_;
  EngineObserver* const observer_;
  PostToWriter post_;
  FreeExpired free_expired_ = [](Connection&, const QueueKey&) {};
  bool open_ = true;
  WaitId next_id_ = 1;
  std::map<WaitId, Wait> waits_;
  std::map<QueueKey, Group> groups_;
  std::set<std::pair<absl::Time, QueueKey>> due_groups_;
  std::set<std::pair<absl::Time, WaitId>> deadlines_;
  std::set<QueueKey> touched_;
  // Waits that were asked to stop, until the next Prepare.
  std::vector<CommitQueue::Finish> stopped_;
  std::map<Queue, int64_t> waiting_;
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_LONG_POLLS_H_
