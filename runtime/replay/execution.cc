#include "runtime/replay/execution.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/replay/error_details.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using v1::ErrorDetails;
using v1::Event;

// Why something was given up whose future the orchestration destroyed.
constexpr char kDroppedFuture[] = "dropped_future";

std::optional<ScheduleKind> ScheduleKindOf(const Event& event) {
  switch (event.kind_case()) {
    case Event::kActivityScheduled:
      return ScheduleKind::kActivity;
    case Event::kTimerCreated:
      return ScheduleKind::kTimer;
    case Event::kSubOrchestrationScheduled:
      return ScheduleKind::kChild;
    default:
      return std::nullopt;
  }
}

// What a completion tells the orchestration.
absl::StatusOr<std::string> ResultIn(const Event& event) {
  const auto error = [](const ErrorDetails& details) {
    const bool cancelled = details.application().has_cancelled();
    return absl::Status(
        cancelled ? absl::StatusCode::kCancelled : absl::StatusCode::kUnknown,
        TextOf(details));
  };
  switch (event.kind_case()) {
    case Event::kActivityCompleted:
      return event.activity_completed().result();
    case Event::kActivityFailed:
      return error(event.activity_failed().details());
    case Event::kSubOrchestrationCompleted:
      return event.sub_orchestration_completed().result();
    case Event::kSubOrchestrationFailed:
      return error(event.sub_orchestration_failed().details());
    default:
      return std::string();  // a timer fired
  }
}

ScheduleKind CompletedKind(const Event& event) {
  switch (event.kind_case()) {
    case Event::kTimerFired:
      return ScheduleKind::kTimer;
    case Event::kSubOrchestrationCompleted:
    case Event::kSubOrchestrationFailed:
      return ScheduleKind::kChild;
    default:
      return ScheduleKind::kActivity;
  }
}

// A record of something that the orchestration gave up.
struct GivenUpRecord {
  WaitKind kind;
  const std::string* reason;
};

std::optional<GivenUpRecord> GivenUpRecordOf(const Event& event) {
  switch (event.kind_case()) {
    case Event::kActivityCancelRequested:
      return GivenUpRecord{WaitKind::kActivity,
                           &event.activity_cancel_requested().reason()};
    case Event::kSubOrchestrationCancelRequested:
      return GivenUpRecord{
          WaitKind::kChild,
          &event.sub_orchestration_cancel_requested().reason()};
    case Event::kExternalSubscribedCancelled:
      return GivenUpRecord{WaitKind::kEvent,
                           &event.external_subscribed_cancelled().reason()};
    case Event::kQueueSubscriptionCancelled:
      return GivenUpRecord{WaitKind::kQueue,
                           &event.queue_subscription_cancelled().reason()};
    default:
      return std::nullopt;
  }
}

// True for waits: what they wait for may have arrived before.
bool MayBeThereAlready(const Event& event) {
  return event.has_queue_subscribed() || event.has_external_subscribed();
}

Event MakeGivenUpRecord(WaitKind kind, uint64_t schedule_id) {
  Event event;
  event.set_source_event_id(schedule_id);
  switch (kind) {
    case WaitKind::kActivity:
      event.mutable_activity_cancel_requested()->set_reason(kDroppedFuture);
      break;
    case WaitKind::kChild:
      event.mutable_sub_orchestration_cancel_requested()->set_reason(
          kDroppedFuture);
      break;
    case WaitKind::kEvent:
      event.mutable_external_subscribed_cancelled()->set_reason(kDroppedFuture);
      break;
    case WaitKind::kQueue:
      event.mutable_queue_subscription_cancelled()->set_reason(kDroppedFuture);
      break;
    case WaitKind::kTimer:
      break;  // a timer that nobody waits for just fires
  }
  return event;
}

// Later executions count their events from 1 again: there the event's id alone
// would name a child of an earlier one.
std::string DerivedChild(uint64_t execution_id, uint64_t event_id) {
  return execution_id == 1
             ? absl::StrCat(kDerivedChildPrefix, event_id)
             : absl::StrCat(kDerivedChildPrefix, execution_id, "-", event_id);
}

}  // namespace

Execution::Execution(ExecutionInfo info, const OrchestrationFunction& function)
    : state_(std::move(info)), context_(state_), function_(function) {}

Execution::~Execution() {
  // The coroutine's futures are destroyed with it, and nothing is meant by it.
  state_.Close();
  orchestration_.reset();
}

void Execution::AddHistory(const Events& history) {
  for (const Event& event : history) {
    index_.Add(event);
    if (event.has_key_value_set()) {
      state_.AddRecordedSetTime(event.key_value_set().last_updated_at_ms());
    }
    const std::optional<GivenUpRecord> record = GivenUpRecordOf(event);
    if (record && *record->reason == kDroppedFuture) {
      recorded_given_up_[record->kind].insert(event.source_event_id());
    }
  }
  history_.MergeFrom(history);
}

