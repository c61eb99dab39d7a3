#ifndef DUROXIDE_RUNTIME_REPLAY_EXECUTION_STATE_H_
#define DUROXIDE_RUNTIME_REPLAY_EXECUTION_STATE_H_

// What an orchestration's calls have asked for, and what they got: the side of
// the replay that the orchestration sees.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/replay/action.h"
#include "runtime/replay/mailbox.h"
#include "runtime/trace.h"

namespace duroxide::runtime {

// What a future waits for, and so what is given up with it.
enum class WaitKind { kActivity, kTimer, kEvent, kQueue, kChild };

// A key's value and when it was set.
struct KeyValue {
  std::string value;
  uint64_t updated_at_ms = 0;
};

// The execution that an orchestration is.
struct ExecutionInfo {
  std::string instance;
  uint64_t execution_id = 1;
  std::string orchestration;
  std::string version;
};

// Used by one thread at a time, as the orchestration is.
class ExecutionState {
 public:
  explicit ExecutionState(ExecutionInfo info) : info_(std::move(info)) {}

  const ExecutionInfo& info() const { return info_; }

  // --- The orchestration's calls.

  // Asks for something; the event's kind says for what.
  CallNumber Emit(provider::v1::Event event,
                  std::optional<std::string> version = std::nullopt);
  void EmitContinueAsNew(std::string input, std::optional<std::string> version);

  // The result of an activity or child, or of a timer, whose text is empty. It
  // is taken once.
  bool HasResult(CallNumber call) const { return results_.contains(call); }
  absl::StatusOr<std::string> TakeResult(CallNumber call);
  // The same for a wait for an event or for a queue's message.
  const std::string* MessageOf(CallNumber call, WaitKind kind,
                               const std::string& name) const;
  // The future of this call was destroyed before it had its result.
  void GiveUp(CallNumber call, WaitKind kind, const std::string& name);

  void SetCustomStatus(std::optional<std::string> status);
  const std::optional<std::string>& custom_status() const {
    return custom_status_;
  }

  void SetKeyValue(std::string key, std::string value);
  void ClearKeyValue(const std::string& key);
  void ClearKeyValues();
  const std::map<std::string, KeyValue, std::less<>>& key_values() const {
    return key_values_;
  }

  // Kept only where it is new.
  void Trace(TraceLevel level, std::string_view message);

  bool replaying() const { return replaying_; }
  absl::Time now() const { return now_; }

  // --- The replay's.

  void set_replaying(bool replaying) { replaying_ = replaying; }
  void set_now(absl::Time now) { now_ = now; }
  // From here on the orchestration is taken down: what it gives up is still
  // wanted.
  void Close() { closed_ = true; }

  void SeedCustomStatus(std::string status) {
    custom_status_ = std::move(status);
  }
  void SeedKeyValue(std::string key, KeyValue value) {
    key_values_.insert_or_assign(std::move(key), std::move(value));
  }
  // A value that the history holds was set at that time: when the orchestration
  // sets it again, it is that time again.
  void AddRecordedSetTime(uint64_t at_ms) {
    recorded_set_times_.push_back(at_ms);
  }

  // What was asked for and has no event yet, the earliest first.
  std::deque<Action>& emitted() { return emitted_; }

  // The call's action has become the event `schedule_id`.
  void Bind(const Action& action, uint64_t schedule_id,
            const provider::v1::Event& event);

  // Gives the call that became the event its result.
  void Deliver(uint64_t schedule_id, absl::StatusOr<std::string> result);
  // Gives an event to the wait for it. False where nobody waits: nobody gets
  // it.
  bool DeliverEvent(const std::string& name, std::string data);
  void DeliverMessage(const std::string& queue, std::string data);
  // The history says that this wait was given up.
  void WaitGivenUp(uint64_t schedule_id);

  // What was given up since the last time, by the ids of its events, each kind
  // in order. Calls without an event yet stay.
  std::map<WaitKind, std::set<uint64_t>> TakeGivenUp();

  std::vector<TraceLine> TakeTraces() { return std::exchange(traces_, {}); }

 private:
  const ExecutionInfo info_;
  bool replaying_ = true;
  bool closed_ = false;
  absl::Time now_;

  CallNumber calls_ = 0;
  std::deque<Action> emitted_;
  std::unordered_map<CallNumber, uint64_t> schedule_of_call_;
  std::unordered_map<uint64_t, CallNumber> call_of_schedule_;
  std::unordered_map<CallNumber, absl::StatusOr<std::string>> results_;

  std::map<std::string, Mailbox, std::less<>> events_;
  std::map<std::string, Mailbox, std::less<>> queues_;
  std::unordered_map<uint64_t, std::string> event_waits_;  // by schedule id
  std::map<CallNumber, WaitKind> given_up_;

  std::optional<std::string> custom_status_;
  std::map<std::string, KeyValue, std::less<>> key_values_;
  std::deque<uint64_t> recorded_set_times_;

  std::vector<TraceLine> traces_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_EXECUTION_STATE_H_
