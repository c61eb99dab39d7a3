#ifndef DUROXIDE_RUNTIME_REPLAY_TURN_H_
#define DUROXIDE_RUNTIME_REPLAY_TURN_H_

// One turn of an instance: what was fetched goes in, what is to be committed
// comes out. No I/O, no clock, no thread.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "runtime/limits.h"
#include "runtime/registry.h"
#include "runtime/runtime_options.h"
#include "runtime/trace.h"
#include "runtime/turn_facts.h"

namespace duroxide::runtime {

class Execution;  // runtime/replay/execution.h

// An execution that its owner need not know more of.
struct DeleteExecution {
  void operator()(Execution* execution) const;
};
using KeptExecution = std::unique_ptr<Execution, DeleteExecution>;

// What the turns of a runtime have in common.
struct TurnOptions {
  uint32_t max_attempts = 10;
  UnregisteredBackoff unregistered_backoff = {};
  SemanticVersionRange supported = {.min = {}, .max = kRuntimeVersion};
  Limits limits = {};
};

// Gives the item back (ABANDON-1).
struct Abandonment {
  absl::Duration delay;
  std::string why;
};

struct TurnOutcome {
  // What to send: an ack, whose store, lock token and request id the sender
  // fills in, or an abandonment.
  std::variant<provider::v1::AckOrchestrationItemRequest, Abandonment> commit;
  // What the orchestration said that it had not said before.
  std::vector<TraceLine> traces;
  TurnFacts facts;
  // Good for the next turn once the commit is known to have succeeded; null
  // where there is none. Must be dropped where it has not.
  KeptExecution next;
};

// True where TakeTurn goes on from `kept`, which may be null, and does not look
// at the item's history: `kept` ends with the item's last event, and the item
// is given out for the first time.
bool GoesOnFrom(const KeptExecution& kept,
                const provider::v1::LockedOrchestrationItem& locked);

// Takes the turn of `locked`.
//
// `kept` is the `next` of the turn before, or null. It is used only where it
// fits the item's execution and history; the outcome is the same either way.
// Where it does not fit, an item whose history was left out (FETCH-9) has to
// have got it before.
//
// `now` is when the turn is taken: what it schedules is timed from there. The
// functions of `orchestrations` outlive the execution. Not for one execution on
// two threads at a time; any number of others.
TurnOutcome TakeTurn(const provider::v1::LockedOrchestrationItem& locked,
                     const OrchestrationRegistry& orchestrations,
                     const TurnOptions& options, absl::Time now,
                     KeptExecution kept);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_TURN_H_
