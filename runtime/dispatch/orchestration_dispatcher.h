#ifndef DUROXIDE_RUNTIME_DISPATCH_ORCHESTRATION_DISPATCHER_H_
#define DUROXIDE_RUNTIME_DISPATCH_ORCHESTRATION_DISPATCHER_H_

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <unordered_set>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/dispatch/call_count.h"
#include "runtime/dispatch/environment.h"
#include "runtime/dispatch/fetch_ahead.h"
#include "runtime/dispatch/held_lock.h"
#include "runtime/dispatch/inline_histories.h"
#include "runtime/dispatch/orchestration_names.h"
#include "runtime/dispatch/poller.h"
#include "runtime/dispatch/recent_map.h"
#include "runtime/dispatch/thread_pool.h"
#include "runtime/replay/turn.h"
#include "runtime/runtime_options.h"

namespace duroxide::runtime {

// Fetches instances, takes their turns and commits them. A slot is held while a
// turn is taken, and a thread with it; while the turn is committed, the slot is
// for the next instance, which has been fetched before where turns are short.
// Thread-safe.
class OrchestrationDispatcher {
 public:
  // TakeTurn, but for what all turns have in common.
  using Take = std::function<TurnOutcome(
      const provider::v1::LockedOrchestrationItem& locked, absl::Time now,
      KeptExecution kept)>;

  // What the dispatcher does not own outlives it.
  struct Parts {
    Environment& environment;
    const RuntimeOptions& options;
    OrchestrationNames& names;
    Take take;
    // Which pinned versions are fetched (FETCH-7).
    SemanticVersionRange supported;
    // A fetch may give more than one item (BATCH_FETCH).
    bool batches = true;
    // A fetch may leave long histories out (HISTORY_ON_DEMAND).
    bool histories_on_demand = false;
  };

  explicit OrchestrationDispatcher(Parts parts);
  OrchestrationDispatcher(const OrchestrationDispatcher&) = delete;
  OrchestrationDispatcher& operator=(const OrchestrationDispatcher&) = delete;
  // Waits for the turns that are taken. Nothing is under way.
  ~OrchestrationDispatcher();

  void Start();

  // The shutdown, in this order. Fetches no more.
  void StopFetching();
  // Gives back the instances whose turns are not taken yet, and forgets those
  // that are.
  void GiveUpAll();
  // False where something is still under way when the time is up.
  bool WaitUntilIdle(absl::Duration timeout);

 private:
  struct Work;
  using Item = std::shared_ptr<Work>;

  void Fetch(int max_items, std::stop_token stop, Poller::OnFetched on_fetched);
  Item Hold(provider::v1::LockedOrchestrationItem locked);
  void LetGo(const Item& item);
  // Another may be fetched in its place.
  void MakeRoom(const Item& item);
  // Gives back what waits for its turn for too long.
  void WatchWaiting();
  void GiveBackWaiting();
  bool stopping();

  void TakeTheTurn(const Item& item);
  // Gets the history that the fetch has left out, and takes the turn then.
  void ReadHistory(const Item& item);
  void Commit(const Item& item, provider::v1::AckOrchestrationItemRequest ack);
  void OnCommitted(const Item& item, const absl::Status& status,
                   const provider::v1::AckOrchestrationItemRequest& ack);
  void OnRefused(const Item& item, const absl::Status& status,
                 const provider::v1::AckOrchestrationItemRequest& ack);
  void Abandon(const Item& item, absl::Duration delay, bool ignore_attempt);

  KeptExecution TakeKept(std::string_view instance);
  void Keep(std::string_view instance, KeptExecution execution);
  // Destroys it on a thread of the turns': that runs the user's destructors.
  void Discard(KeptExecution execution);

  void Observe(const Work& work,
               const provider::v1::AckOrchestrationItemRequest& ack);
  void LogEnd(const Work& work) const;
  void LogWork(TraceLevel level, std::string_view message,
               const Work& work) const;

  const Parts parts_;
  Environment& environment_;
  const LockTerms lock_terms_;
  CallCount under_way_;
  FetchAhead ahead_;
  InlineHistories inline_histories_;
  Poller poller_;

  std::mutex mutex_;
  bool stopping_ = false;
  std::unordered_set<Item> work_;
  // Those of them whose place at the poller is free.
  int storing_ = 0;
  bool watching_ = false;
  TimerQueue::Timer watch_;

  std::mutex kept_mutex_;
  RecentMap<KeptExecution> kept_;

  // Last: its threads use all of the above.
  ThreadPool turns_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_ORCHESTRATION_DISPATCHER_H_
