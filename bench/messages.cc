#include "bench/messages.h"

#include "absl/time/clock.h"

namespace duroxide::bench {
namespace {

constexpr char kOrchestration[] = "ProcessOrder";
constexpr char kVersion[] = "1.0.0";
constexpr char kActivity[] = "Charge";
constexpr int64_t kLockSeconds = 3600;

const std::string& Payload() {
  static const std::string payload(100, 'x');
  return payload;
}

v1::Event& AddEvent(v1::AckOrchestrationItemRequest& ack,
                    const std::string& instance, uint64_t id) {
  v1::Event& event = *ack.add_history_delta();
  event.set_event_id(id);
  event.set_instance_id(instance);
  event.set_execution_id(1);
  event.set_timestamp_ms(
      static_cast<uint64_t>(absl::ToUnixMillis(absl::Now())));
  event.set_writer_version("0.1.0");
  return event;
}

void AddStarted(v1::AckOrchestrationItemRequest& ack,
                const std::string& instance) {
  v1::OrchestrationStarted& started =
      *AddEvent(ack, instance, 1).mutable_orchestration_started();
  started.set_name(kOrchestration);
  started.set_version(kVersion);
  started.set_input(Payload());
}

// Schedules an activity: the event, and the message of the worker queue.
void AddActivity(v1::AckOrchestrationItemRequest& ack,
                 const std::string& instance, uint64_t id) {
  v1::ActivityScheduled& scheduled =
      *AddEvent(ack, instance, id).mutable_activity_scheduled();
  scheduled.set_name(kActivity);
  scheduled.set_input(Payload());
  *ack.add_worker_items() = Activity(instance, id).item();
}

void AddCompleted(v1::AckOrchestrationItemRequest& ack,
                  const std::string& instance, uint64_t id, uint64_t source) {
  v1::Event& event = AddEvent(ack, instance, id);
  event.set_source_event_id(source);
  event.mutable_activity_completed()->set_result(Payload());
}

v1::AckOrchestrationItemRequest Turn(const Held& held,
                                     v1::OrchestrationStatus status) {
  v1::AckOrchestrationItemRequest ack;
  ack.set_lock_token(held.lock_token);
  ack.set_execution_id(1);
  v1::ExecutionMetadata& metadata = *ack.mutable_metadata();
  metadata.set_status(status);
  metadata.set_orchestration_name(kOrchestration);
  metadata.set_orchestration_version(kVersion);
  return ack;
}

}  // namespace

Held HeldBy(const v1::LockedOrchestrationItem& locked) {
  return {.lock_token = locked.lock_token(),
          .instance = locked.item().instance()};
}

Held HeldBy(const v1::LockedWorkItem& locked) {
  const v1::ActivityExecuteItem& activity = locked.item().activity_execute();
  return {.lock_token = locked.lock_token(),
          .instance = activity.instance(),
          .activity = activity.id()};
}

v1::EnqueueOrchestratorItemRequest Start(const std::string& instance) {
  v1::EnqueueOrchestratorItemRequest request;
  v1::StartOrchestrationItem& start =
      *request.mutable_item()->mutable_start_orchestration();
  start.set_instance(instance);
  start.set_orchestration(kOrchestration);
  start.set_version(kVersion);
  start.set_input(Payload());
  start.set_execution_id(1);
  return request;
}

v1::EnqueueWorkItemRequest Activity(const std::string& instance, uint64_t id) {
  v1::EnqueueWorkItemRequest request;
  v1::ActivityExecuteItem& activity =
      *request.mutable_item()->mutable_activity_execute();
  activity.set_instance(instance);
  activity.set_execution_id(1);
  activity.set_id(id);
  activity.set_name(kActivity);
  activity.set_input(Payload());
  return request;
}

v1::FetchOrchestrationItemsRequest FetchTurn() {
  v1::FetchOrchestrationItemsRequest request;
  request.mutable_lock_timeout()->set_seconds(kLockSeconds);
  return request;
}

v1::FetchWorkItemsRequest FetchActivity() {
  v1::FetchWorkItemsRequest request;
  request.mutable_lock_timeout()->set_seconds(kLockSeconds);
  return request;
}

v1::AckWorkItemRequest AckOfActivity(const Held& held) {
  v1::AckWorkItemRequest ack;
  ack.set_lock_token(held.lock_token);
  v1::ActivityCompletedItem& completed =
      *ack.mutable_completion()->mutable_activity_completed();
  completed.set_instance(held.instance);
  completed.set_execution_id(1);
  completed.set_id(held.activity);
  completed.set_result(Payload());
  return ack;
}

v1::AckOrchestrationItemRequest FirstTurn(const Held& held) {
  v1::AckOrchestrationItemRequest ack =
      Turn(held, v1::ORCHESTRATION_STATUS_RUNNING);
  AddStarted(ack, held.instance);
  AddActivity(ack, held.instance, 2);
  AddActivity(ack, held.instance, 3);
  return ack;
}

v1::AckOrchestrationItemRequest SecondTurn(const Held& held) {
  v1::AckOrchestrationItemRequest ack =
      Turn(held, v1::ORCHESTRATION_STATUS_RUNNING);
  AddCompleted(ack, held.instance, 4, 2);
  AddCompleted(ack, held.instance, 5, 3);
  AddActivity(ack, held.instance, 6);
  AddActivity(ack, held.instance, 7);
  return ack;
}

v1::AckOrchestrationItemRequest OnlyTurn(const Held& held) {
  v1::AckOrchestrationItemRequest ack =
      Turn(held, v1::ORCHESTRATION_STATUS_COMPLETED);
  AddStarted(ack, held.instance);
  v1::Event& event = AddEvent(ack, held.instance, 2);
  event.mutable_orchestration_completed()->set_output(Payload());
  ack.mutable_metadata()->set_output(Payload());
  return ack;
}

}  // namespace duroxide::bench
