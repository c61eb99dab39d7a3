#include "tests/providers/sqlite/messages.h"

namespace duroxide::sqlite {
namespace {

v1::Event NewEvent(uint64_t event_id) {
  v1::Event event;
  event.set_event_id(event_id);
  event.set_instance_id("order");
  event.set_execution_id(1);
  return event;
}

}  // namespace

google::protobuf::Duration Seconds(int64_t seconds) {
  google::protobuf::Duration duration;
  duration.set_seconds(seconds);
  return duration;
}

v1::WorkItem Start(const std::string& instance) {
  v1::WorkItem item;
  auto& start = *item.mutable_start_orchestration();
  start.set_instance(instance);
  start.set_orchestration("ProcessOrder");
  start.set_input("start");
  start.set_execution_id(1);
  return item;
}

v1::WorkItem ContinueAsNew(const std::string& instance) {
  v1::WorkItem item;
  auto& start = *item.mutable_continue_as_new();
  start.set_instance(instance);
  start.set_orchestration("ProcessOrder");
  start.set_input("continue");
  return item;
}

v1::WorkItem Done(const std::string& instance, uint64_t activity_id) {
  v1::WorkItem item;
  auto& completed = *item.mutable_activity_completed();
  completed.set_instance(instance);
  completed.set_execution_id(1);
  completed.set_id(activity_id);
  completed.set_result("done");
  return item;
}

v1::WorkItem Raised(const std::string& instance, const std::string& data) {
  v1::WorkItem item;
  item.mutable_external_raised()->set_instance(instance);
  item.mutable_external_raised()->set_name("paid");
  item.mutable_external_raised()->set_data(data);
  return item;
}

v1::WorkItem Queued(const std::string& instance, const std::string& data) {
  v1::WorkItem item;
  item.mutable_queue_message()->set_instance(instance);
  item.mutable_queue_message()->set_name("notes");
  item.mutable_queue_message()->set_data(data);
  return item;
}

v1::WorkItem Fires(const std::string& instance, uint64_t at_ms) {
  v1::WorkItem item;
  item.mutable_timer_fired()->set_instance(instance);
  item.mutable_timer_fired()->set_fire_at_ms(at_ms);
  return item;
}

v1::WorkItem Activity(const std::string& instance, uint64_t id) {
  v1::WorkItem item;
  auto& activity = *item.mutable_activity_execute();
  activity.set_instance(instance);
  activity.set_execution_id(1);
  activity.set_id(id);
  activity.set_name("Charge");
  return item;
}

v1::WorkItem Tagged(v1::WorkItem activity, const std::string& tag) {
  activity.mutable_activity_execute()->set_tag(tag);
  return activity;
}

v1::WorkItem InSession(v1::WorkItem activity, const std::string& session) {
  activity.mutable_activity_execute()->set_session_id(session);
  return activity;
}

v1::Event Scheduled(uint64_t event_id, const std::string& input) {
  v1::Event event = NewEvent(event_id);
  event.mutable_activity_scheduled()->set_name("Charge");
  event.mutable_activity_scheduled()->set_input(input);
  return event;
}

v1::Event SetKey(uint64_t event_id, const std::string& key,
                 const std::string& value) {
  v1::Event event = NewEvent(event_id);
  event.mutable_key_value_set()->set_key(key);
  event.mutable_key_value_set()->set_value(value);
  event.mutable_key_value_set()->set_last_updated_at_ms(1000 + event_id);
  return event;
}

v1::Event ClearKey(uint64_t event_id, const std::string& key) {
  v1::Event event = NewEvent(event_id);
  event.mutable_key_value_cleared()->set_key(key);
  return event;
}

v1::Event ClearKeys(uint64_t event_id) {
  v1::Event event = NewEvent(event_id);
  event.mutable_key_values_cleared();
  return event;
}

v1::Event SetStatus(uint64_t event_id, const std::string& status) {
  v1::Event event = NewEvent(event_id);
  event.mutable_custom_status_updated()->set_status(status);
  return event;
}

v1::Event ClearStatus(uint64_t event_id) {
  v1::Event event = NewEvent(event_id);
  event.mutable_custom_status_updated();
  return event;
}

v1::ExecutionMetadata Recorded() {
  v1::ExecutionMetadata metadata;
  metadata.set_orchestration_name("ProcessOrder");
  metadata.set_orchestration_version("1.0.0");
  return metadata;
}

v1::ExecutionMetadata Recorded(v1::OrchestrationStatus status) {
  v1::ExecutionMetadata metadata = Recorded();
  metadata.set_status(status);
  return metadata;
}

v1::ExecutionMetadata ChildOf(const std::string& parent) {
  v1::ExecutionMetadata metadata = Recorded();
  metadata.set_parent_instance_id(parent);
  return metadata;
}

v1::SemanticVersion Version(uint64_t major, uint64_t minor, uint64_t patch) {
  v1::SemanticVersion version;
  version.set_major(major);
  version.set_minor(minor);
  version.set_patch(patch);
  return version;
}

v1::FetchOrchestrationItemsRequest FetchTurns() {
  v1::FetchOrchestrationItemsRequest request;
  *request.mutable_lock_timeout() = Seconds(3600);
  return request;
}

v1::FetchOrchestrationItemsRequest FetchTurnsFrom(
    const v1::SemanticVersion& min, const v1::SemanticVersion& max) {
  v1::FetchOrchestrationItemsRequest request = FetchTurns();
  auto& range = *request.mutable_filter()->add_supported_versions();
  *range.mutable_min() = min;
  *range.mutable_max() = max;
  return request;
}

v1::FetchWorkItemsRequest FetchActivities() {
  v1::FetchWorkItemsRequest request;
  *request.mutable_lock_timeout() = Seconds(3600);
  return request;
}

v1::FetchWorkItemsRequest FetchActivitiesAs(const std::string& owner) {
  v1::FetchWorkItemsRequest request = FetchActivities();
  request.mutable_session()->set_owner_id(owner);
  *request.mutable_session()->mutable_lock_timeout() = Seconds(3600);
  return request;
}

v1::FetchWorkItemsRequest FetchActivitiesTagged(
    v1::TagFilter::Mode mode, const std::vector<std::string>& tags) {
  v1::FetchWorkItemsRequest request = FetchActivities();
  request.mutable_tag_filter()->set_mode(mode);
  for (const std::string& tag : tags) {
    request.mutable_tag_filter()->add_tags(tag);
  }
  return request;
}

v1::AckOrchestrationItemRequest AckTurnOf(uint64_t execution_id,
                                          const std::string& lock_token) {
  v1::AckOrchestrationItemRequest request;
  request.set_lock_token(lock_token);
  request.set_execution_id(execution_id);
  return request;
}

v1::EnqueueOrchestratorItemRequest Enqueuing(const v1::WorkItem& item) {
  v1::EnqueueOrchestratorItemRequest request;
  *request.mutable_item() = item;
  return request;
}

v1::EnqueueWorkItemRequest EnqueuingWork(const v1::WorkItem& item) {
  v1::EnqueueWorkItemRequest request;
  *request.mutable_item() = item;
  return request;
}

std::vector<std::string> TextsOf(const v1::OrchestrationItem& item) {
  std::vector<std::string> texts;
  for (const v1::WorkItem& message : item.messages()) {
    switch (message.kind_case()) {
      case v1::WorkItem::kStartOrchestration:
        texts.push_back(message.start_orchestration().input());
        break;
      case v1::WorkItem::kContinueAsNew:
        texts.push_back(message.continue_as_new().input());
        break;
      case v1::WorkItem::kActivityCompleted:
        texts.push_back(message.activity_completed().result());
        break;
      case v1::WorkItem::kExternalRaised:
        texts.push_back(message.external_raised().data());
        break;
      case v1::WorkItem::kQueueMessage:
        texts.push_back(message.queue_message().data());
        break;
      default:
        texts.push_back("another kind");
        break;
    }
  }
  return texts;
}

}  // namespace duroxide::sqlite
