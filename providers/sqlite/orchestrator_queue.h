#ifndef DUROXIDE_PROVIDERS_SQLITE_ORCHESTRATOR_QUEUE_H_
#define DUROXIDE_PROVIDERS_SQLITE_ORCHESTRATOR_QUEUE_H_

// The orchestrator queue: messages, whose turn it is, and the locks on
// instances. All functions run in a transaction of the writer.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "duroxide/provider/v1/orchestration.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "providers/sqlite/connection.h"
#include "providers/sqlite/instances.h"

namespace duroxide::sqlite {

// An instance whose lock a fetch has taken; the item is read afterwards.
struct LockedTurn {
  int64_t instance_key = 0;
  int64_t batch = 0;
  uint32_t attempt_count = 0;
  std::string lock_token;
};

// An instance under a lock that is still held.
struct HeldTurn {
  Instance instance;
  int64_t batch = 0;
  // No message of the batch became visible later than this.
  int64_t locked_at_us = 0;
};

// Stores a message that becomes visible at `visible_us` (ENQ-1).
void EnqueueMessage(Connection& db, int64_t store,
                    const provider::v1::WorkItem& item, int64_t visible_us);

// Frees the instances of a store whose lock has run out, and returns how many.
// Puts those whose start has become visible into their place.
int64_t FreeExpiredTurns(Connection& db, int64_t store, int64_t now_us);

// Locks the instance that has waited longest (FETCH-1 to FETCH-7). Its batch
// ends early where the item would have more than `max_bytes` (WIRE-8). Nothing
// where no instance can be given out. Expired locks must have been freed
// before.
std::optional<LockedTurn> LockNextTurn(
    Connection& db, int64_t store,
    const provider::v1::FetchOrchestrationItemsRequest& request,
    uint64_t max_bytes, int64_t now_us);

// The instance whose lock the token holds. LOCK_LOST.
absl::StatusOr<HeldTurn> FindHeldTurn(Connection& db, int64_t store,
                                      std::string_view lock_token,
                                      int64_t now_us);

// Deletes the messages of the batch (ACK-1).
void DeleteBatch(Connection& db, const HeldTurn& turn);

// Releases the lock; the instance is due again if messages are left.
void ReleaseTurn(Connection& db, const HeldTurn& turn, int64_t now_us);

// Gives the batch back (ABANDON-1). LOCK_LOST.
absl::Status AbandonTurn(
    Connection& db, int64_t store,
    const provider::v1::AbandonOrchestrationItemRequest& request);

// Makes the lock end later (RENEW-1). LOCK_LOST.
absl::Status RenewTurn(
    Connection& db, int64_t store,
    const provider::v1::RenewOrchestrationItemLockRequest& request);

// Works out anew since when the instance is due. Needed after its messages were
// changed or it became known.
void RefreshDue(Connection& db, const Instance& instance, int64_t now_us);

// The next moment after `now_us` at which something of the queue may become
// visible by itself: a delay or a lock that runs out. kNeverUs for none.
int64_t NextTurnDue(Connection& db, int64_t store, int64_t now_us);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_ORCHESTRATOR_QUEUE_H_
