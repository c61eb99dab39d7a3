#include "conformance/model/play.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "conformance/builders.h"
#include "conformance/durations.h"
#include "conformance/status_text.h"
#include "providers/errors.h"

namespace duroxide::conformance::model {
namespace {

std::string Name(char instance) { return std::string(1, instance); }

// Messages carry their number as text.
int NumberIn(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

int NumberOf(const v1::WorkItem& message) {
  switch (message.kind_case()) {
    case v1::WorkItem::kStartOrchestration:
      return NumberIn(message.start_orchestration().input());
    case v1::WorkItem::kExternalRaised:
      return NumberIn(message.external_raised().data());
    case v1::WorkItem::kActivityCompleted:
      return NumberIn(message.activity_completed().result());
    case v1::WorkItem::kActivityExecute:
      return static_cast<int>(message.activity_execute().id());
    default:
      return 0;
  }
}

v1::WorkItem Event(char instance, int number) {
  return ExternalItem(Name(instance), "event", std::to_string(number));
}

v1::WorkItem Activity(char instance, int number) {
  return ActivityItem(Name(instance), static_cast<uint64_t>(number));
}

Outcome OutcomeOf(const v1::LockedOrchestrationItem& locked) {
  Outcome outcome{.kind = Outcome::Kind::kItem,
                  .attempts = locked.attempt_count()};
  if (!locked.item().instance().empty()) {
    outcome.instance = locked.item().instance().front();
  }
  for (const v1::WorkItem& message : locked.item().messages()) {
    outcome.messages.push_back(NumberOf(message));
  }
  return outcome;
}

Outcome OutcomeOf(const v1::LockedWorkItem& locked) {
  Outcome outcome{.kind = Outcome::Kind::kItem,
                  .messages = {NumberOf(locked.item())},
                  .attempts = locked.attempt_count()};
  const std::string& instance = locked.item().activity_execute().instance();
  if (!instance.empty()) outcome.instance = instance.front();
  return outcome;
}

Outcome OutcomeOf(const absl::Status& status) {
  if (status.ok()) return {};
  if (ReasonOf(status) == v1::ERROR_REASON_LOCK_LOST) {
    return {.kind = Outcome::Kind::kLockLost};
  }
  return {.kind = Outcome::Kind::kError, .error = StatusText(status)};
}

// How many calls at least fit into a short lock or a delay.
constexpr int kCallsInShortTime = 40;

class Player {
 public:
  explicit Player(Fixture& t)
      : t_(t),
        began_(Now()),
        store_(t.AnotherStore()),
        call_time_(absl::FromChrono(Now() - began_)) {}

  // Returns false where the sequence ends here.
  bool Do(const Operation& operation, Played& played) {
    const std::vector<Outcome> allowed = model_.Allowed(operation);
    const Outcome outcome = Call(operation);
    NoteWhatMayBeOver(Now(), played);
    played.steps.push_back({operation, outcome});
    if (std::find(allowed.begin(), allowed.end(), outcome) != allowed.end()) {
      model_.Do(operation, outcome);
      return true;
    }
    played.allowed = allowed;
    played.end = played.over ? Played::End::kTooSlow : Played::End::kDisagreed;
    return false;
  }

  // True for what cannot be done, because no lock was given yet.
  bool Lacks(const Operation& operation) const {
    return NeedsLock(operation) && model_.LockOf(operation) < 0;
  }

 private:
  // A lock or delay that was over before the wait for it makes all that follows
  // doubtful: it may show only later, in the order of fetches.
  void NoteWhatMayBeOver(Moment now, Played& played) const {
    for (const Interval& interval : passing_) {
      if (now >= interval.surely_until()) played.over = interval;
    }
  }

  // What short locks and delays take: longer where the provider is far away or
  // the machine is busy, but not so long that a case takes for ever.
  absl::Duration ShortTime() const {
    return std::clamp(kCallsInShortTime * call_time_, t_.lock_timeout() / 2,
                      4 * t_.lock_timeout());
  }

  // Longer than any sequence takes.
  absl::Duration LongTime() const { return 120 * t_.lock_timeout(); }

  absl::Duration LockTime(const Operation& operation) const {
    return operation.lasting ? LongTime() : ShortTime();
  }

  Outcome Call(const Operation& operation) {
    const Moment sent = Now();
    Outcome outcome = CallMethod(operation);
    if (BeginsShortTime(operation)) {
      passing_.push_back({sent, Now(), ShortTime()});
    }
    return outcome;
  }

  Outcome CallMethod(const Operation& operation) {
    switch (operation.action) {
      case Action::kEnqueueStart:
        return EnqueueStart(operation);
      case Action::kEnqueueEvent:
        return EnqueueEvent(operation);
      case Action::kEnqueueActivity:
        return EnqueueActivity(operation);
      case Action::kFetch:
        return Fetch(&Provider::FetchOrchestrationItems, operation, tokens_);
      case Action::kFetchActivity:
        return Fetch(&Provider::FetchWorkItems, operation, activity_tokens_);
      case Action::kAck:
        return Ack(operation);
      case Action::kAckActivity:
        return AckActivity(operation);
      case Action::kAbandon:
        return Abandon(&Provider::AbandonOrchestrationItem, operation, tokens_);
      case Action::kAbandonActivity:
        return Abandon(&Provider::AbandonWorkItem, operation, activity_tokens_);
      case Action::kRenew:
        return Renew(&Provider::RenewOrchestrationItemLock, operation, tokens_);
      case Action::kRenewActivity:
        return Renew(&Provider::RenewWorkItemLock, operation, activity_tokens_);
      case Action::kWait:
        break;
    }
    for (const Interval& interval : passing_) t_.WaitUntilOver(interval);
    passing_.clear();
    return {};
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Send(ProviderMethod<Request, Response> method,
                                Request request) {
    request.set_store(store_);
    return t_.Call(method, std::move(request));
  }

  Outcome EnqueueStart(const Operation& operation) {
    v1::EnqueueOrchestratorItemRequest request;
    *request.mutable_item() =
        StartItem(Name(operation.instance),
                  {.input = std::to_string(model_.next_message())});
    return OutcomeOf(
        Send(&Provider::EnqueueOrchestratorItem, request).status());
  }

  Outcome EnqueueEvent(const Operation& operation) {
    v1::EnqueueOrchestratorItemRequest request;
    *request.mutable_item() = Event(operation.instance, model_.next_message());
    if (operation.delayed) *request.mutable_delay() = ToProto(ShortTime());
    return OutcomeOf(
        Send(&Provider::EnqueueOrchestratorItem, request).status());
  }

  Outcome EnqueueActivity(const Operation& operation) {
    v1::EnqueueWorkItemRequest request;
    *request.mutable_item() =
        Activity(operation.instance, model_.next_message());
    return OutcomeOf(Send(&Provider::EnqueueWorkItem, request).status());
  }

  template <typename Request, typename Response>
  Outcome Fetch(ProviderMethod<Request, Response> method,
                const Operation& operation, std::vector<std::string>& tokens) {
    Request request;
    *request.mutable_lock_timeout() = ToProto(LockTime(operation));
    const absl::StatusOr<Response> fetched = Send(method, request);
    if (!fetched.ok()) return OutcomeOf(fetched.status());
    if (fetched->items().empty()) return {.kind = Outcome::Kind::kNothing};
    tokens.push_back(fetched->items(0).lock_token());
    return OutcomeOf(fetched->items(0));
  }

  const std::string& TokenFor(const Operation& operation,
                              const std::vector<std::string>& tokens) const {
    return tokens[static_cast<size_t>(model_.LockOf(operation))];
  }

  Outcome Ack(const Operation& operation) {
    v1::AckOrchestrationItemRequest request;
    request.set_lock_token(TokenFor(operation, tokens_));
    request.set_execution_id(1);
    request.mutable_metadata()->set_orchestration_name(
        std::string(kOrchestration));
    request.mutable_metadata()->set_orchestration_version(
        std::string(kOrchestrationVersion));
    if (operation.enqueues) {
      const int next = model_.next_message();
      *request.add_orchestrator_items() = Event(operation.instance, next);
      *request.add_worker_items() =
          Activity(model_.InstanceOf(operation), next + 1);
    }
    return OutcomeOf(Send(&Provider::AckOrchestrationItem, request).status());
  }

  Outcome AckActivity(const Operation& operation) {
    v1::AckWorkItemRequest request;
    request.set_lock_token(TokenFor(operation, activity_tokens_));
    if (operation.enqueues) {
      *request.mutable_completion() =
          CompletedItem(Name(model_.InstanceOf(operation)), 1,
                        std::to_string(model_.next_message()));
    }
    return OutcomeOf(Send(&Provider::AckWorkItem, request).status());
  }

  template <typename Request, typename Response>
  Outcome Abandon(ProviderMethod<Request, Response> method,
                  const Operation& operation,
                  const std::vector<std::string>& tokens) {
    Request request;
    request.set_lock_token(TokenFor(operation, tokens));
    if (operation.delayed) *request.mutable_delay() = ToProto(ShortTime());
    request.set_ignore_attempt(operation.ignore_attempt);
    return OutcomeOf(Send(method, request).status());
  }

  template <typename Request, typename Response>
  Outcome Renew(ProviderMethod<Request, Response> method,
                const Operation& operation,
                const std::vector<std::string>& tokens) {
    Request request;
    request.set_lock_token(TokenFor(operation, tokens));
    *request.mutable_extend_for() = ToProto(LockTime(operation));
    return OutcomeOf(Send(method, request).status());
  }

  Fixture& t_;
  const Moment began_;
  const std::string store_;
  // What the first call took.
  const absl::Duration call_time_;
  QueueModel model_;
  // In the order in which they were given.
  std::vector<std::string> tokens_;
  std::vector<std::string> activity_tokens_;
  // Short locks and delays since the last wait.
  std::vector<Interval> passing_;
};

}  // namespace

Played Play(Fixture& t, const std::vector<Operation>& operations) {
  Player player(t);
  Played played;
  for (const Operation& operation : operations) {
    if (player.Lacks(operation)) continue;
    if (!player.Do(operation, played)) break;
  }
  return played;
}

}  // namespace duroxide::conformance::model
