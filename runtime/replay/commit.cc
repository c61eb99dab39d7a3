#include "runtime/replay/commit.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/replay/error_details.h"
#include "runtime/semantic_version.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using v1::AckOrchestrationItemRequest;
using v1::Event;
using v1::WorkItem;

// Why something was given up whose orchestration ended.
constexpr char kOrchestrationEnded[] = "orchestration_terminal";

WorkItem CancelInstance(std::string instance, std::string reason) {
  WorkItem item;
  item.mutable_cancel_instance()->set_instance(std::move(instance));
  item.mutable_cancel_instance()->set_reason(std::move(reason));
  return item;
}

WorkItem StartDetached(const Action& action) {
  const v1::OrchestrationChained& chained =
      action.event.orchestration_chained();
  WorkItem item;
  auto& start = *item.mutable_start_orchestration();
  start.set_instance(chained.instance());
  start.set_orchestration(chained.name());
  start.set_input(chained.input());
  if (action.version) start.set_version(*action.version);
  start.set_execution_id(1);
  return item;
}

WorkItem StartChild(const Action& action, const ExecutionInfo& parent) {
  const v1::SubOrchestrationScheduled& child =
      action.event.sub_orchestration_scheduled();
  WorkItem item;
  auto& start = *item.mutable_start_orchestration();
  start.set_instance(ChildInstance(parent.instance, child.instance()));
  start.set_orchestration(child.name());
  start.set_input(child.input());
  if (action.version) start.set_version(*action.version);
  start.set_parent_instance(parent.instance);
  start.set_parent_id(action.event.event_id());
  start.set_parent_execution_id(parent.execution_id);
  start.set_execution_id(1);
  return item;
}

WorkItem ExecuteActivity(const Action& action, const ExecutionInfo& info) {
  const v1::ActivityScheduled& scheduled = action.event.activity_scheduled();
  WorkItem item;
  auto& execute = *item.mutable_activity_execute();
  execute.set_instance(info.instance);
  execute.set_execution_id(info.execution_id);
  execute.set_id(action.event.event_id());
  execute.set_name(scheduled.name());
  execute.set_input(scheduled.input());
  if (scheduled.has_session_id()) {
    execute.set_session_id(scheduled.session_id());
  }
  if (scheduled.has_tag()) execute.set_tag(scheduled.tag());
  return item;
}

WorkItem FireTimer(const Action& action, const ExecutionInfo& info) {
  WorkItem item;
  auto& timer = *item.mutable_timer_fired();
  timer.set_instance(info.instance);
  timer.set_execution_id(info.execution_id);
  timer.set_id(action.event.event_id());
  timer.set_fire_at_ms(action.event.timer_created().fire_at_ms());
  return item;
}

// What was asked for. An execution that has ended starts nothing but what is
// detached from it.
void AddWork(const Progress& progress, const ExecutionInfo& info,
             AckOrchestrationItemRequest& ack) {
  const bool goes_on = progress.ending.kind == Ending::Kind::kNone;
  for (const Action& action : progress.actions) {
    if (action.event.has_orchestration_chained()) {
      *ack.add_orchestrator_items() = StartDetached(action);
    } else if (!goes_on) {
      continue;
    } else if (action.event.has_activity_scheduled()) {
      *ack.add_worker_items() = ExecuteActivity(action, info);
    } else if (action.event.has_timer_created()) {
      *ack.add_orchestrator_items() = FireTimer(action, info);
    } else if (action.event.has_sub_orchestration_scheduled()) {
      *ack.add_orchestrator_items() = StartChild(action, info);
    }
  }
}

WorkItem NextExecution(
    const Ending& ending, const HistoryIndex& index, const ExecutionInfo& info,
    std::vector<std::pair<std::string, std::string>> carried) {
  WorkItem item;
  auto& next = *item.mutable_continue_as_new();
  next.set_instance(info.instance);
  next.set_orchestration(info.orchestration);
  next.set_input(ending.text);
  if (ending.version) next.set_version(*ending.version);
  for (auto& [name, data] : carried) {
    v1::CarriedEvent& event = *next.add_carry_forward_events();
    event.set_name(std::move(name));
    event.set_data(std::move(data));
  }
  if (index.custom_status()) {
    next.set_initial_custom_status(*index.custom_status());
  }
  return item;
}

