// The requests of a SampleWorld, one function for each type that has more than
// an instance.

#include <limits>

#include "conformance/builders.h"
#include "conformance/cases/sample_world.h"
#include "conformance/durations.h"
#include "conformance/fetch_terms.h"
#include "google/protobuf/descriptor.h"
#include "providers/provider_methods.h"

namespace duroxide::conformance {
namespace {

constexpr uint64_t kFarAway = std::numeric_limits<int64_t>::max();

// Messages for order-9, which does not exist.
v1::WorkItem SomeStart() {
  return StartItem("order-9", {.parent_instance = "order-1", .parent_id = 2});
}

v1::Event Owned(const v1::Event& event) {
  return WithOwner(event, "order-1", 1);
}

void SelectOrder2(v1::InstanceFilter& filter) {
  filter.mutable_instance_ids()->add_ids("order-2");
  filter.set_completed_before_ms(kFarAway);
  filter.set_limit(10);
}

void KeepOne(v1::PruneOptions& options) {
  options.set_keep_last(1);
  options.set_completed_before_ms(kFarAway);
}

}  // namespace

// Requests that say no more than a store and an instance.
template <typename Request>
void SampleWorld::Fill(Request& request) const {
  const auto* field = request.GetDescriptor()->FindFieldByName("instance");
  if (field == nullptr) return;
  request.GetReflection()->SetString(&request, field, "order-2");
}

template <>
void SampleWorld::Fill(v1::FetchOrchestrationItemsRequest& request) const {
  *request.mutable_lock_timeout() = ToProto(HoldTime(t_));
  request.mutable_poll_timeout();
  *request.mutable_filter() = SupportsMajor(1);
  request.set_max_items(1);
}

template <>
void SampleWorld::Fill(v1::AckOrchestrationItemRequest& request) const {
  request.set_lock_token(turn_);
  request.set_execution_id(1);
  *request.add_history_delta() = Owned(ActivityScheduledEvent(5));
  *request.add_worker_items() = ActivityItem("order-1", 5);
  *request.add_orchestrator_items() = SomeStart();
  *request.add_orchestrator_items() = ContinueAsNewItem("order-9");
  *request.add_orchestrator_items() = ChildCompletedItem("order-1", 2);
  v1::ExecutionMetadata& metadata = *request.mutable_metadata();
  metadata.set_status(v1::ORCHESTRATION_STATUS_RUNNING);
  metadata.set_output("so far");
  metadata.set_orchestration_name(std::string(kOrchestration));
  metadata.set_orchestration_version(std::string(kOrchestrationVersion));
  metadata.set_parent_instance_id("order-0");
  *metadata.mutable_pinned_version() = Version(1, 0, 0);
  v1::ScheduledActivityIdentifier& cancelled =
      *request.add_cancelled_activities();
  cancelled.set_instance("order-1");
  cancelled.set_execution_id(1);
  cancelled.set_activity_id(13);
}

template <>
void SampleWorld::Fill(v1::AbandonOrchestrationItemRequest& request) const {
  request.set_lock_token(first_turn_);
  *request.mutable_delay() = ToProto(HoldTime(t_));
}

template <>
void SampleWorld::Fill(v1::RenewOrchestrationItemLockRequest& request) const {
  request.set_lock_token(turn_);
  *request.mutable_extend_for() = ToProto(HoldTime(t_));
}

template <>
void SampleWorld::Fill(v1::EnqueueOrchestratorItemRequest& request) const {
  *request.mutable_item() = SomeStart();
  request.mutable_delay();
}

template <>
void SampleWorld::Fill(v1::EnqueueWorkItemRequest& request) const {
  *request.mutable_item() =
      ActivityItem("order-9", 1, {.session_id = "cart-1", .tag = "gpu"});
}

template <>
void SampleWorld::Fill(v1::FetchWorkItemsRequest& request) const {
  *request.mutable_lock_timeout() = ToProto(HoldTime(t_));
  request.mutable_poll_timeout();
  *request.mutable_session() = SessionsOf("worker-9", HoldTime(t_));
  *request.mutable_tag_filter() = Tags({"gpu"});
  request.set_max_items(1);
}

template <>
void SampleWorld::Fill(v1::AckWorkItemRequest& request) const {
  request.set_lock_token(activity_);
  *request.mutable_completion() = CompletedItem("order-1", 10);
}

template <>
void SampleWorld::Fill(v1::AbandonWorkItemRequest& request) const {
  request.set_lock_token(other_activity_);
  *request.mutable_delay() = ToProto(HoldTime(t_));
}

template <>
void SampleWorld::Fill(v1::RenewWorkItemLockRequest& request) const {
  request.set_lock_token(activity_);
  *request.mutable_extend_for() = ToProto(HoldTime(t_));
}

template <>
void SampleWorld::Fill(v1::RenewSessionLocksRequest& request) const {
  request.add_owner_ids("worker-0");
  *request.mutable_extend_for() = ToProto(HoldTime(t_));
  *request.mutable_idle_timeout() = ToProto(HoldTime(t_));
}

template <>
void SampleWorld::Fill(v1::CleanupOrphanedSessionsRequest& request) const {
  *request.mutable_idle_timeout() = ToProto(HoldTime(t_));
}

template <>
void SampleWorld::Fill(v1::ReadHistoryRequest& request) const {
  request.set_instance("order-2");
  request.set_execution_id(1);
}

template <>
void SampleWorld::Fill(v1::AppendHistoryRequest& request) const {
  request.set_instance("order-1");
  request.set_execution_id(1);
  *request.add_events() = Owned(TimerCreatedEvent(6, 1));
}

template <>
void SampleWorld::Fill(v1::GetKvValueRequest& request) const {
  request.set_instance("order-2");
  request.set_key("carrier");
}

template <>
void SampleWorld::Fill(v1::ListInstancesRequest& request) const {
  request.set_status(v1::ORCHESTRATION_STATUS_COMPLETED);
  request.set_page_size(10);
}

template <>
void SampleWorld::Fill(v1::ListExecutionsRequest& request) const {
  request.set_instance("order-2");
  request.set_page_size(10);
}

template <>
void SampleWorld::Fill(v1::GetExecutionInfoRequest& request) const {
  request.set_instance("order-2");
  request.set_execution_id(1);
}

template <>
void SampleWorld::Fill(v1::ListChildrenRequest& request) const {
  request.set_instance("order-2");
  request.set_page_size(10);
}

template <>
void SampleWorld::Fill(v1::DeleteInstanceRequest& request) const {
  request.set_instance("order-2");
  request.set_force(true);
}

template <>
void SampleWorld::Fill(v1::DeleteInstancesRequest& request) const {
  request.add_instances("order-1");
  request.set_force(true);
}

template <>
void SampleWorld::Fill(v1::DeleteInstancesByFilterRequest& request) const {
  SelectOrder2(*request.mutable_filter());
}

template <>
void SampleWorld::Fill(v1::PruneExecutionsRequest& request) const {
  request.set_instance("order-2");
  KeepOne(*request.mutable_options());
}

template <>
void SampleWorld::Fill(v1::PruneExecutionsByFilterRequest& request) const {
  SelectOrder2(*request.mutable_filter());
  KeepOne(*request.mutable_options());
}

template <>
void SampleWorld::Fill(testing_v1::CreateStoreRequest& request) const {
  request.set_label("a store of a case");
}

template <typename Request>
AnyMessage SampleWorld::Make() const {
  auto request = std::make_unique<Request>();
  SetStore(*request, store_);
  Fill(*request);
  return request;
}

template <>
AnyMessage SampleWorld::Make<testing_v1::DropStoreRequest>() const {
  auto request = std::make_unique<testing_v1::DropStoreRequest>();
  request->set_store(t_.Has(v1::CAPABILITY_ISOLATED_STORES) ? t_.AnotherStore()
                                                            : "no-such-store");
  return request;
}

AnyMessage SampleWorld::RequestFor(const AnyMethod& method) const {
#define DUROXIDE_MAKE(package, name)          \
  if (method.request->GetDescriptor() ==      \
      package::name##Request::descriptor()) { \
    return Make<package::name##Request>();    \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_MAKE)
#undef DUROXIDE_MAKE
  return Copy(*method.request);
}

}  // namespace duroxide::conformance
