#include "runtime/dispatch/worker_dispatcher.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "providers/errors.h"
#include "runtime/dispatch/activity_results.h"
#include "runtime/dispatch/calls.h"
#include "runtime/dispatch/durations.h"

namespace duroxide::runtime {
namespace {

// Before an activity that cannot be taken, or stored, is fetched again.
constexpr absl::Duration kPause = absl::Milliseconds(100);

// A fetch that may claim no session is to end soon, because there may be room
// for one again. It is not ended from here: what the provider gives at that
// moment would be lost until its lock runs out.
constexpr absl::Duration kPollWithoutSessions = absl::Milliseconds(250);

// Results on their way to the store, beyond which nothing more is fetched.
constexpr int kMostStoring = 128;

// What was fetched ahead of its slot goes back after so many times of what it
// was meant to wait.
constexpr int kPatience = 5;

// An activity's context, with what it needs for as long as anybody has it.
struct OwnedContext {
  const std::shared_ptr<TraceSink> log;
  const std::shared_ptr<Client> client;
  ActivityContext context;
};

// Runs user code: what it throws is an error of its own.
template <typename Function>
absl::StatusOr<std::string> CallActivity(Function function) {
  try {
    return function();
  } catch (const std::exception& error) {
    return absl::UnknownError(error.what());
  } catch (...) {
    return absl::UnknownError("an exception that is no std::exception");
  }
}

}  // namespace

// Takes the result of an async activity, or sees that there will be none.
class WorkerDispatcher::Completion {
 public:
  Completion(WorkerDispatcher& dispatcher, Run run)
      : dispatcher_(dispatcher), run_(std::move(run)) {}
  Completion(Completion&&) noexcept = default;
  Completion& operator=(Completion&&) = delete;
  ~Completion() {
    // Where the function throws, what it throws is the result.
    if (run_ && std::uncaught_exceptions() == 0) {
      (*this)(absl::InternalError("the activity gave no result"));
    }
  }

  void operator()(absl::StatusOr<std::string> result) {
    const Run run = std::exchange(run_, nullptr);
    // Where it has ended, the dispatcher may be gone.
    if (run && run->End()) dispatcher_.OnResult(run, std::move(result));
  }

 private:
  WorkerDispatcher& dispatcher_;
  Run run_;
};

WorkerDispatcher::WorkerDispatcher(Parts parts)
    : parts_(std::move(parts)),
      environment_(parts_.environment),
      lock_terms_(ActivityLockTerms(environment_,
                                    parts_.options.worker_lock_timeout,
                                    parts_.options.worker_lock_renewal_buffer)),
      sessions_(parts_.options.max_sessions),
      slots_(parts_.options.worker_concurrency),
      ahead_(parts_.options.worker_concurrency, parts_.options.fetch_ahead),
      poller_(environment_,
              {.what = "activities",
               .slots = parts_.options.worker_concurrency,
               .batches = parts_.batches,
               .min_interval = parts_.options.min_poll_interval},
              [this](int max_items, std::stop_token stop,
                     Poller::OnFetched on_fetched) {
                Fetch(max_items, std::move(stop), std::move(on_fetched));
              }),
      blocking_(std::min(parts_.options.blocking_threads,
                         parts_.options.worker_concurrency)) {}

WorkerDispatcher::~WorkerDispatcher() { environment_.timers.Cancel(watch_); }

void WorkerDispatcher::Start() {
  if (parts_.options.tag_filter.mode() != v1::TagFilter::MODE_NONE) {
    poller_.Start();
  }
}

void WorkerDispatcher::StopFetching() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  poller_.Stop();
}

void WorkerDispatcher::CancelAll() {
  for (const Run& run : Runs()) {
    if (run->EndWaiting()) {
      Abandon(run, absl::ZeroDuration(), true);
    } else {
      run->Cancel();
    }
  }
}

void WorkerDispatcher::GiveUpAll() {
  for (const Run& run : Runs()) {
    if (!run->GiveUp(blocking_)) continue;
    LogRun(TraceLevel::kWarning, "Activity given back at the shutdown", *run);
    Abandon(run, absl::ZeroDuration(), true);
  }
}

bool WorkerDispatcher::WaitUntilIdle(absl::Duration timeout) {
  return under_way_.WaitUntilNone(timeout);
}