// Writes that nobody waits for events and messages any more.
void EndWaits(Execution& execution, Progress& progress, absl::Time now) {
  for (const uint64_t wait : execution.index().OpenEventWaits()) {
    Event event;
    event.set_source_event_id(wait);
    event.mutable_external_subscribed_cancelled()->set_reason(
        kOrchestrationEnded);
    execution.Append(std::move(event), now, progress);
  }
  for (const uint64_t wait : execution.index().OpenQueueWaits()) {
    Event event;
    event.set_source_event_id(wait);
    event.mutable_queue_subscription_cancelled()->set_reason(
        kOrchestrationEnded);
    execution.Append(std::move(event), now, progress);
  }
}

// Ends the execution in its history, and tells those whom it concerns.
void End(Execution& execution, Progress& progress, const Limits& limits,
         absl::Time now, AckOrchestrationItemRequest& ack) {
  const HistoryIndex& index = execution.index();
  const Ending& ending = progress.ending;
  std::optional<ParentLink> parent;
  if (index.started()) parent = ParentOf(*index.started());
  // Before the waits are ended: what they have taken stays taken.
  auto untaken = index.UntakenMessages();
  EndWaits(execution, progress, now);
  Event event;
  switch (ending.kind) {
    case Ending::Kind::kCompleted:
      event.mutable_orchestration_completed()->set_output(ending.text);
      execution.Append(std::move(event), now, progress);
      if (parent) {
        *ack.add_orchestrator_items() = ChildCompleted(*parent, ending.text);
      }
      break;
    case Ending::Kind::kContinuedAsNew:
      event.mutable_orchestration_continued_as_new()->set_input(ending.text);
      execution.Append(std::move(event), now, progress);
      if (untaken.size() > limits.carried_events) {
        untaken.resize(limits.carried_events);
      }
      *ack.add_orchestrator_items() =
          NextExecution(ending, index, execution.info(), std::move(untaken));
      break;
    case Ending::Kind::kCancelled:
    case Ending::Kind::kFailed: {
      const bool cancelled = ending.kind == Ending::Kind::kCancelled;
      v1::ErrorDetails error =
          cancelled ? Cancellation(ending.text) : ending.error;
      *event.mutable_orchestration_failed()->mutable_details() = error;
      execution.Append(std::move(event), now, progress);
      if (cancelled) {
        for (const auto& [id, child] : index.open_children()) {
          *ack.add_orchestrator_items() =
              CancelInstance(ChildInstance(execution.info().instance, child),
                             "parent canceled");
        }
      }
      if (parent) {
        *ack.add_orchestrator_items() = ChildFailed(*parent, std::move(error));
      }
      break;
    }
    case Ending::Kind::kNone:
      break;
  }
}

// Cancels the activities that are still out where the execution has ended.
// Behind the event that ended it, as upstream has it.
void EndActivities(Execution& execution, Progress& progress, absl::Time now,
                   std::vector<uint64_t>& cancelled) {
  const char* reason = "orchestration_terminal_failed";
  if (progress.ending.kind == Ending::Kind::kNone) return;
  if (progress.ending.kind == Ending::Kind::kCompleted) {
    reason = "orchestration_terminal_completed";
  } else if (progress.ending.kind == Ending::Kind::kContinuedAsNew) {
    reason = "orchestration_terminal_continued_as_new";
  }
  // A copy: each event takes one of them away.
  const std::set<uint64_t> open = execution.index().open_activities();
  for (const uint64_t activity : open) {
    Event event;
    event.set_source_event_id(activity);
    event.mutable_activity_cancel_requested()->set_reason(reason);
    execution.Append(std::move(event), now, progress);
    cancelled.push_back(activity);
  }
}

std::string TooLarge(std::string_view what, size_t has, size_t may) {
  return absl::StrCat(std::string(what), " has ", has, " bytes, and may have ",
                      may);
}

}  // namespace

std::optional<ParentLink> ParentOf(const v1::OrchestrationStarted& started) {
  if (!started.has_parent_instance() || !started.has_parent_id()) {
    return std::nullopt;
  }
  return ParentLink{.instance = started.parent_instance(),
                    .event_id = started.parent_id(),
                    .execution_id = started.has_parent_execution_id()
                                        ? started.parent_execution_id()
                                        : 1};
}

std::string ChildInstance(const std::string& parent, const std::string& child) {
  return absl::StartsWith(child, kDerivedChildPrefix)
             ? absl::StrCat(parent, "::", child)
             : child;
}

