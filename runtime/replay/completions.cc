#include "runtime/replay/completions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/replay/error_details.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using v1::Event;
using v1::WorkItem;

// A message that ends something which was scheduled.
struct Completion {
  ScheduleKind kind;
  uint64_t schedule_id;
  uint64_t execution_id;
};

std::optional<Completion> CompletionOf(const WorkItem& message) {
  switch (message.kind_case()) {
    case WorkItem::kActivityCompleted:
      return Completion{ScheduleKind::kActivity,
                        message.activity_completed().id(),
                        message.activity_completed().execution_id()};
    case WorkItem::kActivityFailed:
      return Completion{ScheduleKind::kActivity, message.activity_failed().id(),
                        message.activity_failed().execution_id()};
    case WorkItem::kTimerFired:
      return Completion{ScheduleKind::kTimer, message.timer_fired().id(),
                        message.timer_fired().execution_id()};
    case WorkItem::kSubOrchestrationCompleted: {
      const auto& child = message.sub_orchestration_completed();
      return Completion{ScheduleKind::kChild, child.parent_id(),
                        child.parent_execution_id()};
    }
    case WorkItem::kSubOrchestrationFailed: {
      const auto& child = message.sub_orchestration_failed();
      return Completion{ScheduleKind::kChild, child.parent_id(),
                        child.parent_execution_id()};
    }
    default:
      return std::nullopt;
  }
}

// Why there can be no such completion; std::nullopt where there can.
std::optional<v1::ErrorDetails> Mismatch(const Completion& completion,
                                         const HistoryIndex& index) {
  const std::optional<ScheduleKind> scheduled =
      index.KindOf(completion.schedule_id);
  if (!scheduled) {
    return Nondeterminism(absl::StrCat(
        "a completion of ", NameOf(completion.kind), " ",
        completion.schedule_id, ", which the history has not scheduled"));
  }
  if (*scheduled != completion.kind) {
    return Nondeterminism(absl::StrCat(
        "a completion of ", NameOf(completion.kind), " ",
        completion.schedule_id, ", but event ", completion.schedule_id,
        " of the history is of kind ", NameOf(*scheduled)));
  }
  return std::nullopt;
}

Event EventOf(const WorkItem& message) {
  Event event;
  switch (message.kind_case()) {
    case WorkItem::kActivityCompleted:
      event.mutable_activity_completed()->set_result(
          message.activity_completed().result());
      break;
    case WorkItem::kActivityFailed:
      *event.mutable_activity_failed()->mutable_details() =
          message.activity_failed().details();
      break;
    case WorkItem::kTimerFired:
      event.mutable_timer_fired()->set_fire_at_ms(
          message.timer_fired().fire_at_ms());
      break;
    case WorkItem::kSubOrchestrationCompleted:
      event.mutable_sub_orchestration_completed()->set_result(
          message.sub_orchestration_completed().result());
      break;
    case WorkItem::kSubOrchestrationFailed:
      *event.mutable_sub_orchestration_failed()->mutable_details() =
          message.sub_orchestration_failed().details();
      break;
    case WorkItem::kExternalRaised:
      event.mutable_external_event()->set_name(
          message.external_raised().name());
      event.mutable_external_event()->set_data(
          message.external_raised().data());
      break;
    case WorkItem::kQueueMessage:
      event.mutable_queue_event_delivered()->set_name(
          message.queue_message().name());
      event.mutable_queue_event_delivered()->set_data(
          message.queue_message().data());
      break;
    case WorkItem::kCancelInstance:
      event.mutable_orchestration_cancel_requested()->set_reason(
          message.cancel_instance().reason());
      break;
    default:
      break;
  }
  return event;
}

const v1::ErrorDetails* ErrorOf(const WorkItem& message) {
  if (message.has_activity_failed()) {
    return &message.activity_failed().details();
  }
  if (message.has_sub_orchestration_failed()) {
    return &message.sub_orchestration_failed().details();
  }
  return nullptr;
}

}  // namespace

Received Receive(const WorkItem& message, const HistoryIndex& index,
                 uint64_t execution_id) {
  if (message.has_cancel_instance() && index.cancel_reason()) return {};
  const std::optional<Completion> completion = CompletionOf(message);
  Received received;
  if (completion) {
    if (completion->execution_id != execution_id) return {};
    if (index.IsCompleted(completion->schedule_id)) return {};
    received.fatal = Mismatch(*completion, index);
    if (received.fatal) return received;
  }
  Event event = EventOf(message);
  if (event.kind_case() == Event::KIND_NOT_SET) return {};
  if (completion) event.set_source_event_id(completion->schedule_id);
  const v1::ErrorDetails* const error = ErrorOf(message);
  if (error != nullptr && !IsApplicationError(*error)) received.fatal = *error;
  received.event = std::move(event);
  return received;
}

}  // namespace duroxide::runtime
