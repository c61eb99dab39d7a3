#include "runtime/replay/action.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using v1::Event;

// As messages show it; payloads may be long.
std::string Quoted(const std::string& text) {
  constexpr size_t kMost = 60;
  const bool cut = text.size() > kMost;
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text.substr(0, kMost)),
                      cut ? "…\"" : "\"");
}

bool Same(const v1::ActivityScheduled& a, const v1::ActivityScheduled& b) {
  return a.name() == b.name() && a.input() == b.input() &&
         a.has_session_id() == b.has_session_id() &&
         a.session_id() == b.session_id() && a.has_tag() == b.has_tag() &&
         a.tag() == b.tag();
}

}  // namespace

bool Matches(const Action& action, const Event& event) {
  const Event& mine = action.event;
  if (mine.kind_case() != event.kind_case()) return false;
  switch (mine.kind_case()) {
    case Event::kActivityScheduled:
      return Same(mine.activity_scheduled(), event.activity_scheduled());
    case Event::kExternalSubscribed:
      return mine.external_subscribed().name() ==
             event.external_subscribed().name();
    case Event::kQueueSubscribed:
      return mine.queue_subscribed().name() == event.queue_subscribed().name();
    case Event::kSubOrchestrationScheduled: {
      // Its id may have been derived from the event's.
      const auto& a = mine.sub_orchestration_scheduled();
      const auto& b = event.sub_orchestration_scheduled();
      return a.name() == b.name() && a.input() == b.input() &&
             (a.instance().empty() || a.instance() == b.instance());
    }
    case Event::kOrchestrationChained: {
      const auto& a = mine.orchestration_chained();
      const auto& b = event.orchestration_chained();
      return a.name() == b.name() && a.input() == b.input() &&
             a.instance() == b.instance();
    }
    case Event::kKeyValueSet:
      return mine.key_value_set().key() == event.key_value_set().key() &&
             mine.key_value_set().value() == event.key_value_set().value();
    case Event::kKeyValueCleared:
      return mine.key_value_cleared().key() == event.key_value_cleared().key();
    case Event::kTimerCreated:
    case Event::kCustomStatusUpdated:
    case Event::kKeyValuesCleared:
      return true;
    default:
      return false;
  }
}

std::string Describe(const Event& event) {
  const auto with = [](const char* kind, const char* what,
                       const std::string& text) {
    return absl::StrCat(kind, " ", what, " ", Quoted(text));
  };
  switch (event.kind_case()) {
    case Event::kActivityScheduled: {
      const v1::ActivityScheduled& scheduled = event.activity_scheduled();
      std::string text =
          absl::StrCat(with("ActivityScheduled", "name", scheduled.name()),
                       " input ", Quoted(scheduled.input()));
      if (scheduled.has_session_id()) {
        absl::StrAppend(&text, " session ", Quoted(scheduled.session_id()));
      }
      if (scheduled.has_tag()) {
        absl::StrAppend(&text, " tag ", Quoted(scheduled.tag()));
      }
      return text;
    }
    case Event::kTimerCreated:
      return "TimerCreated";
    case Event::kExternalSubscribed:
      return with("ExternalSubscribed", "name",
                  event.external_subscribed().name());
    case Event::kQueueSubscribed:
      return with("QueueSubscribed", "name", event.queue_subscribed().name());
    case Event::kSubOrchestrationScheduled: {
      const auto& child = event.sub_orchestration_scheduled();
      return absl::StrCat(
          with("SubOrchestrationScheduled", "name", child.name()), " instance ",
          Quoted(child.instance()), " input ", Quoted(child.input()));
    }
    case Event::kOrchestrationChained: {
      const auto& chained = event.orchestration_chained();
      return absl::StrCat(with("OrchestrationChained", "name", chained.name()),
                          " instance ", Quoted(chained.instance()), " input ",
                          Quoted(chained.input()));
    }
    case Event::kCustomStatusUpdated:
      return "CustomStatusUpdated";
    case Event::kKeyValueSet:
      return absl::StrCat(
          with("KeyValueSet", "key", event.key_value_set().key()), " value ",
          Quoted(event.key_value_set().value()));
    case Event::kKeyValueCleared:
      return with("KeyValueCleared", "key", event.key_value_cleared().key());
    case Event::kKeyValuesCleared:
      return "KeyValuesCleared";
    case Event::KIND_NOT_SET:
      return "continue as new";
    default: {
      const auto* field = Event::GetReflection()->GetOneofFieldDescriptor(
          event, Event::descriptor()->FindOneofByName("kind"));
      return field->message_type()->name();
    }
  }
}

}  // namespace duroxide::runtime
