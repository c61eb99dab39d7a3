#include "conformance/cases/request_id_steps.h"

namespace duroxide::conformance {

v1::EnqueueOrchestratorItemRequest EnqueueRequest(v1::WorkItem item) {
  v1::EnqueueOrchestratorItemRequest request;
  *request.mutable_item() = std::move(item);
  return request;
}

v1::EnqueueWorkItemRequest EnqueueWorkRequest(v1::WorkItem item) {
  v1::EnqueueWorkItemRequest request;
  *request.mutable_item() = std::move(item);
  return request;
}

v1::AckWorkItemRequest AckWorkRequest(std::string_view token,
                                      v1::WorkItem completion) {
  auto request = WithToken<v1::AckWorkItemRequest>(token);
  *request.mutable_completion() = std::move(completion);
  return request;
}

v1::AppendHistoryRequest AppendRequest(std::string_view instance,
                                       v1::Event event) {
  v1::AppendHistoryRequest request;
  request.set_instance(std::string(instance));
  request.set_execution_id(1);
  *request.add_events() = WithOwner(std::move(event), instance, 1);
  return request;
}

}  // namespace duroxide::conformance