void WorkerDispatcher::Fetch(int max_items, std::stop_token stop,
                             Poller::OnFetched on_fetched) {
  const RuntimeOptions& options = parts_.options;
  v1::FetchWorkItemsRequest request;
  request.set_store(environment_.store);
  *request.mutable_lock_timeout() = ToProto(options.worker_lock_timeout);
  *request.mutable_tag_filter() = options.tag_filter;
  const int room = sessions_.Room();
  if (room > 0) {
    request.mutable_session()->set_owner_id(parts_.owner);
    *request.mutable_session()->mutable_lock_timeout() =
        ToProto(options.session_lock_timeout);
    // Each item may be of another session: no more of them are claimed than
    // there is room for.
    max_items = std::min(max_items, room);
  }
  *request.mutable_poll_timeout() = ToProto(
      room > 0 ? options.long_poll_timeout
               : std::min(options.long_poll_timeout, kPollWithoutSessions));
  request.set_max_items(max_items);
  Send(environment_, &Provider::FetchWorkItems, std::move(request),
       {.stop = std::move(stop)},
       [this, max_items, on_fetched = std::move(on_fetched)](
           absl::Status status, v1::FetchWorkItemsResponse& response) mutable {
         const int given = status.ok() ? response.items_size() : 0;
         std::vector<Run> runs;
         runs.reserve(given);
         for (int i = 0; i < given; ++i) {
           runs.push_back(Hold(std::move(*response.mutable_items(i))));
         }
         if (given > 0 && environment_.observer != nullptr) {
           environment_.observer->OnActivitiesFetched(given);
         }
         for (const Run& run : runs) Take(run);
         on_fetched({std::move(status), max_items, given});
       });
}

WorkerDispatcher::Run WorkerDispatcher::Hold(v1::LockedWorkItem locked) {
  under_way_.Enter();
  auto run = std::make_shared<ActivityRun>(std::move(locked));
  run->lock =
      std::make_shared<HeldLock>(lock_terms_, run->locked().lock_token(),
                                 [this, run] { OnLockLost(run); });
  const std::lock_guard lock(mutex_);
  held_.emplace(run, true);
  return run;
}

void WorkerDispatcher::LetGo(const Run& run) {
  run->lock->Release();
  LeaveSlot(run);
  bool had_place = false;
  {
    const std::lock_guard lock(mutex_);
    had_place = held_.extract(run).mapped();
    if (!had_place) --storing_;
  }
  if (run->entered_session) sessions_.Leave(run->item().session_id());
  if (had_place) poller_.Release();
  under_way_.Leave();
}

void WorkerDispatcher::MakeRoom(const Run& run) {
  poller_.SetSlots(parts_.options.worker_concurrency + ahead_.items());
  {
    const std::lock_guard lock(mutex_);
    if (storing_ >= kMostStoring) return;
    held_[run] = false;
    ++storing_;
  }
  poller_.Release();
}

std::vector<WorkerDispatcher::Run> WorkerDispatcher::Runs() {
  const std::lock_guard lock(mutex_);
  std::vector<Run> runs;
  runs.reserve(held_.size());
  for (const auto& [run, has_place] : held_) runs.push_back(run);
  return runs;
}

bool WorkerDispatcher::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void WorkerDispatcher::Take(const Run& run) {
  run->lock->Start();
  const v1::ActivityExecuteItem& item = run->item();
  const uint32_t attempt = run->locked().attempt_count();
  if (stopping()) {
    if (run->End()) Abandon(run, absl::ZeroDuration(), true);
    return;
  }
  if (item.has_session_id()) {
    run->entered_session = sessions_.Enter(item.session_id());
    if (!run->entered_session) {
      if (run->End()) Abandon(run, kPause, true);
      return;
    }
  }
  if (attempt > parts_.options.max_attempts) {
    LogRun(TraceLevel::kWarning, "Activity was fetched too often", *run);
    if (run->End()) {
      Complete(run, Poisoned(run->locked(), parts_.options.max_attempts),
               ActivityOutcome::kPoison);
    }
    return;
  }
  run->function = parts_.activities.Find(item.name());
  if (run->function == nullptr) {
    LogRun(TraceLevel::kWarning, "Activity is not registered", *run);
    if (run->End()) {
      Abandon(run, parts_.options.unregistered_backoff.Delay(attempt), false);
    }
    return;
  }
  run->Wait();
  parts_.names.Find(item.instance(), item.execution_id(),
                    [this, run](const OrchestrationName& orchestration) {
                      run->orchestration = orchestration;
                      WaitForSlot(run);
                    });
}