std::optional<std::string> LimitProblem(const Progress& progress,
                                        size_t key_values,
                                        const Limits& limits) {
  for (const Event& event : progress.delta) {
    const std::string& status = event.custom_status_updated().status();
    if (status.size() > limits.custom_status_bytes) {
      return TooLarge("the custom status", status.size(),
                      limits.custom_status_bytes);
    }
    const v1::ActivityScheduled& activity = event.activity_scheduled();
    if (activity.tag().size() > limits.tag_bytes) {
      return TooLarge(absl::StrCat("the tag of activity ", activity.name()),
                      activity.tag().size(), limits.tag_bytes);
    }
    const v1::KeyValueSet& set = event.key_value_set();
    if (set.value().size() > limits.kv_value_bytes) {
      return TooLarge(absl::StrCat("the value of key ", set.key()),
                      set.value().size(), limits.kv_value_bytes);
    }
  }
  if (key_values > limits.kv_keys) {
    return absl::StrCat("the instance has ", key_values, " keys, and may have ",
                        limits.kv_keys);
  }
  return std::nullopt;
}

AckOrchestrationItemRequest MakeCommit(Execution& execution, Progress& progress,
                                       const Limits& limits, absl::Time now) {
  const ExecutionInfo& info = execution.info();
  AckOrchestrationItemRequest ack;
  ack.set_execution_id(info.execution_id);
  AddWork(progress, info, ack);
  std::vector<uint64_t> cancelled = progress.given_up_activities;
  if (progress.ending.kind != Ending::Kind::kNone) {
    End(execution, progress, limits, now, ack);
    EndActivities(execution, progress, now, cancelled);
  }
  for (const std::string& child : progress.given_up_children) {
    *ack.add_orchestrator_items() =
        CancelInstance(ChildInstance(info.instance, child),
                       "parent dropped sub-orchestration future");
  }
  for (const uint64_t activity : cancelled) {
    auto& each = *ack.add_cancelled_activities();
    each.set_instance(info.instance);
    each.set_execution_id(info.execution_id);
    each.set_activity_id(activity);
  }
  *ack.mutable_metadata() = MetadataOf(progress.delta);
  ack.mutable_history_delta()->Swap(&progress.delta);
  return ack;
}

WorkItem ChildCompleted(const ParentLink& parent, std::string result) {
  WorkItem item;
  auto& completed = *item.mutable_sub_orchestration_completed();
  completed.set_parent_instance(parent.instance);
  completed.set_parent_execution_id(parent.execution_id);
  completed.set_parent_id(parent.event_id);
  completed.set_result(std::move(result));
  return item;
}

WorkItem ChildFailed(const ParentLink& parent, v1::ErrorDetails details) {
  WorkItem item;
  auto& failed = *item.mutable_sub_orchestration_failed();
  failed.set_parent_instance(parent.instance);
  failed.set_parent_execution_id(parent.execution_id);
  failed.set_parent_id(parent.event_id);
  *failed.mutable_details() = std::move(details);
  return item;
}

v1::ExecutionMetadata MetadataOf(const Events& delta) {
  v1::ExecutionMetadata metadata;
  for (const Event& event : delta) {
    switch (event.kind_case()) {
      case Event::kOrchestrationStarted: {
        const v1::OrchestrationStarted& started = event.orchestration_started();
        metadata.set_orchestration_name(started.name());
        metadata.set_orchestration_version(started.version());
        if (started.has_parent_instance()) {
          metadata.set_parent_instance_id(started.parent_instance());
        }
        if (const auto pinned =
                SemanticVersion::Parse(event.writer_version())) {
          *metadata.mutable_pinned_version() = ToProto(*pinned);
        }
        break;
      }
      case Event::kOrchestrationCompleted:
        metadata.set_status(v1::ORCHESTRATION_STATUS_COMPLETED);
        metadata.set_output(event.orchestration_completed().output());
        break;
      case Event::kOrchestrationFailed:
        metadata.set_status(v1::ORCHESTRATION_STATUS_FAILED);
        metadata.set_output(TextOf(event.orchestration_failed().details()));
        break;
      case Event::kOrchestrationContinuedAsNew:
        metadata.set_status(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
        metadata.set_output(event.orchestration_continued_as_new().input());
        break;
      default:
        break;
    }
  }
  return metadata;
}

}  // namespace duroxide::runtime
