#ifndef DUROXIDE_PROVIDERS_SQLITE_TURN_H_
#define DUROXIDE_PROVIDERS_SQLITE_TURN_H_

// A turn's two ends: the item that a fetch gives, and the commit of an ack.

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "duroxide/provider/v1/orchestration.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "providers/sqlite/connection.h"
#include "providers/sqlite/orchestrator_queue.h"

namespace duroxide::sqlite {

// Reads the item of an instance that is locked, as `request` wants it (FETCH-4,
// FETCH-8, FETCH-9). Nothing where the instance was deleted since. A history
// that cannot be read back, or that would not fit a message of `max_bytes`, is
// given as history_error.
absl::StatusOr<std::optional<provider::v1::LockedOrchestrationItem>> ReadTurn(
    Connection& db, const LockedTurn& turn,
    const provider::v1::FetchOrchestrationItemsRequest& request,
    uint64_t max_bytes);

// Commits a turn (ACK-1 to ACK-8). Runs in a transaction of the writer.
// LOCK_LOST, DUPLICATE_EVENT.
absl::Status AckTurn(Connection& db, int64_t store,
                     const provider::v1::AckOrchestrationItemRequest& request);

// Appends events outside of a turn (ACK-3). Runs in a transaction of the
// writer. DUPLICATE_EVENT.
absl::Status AppendOutsideTurn(
    Connection& db, int64_t store,
    const provider::v1::AppendHistoryRequest& request);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_TURN_H_
