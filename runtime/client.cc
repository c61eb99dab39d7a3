#include "runtime/client.h"

#include <algorithm>
#include <utility>

#include "providers/errors.h"
#include "runtime/look_until.h"
#include "runtime/replay/error_details.h"

namespace duroxide::runtime {
namespace {

using State = InstanceStatus::State;

// The execution that a client starts.
constexpr uint64_t kFirstExecution = 1;

InstanceStatus Failed(const v1::ErrorDetails& error) {
  return {.state = State::kFailed, .error = error, .error_text = TextOf(error)};
}

// What the events of its latest execution say of an instance.
InstanceStatus StateOf(const v1::ReadHistoryResponse& history) {
  const auto& events = history.events();
  if (events.empty()) return {.state = State::kNotFound};
  // Nothing follows the end but what comes too late.
  const auto end =
      std::find_if(events.rbegin(), events.rend(), [](const v1::Event& event) {
        return event.has_orchestration_completed() ||
               event.has_orchestration_failed();
      });
  if (end == events.rend()) return {.state = State::kRunning};
  if (end->has_orchestration_failed()) {
    return Failed(end->orchestration_failed().details());
  }
  return {.state = State::kCompleted,
          .output = end->orchestration_completed().output()};
}

}  // namespace

Client::Client(std::shared_ptr<Provider> provider, std::string store)
    : provider_(std::move(provider)), store_(std::move(store)) {}

absl::Status Client::Enqueue(v1::WorkItem item) {
  v1::EnqueueOrchestratorItemRequest request;
  *request.mutable_item() = std::move(item);
  return Call(&Provider::EnqueueOrchestratorItem, std::move(request)).status();
}

absl::Status Client::Start(std::string_view instance,
                           std::string_view orchestration,
                           std::string_view input,
                           const StartOptions& options) {
  v1::WorkItem item;
  auto& start = *item.mutable_start_orchestration();
  start.set_instance(std::string(instance));
  start.set_orchestration(std::string(orchestration));
  start.set_input(std::string(input));
  if (options.version) start.set_version(*options.version);
  start.set_execution_id(kFirstExecution);
  return Enqueue(std::move(item));
}

absl::Status Client::RaiseEvent(std::string_view instance,
                                std::string_view name, std::string_view data) {
  v1::WorkItem item;
  auto& raised = *item.mutable_external_raised();
  raised.set_instance(std::string(instance));
  raised.set_name(std::string(name));
  raised.set_data(std::string(data));
  return Enqueue(std::move(item));
}

absl::Status Client::EnqueueEvent(std::string_view instance,
                                  std::string_view queue,
                                  std::string_view data) {
  v1::WorkItem item;
  auto& message = *item.mutable_queue_message();
  message.set_instance(std::string(instance));
  message.set_name(std::string(queue));
  message.set_data(std::string(data));
  return Enqueue(std::move(item));
}

absl::Status Client::Cancel(std::string_view instance,
                            std::string_view reason) {
  v1::WorkItem item;
  auto& cancel = *item.mutable_cancel_instance();
  cancel.set_instance(std::string(instance));
  cancel.set_reason(std::string(reason));
  return Enqueue(std::move(item));
}

absl::StatusOr<InstanceStatus> Client::StateByHistory(
    std::string_view instance, std::optional<uint64_t> execution_id,
    const CallContext& context) {
  v1::ReadHistoryRequest request;
  request.set_instance(std::string(instance));
  if (execution_id) request.set_execution_id(*execution_id);
  const auto history =
      Call(&Provider::ReadHistory, std::move(request), context);
  if (!history.ok()) return history.status();
  return StateOf(*history);
}

absl::StatusOr<InstanceStatus> Client::StateByInfo(std::string_view instance,
                                                   const CallContext& context) {
  v1::GetInstanceInfoRequest request;
  request.set_instance(std::string(instance));
  const auto response =
      Call(&Provider::GetInstanceInfo, std::move(request), context);
  if (ReasonOf(response.status()) == v1::ERROR_REASON_INSTANCE_NOT_FOUND) {
    return InstanceStatus{.state = State::kNotFound};
  }
  if (!response.ok()) return response.status();
  const v1::InstanceInfo& info = response->info();
  if (info.status() == v1::ORCHESTRATION_STATUS_COMPLETED) {
    return InstanceStatus{.state = State::kCompleted, .output = info.output()};
  }
  if (info.status() != v1::ORCHESTRATION_STATUS_FAILED) {
    return InstanceStatus{.state = State::kRunning};
  }
  // The details are in the history alone.
  auto state = StateByHistory(instance, info.current_execution_id(), context);
  const bool unreadable =
      ReasonOf(state.status()) == v1::ERROR_REASON_HISTORY_CORRUPT;
  if (unreadable || (state.ok() && state->state != State::kFailed)) {
    return InstanceStatus{.state = State::kFailed, .error_text = info.output()};
  }
  return state;
}

absl::StatusOr<InstanceStatus> Client::ReadState(std::string_view instance,
                                                 const CallContext& context) {
  if (has_administration_) {
    auto state = StateByInfo(instance, context);
    if (ReasonOf(state.status()) != v1::ERROR_REASON_CAPABILITY_ABSENT) {
      return state;
    }
    has_administration_ = false;
  }
  return StateByHistory(instance, std::nullopt, context);
}

absl::StatusOr<InstanceStatus> Client::Complete(std::string_view instance,
                                                InstanceStatus status,
                                                const CallContext& context) {
  v1::GetCustomStatusRequest request;
  request.set_instance(std::string(instance));
  const auto response =
      Call(&Provider::GetCustomStatus, std::move(request), context);
  if (!response.ok()) return response.status();
  if (response->has_change()) {
    const auto& change = response->change();
    if (change.has_custom_status()) {
      status.custom_status = change.custom_status();
    }
    status.custom_status_version = change.version();
  }
  return status;
}

absl::StatusOr<InstanceStatus> Client::GetStatus(std::string_view instance) {
  auto state = ReadState(instance, {});
  if (!state.ok()) return state;
  // After the state: that of an instance that has ended is its last one.
  return Complete(instance, *std::move(state), {});
}

absl::StatusOr<InstanceStatus> Client::WaitForCompletion(
    std::string_view instance, absl::Duration timeout, std::stop_token stop) {
  return LookUntil<InstanceStatus>(
      timeout, std::move(stop),
      [&](const CallContext& context)
          -> absl::StatusOr<std::optional<InstanceStatus>> {
        auto state = ReadState(instance, context);
        if (!state.ok()) return state.status();
        if (!state->IsTerminal()) return std::nullopt;
        return Complete(instance, *std::move(state), context);
      });
}

absl::StatusOr<InstanceStatus> Client::WaitForStatusChange(
    std::string_view instance, uint64_t last_seen, absl::Duration timeout,
    std::stop_token stop) {
  return LookUntil<InstanceStatus>(
      timeout, std::move(stop),
      [&](const CallContext& context)
          -> absl::StatusOr<std::optional<InstanceStatus>> {
        auto status = ReadState(instance, context);
        if (!status.ok()) return status.status();
        status = Complete(instance, *std::move(status), context);
        if (!status.ok()) return status.status();
        if (!status->IsTerminal() &&
            status->custom_status_version <= last_seen) {
          return std::nullopt;
        }
        return *std::move(status);
      });
}

absl::StatusOr<std::optional<std::string>> Client::GetKeyValue(
    std::string_view instance, std::string_view key) {
  return ReadKeyValue(instance, key, {});
}

absl::StatusOr<std::optional<std::string>> Client::ReadKeyValue(
    std::string_view instance, std::string_view key,
    const CallContext& context) {
  v1::GetKvValueRequest request;
  request.set_instance(std::string(instance));
  request.set_key(std::string(key));
  auto response = Call(&Provider::GetKvValue, std::move(request), context);
  if (!response.ok()) return response.status();
  if (!response->has_value()) return std::nullopt;
  return std::move(*response->mutable_value());
}

absl::StatusOr<std::map<std::string, std::string>> Client::ListKeyValues(
    std::string_view instance) {
  v1::ListKvValuesRequest request;
  request.set_instance(std::string(instance));
  auto response = Call(&Provider::ListKvValues, std::move(request));
  if (!response.ok()) return response.status();
  std::map<std::string, std::string> values;
  for (auto& entry : *response->mutable_entries()) {
    values.emplace(std::move(*entry.mutable_key()),
                   std::move(*entry.mutable_value()));
  }
  return values;
}

absl::StatusOr<std::string> Client::WaitForKeyValue(std::string_view instance,
                                                    std::string_view key,
                                                    absl::Duration timeout,
                                                    std::stop_token stop) {
  return LookUntil<std::string>(timeout, std::move(stop),
                                [&](const CallContext& context) {
                                  return ReadKeyValue(instance, key, context);
                                });
}

}  // namespace duroxide::runtime
