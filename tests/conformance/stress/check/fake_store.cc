#include "tests/conformance/stress/check/fake_store.h"

namespace duroxide::stress {

v1::Event& HistoryBuilder::Add() {
  v1::Event& event = *events_.Add();
  event.set_event_id(events_.size());
  event.set_instance_id(instance_);
  event.set_execution_id(execution_id_);
  return event;
}

HistoryBuilder& HistoryBuilder::Started() {
  Add().mutable_orchestration_started()->set_name("Load");
  return *this;
}

HistoryBuilder& HistoryBuilder::ChildOf(std::string_view parent,
                                        uint64_t event) {
  auto& started = *Add().mutable_orchestration_started();
  started.set_parent_instance(std::string(parent));
  started.set_parent_id(event);
  return *this;
}

HistoryBuilder& HistoryBuilder::Activity(std::string_view name) {
  Add().mutable_activity_scheduled()->set_name(std::string(name));
  return *this;
}

HistoryBuilder& HistoryBuilder::ActivityDone(uint64_t source) {
  v1::Event& event = Add();
  event.set_source_event_id(source);
  event.mutable_activity_completed();
  return *this;
}

HistoryBuilder& HistoryBuilder::ActivityFailed(uint64_t source) {
  v1::Event& event = Add();
  event.set_source_event_id(source);
  event.mutable_activity_failed();
  return *this;
}

HistoryBuilder& HistoryBuilder::ActivityGivenUp(uint64_t source) {
  v1::Event& event = Add();
  event.set_source_event_id(source);
  event.mutable_activity_cancel_requested();
  return *this;
}

HistoryBuilder& HistoryBuilder::Timer() {
  Add().mutable_timer_created();
  return *this;
}

HistoryBuilder& HistoryBuilder::TimerFired(uint64_t source) {
  v1::Event& event = Add();
  event.set_source_event_id(source);
  event.mutable_timer_fired();
  return *this;
}

HistoryBuilder& HistoryBuilder::Child(std::string_view instance) {
  Add().mutable_sub_orchestration_scheduled()->set_instance(
      std::string(instance));
  return *this;
}

HistoryBuilder& HistoryBuilder::ChildDone(uint64_t source) {
  v1::Event& event = Add();
  event.set_source_event_id(source);
  event.mutable_sub_orchestration_completed();
  return *this;
}

HistoryBuilder& HistoryBuilder::Completed(std::string_view output) {
  Add().mutable_orchestration_completed()->set_output(std::string(output));
  return *this;
}

HistoryBuilder& HistoryBuilder::Failed() {
  Add().mutable_orchestration_failed();
  return *this;
}

HistoryBuilder& HistoryBuilder::ContinuedAsNew() {
  Add().mutable_orchestration_continued_as_new();
  return *this;
}

void FakeStore::Put(const std::string& instance, const Events& events,
                    v1::OrchestrationStatus status, uint64_t execution_id) {
  v1::InstanceInfo& record = instances[instance];
  record.set_instance_id(instance);
  record.set_current_execution_id(execution_id);
  record.set_status(status);
  for (const v1::Event& event : events) {
    if (event.has_orchestration_completed()) {
      record.set_output(event.orchestration_completed().output());
    }
  }
  histories[{instance, execution_id}] = events;
  if (std::find(list.begin(), list.end(), instance) == list.end()) {
    list.push_back(instance);
  }
}

void FakeStore::HideAdmin() { info.clear_capabilities(); }

void FakeStore::GetInstanceInfo(const CallContext& /*context*/,
                                const v1::GetInstanceInfoRequest* request,
                                v1::GetInstanceInfoResponse* response,
                                Done done) {
  const auto found = instances.find(request->instance());
  if (found == instances.end()) {
    std::move(done)(MakeError(v1::ERROR_REASON_INSTANCE_NOT_FOUND, "none"));
    return;
  }
  *response->mutable_info() = found->second;
  std::move(done)(absl::OkStatus());
}

void FakeStore::ReadHistory(const CallContext& /*context*/,
                            const v1::ReadHistoryRequest* request,
                            v1::ReadHistoryResponse* response, Done done) {
  if (busy > 0) {
    --busy;
    std::move(done)(MakeError(v1::ERROR_REASON_STORE_BUSY, "busy"));
    return;
  }
  if (!reading.ok()) return std::move(done)(reading);
  for (const auto& [key, events] : histories) {
    if (key.first != request->instance()) continue;
    // By rising execution: the last one found is the latest.
    if (!request->has_execution_id() || key.second == request->execution_id()) {
      *response->mutable_events() = events;
    }
  }
  std::move(done)(absl::OkStatus());
}

void FakeStore::ListInstances(const CallContext& /*context*/,
                              const v1::ListInstancesRequest* request,
                              v1::ListInstancesResponse* response, Done done) {
  // Two a page.
  constexpr size_t kPage = 2;
  const size_t begin =
      request->page_token().empty() ? 0 : std::stoul(request->page_token());
  for (size_t i = begin; i < std::min(begin + kPage, list.size()); ++i) {
    response->add_instance_ids(list[i]);
  }
  if (begin + kPage < list.size()) {
    response->set_next_page_token(std::to_string(begin + kPage));
  }
  std::move(done)(absl::OkStatus());
}

void FakeStore::GetQueueDepths(const CallContext& /*context*/,
                               const v1::GetQueueDepthsRequest* /*request*/,
                               v1::GetQueueDepthsResponse* response,
                               Done done) {
  *response->mutable_depths() = depths;
  std::move(done)(absl::OkStatus());
}

}  // namespace duroxide::stress
