#ifndef DUROXIDE_RUNTIME_REPLAY_HISTORY_INDEX_H_
#define DUROXIDE_RUNTIME_REPLAY_HISTORY_INDEX_H_

// What a history says, kept up to date event by event: so that no question
// about a long one costs a walk through it.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "duroxide/provider/v1/event.pb.h"

namespace duroxide::runtime {

// Work that gets a completion.
enum class ScheduleKind { kActivity, kTimer, kChild };

// "activity", "timer" or "suborchestration": for messages.
const char* NameOf(ScheduleKind kind);

class HistoryIndex {
 public:
  // Events come in the order of their ids.
  void Add(const provider::v1::Event& event);

  uint64_t event_count() const { return event_count_; }
  uint64_t last_event_id() const { return last_event_id_; }
  uint64_t next_event_id() const { return last_event_id_ + 1; }

  // True where `event` is the last one. Of two histories with as many events it
  // tells which one this is: by the event's time.
  bool EndsWith(const provider::v1::Event& event) const;

  // How many turns have written the events: those of a turn have one time.
  uint64_t turns() const { return turns_; }
  // When the execution began, where started().
  std::optional<absl::Time> began() const {
    if (!started_) return std::nullopt;
    return absl::FromUnixMillis(static_cast<int64_t>(started_at_ms_));
  }

  // The first event, where it is the beginning of an execution.
  const std::optional<provider::v1::OrchestrationStarted>& started() const {
    return started_;
  }
  // The version of the runtime that wrote the first event.
  const std::string& writer_version() const { return writer_version_; }

  // How it ended: a terminal event's kind, or KIND_NOT_SET.
  provider::v1::Event::KindCase end() const { return end_; }

  // Why its cancellation was asked for, the first time.
  const std::optional<std::string>& cancel_reason() const {
    return cancel_reason_;
  }

  std::optional<ScheduleKind> KindOf(uint64_t schedule_id) const;
  bool IsCompleted(uint64_t schedule_id) const {
    return completed_.contains(schedule_id);
  }
  bool IsCancelRequested(uint64_t schedule_id) const {
    return given_up_.contains(schedule_id);
  }

  // What has neither a completion nor a request for its cancellation, in the
  // order of the events. Children with the ids that the events hold.
  const std::set<uint64_t>& open_activities() const { return activities_; }
  const std::map<uint64_t, std::string>& open_children() const {
    return children_;
  }
  // Waits that were neither answered nor given up.
  std::set<uint64_t> OpenEventWaits() const;
  std::set<uint64_t> OpenQueueWaits() const;

  // Messages of queues that no wait has taken, in the order of their arrival:
  // queue and message.
  std::vector<std::pair<std::string, std::string>> UntakenMessages() const;

  // As the events leave it, the one taken along from an earlier execution
  // included.
  const std::optional<std::string>& custom_status() const {
    return custom_status_;
  }

 private:
  struct Queue {
    std::set<uint64_t> waits;  // not given up
    // Event id and message.
    std::vector<std::pair<uint64_t, std::string>> messages;
  };

  void Complete(const provider::v1::Event& event);

  uint64_t event_count_ = 0;
  uint64_t last_event_id_ = 0;
  provider::v1::Event::KindCase last_kind_ = provider::v1::Event::KIND_NOT_SET;
  uint64_t last_time_ms_ = 0;
  uint64_t started_at_ms_ = 0;
  uint64_t turns_ = 0;
  std::optional<provider::v1::OrchestrationStarted> started_;
  std::string writer_version_;
  provider::v1::Event::KindCase end_ = provider::v1::Event::KIND_NOT_SET;
  std::optional<std::string> cancel_reason_;

  std::unordered_map<uint64_t, ScheduleKind> schedules_;
  std::unordered_set<uint64_t> completed_;
  std::unordered_set<uint64_t> given_up_;
  std::set<uint64_t> activities_;
  std::map<uint64_t, std::string> children_;
  std::map<std::string, std::deque<uint64_t>, std::less<>> event_waits_;
  std::map<std::string, Queue, std::less<>> queues_;
  std::unordered_map<uint64_t, std::string> queue_of_wait_;
  std::optional<std::string> custom_status_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_HISTORY_INDEX_H_
