#ifndef DUROXIDE_PROVIDERS_SQLITE_FETCHING_H_
#define DUROXIDE_PROVIDERS_SQLITE_FETCHING_H_

// Fetches of both queues: the first try, the wait, the answer (WIRE-3 to
// WIRE-6).

#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "providers/provider.h"
#include "providers/sqlite/engine.h"

namespace duroxide::sqlite {

// The most items of one fetch.
inline constexpr uint32_t kMaxBatchItems = 128;

// The longest that a fetch waits; a longer poll_timeout is cut to this.
inline constexpr absl::Duration kMaxPollTimeout = absl::Hours(1);

// Thread-safe.
class Fetching {
 public:
  // The engine must outlive this.
  Fetching(Engine& engine, uint64_t max_message_bytes);

  // Locks are taken by the writer, and the items read afterwards by a reader:
  // while an instance is locked nothing of what is read can change, and a long
  // history keeps no commit waiting.
  void FetchTurns(const CallContext& context,
                  const v1::FetchOrchestrationItemsRequest* request,
                  v1::FetchOrchestrationItemsResponse* response,
                  Provider::Done done);

  void FetchWork(const CallContext& context,
                 const v1::FetchWorkItemsRequest* request,
                 v1::FetchWorkItemsResponse* response, Provider::Done done);

 private:
  struct TurnFetch;
  struct WorkFetch;

  // Tries once, and leaves the fetch to the long polls if it finds nothing and
  // may wait.
  void Start(std::shared_ptr<Fetch> fetch);
  absl::StatusOr<bool> TakeTurns(Connection& db, TurnFetch& fetch);
  absl::StatusOr<bool> TakeWork(Connection& db, WorkFetch& fetch);
  void ReadTurns(std::shared_ptr<TurnFetch> fetch);
  // Undoes the taking of an instance that cannot be delivered.
  void GiveBack(const std::string& store, const std::string& lock_token);

  Engine& engine_;
  const uint64_t max_message_bytes_;
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_FETCHING_H_
