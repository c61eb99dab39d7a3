#include "conformance/builders.h"

#include <utility>

namespace duroxide::conformance {
namespace {

// Events carry a moment and a version of their writer; cases never depend on
// which.
constexpr uint64_t kEventTimestampMs = 1'700'000'000'000;
constexpr char kWriterVersion[] = "1.0.0";

std::string Text(std::string_view text) { return std::string(text); }

v1::ErrorDetails ActivityError(std::string_view message) {
  v1::ErrorDetails details;
  v1::ApplicationError& error = *details.mutable_application();
  error.mutable_activity_failed();
  error.set_message(Text(message));
  return details;
}

v1::ErrorDetails OrchestrationError(std::string_view message) {
  v1::ErrorDetails details;
  v1::ApplicationError& error = *details.mutable_application();
  error.mutable_orchestration_failed();
  error.set_message(Text(message));
  return details;
}

v1::Event NewEvent(uint64_t id) {
  v1::Event event;
  event.set_event_id(id);
  event.set_timestamp_ms(kEventTimestampMs);
  event.set_writer_version(kWriterVersion);
  return event;
}

}  // namespace

v1::WorkItem StartItem(std::string_view instance, const StartOptions& options) {
  v1::WorkItem item;
  v1::StartOrchestrationItem& start = *item.mutable_start_orchestration();
  start.set_instance(Text(instance));
  start.set_orchestration(options.orchestration);
  start.set_input(options.input);
  if (options.version) start.set_version(*options.version);
  if (options.parent_instance) {
    start.set_parent_instance(*options.parent_instance);
  }
  if (options.parent_id) start.set_parent_id(*options.parent_id);
  start.set_execution_id(options.execution_id);
  return item;
}

v1::WorkItem CompletedItem(std::string_view instance, uint64_t id,
                           std::string_view result, uint64_t execution_id) {
  v1::WorkItem item;
  v1::ActivityCompletedItem& completed = *item.mutable_activity_completed();
  completed.set_instance(Text(instance));
  completed.set_execution_id(execution_id);
  completed.set_id(id);
  completed.set_result(Text(result));
  return item;
}

v1::WorkItem FailedItem(std::string_view instance, uint64_t id,
                        std::string_view error, uint64_t execution_id) {
  v1::WorkItem item;
  v1::ActivityFailedItem& failed = *item.mutable_activity_failed();
  failed.set_instance(Text(instance));
  failed.set_execution_id(execution_id);
  failed.set_id(id);
  *failed.mutable_details() = ActivityError(error);
  return item;
}

v1::WorkItem TimerItem(std::string_view instance, uint64_t id,
                       uint64_t fire_at_ms, uint64_t execution_id) {
  v1::WorkItem item;
  v1::TimerFiredItem& timer = *item.mutable_timer_fired();
  timer.set_instance(Text(instance));
  timer.set_execution_id(execution_id);
  timer.set_id(id);
  timer.set_fire_at_ms(fire_at_ms);
  return item;
}

v1::WorkItem ExternalItem(std::string_view instance, std::string_view name,
                          std::string_view data) {
  v1::WorkItem item;
  v1::ExternalRaisedItem& raised = *item.mutable_external_raised();
  raised.set_instance(Text(instance));
  raised.set_name(Text(name));
  raised.set_data(Text(data));
  return item;
}

v1::WorkItem QueueMessage(std::string_view instance, std::string_view name,
                          std::string_view data) {
  v1::WorkItem item;
  v1::QueueMessageItem& message = *item.mutable_queue_message();
  message.set_instance(Text(instance));
  message.set_name(Text(name));
  message.set_data(Text(data));
  return item;
}

v1::WorkItem CancelItem(std::string_view instance, std::string_view reason) {
  v1::WorkItem item;
  v1::CancelInstanceItem& cancel = *item.mutable_cancel_instance();
  cancel.set_instance(Text(instance));
  cancel.set_reason(Text(reason));
  return item;
}

v1::WorkItem ContinueAsNewItem(std::string_view instance,
                               std::string_view input) {
  v1::WorkItem item;
  v1::ContinueAsNewItem& next = *item.mutable_continue_as_new();
  next.set_instance(Text(instance));
  next.set_orchestration(Text(kOrchestration));
  next.set_input(Text(input));
  next.set_version(Text(kOrchestrationVersion));
  return item;
}

v1::WorkItem ChildCompletedItem(std::string_view parent, uint64_t parent_id,
                                std::string_view result) {
  v1::WorkItem item;
  v1::SubOrchestrationCompletedItem& completed =
      *item.mutable_sub_orchestration_completed();
  completed.set_parent_instance(Text(parent));
  completed.set_parent_execution_id(1);
  completed.set_parent_id(parent_id);
  completed.set_result(Text(result));
  return item;
}

v1::WorkItem ChildFailedItem(std::string_view parent, uint64_t parent_id,
                             std::string_view error) {
  v1::WorkItem item;
  v1::SubOrchestrationFailedItem& failed =
      *item.mutable_sub_orchestration_failed();
  failed.set_parent_instance(Text(parent));
  failed.set_parent_execution_id(1);
  failed.set_parent_id(parent_id);
  *failed.mutable_details() = OrchestrationError(error);
  return item;
}

v1::WorkItem ActivityItem(std::string_view instance, uint64_t id,
                          const ActivityOptions& options) {
  v1::WorkItem item;
  v1::ActivityExecuteItem& activity = *item.mutable_activity_execute();
  activity.set_instance(Text(instance));
  activity.set_execution_id(options.execution_id);
  activity.set_id(id);
  activity.set_name(options.name);
  activity.set_input(options.input);
  if (options.session_id) activity.set_session_id(*options.session_id);
  if (options.tag) activity.set_tag(*options.tag);
  return item;
}

v1::WorkItem CompletionOf(const v1::WorkItem& activity,
                          std::string_view result) {
  const v1::ActivityExecuteItem& executed = activity.activity_execute();
  return CompletedItem(executed.instance(), executed.id(), result,
                       executed.execution_id());
}

v1::Event StartedEvent(uint64_t id, const StartOptions& options) {
  v1::Event event = NewEvent(id);
  v1::OrchestrationStarted& started = *event.mutable_orchestration_started();
  started.set_name(options.orchestration);
  started.set_version(options.version.value_or(Text(kOrchestrationVersion)));
  started.set_input(options.input);
  if (options.parent_instance) {
    started.set_parent_instance(*options.parent_instance);
  }
  if (options.parent_id) started.set_parent_id(*options.parent_id);
  return event;
}

v1::Event ActivityScheduledEvent(uint64_t id, std::string_view name,
                                 std::string_view input) {
  v1::Event event = NewEvent(id);
  event.mutable_activity_scheduled()->set_name(Text(name));
  event.mutable_activity_scheduled()->set_input(Text(input));
  return event;
}

v1::Event ActivityCompletedEvent(uint64_t id, uint64_t source_event_id,
                                 std::string_view result) {
  v1::Event event = NewEvent(id);
  event.set_source_event_id(source_event_id);
  event.mutable_activity_completed()->set_result(Text(result));
  return event;
}

v1::Event TimerCreatedEvent(uint64_t id, uint64_t fire_at_ms) {
  v1::Event event = NewEvent(id);
  event.mutable_timer_created()->set_fire_at_ms(fire_at_ms);
  return event;
}

v1::Event ChildScheduledEvent(uint64_t id, std::string_view child) {
  v1::Event event = NewEvent(id);
  v1::SubOrchestrationScheduled& scheduled =
      *event.mutable_sub_orchestration_scheduled();
  scheduled.set_name(Text(kOrchestration));
  scheduled.set_instance(Text(child));
  scheduled.set_input("{}");
  return event;
}

v1::Event CompletedEvent(uint64_t id, std::string_view output) {
  v1::Event event = NewEvent(id);
  event.mutable_orchestration_completed()->set_output(Text(output));
  return event;
}

v1::Event FailedEvent(uint64_t id, std::string_view error) {
  v1::Event event = NewEvent(id);
  *event.mutable_orchestration_failed()->mutable_details() =
      OrchestrationError(error);
  return event;
}

v1::Event ContinuedAsNewEvent(uint64_t id, std::string_view input) {
  v1::Event event = NewEvent(id);
  event.mutable_orchestration_continued_as_new()->set_input(Text(input));
  return event;
}

v1::Event CustomStatusEvent(uint64_t id, std::string_view status) {
  v1::Event event = NewEvent(id);
  event.mutable_custom_status_updated()->set_status(Text(status));
  return event;
}

v1::Event CustomStatusClearedEvent(uint64_t id) {
  v1::Event event = NewEvent(id);
  event.mutable_custom_status_updated();
  return event;
}

v1::Event KeyValueSetEvent(uint64_t id, std::string_view key,
                           std::string_view value,
                           std::optional<uint64_t> updated_at_ms) {
  v1::Event event = NewEvent(id);
  v1::KeyValueSet& set = *event.mutable_key_value_set();
  set.set_key(Text(key));
  set.set_value(Text(value));
  set.set_last_updated_at_ms(updated_at_ms.value_or(kEventTimestampMs));
  return event;
}

v1::Event KeyValueClearedEvent(uint64_t id, std::string_view key) {
  v1::Event event = NewEvent(id);
  event.mutable_key_value_cleared()->set_key(Text(key));
  return event;
}

v1::Event KeyValuesClearedEvent(uint64_t id) {
  v1::Event event = NewEvent(id);
  event.mutable_key_values_cleared();
  return event;
}

v1::Event WithOwner(v1::Event event, std::string_view instance,
                    uint64_t execution_id) {
  event.set_instance_id(Text(instance));
  event.set_execution_id(execution_id);
  return event;
}

AckBuilder::AckBuilder(const v1::LockedOrchestrationItem& held)
    : instance_(held.item().instance()) {
  request_.set_lock_token(held.lock_token());
  request_.set_execution_id(held.item().execution_id());
}

AckBuilder& AckBuilder::LockToken(std::string_view token) {
  request_.set_lock_token(Text(token));
  return *this;
}

AckBuilder& AckBuilder::Execution(uint64_t execution_id) {
  request_.set_execution_id(execution_id);
  return *this;
}

AckBuilder& AckBuilder::Append(v1::Event event) {
  *request_.add_history_delta() =
      WithOwner(std::move(event), instance_, request_.execution_id());
  return *this;
}

AckBuilder& AckBuilder::Worker(v1::WorkItem item) {
  *request_.add_worker_items() = std::move(item);
  return *this;
}

AckBuilder& AckBuilder::Orchestrator(v1::WorkItem item) {
  *request_.add_orchestrator_items() = std::move(item);
  return *this;
}

AckBuilder& AckBuilder::CancelActivity(uint64_t id) {
  v1::ScheduledActivityIdentifier& cancelled =
      *request_.add_cancelled_activities();
  cancelled.set_instance(instance_);
  cancelled.set_execution_id(request_.execution_id());
  cancelled.set_activity_id(id);
  return *this;
}

AckBuilder& AckBuilder::Name(std::string_view orchestration_name) {
  request_.mutable_metadata()->set_orchestration_name(Text(orchestration_name));
  return *this;
}

AckBuilder& AckBuilder::Version(std::string_view orchestration_version) {
  request_.mutable_metadata()->set_orchestration_version(
      Text(orchestration_version));
  return *this;
}

AckBuilder& AckBuilder::Parent(std::string_view parent_instance_id) {
  request_.mutable_metadata()->set_parent_instance_id(Text(parent_instance_id));
  return *this;
}

AckBuilder& AckBuilder::Status(v1::OrchestrationStatus status) {
  request_.mutable_metadata()->set_status(status);
  return *this;
}

AckBuilder& AckBuilder::Output(std::string_view output) {
  request_.mutable_metadata()->set_output(Text(output));
  return *this;
}

AckBuilder& AckBuilder::PinnedVersion(const v1::SemanticVersion& version) {
  *request_.mutable_metadata()->mutable_pinned_version() = version;
  return *this;
}

AckBuilder FirstAck(const v1::LockedOrchestrationItem& held) {
  return AckBuilder(held)
      .Append(StartedEvent(1))
      .Name(kOrchestration)
      .Version(kOrchestrationVersion)
      .Status(v1::ORCHESTRATION_STATUS_RUNNING);
}

}  // namespace duroxide::conformance
