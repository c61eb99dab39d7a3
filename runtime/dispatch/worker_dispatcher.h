#ifndef DUROXIDE_RUNTIME_DISPATCH_WORKER_DISPATCHER_H_
#define DUROXIDE_RUNTIME_DISPATCH_WORKER_DISPATCHER_H_

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/client.h"
#include "runtime/dispatch/activity_run.h"
#include "runtime/dispatch/call_count.h"
#include "runtime/dispatch/environment.h"
#include "runtime/dispatch/held_lock.h"
#include "runtime/dispatch/orchestration_names.h"
#include "runtime/dispatch/poller.h"
#include "runtime/dispatch/sessions_in_flight.h"
#include "runtime/dispatch/thread_pool.h"
#include "runtime/registry.h"
#include "runtime/runtime_options.h"

namespace duroxide::runtime {

// Fetches activities, runs them and stores their results. A slot is an
// activity that is fetched and not stored yet; only blocking activities hold a
// thread. Thread-safe.
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
  // False where slots are still taken when the time is up.
  bool WaitUntilIdle(absl::Duration timeout);

 private:
  using Run = std::shared_ptr<ActivityRun>;
  class Completion;

  void Fetch(int max_items, std::stop_token stop, Poller::OnFetched on_fetched);
  Run TakeSlot(provider::v1::LockedWorkItem locked);
  void FreeSlot(const Run& run);
  std::vector<Run> Runs();

  // From a fetched activity to its function.
  void Take(const Run& run);
  void Prepare(const Run& run, const OrchestrationName& orchestration);
  bool MayBegin(const Run& run);
  void RunBlocking(const Run& run);
  void RunAsync(const Run& run);

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
  CallCount busy_slots_;
  Poller poller_;

  std::mutex mutex_;
  bool stopping_ = false;
  std::vector<Run> by_slot_;  // null where the slot is free
  std::vector<int> free_slots_;

  // Last: their threads use all of the above. One thread is enough for
  // functions that return at once.
  ThreadPool starting_{1};
  ThreadPool blocking_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_WORKER_DISPATCHER_H_
