#ifndef DUROXIDE_RUNTIME_REPLAY_EXECUTION_H_
#define DUROXIDE_RUNTIME_REPLAY_EXECUTION_H_

// One execution of an instance: its orchestration, suspended, and what its
// history says.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "duroxide/provider/v1/event.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"
#include "runtime/registry.h"
#include "runtime/replay/action.h"
#include "runtime/replay/execution_state.h"
#include "runtime/replay/history_index.h"

namespace duroxide::runtime {

using Events = google::protobuf::RepeatedPtrField<provider::v1::Event>;

// How a turn left the orchestration.
struct Ending {
  enum class Kind {
    kNone,  // it waits
    kCompleted,
    kFailed,
    kContinuedAsNew,
    kCancelled,
  };
  Kind kind = Kind::kNone;
  // The result, the next execution's input, or why it was cancelled.
  std::string text;
  // The next execution's version, where one is asked for.
  std::optional<std::string> version;
  // Where it failed.
  provider::v1::ErrorDetails error;
};

// What a turn adds.
struct Progress {
  // What the history gets, ids and all.
  Events delta;
  // What was asked for, with the events that it became, in order.
  std::vector<Action> actions;
  // What was given up in this turn: activities by their events, children by the
  // ids that the history has for them.
  std::vector<uint64_t> given_up_activities;
  std::vector<std::string> given_up_children;
  Ending ending;
};

// Replays and goes on. It follows upstream's replay engine: at which points of
// the history the orchestration is run on, and so in which order it asks for
// things, is the same.
//
//   Execution execution(info, function);
//   execution.AddHistory(...);  // what is stored; not for a kept one
//   execution.AddEvent(...);    // what the turn brings
//   Progress progress = execution.Run(now);
//
// Used by one thread at a time.
class Execution {
 public:
  // `function` outlives it.
  Execution(ExecutionInfo info, const OrchestrationFunction& function);
  ~Execution();

  const ExecutionInfo& info() const { return state_.info(); }
  const HistoryIndex& index() const { return index_; }

  // Sets what earlier executions have left (KV-2).
  void SeedKeyValue(std::string key, KeyValue value) {
    state_.SeedKeyValue(std::move(key), std::move(value));
  }

  // Takes the stored history over, which is to be replayed.
  void AddHistory(const Events& history);

  // Appends an event to the history: gives it its id and the like. It is run
  // with the next Run.
  void AddEvent(provider::v1::Event event, absl::Time now);

  // Runs the orchestration as far as it goes and tells what has come of it.
  Progress Run(absl::Time now);

  // For a turn whose orchestration cannot be run: what was added, and this end.
  Progress Fail(provider::v1::ErrorDetails error);

  // Appends an event to the history and to `progress`, which is not run.
  void Append(provider::v1::Event event, absl::Time now, Progress& progress);

  // The instance's keys, as the orchestration has left them.
  size_t key_value_count() const { return state_.key_values().size(); }

  std::vector<TraceLine> TakeTraces() { return state_.TakeTraces(); }

 private:
  using Failure = std::optional<provider::v1::ErrorDetails>;

  void Stamp(provider::v1::Event& event, absl::Time now) const;
  Failure Walk();
  // Goes through one event, and notes whether it may make the orchestration go
  // on.
  Failure Apply(const provider::v1::Event& event);
  Failure ApplySchedule(const provider::v1::Event& event);
  Failure ApplyCompletion(const provider::v1::Event& event);
  // Runs the orchestration until it waits or ends.
  void Poll();
  bool HasEnded() const { return output_.has_value() || panic_.has_value(); }
  // Gives what was asked for its events. Where that is a wait whose message is
  // there already, the orchestration goes on and asks for more.
  void Convert(absl::Time now, Progress& progress);
  // Writes down what was given up. An error where the history says more.
  Failure RecordGivenUp(absl::Time now, Progress& progress);
  Ending EndingOf(const Progress& progress);

  ExecutionState state_;
  OrchestrationContext context_;
  const OrchestrationFunction& function_;
  HistoryIndex index_;

  Events history_;  // stored, and not replayed yet
  Events fresh_;    // of this turn, and not run yet
  std::string input_;

  std::optional<Orchestration<std::string>> orchestration_;
  bool must_poll_ = true;
  std::optional<absl::StatusOr<std::string>> output_;
  std::optional<std::string> panic_;

  // Scheduled, and not completed, as far as the replay has come.
  std::unordered_map<uint64_t, ScheduleKind> open_;
  std::unordered_map<uint64_t, std::string> children_;
  // What the history says was given up by the orchestration, and the replay has
  // to give up, too.
  std::map<WaitKind, std::set<uint64_t>> recorded_given_up_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_EXECUTION_H_
