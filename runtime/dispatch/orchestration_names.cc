#include "runtime/dispatch/orchestration_names.h"

#include <utility>

#include "runtime/dispatch/calls.h"

namespace duroxide::runtime {

void OrchestrationNames::Learn(std::string_view instance, uint64_t execution_id,
                               std::string_view name,
                               std::string_view version) {
  const std::lock_guard lock(mutex_);
  const Known* known = known_.Find(instance);
  if (known != nullptr && known->execution_id == execution_id) return;
  known_.Put(instance, {.execution_id = execution_id,
                        .orchestration = {.name = std::string(name),
                                          .version = std::string(version)}});
}

void OrchestrationNames::Find(std::string_view instance, uint64_t execution_id,
                              OnName on_name) {
  std::unique_lock lock(mutex_);
  const Known* known = known_.Find(instance);
  if (known != nullptr && known->execution_id == execution_id) {
    const OrchestrationName name = known->orchestration;
    lock.unlock();
    return on_name(name);
  }
  auto& waiting = waiting_[{std::string(instance), execution_id}];
  waiting.push_back(std::move(on_name));
  if (waiting.size() > 1) return;  // the first has asked
  lock.unlock();
  if (has_admin_) {
    AskInfo(std::string(instance), execution_id);
  } else {
    AskHistory(std::string(instance), execution_id);
  }
}

void OrchestrationNames::AskInfo(const std::string& instance,
                                 uint64_t execution_id) {
  v1::GetInstanceInfoRequest request;
  request.set_store(environment_.store);
  request.set_instance(instance);
  Send(environment_, &Provider::GetInstanceInfo, std::move(request), {},
       [this, instance, execution_id](const absl::Status& status,
                                      v1::GetInstanceInfoResponse& response) {
         const v1::InstanceInfo& info = response.info();
         OnAnswer(instance, execution_id, status.ok(),
                  {.name = info.orchestration_name(),
                   .version = info.orchestration_version()});
       });
}

void OrchestrationNames::AskHistory(const std::string& instance,
                                    uint64_t execution_id) {
  v1::ReadHistoryRequest request;
  request.set_store(environment_.store);
  request.set_instance(instance);
  request.set_execution_id(execution_id);
  Send(environment_, &Provider::ReadHistory, std::move(request), {},
       [this, instance, execution_id](const absl::Status& status,
                                      v1::ReadHistoryResponse& response) {
         const bool found = status.ok() && response.events_size() > 0 &&
                            response.events(0).has_orchestration_started();
         OrchestrationName name;
         if (found) {
           const auto& started = response.events(0).orchestration_started();
           name = {.name = started.name(), .version = started.version()};
         }
         OnAnswer(instance, execution_id, found, name);
       });
}

void OrchestrationNames::OnAnswer(const std::string& instance,
                                  uint64_t execution_id, bool found,
                                  const OrchestrationName& name) {
  std::vector<OnName> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (found) {
      known_.Put(instance,
                 {.execution_id = execution_id, .orchestration = name});
    }
    const auto entry = waiting_.find({instance, execution_id});
    waiting = std::move(entry->second);
    waiting_.erase(entry);
  }
  const OrchestrationName unknown;
  for (OnName& on_name : waiting) on_name(found ? name : unknown);
}

}  // namespace duroxide::runtime