void Execution::AddEvent(Event event, absl::Time now) {
  Stamp(event, now);
  index_.Add(event);
  *fresh_.Add() = std::move(event);
}

void Execution::Stamp(Event& event, absl::Time now) const {
  event.set_event_id(index_.next_event_id());
  event.set_instance_id(info().instance);
  event.set_execution_id(info().execution_id);
  event.set_timestamp_ms(static_cast<uint64_t>(absl::ToUnixMillis(now)));
  event.set_writer_version(kRuntimeVersion.ToString());
}

void Execution::Append(Event event, absl::Time now, Progress& progress) {
  Stamp(event, now);
  index_.Add(event);
  *progress.delta.Add() = std::move(event);
}

Progress Execution::Fail(ErrorDetails error) {
  Progress progress;
  progress.delta.Swap(&fresh_);
  progress.ending.kind = Ending::Kind::kFailed;
  progress.ending.error = std::move(error);
  return progress;
}

Progress Execution::Run(absl::Time now) {
  state_.set_now(now);
  // Seeded before the first poll, and not where the event is applied: the
  // orchestration may look at it from its beginning.
  if (!orchestration_ && index_.started()) {
    input_ = index_.started()->input();
    if (index_.started()->has_initial_custom_status()) {
      state_.SeedCustomStatus(index_.started()->initial_custom_status());
    }
  }
  Progress progress;
  Failure failure = Walk();
  progress.delta.Swap(&fresh_);
  if (!failure && must_poll_ && !HasEnded()) Poll();
  must_poll_ = false;
  if (!failure && !panic_) Convert(now, progress);
  progress.ending = EndingOf(progress);
  if (failure) {
    progress.ending = {.kind = Ending::Kind::kFailed,
                       .text = {},
                       .version = {},
                       .error = *std::move(failure)};
    return progress;
  }
  // What ends by itself or waits has given up what it has given up; what is
  // ended from outside ends as a whole.
  if (progress.ending.kind == Ending::Kind::kCancelled ||
      progress.ending.kind == Ending::Kind::kContinuedAsNew || panic_) {
    return progress;
  }
  if (failure = RecordGivenUp(now, progress); failure) {
    progress.ending = {.kind = Ending::Kind::kFailed,
                       .text = {},
                       .version = {},
                       .error = *std::move(failure)};
  }
  return progress;
}

Execution::Failure Execution::Walk() {
  const bool had_history = !history_.empty();
  state_.set_replaying(had_history);
  for (const Event& event : history_) {
    if (must_poll_) Poll();
    if (output_ && !event.has_orchestration_started()) {
      return Nondeterminism(absl::StrCat(
          "the orchestration has ended, but the history goes on with event ",
          event.event_id(), ", ", Describe(event)));
    }
    if (panic_) return std::nullopt;
    if (Failure failure = Apply(event); failure) return failure;
  }
  history_.Clear();
  state_.set_replaying(false);
  for (const Event& event : fresh_) {
    if (must_poll_) Poll();
    // What came after its end is written down and not looked at.
    if (HasEnded()) break;
    if (Failure failure = Apply(event); failure) return failure;
  }
  return std::nullopt;
}

