#include "runtime/replay/execution_state.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace duroxide::runtime {

using provider::v1::Event;

CallNumber ExecutionState::Emit(Event event,
                                std::optional<std::string> version) {
  ++calls_;
  emitted_.push_back({.call = calls_,
                      .event = std::move(event),
                      .version = std::move(version),
                      .next_input = {}});
  return calls_;
}

void ExecutionState::EmitContinueAsNew(std::string input,
                                       std::optional<std::string> version) {
  ++calls_;
  emitted_.push_back({.call = calls_,
                      .event = {},
                      .version = std::move(version),
                      .next_input = std::move(input)});
}

absl::StatusOr<std::string> ExecutionState::TakeResult(CallNumber call) {
  const auto found = results_.find(call);
  absl::StatusOr<std::string> result = std::move(found->second);
  results_.erase(found);
  return result;
}

const std::string* ExecutionState::MessageOf(CallNumber call, WaitKind kind,
                                             const std::string& name) const {
  const auto bound = schedule_of_call_.find(call);
  if (bound == schedule_of_call_.end()) return nullptr;
  const auto& boxes = kind == WaitKind::kEvent ? events_ : queues_;
  const auto box = boxes.find(name);
  return box == boxes.end() ? nullptr : box->second.MessageFor(bound->second);
}

void ExecutionState::GiveUp(CallNumber call, WaitKind kind,
                            const std::string& name) {
  if (closed_) return;
  given_up_.emplace(call, kind);
  if (kind != WaitKind::kQueue) return;
  // At once: the next wait gets what would have been this one's, in this turn
  // as in a replay of it.
  const auto bound = schedule_of_call_.find(call);
  if (bound != schedule_of_call_.end()) queues_[name].GiveUp(bound->second);
}

void ExecutionState::SetCustomStatus(std::optional<std::string> status) {
  Event event;
  auto& updated = *event.mutable_custom_status_updated();
  if (status) updated.set_status(*status);
  custom_status_ = std::move(status);
  Emit(std::move(event));
}

void ExecutionState::SetKeyValue(std::string key, std::string value) {
  auto at_ms = static_cast<uint64_t>(absl::ToUnixMillis(now_));
  if (!recorded_set_times_.empty()) {
    at_ms = recorded_set_times_.front();
    recorded_set_times_.pop_front();
  }
  Event event;
  auto& set = *event.mutable_key_value_set();
  set.set_key(key);
  set.set_value(value);
  set.set_last_updated_at_ms(at_ms);
  key_values_.insert_or_assign(
      std::move(key),
      KeyValue{.value = std::move(value), .updated_at_ms = at_ms});
  Emit(std::move(event));
}

void ExecutionState::ClearKeyValue(const std::string& key) {
  Event event;
  event.mutable_key_value_cleared()->set_key(key);
  key_values_.erase(key);
  Emit(std::move(event));
}

void ExecutionState::ClearKeyValues() {
  Event event;
  event.mutable_key_values_cleared();
  key_values_.clear();
  Emit(std::move(event));
}

void ExecutionState::Trace(TraceLevel level, std::string_view message) {
  if (replaying_) return;
  traces_.push_back({.level = level,
                     .message = std::string(message),
                     .fields = {
                         {"instance", info_.instance},
                         {"execution_id", absl::StrCat(info_.execution_id)},
                         {"orchestration", info_.orchestration},
                         {"version", info_.version},
                     }});
}

void ExecutionState::Bind(const Action& action, uint64_t schedule_id,
                          const Event& event) {
  schedule_of_call_.emplace(action.call, schedule_id);
  call_of_schedule_.emplace(schedule_id, action.call);
  if (event.has_external_subscribed()) {
    const std::string& name = event.external_subscribed().name();
    event_waits_.emplace(schedule_id, name);
    events_[name].AddWait(schedule_id);
  } else if (event.has_queue_subscribed()) {
    Mailbox& queue = queues_[event.queue_subscribed().name()];
    queue.AddWait(schedule_id);
    // Its future may be gone already.
    if (given_up_.contains(action.call)) queue.GiveUp(schedule_id);
  }
}

void ExecutionState::Deliver(uint64_t schedule_id,
                             absl::StatusOr<std::string> result) {
  const auto call = call_of_schedule_.find(schedule_id);
  if (call == call_of_schedule_.end()) return;
  results_.emplace(call->second, std::move(result));
}

bool ExecutionState::DeliverEvent(const std::string& name, std::string data) {
  const auto box = events_.find(name);
  if (box == events_.end() || !box->second.HasOpenWait()) return false;
  box->second.AddMessage(std::move(data));
  return true;
}

void ExecutionState::DeliverMessage(const std::string& queue,
                                    std::string data) {
  queues_[queue].AddMessage(std::move(data));
}

void ExecutionState::WaitGivenUp(uint64_t schedule_id) {
  const auto wait = event_waits_.find(schedule_id);
  if (wait != event_waits_.end()) events_[wait->second].GiveUp(schedule_id);
}

std::map<WaitKind, std::set<uint64_t>> ExecutionState::TakeGivenUp() {
  std::map<WaitKind, std::set<uint64_t>> by_kind;
  for (auto each = given_up_.begin(); each != given_up_.end();) {
    const auto bound = schedule_of_call_.find(each->first);
    if (bound == schedule_of_call_.end()) {
      ++each;
      continue;
    }
    by_kind[each->second].insert(bound->second);
    each = given_up_.erase(each);
  }
  return by_kind;
}

}  // namespace duroxide::runtime
