#ifndef DUROXIDE_RUNTIME_DISPATCH_WORKER_DISPATCHER_H_
#define DUROXIDE_RUNTIME_DISPATCH_WORKER_DISPATCHER_H_

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/client.h"
#include "runtime/dispatch/activity_run.h"
#include "runtime/dispatch/call_count.h"
#include "runtime/dispatch/environment.h"
#include "runtime/dispatch/fetch_ahead.h"
#include "runtime/dispatch/held_lock.h"
#include "runtime/dispatch/orchestration_names.h"
#include "runtime/dispatch/poller.h"
#include "runtime/dispatch/sessions_in_flight.h"
#include "runtime/dispatch/slots.h"
#include "runtime/dispatch/thread_pool.h"
#include "runtime/registry.h"
#include "runtime/runtime_options.h"

namespace duroxide::runtime {

// Fetches activities, runs them and stores their results. An activity has a
// slot while it runs, and only a blocking one holds a thread. While its result
// is stored, another has the slot; where activities are short, that one has
// been fetched before. Thread-safe.
class WorkerDispatcher {
 public:
  // What the dispatcher does not own outlives it.
  struct Parts {
    Environment& environment;
    const RuntimeOptions& options;
    const ActivityRegistry& activities;
    OrchestrationNames& names;
    // For the activities; they may keep it longer than the dispatcher lives.
    std::shared_ptr<Client> client;
    // Who claims sessions.
    std::string owner;
    // A fetch may give more than one item (BATCH_FETCH).
    bool batches = true;
  };

  explicit WorkerDispatcher(Parts parts);
  WorkerDispatcher(const WorkerDispatcher&) = delete;
  WorkerDispatcher& operator=(const WorkerDispatcher&) = delete;
  // Waits for the threads of blocking activities, also of those that were given
  // up. All slots are free.
  ~WorkerDispatcher();

  void Start();

  // The shutdown, in this order. Fetches no more.
  void StopFetching();
  // Gives back what does not run yet, and tells what runs to end.
  void CancelAll();
  // Gives back what still runs.
  void GiveUpAll();
  // False where something is still under way when the time is up.
  bool WaitUntilIdle(absl::Duration timeout);

 private:
  using Run = std::shared_ptr<ActivityRun>;
  class Completion;

  void Fetch(int max_items, std::stop_token stop, Poller::OnFetched on_fetched);
  Run Hold(provider::v1::LockedWorkItem locked);
  void LetGo(const Run& run);
  std::vector<Run> Runs();

  // From a fetched activity to its function.
  void Take(const Run& run);
  void WaitForSlot(const Run& run);
  void Launch(const Slots::Entered& entered);
  void Prepare(const Slots::Entered& entered);
  bool MayBegin(const Run& run);
  void RunBlocking(const Run& run);
  void RunAsync(const Run& run);

  // It does not run any more: its slot is for the next.
  void LeaveSlot(const Run& run);
  // Gives back what waits for a slot for too long.
  void GiveBackWaiting();
  void WatchWaiting();
  // Another may be fetched in its place.
  void MakeRoom(const Run& run);

  // What may become of it. The caller has ended the run.
  void OnResult(const Run& run, absl::StatusOr<std::string> result);
  void Complete(const Run& run, provider::v1::WorkItem completion,
                ActivityOutcome outcome);
  void Abandon(const Run& run, absl::Duration delay, bool ignore_attempt);
  void Drop(const Run& run);

  void OnLockLost(const Run& run);
  bool stopping();

  void Observe(const Run& run, ActivityOutcome outcome);
  void LogRun(TraceLevel level, std::string_view message,
              const ActivityRun& run) const;

  const Parts parts_;
  Environment& environment_;
  const LockTerms lock_terms_;
  SessionsInFlight sessions_;
  CallCount under_way_;
  Slots slots_;
  FetchAhead ahead_;
  Poller poller_;

  std::mutex mutex_;
  bool stopping_ = false;
  bool watching_ = false;
  TimerQueue::Timer watch_;
  // All that is held. True where its place at the poller is taken.
  std::unordered_map<Run, bool> held_;
  // Those of them whose place is not.
  int storing_ = 0;

  // Last: their threads use all of the above. One thread is enough for
  // functions that return at once.
  ThreadPool starting_{1};
  ThreadPool blocking_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_WORKER_DISPATCHER_H_