Execution::Failure Execution::Apply(const Event& event) {
  switch (event.kind_case()) {
    case Event::kActivityScheduled:
    case Event::kTimerCreated:
    case Event::kExternalSubscribed:
    case Event::kQueueSubscribed:
    case Event::kSubOrchestrationScheduled:
    case Event::kOrchestrationChained:
    case Event::kCustomStatusUpdated:
    case Event::kKeyValueSet:
    case Event::kKeyValueCleared:
    case Event::kKeyValuesCleared:
      return ApplySchedule(event);
    case Event::kActivityCompleted:
    case Event::kActivityFailed:
    case Event::kTimerFired:
    case Event::kSubOrchestrationCompleted:
    case Event::kSubOrchestrationFailed:
      return ApplyCompletion(event);
    case Event::kExternalEvent:
      must_poll_ |= state_.DeliverEvent(event.external_event().name(),
                                        event.external_event().data());
      return std::nullopt;
    case Event::kQueueEventDelivered:
      state_.DeliverMessage(event.queue_event_delivered().name(),
                            event.queue_event_delivered().data());
      must_poll_ = true;
      return std::nullopt;
    case Event::kExternalSubscribedCancelled:
      state_.WaitGivenUp(event.source_event_id());
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

Execution::Failure Execution::ApplySchedule(const Event& event) {
  std::deque<Action>& emitted = state_.emitted();
  if (emitted.empty()) {
    return Nondeterminism(absl::StrCat(
        "event ", event.event_id(), " of the history is ", Describe(event),
        ", but the orchestration asked for nothing more"));
  }
  const Action action = std::move(emitted.front());
  emitted.pop_front();
  if (!Matches(action, event)) {
    return Nondeterminism(absl::StrCat(
        "event ", event.event_id(), " of the history is ", Describe(event),
        ", but the orchestration asked for ", Describe(action.event)));
  }
  state_.Bind(action, event.event_id(), event);
  if (const auto kind = ScheduleKindOf(event)) {
    open_.emplace(event.event_id(), *kind);
  }
  if (event.has_sub_orchestration_scheduled()) {
    children_.emplace(event.event_id(),
                      event.sub_orchestration_scheduled().instance());
  }
  must_poll_ |= MayBeThereAlready(event);
  return std::nullopt;
}

Execution::Failure Execution::ApplyCompletion(const Event& event) {
  const auto open = open_.find(event.source_event_id());
  if (open == open_.end() || open->second != CompletedKind(event)) {
    return Nondeterminism(absl::StrCat(
        "event ", event.event_id(), " of the history is ", Describe(event),
        " for event ", event.source_event_id(), ", which ",
        open == open_.end()
            ? "is not open"
            : absl::StrCat("is of kind ", NameOf(open->second))));
  }
  open_.erase(open);
  state_.Deliver(event.source_event_id(), ResultIn(event));
  must_poll_ = true;
  return std::nullopt;
}

void Execution::Poll() {
  must_poll_ = false;
  try {
    if (!orchestration_) orchestration_.emplace(function_(context_, input_));
    if (orchestration_->Poll()) output_ = orchestration_->Take();
  } catch (const std::exception& exception) {
    panic_ = exception.what();
  } catch (...) {
    panic_ = "an exception that is no std::exception";
  }
}

void Execution::Convert(absl::Time now, Progress& progress) {
  std::deque<Action>& emitted = state_.emitted();
  while (!emitted.empty()) {
    Action action = std::move(emitted.front());
    emitted.pop_front();
    if (ContinuesAsNew(action)) {
      progress.actions.push_back(std::move(action));
      continue;
    }
    Event& event = action.event;
    Stamp(event, now);
    if (event.has_sub_orchestration_scheduled()) {
      auto& child = *event.mutable_sub_orchestration_scheduled();
      if (child.instance().empty()) {
        child.set_instance(DerivedChild(info().execution_id, event.event_id()));
      }
      children_.emplace(event.event_id(), child.instance());
    }
    if (const auto kind = ScheduleKindOf(event)) {
      open_.emplace(event.event_id(), *kind);
    }
    state_.Bind(action, event.event_id(), event);
    index_.Add(event);
    *progress.delta.Add() = event;
    const bool poll = MayBeThereAlready(event);
    progress.actions.push_back(std::move(action));
    // At the same place where a replay does it, before the next event.
    if (poll && !HasEnded()) Poll();
    if (panic_) return;
  }
}

Execution::Failure Execution::RecordGivenUp(absl::Time now,
                                            Progress& progress) {
  const std::map<WaitKind, std::set<uint64_t>> given_up = state_.TakeGivenUp();
  const auto of = [&given_up](WaitKind kind) {
    const auto found = given_up.find(kind);
    return found == given_up.end() ? std::set<uint64_t>() : found->second;
  };
  for (const auto& [kind, recorded] : recorded_given_up_) {
    const std::set<uint64_t> now_given_up = of(kind);
    for (const uint64_t id : recorded) {
      if (now_given_up.contains(id)) continue;
      return Nondeterminism(
          absl::StrCat("the history says that event ", id,
                       " was given up, but the orchestration still waits for "
                       "it or has its result"));
    }
  }
  recorded_given_up_.clear();
  for (const WaitKind kind : {WaitKind::kActivity, WaitKind::kChild,
                              WaitKind::kEvent, WaitKind::kQueue}) {
    for (const uint64_t id : of(kind)) {
      if (index_.IsCancelRequested(id)) continue;
      Append(MakeGivenUpRecord(kind, id), now, progress);
      if (kind == WaitKind::kActivity) {
        progress.given_up_activities.push_back(id);
      } else if (kind == WaitKind::kChild) {
        progress.given_up_children.push_back(children_.at(id));
      } else if (kind == WaitKind::kEvent) {
        state_.WaitGivenUp(id);
      }
    }
  }
  return std::nullopt;
}

Ending Execution::EndingOf(const Progress& progress) {
  Ending ending;
  if (panic_) {
    ending.kind = Ending::Kind::kFailed;
    ending.error = Panic(*panic_);
    return ending;
  }
  if (index_.cancel_reason()) {
    ending.kind = Ending::Kind::kCancelled;
    ending.text = *index_.cancel_reason();
    return ending;
  }
  for (const Action& action : progress.actions) {
    if (!ContinuesAsNew(action)) continue;
    ending.kind = Ending::Kind::kContinuedAsNew;
    ending.text = action.next_input;
    ending.version = action.version;
    return ending;
  }
  if (!output_) return ending;
  if (output_->ok()) {
    ending.kind = Ending::Kind::kCompleted;
    ending.text = **std::move(output_);
  } else {
    ending.kind = Ending::Kind::kFailed;
    ending.error =
        OrchestrationFailure(std::string(output_->status().message()));
  }
  return ending;
}

}  // namespace duroxide::runtime
