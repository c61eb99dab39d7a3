#ifndef DUROXIDE_RUNTIME_DISPATCH_ACTIVITY_RUN_H_
#define DUROXIDE_RUNTIME_DISPATCH_ACTIVITY_RUN_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/time/time.h"
#include "duroxide/provider/v1/orchestration.pb.h"
#include "runtime/activity_context.h"
#include "runtime/dispatch/held_lock.h"
#include "runtime/dispatch/orchestration_names.h"
#include "runtime/dispatch/thread_pool.h"
#include "runtime/registry.h"

namespace duroxide::runtime {

// One activity that was fetched. It is taken on, waits, runs and ends, in this
// order; who ends it decides what becomes of it. Thread-safe.
class ActivityRun {
 public:
  explicit ActivityRun(provider::v1::LockedWorkItem locked)
      : locked_(std::move(locked)) {}

  const provider::v1::ActivityExecuteItem& item() const {
    return locked_.item().activity_execute();
  }
  const provider::v1::LockedWorkItem& locked() const { return locked_; }
  std::optional<std::string> session() const;
  std::optional<std::string> tag() const;

  // Set before anybody else knows of the run.
  std::shared_ptr<HeldLock> lock;
  // Set while it is taken on: it counts as an activity of its session.
  bool entered_session = false;
  // What is run: the first two are set while it is taken on, the context once
  // it has a slot.
  const ActivityFunction* function = nullptr;
  OrchestrationName orchestration;
  std::shared_ptr<ActivityContext> context;

  // Tells the activity that it is to end. Runs callbacks of the user's.
  void Cancel() { cancel_.request_stop(); }
  std::stop_token cancelled() const { return cancel_.get_token(); }

  // It was taken on and waits from now on.
  void Wait();
  // It runs from now on. False where it has ended before.
  bool Begin();
  // False where it has ended.
  bool End();
  // False where it does not wait.
  bool EndWaiting();
  // Ends it although its function has not returned; a thread of `blocking`
  // that it holds does not count from now on. False where it does not run.
  bool GiveUp(ThreadPool& blocking);
  // Once a function that held a thread of `blocking` has returned.
  void OnReturned(ThreadPool& blocking);

  bool running() const;
  bool ended() const;
  // Since it began; nothing before.
  absl::Duration elapsed() const;

 private:
  enum class Phase { kTakenOn, kWaiting, kRunning, kEnded };

  const provider::v1::LockedWorkItem locked_;
  std::stop_source cancel_;

  mutable std::mutex mutex_;
  Phase phase_ = Phase::kTakenOn;
  bool given_up_ = false;
  std::optional<TimerQueue::Clock::time_point> begun_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_ACTIVITY_RUN_H_
