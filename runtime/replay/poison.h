#ifndef DUROXIDE_RUNTIME_REPLAY_POISON_H_
#define DUROXIDE_RUNTIME_REPLAY_POISON_H_

// Executions that are failed without being run.

#include <cstdint>

#include "absl/time/time.h"
#include "duroxide/provider/v1/orchestration.pb.h"
#include "runtime/replay/start.h"
#include "runtime/replay/turn.h"

namespace duroxide::runtime {

// The event id of the failure of an execution whose history cannot be read, so
// that the next free id is not known. The same as upstream's.
inline constexpr uint64_t kUnreadableHistoryFailureId = 99999;

// Fails the execution and tells its parent.
TurnOutcome FailWithoutRunning(const provider::v1::OrchestrationItem& item,
                               const Beginning& beginning,
                               provider::v1::ErrorDetails error,
                               absl::Time now);

// The same for an item that was fetched too often without a turn's end.
TurnOutcome PoisonedTurn(const provider::v1::LockedOrchestrationItem& locked,
                         const Beginning& beginning, uint32_t max_attempts,
                         absl::Time now);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_POISON_H_
