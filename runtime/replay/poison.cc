#include "runtime/replay/poison.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/replay/commit.h"
#include "runtime/replay/error_details.h"
#include "runtime/replay/execution.h"
#include "runtime/semantic_version.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using v1::Event;

v1::ErrorDetails PoisonOf(const v1::LockedOrchestrationItem& locked,
                          uint64_t execution_id, uint32_t max_attempts) {
  v1::ErrorDetails details;
  v1::PoisonError& poison = *details.mutable_poison();
  poison.set_attempt_count(locked.attempt_count());
  poison.set_max_attempts(max_attempts);
  const v1::OrchestrationItem& item = locked.item();
  if (item.has_history_error()) {
    auto& unreadable = *poison.mutable_failed_deserialization();
    unreadable.set_instance(item.instance());
    unreadable.set_execution_id(execution_id);
    unreadable.set_error(item.history_error());
    poison.set_message(item.history_error());
    return details;
  }
  poison.mutable_orchestration()->set_instance(item.instance());
  poison.mutable_orchestration()->set_execution_id(execution_id);
  for (const v1::WorkItem& message : item.messages()) {
    absl::StrAppend(poison.mutable_message(),
                    poison.message().empty() ? "" : "\n",
                    message.ShortDebugString());
  }
  return details;
}

// No history can be read, and so neither a parent nor an event's id be found.
v1::AckOrchestrationItemRequest FailUnreadable(
    const v1::OrchestrationItem& item, const v1::ErrorDetails& error,
    absl::Time now) {
  v1::AckOrchestrationItemRequest ack;
  ack.set_execution_id(item.execution_id());
  Event& event = *ack.add_history_delta();
  event.set_event_id(kUnreadableHistoryFailureId);
  event.set_instance_id(item.instance());
  event.set_execution_id(item.execution_id());
  event.set_timestamp_ms(static_cast<uint64_t>(absl::ToUnixMillis(now)));
  event.set_writer_version(kRuntimeVersion.ToString());
  *event.mutable_orchestration_failed()->mutable_details() = error;
  *ack.mutable_metadata() = MetadataOf(ack.history_delta());
  ack.mutable_metadata()->set_orchestration_name(item.orchestration_name());
  ack.mutable_metadata()->set_orchestration_version(item.version());
  return ack;
}

}  // namespace

TurnOutcome FailWithoutRunning(const v1::OrchestrationItem& item,
                               const Beginning& beginning,
                               v1::ErrorDetails error, absl::Time now) {
  TurnOutcome outcome;
  outcome.facts.orchestration =
      beginning.name.empty() ? item.orchestration_name() : beginning.name;
  outcome.facts.version = item.version();
  outcome.facts.execution_id = beginning.execution_id;
  outcome.facts.end = TurnFacts::End::kFailed;
  outcome.facts.error_category = std::string(CategoryOf(error));
  outcome.facts.error = TextOf(error);
  if (item.has_history_error()) {
    outcome.commit = FailUnreadable(item, error, now);
    return outcome;
  }
  const OrchestrationFunction never_run;
  Execution execution({.instance = item.instance(),
                       .execution_id = beginning.execution_id,
                       .orchestration = outcome.facts.orchestration,
                       .version = item.version()},
                      never_run);
  if (beginning.begins || item.history().empty()) {
    outcome.facts.began_execution = true;
    Event started;
    *started.mutable_orchestration_started() = beginning.started;
    auto& start = *started.mutable_orchestration_started();
    start.set_name(outcome.facts.orchestration);
    start.set_version(beginning.version.value_or(item.version()));
    execution.AddEvent(std::move(started), now);
  } else {
    execution.AddHistory(item.history());
    outcome.facts.turns = execution.index().turns();
  }
  ++outcome.facts.turns;
  outcome.facts.began = execution.index().began();
  Progress progress = execution.Fail(std::move(error));
  outcome.commit = MakeCommit(execution, progress, Limits(), now);
  outcome.facts.history_events = execution.index().event_count();
  return outcome;
}

TurnOutcome PoisonedTurn(const v1::LockedOrchestrationItem& locked,
                         const Beginning& beginning, uint32_t max_attempts,
                         absl::Time now) {
  return FailWithoutRunning(
      locked.item(), beginning,
      PoisonOf(locked, beginning.execution_id, max_attempts), now);
}

}  // namespace duroxide::runtime