void WorkerDispatcher::WaitForSlot(const Run& run) {
  if (const auto entered = slots_.Enter(run)) {
    Launch(*entered);
  } else {
    WatchWaiting();
  }
}

void WorkerDispatcher::WatchWaiting() {
  const std::lock_guard lock(mutex_);
  if (watching_ || stopping_) return;
  watching_ = true;
  watch_ = environment_.timers.After(parts_.options.fetch_ahead * kPatience,
                                     [this] { GiveBackWaiting(); });
}

void WorkerDispatcher::GiveBackWaiting() {
  {
    const std::lock_guard lock(mutex_);
    watching_ = false;
  }
  const std::vector<Run> overdue = slots_.TakeWaitingSince(
      TimerQueue::Clock::now() -
      absl::ToChronoNanoseconds(parts_.options.fetch_ahead * kPatience));
  if (!overdue.empty()) {
    ahead_.Forget();
    poller_.SetSlots(parts_.options.worker_concurrency);
  }
  for (const Run& run : overdue) {
    if (!run->EndWaiting()) continue;
    LogRun(TraceLevel::kDebug, "Activity given back: no slot for it", *run);
    Abandon(run, absl::ZeroDuration(), true);
  }
  if (slots_.anybody_waits()) WatchWaiting();
}

void WorkerDispatcher::LeaveSlot(const Run& run) {
  if (const auto next = slots_.Leave(run)) Launch(*next);
}

void WorkerDispatcher::Launch(const Slots::Entered& entered) {
  const Run& run = entered.run;
  Prepare(entered);
  if (run->function->blocking) {
    blocking_.Add([this, run = run] { RunBlocking(run); });
  } else {
    starting_.Add([this, run = run] { RunAsync(run); });
  }
}

void WorkerDispatcher::Prepare(const Slots::Entered& entered) {
  const Run& run = entered.run;
  const v1::ActivityExecuteItem& item = run->item();
  ActivityInfo info{
      .instance = item.instance(),
      .execution_id = item.execution_id(),
      .activity_id = item.id(),
      .name = item.name(),
      .orchestration_name = run->orchestration.name,
      .orchestration_version = run->orchestration.version,
      .attempt = run->locked().attempt_count(),
      .session_id = run->session(),
      .tag = run->tag(),
      .worker_id = absl::StrCat("work-", entered.slot, "-", parts_.owner),
  };
  const auto owned = std::make_shared<OwnedContext>(OwnedContext{
      environment_.log, parts_.client,
      ActivityContext(std::move(info), run->cancelled(), environment_.log.get(),
                      parts_.client.get())});
  run->context = std::shared_ptr<ActivityContext>(owned, &owned->context);
}

bool WorkerDispatcher::MayBegin(const Run& run) {
  const bool lost = run->lock->lost();
  if (!lost && !run->cancelled().stop_requested() && run->Begin()) {
    LogRun(TraceLevel::kDebug, "Activity begins", *run);
    return true;
  }
  LeaveSlot(run);
  if (!run->EndWaiting()) return false;  // it ended while it waited
  if (lost) {
    Drop(run);
  } else {
    Abandon(run, absl::ZeroDuration(), true);
  }
  return false;
}

void WorkerDispatcher::RunBlocking(const Run& run) {
  if (!MayBegin(run)) return;
  absl::StatusOr<std::string> result = CallActivity([&run] {
    return run->function->blocking(*run->context, run->item().input());
  });
  if (run->End()) {
    OnResult(run, std::move(result));
  } else {
    run->OnReturned(blocking_);
  }
}

void WorkerDispatcher::RunAsync(const Run& run) {
  if (!MayBegin(run)) return;
  const absl::StatusOr<std::string> thrown = CallActivity([this, &run] {
    run->function->async(run->context, run->item().input(),
                         Completion(*this, run));
    return std::string();
  });
  if (!thrown.ok() && run->End()) OnResult(run, thrown);
}

