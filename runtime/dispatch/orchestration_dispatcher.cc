#include "runtime/dispatch/orchestration_dispatcher.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "providers/errors.h"
#include "runtime/dispatch/calls.h"
#include "runtime/dispatch/durations.h"
#include "runtime/dispatch/failed_turn.h"

namespace duroxide::runtime {
namespace {

// Before an instance whose turn could not be committed is fetched again.
constexpr absl::Duration kPause = absl::Milliseconds(50);

// What was fetched ahead of its turn goes back after so many times of what it
// was meant to wait.
constexpr int kPatience = 5;

// Turns on their way to the store, beyond which nothing more is fetched.
constexpr int kMostStoring = 128;

// Turns compute and do not wait: more threads than processors gain nothing.
int ThreadsFor(int slots) {
  const int processors = static_cast<int>(std::thread::hardware_concurrency());
  return std::min(slots, std::max(processors, 2));
}

v1::CapabilityFilter FilterFor(const SemanticVersionRange& supported) {
  v1::CapabilityFilter filter;
  v1::SemanticVersionRange& range = *filter.add_supported_versions();
  *range.mutable_min() = ToProto(supported.min);
  *range.mutable_max() = ToProto(supported.max);
  return filter;
}

}  // namespace

// An instance that was fetched.
struct OrchestrationDispatcher::Work {
  explicit Work(v1::LockedOrchestrationItem fetched)
      : locked(std::move(fetched)) {}

  // Changes only where a history that was left out comes, before the turn.
  v1::LockedOrchestrationItem locked;
  const TimerQueue::Clock::time_point fetched_at = TimerQueue::Clock::now();
  std::shared_ptr<HeldLock> lock;
  // Set by who decides what becomes of it: its turn's thread or the shutdown.
  std::atomic<bool> claimed = false;
  // Guarded by the dispatcher's mutex: its place at the poller is taken, and
  // its turn has begun.
  bool has_place = true;
  bool begun = false;

  // Of its turn, once that is taken.
  TurnFacts facts;
  KeptExecution next;
  // What is sent now is a failure, since the turn itself was refused.
  bool refused = false;

  const v1::OrchestrationItem& item() const { return locked.item(); }
  size_t history_bytes() const {
    size_t bytes = 0;
    for (const v1::Event& event : item().history()) {
      bytes += event.ByteSizeLong();
    }
    return bytes;
  }
};

OrchestrationDispatcher::OrchestrationDispatcher(Parts parts)
    : parts_(std::move(parts)),
      environment_(parts_.environment),
      lock_terms_(InstanceLockTerms(
          environment_, parts_.options.orchestrator_lock_timeout,
          parts_.options.orchestrator_lock_renewal_buffer)),
      ahead_(parts_.options.orchestration_concurrency,
             parts_.options.fetch_ahead),
      poller_(environment_,
              {.what = "orchestrations",
               .slots = parts_.options.orchestration_concurrency,
               .batches = parts_.batches,
               .min_interval = parts_.options.min_poll_interval},
              [this](int max_items, std::stop_token stop,
                     Poller::OnFetched on_fetched) {
                Fetch(max_items, std::move(stop), std::move(on_fetched));
              }),
      kept_(parts_.options.kept_executions),
      turns_(ThreadsFor(parts_.options.orchestration_concurrency)) {}

OrchestrationDispatcher::~OrchestrationDispatcher() {
  environment_.timers.Cancel(watch_);
}

void OrchestrationDispatcher::Start() { poller_.Start(); }

void OrchestrationDispatcher::StopFetching() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  poller_.Stop();
}

void OrchestrationDispatcher::GiveUpAll() {
  std::vector<Item> work;
  {
    const std::lock_guard lock(mutex_);
    work.assign(work_.begin(), work_.end());
  }
  for (const Item& item : work) {
    if (item->claimed.exchange(true)) continue;
    Abandon(item, absl::ZeroDuration(), true);
  }
}

bool OrchestrationDispatcher::WaitUntilIdle(absl::Duration timeout) {
  return under_way_.WaitUntilNone(timeout);
}

