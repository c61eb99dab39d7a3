#include "runtime/replay/start.h"

#include <utility>

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using v1::Event;
using v1::WorkItem;

// The kind of the event that ended it, or KIND_NOT_SET. Records of cancelled
// activities may stand behind that event.
Event::KindCase EndOf(const v1::OrchestrationItem& item) {
  for (int i = item.history_size() - 1; i >= 0; --i) {
    switch (item.history(i).kind_case()) {
      case Event::kOrchestrationCompleted:
      case Event::kOrchestrationFailed:
      case Event::kOrchestrationContinuedAsNew:
        return item.history(i).kind_case();
      case Event::kActivityCancelRequested:
        break;
      default:
        return Event::KIND_NOT_SET;
    }
  }
  return Event::KIND_NOT_SET;
}

const v1::OrchestrationStarted* StartedIn(const v1::OrchestrationItem& item) {
  if (item.history().empty()) return nullptr;
  const Event& first = item.history(0);
  return first.has_orchestration_started() ? &first.orchestration_started()
                                           : nullptr;
}

void BeginWith(const v1::StartOrchestrationItem& start, Beginning& beginning) {
  beginning.begins = true;
  beginning.name = start.orchestration();
  if (start.has_version()) beginning.version = start.version();
  v1::OrchestrationStarted& started = beginning.started;
  started.set_name(start.orchestration());
  started.set_input(start.input());
  if (start.has_parent_instance()) {
    started.set_parent_instance(start.parent_instance());
  }
  if (start.has_parent_id()) started.set_parent_id(start.parent_id());
  if (start.has_parent_execution_id()) {
    started.set_parent_execution_id(start.parent_execution_id());
  }
}

// `before` is the beginning of the execution that has ended, or null. A child
// answers its parent in whichever execution it ends.
void ContinueWith(const v1::ContinueAsNewItem& next,
                  const v1::OrchestrationStarted* before,
                  Beginning& beginning) {
  beginning.begins = true;
  beginning.continues = true;
  beginning.name = next.orchestration();
  if (next.has_version()) beginning.version = next.version();
  v1::OrchestrationStarted& started = beginning.started;
  started.set_name(next.orchestration());
  started.set_input(next.input());
  if (!next.carry_forward_events().empty()) {
    *started.mutable_carry_forward_events()->mutable_events() =
        next.carry_forward_events();
  }
  if (next.has_initial_custom_status()) {
    started.set_initial_custom_status(next.initial_custom_status());
  }
  if (before == nullptr || !before->has_parent_instance()) return;
  started.set_parent_instance(before->parent_instance());
  if (before->has_parent_id()) started.set_parent_id(before->parent_id());
  if (before->has_parent_execution_id()) {
    started.set_parent_execution_id(before->parent_execution_id());
  }
}

}  // namespace

Beginning BeginningOf(const v1::OrchestrationItem& item,
                      const HistoryIndex* kept) {
  const v1::OrchestrationStarted* const before =
      kept != nullptr ? &*kept->started() : StartedIn(item);
  const Event::KindCase end =
      kept != nullptr ? Event::KIND_NOT_SET : EndOf(item);
  const bool has_history = kept != nullptr || !item.history().empty();
  Beginning beginning;
  beginning.execution_id = item.execution_id();
  beginning.ended = end != Event::KIND_NOT_SET;
  if (before != nullptr) {
    beginning.name = before->name();
    // Upstream writes this where it knew no version.
    if (before->version() != "0.0.0") beginning.version = before->version();
  }
  for (const WorkItem& message : item.messages()) {
    if (message.has_start_orchestration()) {
      // A second start of what is there already does nothing.
      if (beginning.begins || has_history) continue;
      BeginWith(message.start_orchestration(), beginning);
    } else if (message.has_continue_as_new()) {
      const bool is_next = end == Event::kOrchestrationContinuedAsNew;
      if (beginning.begins || (!is_next && has_history)) continue;
      beginning.version.reset();
      ContinueWith(message.continue_as_new(), before, beginning);
      if (is_next) beginning.execution_id = item.execution_id() + 1;
    } else {
      beginning.messages.push_back(&message);
    }
  }
  return beginning;
}

std::optional<VersionedFunctions<OrchestrationFunction>::Entry> Resolve(
    const OrchestrationRegistry& orchestrations, const Beginning& beginning) {
  if (!beginning.version)
    return orchestrations.functions().Find(beginning.name);
  const auto version = SemanticVersion::Parse(*beginning.version);
  if (!version) return std::nullopt;
  return orchestrations.functions().Find(beginning.name, *version);
}

}  // namespace duroxide::runtime
