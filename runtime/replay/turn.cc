#include "runtime/replay/turn.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/replay/commit.h"
#include "runtime/replay/completions.h"
#include "runtime/replay/error_details.h"
#include "runtime/replay/execution.h"
#include "runtime/replay/poison.h"
#include "runtime/replay/start.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using v1::Event;
using v1::WorkItem;

// The wait before another runtime, or a newer one, gets to see the item.
constexpr absl::Duration kForAnotherRuntime = absl::Seconds(1);

TurnOutcome Abandon(absl::Duration delay, std::string why) {
  TurnOutcome outcome;
  outcome.commit = Abandonment{.delay = delay, .why = std::move(why)};
  return outcome;
}

// Takes the messages away and changes nothing.
TurnOutcome Drop(const v1::OrchestrationItem& item) {
  TurnOutcome outcome;
  v1::AckOrchestrationItemRequest ack;
  ack.set_execution_id(item.execution_id());
  ack.mutable_metadata();
  outcome.commit = std::move(ack);
  outcome.facts.orchestration = item.orchestration_name();
  outcome.facts.version = item.version();
  outcome.facts.execution_id = item.execution_id();
  return outcome;
}

// The pinned version, where it is none that this runtime takes on. The provider
// has looked at it, too (FETCH-7); one that did not must not break an instance.
std::optional<SemanticVersion> Unsupported(const v1::OrchestrationItem& item,
                                           const TurnOptions& options) {
  if (item.history().empty()) return std::nullopt;
  const Event& first = item.history(0);
  if (!first.has_orchestration_started()) return std::nullopt;
  const auto pinned = SemanticVersion::Parse(first.writer_version());
  if (!pinned || options.supported.Contains(*pinned)) return std::nullopt;
  return pinned;
}

// Null where it is not known.
const Event* LastEventOf(const v1::OrchestrationItem& item) {
  if (item.history_omitted()) {
    return item.has_last_event() ? &item.last_event() : nullptr;
  }
  return item.history().empty() ? nullptr : &*item.history().rbegin();
}

KeptExecution MakeExecution(const v1::OrchestrationItem& item,
                            Beginning& beginning,
                            const OrchestrationFunction& function,
                            const SemanticVersion& version, absl::Time now) {
  KeptExecution execution(new Execution({.instance = item.instance(),
                                         .execution_id = beginning.execution_id,
                                         .orchestration = beginning.name,
                                         .version = version.ToString()},
                                        function));
  for (const v1::KvEntry& entry : item.kv_snapshot()) {
    execution->SeedKeyValue(
        entry.key(),
        {.value = entry.value(), .updated_at_ms = entry.last_updated_at_ms()});
  }
  if (!beginning.begins) {
    execution->AddHistory(item.history());
    return execution;
  }
  beginning.started.set_version(version.ToString());
  Event started;
  *started.mutable_orchestration_started() = beginning.started;
  execution->AddEvent(std::move(started), now);
  return execution;
}

// Adds what the messages say to the history. What ends the orchestration before
// it is run, where one of them does.
std::optional<v1::ErrorDetails> AddMessages(
    Execution& execution, const std::vector<const WorkItem*>& messages,
    const v1::OrchestrationStarted* carried_from, absl::Time now) {
  if (carried_from != nullptr) {
    for (const v1::CarriedEvent& carried :
         carried_from->carry_forward_events().events()) {
      Event event;
      event.mutable_queue_event_delivered()->set_name(carried.name());
      event.mutable_queue_event_delivered()->set_data(carried.data());
      execution.AddEvent(std::move(event), now);
    }
  }
  std::optional<v1::ErrorDetails> fatal;
  for (const WorkItem* message : messages) {
    Received received =
        Receive(*message, execution.index(), execution.info().execution_id);
    if (received.fatal && !fatal) fatal = std::move(received.fatal);
    if (received.event) execution.AddEvent(*std::move(received.event), now);
  }
  return fatal;
}