void OrchestrationDispatcher::Fetch(int max_items, std::stop_token stop,
                                    Poller::OnFetched on_fetched) {
  const RuntimeOptions& options = parts_.options;
  v1::FetchOrchestrationItemsRequest request;
  request.set_store(environment_.store);
  *request.mutable_lock_timeout() = ToProto(options.orchestrator_lock_timeout);
  *request.mutable_poll_timeout() = ToProto(options.long_poll_timeout);
  *request.mutable_filter() = FilterFor(parts_.supported);
  request.set_max_items(max_items);
  if (parts_.histories_on_demand && options.kept_executions > 0) {
    request.set_max_inline_events(inline_histories_.max_events());
  }
  Send(environment_, &Provider::FetchOrchestrationItems, std::move(request),
       {.stop = std::move(stop)},
       [this, max_items, on_fetched = std::move(on_fetched)](
           absl::Status status,
           v1::FetchOrchestrationItemsResponse& response) mutable {
         const int given = status.ok() ? response.items_size() : 0;
         if (given > 0 && environment_.observer != nullptr) {
           environment_.observer->OnOrchestrationsFetched(given);
         }
         for (int i = 0; i < given; ++i) {
           const Item item = Hold(std::move(*response.mutable_items(i)));
           if (stopping()) {
             if (!item->claimed.exchange(true)) {
               Abandon(item, absl::ZeroDuration(), true);
             }
             continue;
           }
           turns_.Add([this, item] { TakeTheTurn(item); });
         }
         if (given > 0) WatchWaiting();
         on_fetched({std::move(status), max_items, given});
       });
}

OrchestrationDispatcher::Item OrchestrationDispatcher::Hold(
    v1::LockedOrchestrationItem locked) {
  under_way_.Enter();
  auto item = std::make_shared<Work>(std::move(locked));
  // Whoever has the lock's loss to care about asks for it.
  item->lock = std::make_shared<HeldLock>(lock_terms_,
                                          item->locked.lock_token(), nullptr);
  item->lock->Start();
  const std::lock_guard lock(mutex_);
  work_.insert(item);
  return item;
}

void OrchestrationDispatcher::LetGo(const Item& item) {
  item->lock->Release();
  bool had_place = false;
  {
    const std::lock_guard lock(mutex_);
    work_.erase(item);
    had_place = item->has_place;
    if (!had_place) --storing_;
  }
  if (had_place) poller_.Release();
  under_way_.Leave();
}

void OrchestrationDispatcher::MakeRoom(const Item& item) {
  poller_.SetSlots(parts_.options.orchestration_concurrency + ahead_.items());
  {
    const std::lock_guard lock(mutex_);
    if (storing_ >= kMostStoring) return;
    item->has_place = false;
    ++storing_;
  }
  poller_.Release();
}

void OrchestrationDispatcher::WatchWaiting() {
  const std::lock_guard lock(mutex_);
  if (watching_ || stopping_ ||
      parts_.options.fetch_ahead == absl::ZeroDuration()) {
    return;
  }
  watching_ = true;
  watch_ = environment_.timers.After(parts_.options.fetch_ahead * kPatience,
                                     [this] { GiveBackWaiting(); });
}

void OrchestrationDispatcher::GiveBackWaiting() {
  const auto overdue =
      TimerQueue::Clock::now() -
      absl::ToChronoNanoseconds(parts_.options.fetch_ahead * kPatience);
  std::vector<Item> waiting;
  bool more = false;
  {
    const std::lock_guard lock(mutex_);
    watching_ = false;
    for (const Item& item : work_) {
      if (item->begun) continue;
      if (item->fetched_at > overdue) {
        more = true;
      } else {
        waiting.push_back(item);
      }
    }
  }
  if (!waiting.empty()) {
    ahead_.Forget();
    poller_.SetSlots(parts_.options.orchestration_concurrency);
  }
  for (const Item& item : waiting) {
    if (item->claimed.exchange(true)) continue;
    LogWork(TraceLevel::kDebug, "Orchestration given back: no slot for it",
            *item);
    Abandon(item, absl::ZeroDuration(), true);
  }
  if (more) WatchWaiting();
}

