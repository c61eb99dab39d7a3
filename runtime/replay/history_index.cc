#include "runtime/replay/history_index.h"

#include <algorithm>
#include <iterator>

namespace duroxide::runtime {

using provider::v1::Event;

const char* NameOf(ScheduleKind kind) {
  switch (kind) {
    case ScheduleKind::kActivity:
      return "activity";
    case ScheduleKind::kTimer:
      return "timer";
    case ScheduleKind::kChild:
      return "suborchestration";
  }
  return "unknown";
}

bool HistoryIndex::EndsWith(const Event& event) const {
  return event_count_ > 0 && last_event_id_ == event.event_id() &&
         last_time_ms_ == event.timestamp_ms() &&
         last_kind_ == event.kind_case();
}

void HistoryIndex::Add(const Event& event) {
  if (event_count_ == 0 || event.timestamp_ms() != last_time_ms_) ++turns_;
  ++event_count_;
  last_event_id_ = event.event_id();
  last_kind_ = event.kind_case();
  last_time_ms_ = event.timestamp_ms();
  const uint64_t id = event.event_id();
  const uint64_t source = event.source_event_id();
  switch (event.kind_case()) {
    case Event::kOrchestrationStarted:
      if (event_count_ != 1) break;
      started_ = event.orchestration_started();
      started_at_ms_ = event.timestamp_ms();
      writer_version_ = event.writer_version();
      if (started_->has_initial_custom_status()) {
        custom_status_ = started_->initial_custom_status();
      }
      break;
    case Event::kOrchestrationCompleted:
    case Event::kOrchestrationFailed:
    case Event::kOrchestrationContinuedAsNew:
      end_ = event.kind_case();
      break;
    case Event::kOrchestrationCancelRequested:
      if (!cancel_reason_) {
        cancel_reason_ = event.orchestration_cancel_requested().reason();
      }
      break;
    case Event::kActivityScheduled:
      schedules_.emplace(id, ScheduleKind::kActivity);
      activities_.insert(id);
      break;
    case Event::kTimerCreated:
      schedules_.emplace(id, ScheduleKind::kTimer);
      break;
    case Event::kSubOrchestrationScheduled:
      schedules_.emplace(id, ScheduleKind::kChild);
      children_.emplace(id, event.sub_orchestration_scheduled().instance());
      break;
    case Event::kActivityCompleted:
    case Event::kActivityFailed:
    case Event::kTimerFired:
    case Event::kSubOrchestrationCompleted:
    case Event::kSubOrchestrationFailed:
      Complete(event);
      break;
    case Event::kActivityCancelRequested:
      given_up_.insert(source);
      activities_.erase(source);
      break;
    case Event::kSubOrchestrationCancelRequested:
      given_up_.insert(source);
      children_.erase(source);
      break;
    case Event::kExternalSubscribed:
      event_waits_[event.external_subscribed().name()].push_back(id);
      break;
    case Event::kExternalEvent: {
      const auto waits = event_waits_.find(event.external_event().name());
      if (waits != event_waits_.end() && !waits->second.empty()) {
        waits->second.pop_front();
      }
      break;
    }
    case Event::kExternalSubscribedCancelled:
      given_up_.insert(source);
      for (auto& [name, waits] : event_waits_) std::erase(waits, source);
      break;
    case Event::kQueueSubscribed: {
      const std::string& name = event.queue_subscribed().name();
      queues_[name].waits.insert(id);
      queue_of_wait_.emplace(id, name);
      break;
    }
    case Event::kQueueEventDelivered:
      queues_[event.queue_event_delivered().name()].messages.emplace_back(
          id, event.queue_event_delivered().data());
      break;
    case Event::kQueueSubscriptionCancelled: {
      given_up_.insert(source);
      const auto queue = queue_of_wait_.find(source);
      if (queue != queue_of_wait_.end()) {
        queues_[queue->second].waits.erase(source);
      }
      break;
    }
    case Event::kCustomStatusUpdated:
      custom_status_ = event.custom_status_updated().has_status()
                           ? std::optional<std::string>(
                                 event.custom_status_updated().status())
                           : std::nullopt;
      break;
    default:
      break;
  }
}

void HistoryIndex::Complete(const Event& event) {
  const uint64_t source = event.source_event_id();
  completed_.insert(source);
  activities_.erase(source);
  children_.erase(source);
}

std::optional<ScheduleKind> HistoryIndex::KindOf(uint64_t schedule_id) const {
  const auto found = schedules_.find(schedule_id);
  if (found == schedules_.end()) return std::nullopt;
  return found->second;
}

std::set<uint64_t> HistoryIndex::OpenEventWaits() const {
  std::set<uint64_t> open;
  for (const auto& [name, waits] : event_waits_) {
    open.insert(waits.begin(), waits.end());
  }
  return open;
}

std::set<uint64_t> HistoryIndex::OpenQueueWaits() const {
  std::set<uint64_t> open;
  for (const auto& [name, queue] : queues_) {
    if (queue.waits.size() <= queue.messages.size()) continue;
    // The first waits have the messages.
    open.insert(std::next(queue.waits.begin(),
                          static_cast<std::ptrdiff_t>(queue.messages.size())),
                queue.waits.end());
  }
  return open;
}

std::vector<std::pair<std::string, std::string>> HistoryIndex::UntakenMessages()
    const {
  std::map<uint64_t, std::pair<std::string, std::string>> in_order;
  for (const auto& [name, queue] : queues_) {
    for (size_t i = queue.waits.size(); i < queue.messages.size(); ++i) {
      in_order.emplace(queue.messages[i].first,
                       std::pair(name, queue.messages[i].second));
    }
  }
  std::vector<std::pair<std::string, std::string>> messages;
  messages.reserve(in_order.size());
  for (auto& [id, message] : in_order) messages.push_back(std::move(message));
  return messages;
}

}  // namespace duroxide::runtime