TurnFacts FactsOf(const Execution& execution, const Progress& progress,
                  const Beginning& beginning) {
  TurnFacts facts;
  facts.orchestration = execution.info().orchestration;
  facts.version = execution.info().version;
  facts.execution_id = execution.info().execution_id;
  facts.began_execution = beginning.begins;
  facts.began = execution.index().began();
  facts.continued_from_earlier = beginning.continues;
  for (const Action& action : progress.actions) {
    facts.scheduled_activities += action.event.has_activity_scheduled() ? 1 : 0;
    facts.scheduled_children +=
        action.event.has_sub_orchestration_scheduled() ? 1 : 0;
  }
  const auto failed = [&facts](const v1::ErrorDetails& error) {
    facts.end = TurnFacts::End::kFailed;
    facts.error_category = std::string(CategoryOf(error));
    facts.error = TextOf(error);
  };
  switch (progress.ending.kind) {
    case Ending::Kind::kNone:
      break;
    case Ending::Kind::kCompleted:
      facts.end = TurnFacts::End::kCompleted;
      break;
    case Ending::Kind::kContinuedAsNew:
      facts.end = TurnFacts::End::kContinuedAsNew;
      break;
    case Ending::Kind::kCancelled:
      failed(Cancellation(progress.ending.text));
      break;
    case Ending::Kind::kFailed:
      failed(progress.ending.error);
      break;
  }
  return facts;
}

void EnforceLimits(const Execution& execution, const Limits& limits,
                   Progress& progress) {
  std::optional<std::string> problem =
      LimitProblem(progress, execution.key_value_count(), limits);
  if (!problem) return;
  progress.actions.clear();
  progress.ending = {.kind = Ending::Kind::kFailed,
                     .text = {},
                     .version = {},
                     .error = OrchestrationFailure(*std::move(problem))};
}

}  // namespace

void DeleteExecution::operator()(Execution* execution) const {
  delete execution;
}

bool GoesOnFrom(const KeptExecution& kept,
                const v1::LockedOrchestrationItem& locked) {
  const v1::OrchestrationItem& item = locked.item();
  const Event* const last = LastEventOf(item);
  return kept != nullptr && last != nullptr && locked.attempt_count() <= 1 &&
         kept->index().started().has_value() &&
         kept->info().instance == item.instance() &&
         kept->info().execution_id == item.execution_id() &&
         kept->index().EndsWith(*last) &&
         (item.history_omitted() ||
          kept->index().event_count() ==
              static_cast<uint64_t>(item.history_size()));
}

TurnOutcome TakeTurn(const v1::LockedOrchestrationItem& locked,
                     const OrchestrationRegistry& orchestrations,
                     const TurnOptions& options, absl::Time now,
                     KeptExecution kept) {
  const v1::OrchestrationItem& item = locked.item();
  const bool resumed = GoesOnFrom(kept, locked);
  if (item.history_omitted() && !resumed) {
    return Abandon(absl::ZeroDuration(), "its history was left out");
  }
  if (const auto pinned = Unsupported(item, options)) {
    return Abandon(kForAnotherRuntime,
                   absl::StrCat("pinned to version ", pinned->ToString(),
                                ", which this runtime does not replay"));
  }
  Beginning beginning = BeginningOf(item, resumed ? &kept->index() : nullptr);
  if (!item.has_history_error() && beginning.ended && !beginning.begins) {
    return Drop(item);
  }
  if (locked.attempt_count() > options.max_attempts) {
    return PoisonedTurn(locked, beginning, options.max_attempts, now);
  }
  if (item.has_history_error()) {
    return Abandon(
        kForAnotherRuntime,
        absl::StrCat("its history cannot be read: ", item.history_error()));
  }
  if (beginning.name.empty()) {
    if (item.history().empty()) return Drop(item);
    return FailWithoutRunning(
        item, beginning,
        Nondeterminism("the history does not begin with OrchestrationStarted"),
        now);
  }

  const auto function = Resolve(orchestrations, beginning);
  if (!function) {
    return Abandon(options.unregistered_backoff.Delay(locked.attempt_count()),
                   absl::StrCat("orchestration ", beginning.name, " ",
                                beginning.version.value_or("in any version"),
                                " is not registered"));
  }

  KeptExecution execution =
      resumed ? std::move(kept)
              : MakeExecution(item, beginning, *function->function,
                              function->version, now);
  const uint64_t turns_before =
      beginning.begins ? 0 : execution->index().turns();
  std::optional<v1::ErrorDetails> fatal =
      AddMessages(*execution, beginning.messages,
                  beginning.begins ? &beginning.started : nullptr, now);
  Progress progress =
      fatal ? execution->Fail(*std::move(fatal)) : execution->Run(now);
  EnforceLimits(*execution, options.limits, progress);

  TurnOutcome outcome;
  outcome.facts = FactsOf(*execution, progress, beginning);
  outcome.facts.resumed = resumed;
  outcome.facts.turns = turns_before + 1;
  outcome.commit = MakeCommit(*execution, progress, options.limits, now);
  outcome.facts.history_events = execution->index().event_count();
  outcome.traces = execution->TakeTraces();
  if (outcome.facts.end == TurnFacts::End::kNone) {
    outcome.next = std::move(execution);
  }
  return outcome;
}

}  // namespace duroxide::runtime