void WorkerDispatcher::OnResult(const Run& run,
                                absl::StatusOr<std::string> result) {
  ahead_.Learn(run->elapsed());
  LeaveSlot(run);
  if (run->lock->lost()) return Drop(run);
  if (result.ok()) {
    LogRun(TraceLevel::kDebug, "Activity completed", *run);
    return Complete(run, Completed(run->item(), *std::move(result)),
                    ActivityOutcome::kSuccess);
  }
  // An activity that was told to end for the shutdown did not fail: another
  // worker will run it.
  if (run->cancelled().stop_requested()) {
    return Abandon(run, absl::ZeroDuration(), true);
  }
  LogRun(
      TraceLevel::kWarning,
      absl::StrCat("Activity failed: ", std::string(result.status().message())),
      *run);
  Complete(run, Failed(run->item(), result.status()),
           ActivityOutcome::kApplicationError);
}

void WorkerDispatcher::Complete(const Run& run, v1::WorkItem completion,
                                ActivityOutcome outcome) {
  v1::AckWorkItemRequest request;
  request.set_lock_token(run->locked().lock_token());
  *request.mutable_completion() = std::move(completion);
  MakeRoom(run);
  SendUntilAnswered(
      environment_, &Provider::AckWorkItem, std::move(request),
      [run] { return !run->lock->lost(); },
      [this, run, outcome](const absl::Status& status,
                           v1::AckWorkItemRequest&) {
        if (status.ok()) {
          Observe(run, outcome);
          return LetGo(run);
        }
        if (run->lock->lost() ||
            ReasonOf(status) == v1::ERROR_REASON_LOCK_LOST ||
            environment_.give_up.stop_requested()) {
          return Drop(run);
        }
        LogRun(TraceLevel::kError,
               absl::StrCat("Activity's result could not be stored: ",
                            std::string(status.message())),
               *run);
        Observe(run, ActivityOutcome::kInfrastructureError);
        Abandon(run, kPause, false);
      });
}

void WorkerDispatcher::Abandon(const Run& run, absl::Duration delay,
                               bool ignore_attempt) {
  v1::AbandonWorkItemRequest request;
  request.set_lock_token(run->locked().lock_token());
  *request.mutable_delay() = ToProto(delay);
  request.set_ignore_attempt(ignore_attempt);
  // Where it fails the lock runs out by itself.
  SendUntilAnswered(
      environment_, &Provider::AbandonWorkItem, std::move(request),
      [run] { return !run->lock->lost(); },
      [this, run](const absl::Status&, v1::AbandonWorkItemRequest&) {
        LetGo(run);
      });
}

void WorkerDispatcher::Drop(const Run& run) {
  LogRun(TraceLevel::kInfo, "Activity is dropped", *run);
  Observe(run, ActivityOutcome::kCancelled);
  LetGo(run);
}

void WorkerDispatcher::OnLockLost(const Run& run) {
  if (run->EndWaiting()) return Drop(run);
  if (!run->running()) return;
  LogRun(TraceLevel::kInfo, "Activity is cancelled: its lock is lost", *run);
  // Not here: the user's callbacks run within.
  starting_.Add([run] { run->Cancel(); });
  environment_.timers.After(parts_.options.activity_cancellation_grace,
                            [this, run] {
                              if (run->GiveUp(blocking_)) Drop(run);
                            });
}

void WorkerDispatcher::Observe(const Run& run, ActivityOutcome outcome) {
  if (environment_.observer == nullptr) return;
  const v1::ActivityExecuteItem& item = run->item();
  FinishedActivity finished{.name = item.name(),
                            .outcome = outcome,
                            .attempt = run->locked().attempt_count(),
                            .elapsed = run->elapsed()};
  if (item.has_tag()) finished.tag = item.tag();
  environment_.observer->OnActivity(finished);
}

void WorkerDispatcher::LogRun(TraceLevel level, std::string_view message,
                              const ActivityRun& run) const {
  TraceSink* const log = environment_.log.get();
  if (log == nullptr || !log->Enabled(level)) return;
  const v1::ActivityExecuteItem& item = run.item();
  TraceFields fields = {
      {"instance", item.instance()},
      {"execution_id", absl::StrCat(item.execution_id())},
      {"activity", item.name()},
      {"activity_id", absl::StrCat(item.id())},
      {"attempt", absl::StrCat(run.locked().attempt_count())},
      {"worker", parts_.owner},
  };
  if (item.has_tag()) fields.emplace_back("tag", item.tag());
  if (item.has_session_id()) fields.emplace_back("session", item.session_id());
  log->Write({.level = level,
              .message = std::string(message),
              .fields = std::move(fields)});
}

}  // namespace duroxide::runtime
