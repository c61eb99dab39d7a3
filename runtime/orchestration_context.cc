#include "runtime/orchestration_context.h"

#include <algorithm>

#include "runtime/replay/execution_state.h"
#include "runtime/replay/futures.h"
#include "runtime/system_activities.h"

namespace duroxide::runtime {

using provider::v1::Event;

const std::string& OrchestrationContext::instance_id() const {
  return state_.info().instance;
}
uint64_t OrchestrationContext::execution_id() const {
  return state_.info().execution_id;
}
const std::string& OrchestrationContext::name() const {
  return state_.info().orchestration;
}
const std::string& OrchestrationContext::version() const {
  return state_.info().version;
}
bool OrchestrationContext::is_replaying() const { return state_.replaying(); }

DurableFuture<absl::StatusOr<std::string>>
OrchestrationContext::ScheduleActivity(std::string name, std::string input,
                                       ActivityOptions options) {
  Event event;
  auto& scheduled = *event.mutable_activity_scheduled();
  scheduled.set_name(std::move(name));
  scheduled.set_input(std::move(input));
  if (options.session()) scheduled.set_session_id(*options.session());
  if (options.tag()) scheduled.set_tag(*options.tag());
  return MakeResultFuture(state_, std::move(event), WaitKind::kActivity);
}

DurableFuture<std::monostate> OrchestrationContext::ScheduleTimer(
    absl::Duration delay) {
  // No earlier than now, and within what a moment of the wire can be.
  const absl::Time fire_at =
      std::min(state_.now() + std::max(delay, absl::ZeroDuration()),
               absl::FromUnixSeconds(253402300799));  // the end of year 9999
  Event event;
  event.mutable_timer_created()->set_fire_at_ms(
      static_cast<uint64_t>(absl::ToUnixMillis(fire_at)));
  return MakeTimerFuture(state_, std::move(event));
}

DurableFuture<absl::StatusOr<std::string>>
OrchestrationContext::ScheduleSubOrchestration(std::string name,
                                               std::string input,
                                               ChildOptions options) {
  Event event;
  auto& child = *event.mutable_sub_orchestration_scheduled();
  child.set_name(std::move(name));
  child.set_instance(options.instance());
  child.set_input(std::move(input));
  return MakeResultFuture(state_, std::move(event), WaitKind::kChild,
                          options.version());
}

void OrchestrationContext::StartDetached(std::string name, std::string instance,
                                         std::string input,
                                         std::optional<std::string> version) {
  Event event;
  auto& chained = *event.mutable_orchestration_chained();
  chained.set_name(std::move(name));
  chained.set_instance(std::move(instance));
  chained.set_input(std::move(input));
  state_.Emit(std::move(event), std::move(version));
}

DurableFuture<std::string> OrchestrationContext::ScheduleWait(
    std::string name) {
  Event event;
  event.mutable_external_subscribed()->set_name(std::move(name));
  return MakeMessageFuture(state_, std::move(event), WaitKind::kEvent);
}

DurableFuture<std::string> OrchestrationContext::DequeueEvent(
    std::string queue) {
  Event event;
  event.mutable_queue_subscribed()->set_name(std::move(queue));
  return MakeMessageFuture(state_, std::move(event), WaitKind::kQueue);
}

DurableFuture<absl::Status> OrchestrationContext::ContinueAsNew(
    std::string input, std::optional<std::string> version) {
  state_.EmitContinueAsNew(std::move(input), std::move(version));
  return MakeEndlessFuture();
}

void OrchestrationContext::SetCustomStatus(std::string status) {
  state_.SetCustomStatus(std::move(status));
}
void OrchestrationContext::ResetCustomStatus() {
  state_.SetCustomStatus(std::nullopt);
}
const std::optional<std::string>& OrchestrationContext::custom_status() const {
  return state_.custom_status();
}

void OrchestrationContext::SetKeyValue(std::string key, std::string value) {
  state_.SetKeyValue(std::move(key), std::move(value));
}

std::optional<std::string> OrchestrationContext::GetKeyValue(
    std::string_view key) const {
  const auto found = state_.key_values().find(key);
  if (found == state_.key_values().end()) return std::nullopt;
  return found->second.value;
}

std::map<std::string, std::string> OrchestrationContext::ListKeyValues() const {
  std::map<std::string, std::string> values;
  for (const auto& [key, entry] : state_.key_values()) {
    values.emplace(key, entry.value);
  }
  return values;
}

void OrchestrationContext::ClearKeyValue(const std::string& key) {
  state_.ClearKeyValue(key);
}
void OrchestrationContext::ClearKeyValues() { state_.ClearKeyValues(); }

size_t OrchestrationContext::PruneKeyValues(absl::Time updated_before) {
  const auto before_ms = static_cast<uint64_t>(
      std::max<int64_t>(0, absl::ToUnixMillis(updated_before)));
  std::vector<std::string> old;
  for (const auto& [key, entry] : state_.key_values()) {
    if (entry.updated_at_ms < before_ms) old.push_back(key);
  }
  for (const std::string& key : old) state_.ClearKeyValue(key);
  return old.size();
}

DurableFuture<absl::StatusOr<std::optional<std::string>>>
OrchestrationContext::GetKeyValueOf(std::string instance, std::string key) {
  return ScheduleActivity(std::string(kGetKeyValueActivity),
                          KeyValueQuery(instance, key))
      .Map([](absl::StatusOr<std::string> reply)
               -> absl::StatusOr<std::optional<std::string>> {
        if (!reply.ok()) return reply.status();
        return ParseKeyValue(*reply);
      });
}

DurableFuture<absl::StatusOr<std::string>> OrchestrationContext::NewGuid() {
  return ScheduleActivity(std::string(kNewGuidActivity), "");
}

DurableFuture<absl::StatusOr<absl::Time>> OrchestrationContext::UtcNow() {
  return ScheduleActivity(std::string(kUtcNowActivity), "")
      .Map([](absl::StatusOr<std::string> reply) -> absl::StatusOr<absl::Time> {
        if (!reply.ok()) return reply.status();
        return ParseUtcNow(*reply);
      });
}

void OrchestrationContext::Trace(TraceLevel level, std::string_view message) {
  state_.Trace(level, message);
}

}  // namespace duroxide::runtime
