#ifndef DUROXIDE_PROVIDERS_SQLITE_MESSAGES_H_
#define DUROXIDE_PROVIDERS_SQLITE_MESSAGES_H_

// The messages of the orchestrator queue, and the batches of them that go into
// items. Whose turn it is, is orchestrator_queue.h's.

#include <cstdint>
#include <string_view>

#include "duroxide/provider/v1/orchestration.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "providers/sqlite/connection.h"
#include "providers/sqlite/instances.h"

namespace duroxide::sqlite {

// What a message means for an instance that is not known yet (FETCH-5).
enum class Role : int64_t {
  kNeedsInstance = 0,
  kStartsInstance = 1,
  kDroppedWithoutInstance = 2,
};

// The instance that a message of the orchestrator queue is for (ENQ-1).
std::string_view TargetInstance(const provider::v1::WorkItem& item);

// Stores a message that becomes visible at `visible_us` and returns its id.
// Whoever calls it sees to the instance's place in the queue.
int64_t StoreMessage(Connection& db, const Instance& instance,
                     const provider::v1::WorkItem& item, int64_t visible_us);

// Puts the visible messages of an instance into the batch, as many as fit an
// item of `max_bytes` (WIRE-8), counts the attempt, and returns the highest
// count of a message.
uint32_t FillBatch(Connection& db, const Instance& instance, int64_t batch,
                   const provider::v1::FetchOrchestrationItemsRequest& request,
                   uint64_t max_bytes, int64_t now_us);

// Adds a batch's messages to the item. None of them became visible later than
// the lock was taken, at `locked_at_us`.
void ReadBatch(Connection& db, int64_t instance_key, int64_t batch,
               int64_t locked_at_us, provider::v1::OrchestrationItem& item);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_MESSAGES_H_