bool OrchestrationDispatcher::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void OrchestrationDispatcher::TakeTheTurn(const Item& item) {
  if (item->claimed) return;  // it was given back
  if (item->lock->lost()) {
    if (!item->claimed.exchange(true)) LetGo(item);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    item->begun = true;
  }
  KeptExecution kept = TakeKept(item->item().instance());
  const bool goes_on = GoesOnFrom(kept, item->locked);
  if (item->item().history_omitted() && !goes_on) {
    inline_histories_.OnMissed();
    return ReadHistory(item);
  }
  if (goes_on && !item->item().history_omitted()) {
    inline_histories_.OnNotNeeded(item->history_bytes());
  }
  const auto begun = TimerQueue::Clock::now();
  TurnOutcome outcome = parts_.take(item->locked, absl::Now(), std::move(kept));
  ahead_.Learn(absl::FromChrono(TimerQueue::Clock::now() - begun));
  if (item->claimed.exchange(true)) return;  // it took too long
  item->facts = std::move(outcome.facts);
  if (parts_.options.kept_executions > 0) item->next = std::move(outcome.next);
  if (environment_.log != nullptr) {
    for (const TraceLine& line : outcome.traces) environment_.log->Write(line);
  }
  if (const auto* given_back = std::get_if<Abandonment>(&outcome.commit)) {
    LogWork(TraceLevel::kWarning,
            absl::StrCat("Orchestration is given back: ", given_back->why),
            *item);
    return Abandon(item, given_back->delay, false);
  }
  if (item->lock->lost()) return LetGo(item);
  if (item->facts.scheduled_activities > 0) {
    parts_.names.Learn(item->item().instance(), item->facts.execution_id,
                       item->facts.orchestration, item->facts.version);
  }
  auto& ack = std::get<v1::AckOrchestrationItemRequest>(outcome.commit);
  ack.set_lock_token(item->locked.lock_token());
  MakeRoom(item);
  Commit(item, std::move(ack));
}

void OrchestrationDispatcher::ReadHistory(const Item& item) {
  v1::ReadHistoryRequest request;
  request.set_store(environment_.store);
  request.set_instance(item->item().instance());
  request.set_execution_id(item->item().execution_id());
  Send(environment_, &Provider::ReadHistory, std::move(request), {},
       [this, item](const absl::Status& status,
                    v1::ReadHistoryResponse& response) {
         if (item->claimed) return;  // it took too long
         v1::OrchestrationItem& read = *item->locked.mutable_item();
         if (status.ok()) {
           read.mutable_history()->Swap(response.mutable_events());
         } else if (!IsRetryable(status) &&
                    !environment_.give_up.stop_requested()) {
           // As the fetch would have said (FETCH-8).
           read.set_history_error(std::string(status.message()));
         } else {
           if (item->claimed.exchange(true)) return;
           LogWork(TraceLevel::kWarning,
                   absl::StrCat("Orchestration is given back: its history "
                                "could not be read: ",
                                std::string(status.message())),
                   *item);
           return Abandon(item, kPause, true);
         }
         read.clear_history_omitted();
         read.clear_last_event();
         turns_.Add([this, item] { TakeTheTurn(item); });
       });
}

void OrchestrationDispatcher::Commit(const Item& item,
                                     v1::AckOrchestrationItemRequest ack) {
  SendUntilAnswered(
      environment_, &Provider::AckOrchestrationItem, std::move(ack),
      [item] { return !item->lock->lost(); },
      [this, item](const absl::Status& status,
                   const v1::AckOrchestrationItemRequest& sent) {
        OnCommitted(item, status, sent);
      });
}

void OrchestrationDispatcher::OnCommitted(
    const Item& item, const absl::Status& status,
    const v1::AckOrchestrationItemRequest& ack) {
  if (status.ok()) {
    // At once: its next turn may come at any time.
    if (item->next != nullptr) {
      Keep(item->item().instance(), std::move(item->next));
    }
    Observe(*item, ack);
    return LetGo(item);
  }
  Discard(std::move(item->next));
  if (item->lock->lost() || ReasonOf(status) == v1::ERROR_REASON_LOCK_LOST ||
      environment_.give_up.stop_requested()) {
    LogWork(TraceLevel::kInfo, "Turn is dropped: its lock is lost", *item);
    return LetGo(item);
  }
  OnRefused(item, status, ack);
}

