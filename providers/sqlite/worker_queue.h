#ifndef DUROXIDE_PROVIDERS_SQLITE_WORKER_QUEUE_H_
#define DUROXIDE_PROVIDERS_SQLITE_WORKER_QUEUE_H_

// The worker queue (WORK-1 to WORK-3, TAG-1, SESS-1). All functions run in a
// transaction of the writer.

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "duroxide/provider/v1/orchestration.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// Stores an activity, ready at once.
void EnqueueWork(Connection& db, int64_t store,
                 const provider::v1::WorkItem& item);

// Makes ready what was delayed or locked until now, and frees sessions that ran
// out. Returns how many locks ran out.
int64_t FreeExpiredWork(Connection& db, int64_t store, int64_t now_us);

// Locks the oldest activity that the request may take. Nothing where there is
// none. What is due must have been made ready before.
std::optional<provider::v1::LockedWorkItem> LockNextWork(
    Connection& db, int64_t store,
    const provider::v1::FetchWorkItemsRequest& request, int64_t now_us);

// Removes the activity and enqueues its completion (WORK-2). LOCK_LOST.
absl::Status AckWork(Connection& db, int64_t store,
                     const provider::v1::AckWorkItemRequest& request);

// Gives the activity back (WORK-3). LOCK_LOST.
absl::Status AbandonWork(Connection& db, int64_t store,
                         const provider::v1::AbandonWorkItemRequest& request);

// Makes the lock end later (WORK-3). LOCK_LOST.
absl::Status RenewWork(Connection& db, int64_t store,
                       const provider::v1::RenewWorkItemLockRequest& request);

// Removes an activity, locked or not; none is no error (ACK-4).
void CancelWork(Connection& db, int64_t store,
                const provider::v1::ScheduledActivityIdentifier& activity);

// Removes all activities of an instance and returns how many (DEL-1).
int64_t DeleteWorkOf(Connection& db, int64_t store,
                     std::string_view instance_id);

// The next moment at which something of the queue may become visible by itself:
// a delay, a lock or a session that runs out. kNeverUs for none.
int64_t NextWorkDue(Connection& db, int64_t store);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_WORKER_QUEUE_H_
