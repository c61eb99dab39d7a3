#ifndef DUROXIDE_RUNTIME_REPLAY_FUTURES_H_
#define DUROXIDE_RUNTIME_REPLAY_FUTURES_H_

// The futures behind an orchestration's calls.

#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "duroxide/provider/v1/event.pb.h"
#include "runtime/durable_future.h"
#include "runtime/replay/execution_state.h"

namespace duroxide::runtime {

// Each asks for what `event` says, and gives the call up where the future is
// destroyed early. `state` outlives them.

DurableFuture<absl::StatusOr<std::string>> MakeResultFuture(
    ExecutionState& state, provider::v1::Event event, WaitKind kind,
    std::optional<std::string> version = std::nullopt);

DurableFuture<std::monostate> MakeTimerFuture(ExecutionState& state,
                                              provider::v1::Event event);

DurableFuture<std::string> MakeMessageFuture(ExecutionState& state,
                                             provider::v1::Event event,
                                             WaitKind kind);

// Never there.
DurableFuture<absl::Status> MakeEndlessFuture();

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_FUTURES_H_