void OrchestrationDispatcher::OnRefused(
    const Item& item, const absl::Status& status,
    const v1::AckOrchestrationItemRequest& ack) {
  LogWork(TraceLevel::kError,
          absl::StrCat("Turn could not be committed: ",
                       std::string(status.message())),
          *item);
  // A kept execution may be to blame: the next turn replays.
  if (item->refused || item->facts.resumed) {
    if (environment_.observer != nullptr) {
      environment_.observer->OnTurnNotCommitted(item->facts);
    }
    return Abandon(item, kPause, false);
  }
  item->refused = true;
  item->facts.end = TurnFacts::End::kFailed;
  item->facts.error_category = "infrastructure";
  item->facts.error = std::string(status.message());
  Commit(item, FailureInsteadOf(ack, item->item(), status, absl::Now()));
}

void OrchestrationDispatcher::Abandon(const Item& item, absl::Duration delay,
                                      bool ignore_attempt) {
  v1::AbandonOrchestrationItemRequest request;
  request.set_lock_token(item->locked.lock_token());
  *request.mutable_delay() = ToProto(delay);
  request.set_ignore_attempt(ignore_attempt);
  // Where it fails the lock runs out by itself.
  SendUntilAnswered(
      environment_, &Provider::AbandonOrchestrationItem, std::move(request),
      [item] { return !item->lock->lost(); },
      [this, item](const absl::Status&, v1::AbandonOrchestrationItemRequest&) {
        LetGo(item);
      });
}

KeptExecution OrchestrationDispatcher::TakeKept(std::string_view instance) {
  const std::lock_guard lock(kept_mutex_);
  return kept_.Take(instance);
}

void OrchestrationDispatcher::Keep(std::string_view instance,
                                   KeptExecution execution) {
  std::vector<KeptExecution> gone;
  {
    const std::lock_guard lock(kept_mutex_);
    gone = kept_.Put(instance, std::move(execution));
  }
  for (KeptExecution& old : gone) Discard(std::move(old));
}

void OrchestrationDispatcher::Discard(KeptExecution execution) {
  if (execution == nullptr) return;
  turns_.Add(
      [execution = std::move(execution)]() mutable { execution = nullptr; });
}

void OrchestrationDispatcher::Observe(
    const Work& work, const v1::AckOrchestrationItemRequest& ack) {
  LogEnd(work);
  if (environment_.observer == nullptr) return;
  CommittedTurn turn{
      .instance = work.item().instance(),
      .facts = work.facts,
      .elapsed = absl::FromChrono(TimerQueue::Clock::now() - work.fetched_at)};
  if (work.facts.began_execution && !ack.history_delta().empty()) {
    turn.began_child =
        ack.history_delta(0).orchestration_started().has_parent_instance();
  }
  if (work.facts.end != TurnFacts::End::kNone && work.facts.began &&
      work.facts.turns > 0) {
    turn.turns = work.facts.turns;
    turn.execution_time =
        std::max(absl::Now() - *work.facts.began, absl::ZeroDuration());
  }
  environment_.observer->OnTurn(turn);
}

void OrchestrationDispatcher::LogEnd(const Work& work) const {
  const TurnFacts& facts = work.facts;
  switch (facts.end) {
    case TurnFacts::End::kNone:
      return;
    case TurnFacts::End::kCompleted:
      return LogWork(TraceLevel::kDebug, "Orchestration completed", work);
    case TurnFacts::End::kContinuedAsNew:
      return LogWork(TraceLevel::kDebug, "Orchestration continues as new",
                     work);
    case TurnFacts::End::kFailed:
      // An error of the user's own may be what the user means.
      return LogWork(facts.error_category == "application"
                         ? TraceLevel::kWarning
                         : TraceLevel::kError,
                     absl::StrCat("Orchestration failed: ", facts.error), work);
  }
}

void OrchestrationDispatcher::LogWork(TraceLevel level,
                                      std::string_view message,
                                      const Work& work) const {
  TraceSink* const log = environment_.log.get();
  if (log == nullptr || !log->Enabled(level)) return;
  const bool taken = work.facts.execution_id != 0;
  log->Write(
      {.level = level,
       .message = std::string(message),
       .fields = {
           {"instance", work.item().instance()},
           {"execution_id", absl::StrCat(taken ? work.facts.execution_id
                                               : work.item().execution_id())},
           {"orchestration", taken ? work.facts.orchestration
                                   : work.item().orchestration_name()},
           {"version", taken ? work.facts.version : work.item().version()},
       }});
}

}  // namespace duroxide::runtime
