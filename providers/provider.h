#ifndef DUROXIDE_PROVIDERS_PROVIDER_H_
#define DUROXIDE_PROVIDERS_PROVIDER_H_

// The storage contract of a durable-execution engine, as one C++ interface.
//
// `proto/CONTRACT.md` says what each method must do; the ids in the comments
// (FETCH-1, ACK-3 ...) are its clauses. Storage engines implement Provider, and
// so does RemoteProvider, which sends each call to an endpoint. Servers, the
// conformance runner and the runtime make Provider calls and do not know what
// is behind them.

#include <stop_token>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "duroxide/provider/testing/v1/test_service.pb.h"
#include "duroxide/provider/v1/admin_service.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"

namespace duroxide {

namespace v1 = ::duroxide::provider::v1;
namespace testing_v1 = ::duroxide::provider::testing::v1;

// What a call brings along besides its request.
struct CallContext {
  // After this moment nobody waits for the answer any more.
  absl::Time deadline = absl::InfiniteFuture();
  // Asks a waiting fetch to end now, with no items. A fetch whose caller has
  // stopped takes no lock (WIRE-5). Other calls do not look at it: what a call
  // changes is decided by its own outcome, never by the caller's patience.
  std::stop_token stop = {};
  // Gives up a call that is on its way over a wire: it ends as soon as it can,
  // and what it has done is not known. Engines do not look at it.
  std::stop_token abandon = {};
};

// The contract. Every method holds to the following.
//
// Asynchrony. A method returns without waiting for storage, and a fetch that
// waits for work holds no thread. `done` runs exactly once, on a thread of the
// provider's or before the method returns; it must not block. Blocking callers
// use `Await` of providers/await.h.
//
// Ownership. `context` is copied. `request` and `response` belong to the caller
// and must live until `done` runs. `*response` is written only where the status
// is OK.
//
// Threading. Methods may be called from many threads at once. A provider may be
// destroyed only when every `done` has run.
//
// Errors. A status that is not OK carries a reason (providers/errors.h). Any
// method may give STORE_NOT_FOUND (WIRE-1), INVALID_REQUEST with nothing
// changed (WIRE-9), STORE_BUSY, MESSAGE_TOO_LARGE and INTERNAL; a method's own
// comment lists what else it gives. A repeated `request_id` is answered with
// the first outcome (WIRE-7).
class Provider {
 public:
  using Done = absl::AnyInvocable<void(absl::Status)>;

  Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
  virtual ~Provider() = default;

  // Tells name, version, capabilities, limits and clock (WIRE-10). Never waits.
  virtual void GetProviderInfo(const CallContext& context,
                               const v1::GetProviderInfoRequest* request,
                               v1::GetProviderInfoResponse* response,
                               Done done) = 0;

  // Locks up to `max_items` instances that have visible messages and returns
  // them (FETCH-1 to FETCH-9). Waits up to `poll_timeout` where the provider
  // has LONG_POLLING (WIRE-5); no work is OK with no items (WIRE-3). OK means
  // that every returned item is locked, an error that none is (WIRE-4).
  virtual void FetchOrchestrationItems(
      const CallContext& context,
      const v1::FetchOrchestrationItemsRequest* request,
      v1::FetchOrchestrationItemsResponse* response, Done done) = 0;

  // Commits a turn, all or nothing (ACK-1 to ACK-8, KV-1, KV-2).
  // Errors: LOCK_LOST, DUPLICATE_EVENT; after an error everything is as before
  // the call, lock and messages included.
  virtual void AckOrchestrationItem(
      const CallContext& context,
      const v1::AckOrchestrationItemRequest* request,
      v1::AckOrchestrationItemResponse* response, Done done) = 0;

  // Gives an instance back, after `delay` if there is one (ABANDON-1).
  // Errors: LOCK_LOST.
  virtual void AbandonOrchestrationItem(
      const CallContext& context,
      const v1::AbandonOrchestrationItemRequest* request,
      v1::AbandonOrchestrationItemResponse* response, Done done) = 0;

  // Makes the lock end `extend_for` from now (RENEW-1). Errors: LOCK_LOST.
  virtual void RenewOrchestrationItemLock(
      const CallContext& context,
      const v1::RenewOrchestrationItemLockRequest* request,
      v1::RenewOrchestrationItemLockResponse* response, Done done) = 0;

  // Stores a message for its instance, visible after `delay` (ENQ-1). Never
  // makes an instance.
  virtual void EnqueueOrchestratorItem(
      const CallContext& context,
      const v1::EnqueueOrchestratorItemRequest* request,
      v1::EnqueueOrchestratorItemResponse* response, Done done) = 0;

  // Stores an activity in the worker queue (WORK-1).
  virtual void EnqueueWorkItem(const CallContext& context,
                               const v1::EnqueueWorkItemRequest* request,
                               v1::EnqueueWorkItemResponse* response,
                               Done done) = 0;

  // Locks up to `max_items` activities that the tag filter and the session
  // configuration allow and returns them (WORK-1, TAG-1, SESS-1). Waits and
  // answers as FetchOrchestrationItems does.
  virtual void FetchWorkItems(const CallContext& context,
                              const v1::FetchWorkItemsRequest* request,
                              v1::FetchWorkItemsResponse* response,
                              Done done) = 0;

  // Removes an activity and enqueues its completion, atomically (WORK-2).
  // Errors: LOCK_LOST, and then nothing is enqueued.
  virtual void AckWorkItem(const CallContext& context,
                           const v1::AckWorkItemRequest* request,
                           v1::AckWorkItemResponse* response, Done done) = 0;

  // Gives an activity back, after `delay` (WORK-3). Errors: LOCK_LOST.
  virtual void AbandonWorkItem(const CallContext& context,
                               const v1::AbandonWorkItemRequest* request,
                               v1::AbandonWorkItemResponse* response,
                               Done done) = 0;

  // Makes the lock end `extend_for` from now (WORK-3). Errors: LOCK_LOST.
  virtual void RenewWorkItemLock(const CallContext& context,
                                 const v1::RenewWorkItemLockRequest* request,
                                 v1::RenewWorkItemLockResponse* response,
                                 Done done) = 0;

  // Extends the held, non-idle sessions of the named owners (SESS-2).
  virtual void RenewSessionLocks(const CallContext& context,
                                 const v1::RenewSessionLocksRequest* request,
                                 v1::RenewSessionLocksResponse* response,
                                 Done done) = 0;

  // Removes sessions that ran out and have no items left (SESS-3).
  virtual void CleanupOrphanedSessions(
      const CallContext& context,
      const v1::CleanupOrphanedSessionsRequest* request,
      v1::CleanupOrphanedSessionsResponse* response, Done done) = 0;

  // Returns the events of one execution, or of the latest, by event id; none
  // for what is unknown. Errors: HISTORY_CORRUPT, MESSAGE_TOO_LARGE.
  virtual void ReadHistory(const CallContext& context,
                           const v1::ReadHistoryRequest* request,
                           v1::ReadHistoryResponse* response, Done done) = 0;

  // Appends events outside of a turn (ACK-3). Errors: DUPLICATE_EVENT, and
  // then nothing is appended.
  virtual void AppendHistory(const CallContext& context,
                             const v1::AppendHistoryRequest* request,
                             v1::AppendHistoryResponse* response,
                             Done done) = 0;

  // Returns the custom status where it is newer than the version that the
  // caller has seen (ACK-7).
  virtual void GetCustomStatus(const CallContext& context,
                               const v1::GetCustomStatusRequest* request,
                               v1::GetCustomStatusResponse* response,
                               Done done) = 0;

  // Returns one value, or none (KV-1).
  virtual void GetKvValue(const CallContext& context,
                          const v1::GetKvValueRequest* request,
                          v1::GetKvValueResponse* response, Done done) = 0;

  // Returns all values of an instance (KV-1).
  virtual void ListKvValues(const CallContext& context,
                            const v1::ListKvValuesRequest* request,
                            v1::ListKvValuesResponse* response, Done done) = 0;

  // The methods from here on need a capability. Their default answers
  // CAPABILITY_ABSENT, as a provider must that does not declare it (WIRE-10).

  // Figures about one instance (ADMIN-2). Needs INSTANCE_STATS. Errors:
  // HISTORY_CORRUPT.
  virtual void GetInstanceStats(const CallContext& context,
                                const v1::GetInstanceStatsRequest* request,
                                v1::GetInstanceStatsResponse* response,
                                Done done);

  // Administration. Needs ADMIN.

  // A page of instances, newest first (ADMIN-1).
  virtual void ListInstances(const CallContext& context,
                             const v1::ListInstancesRequest* request,
                             v1::ListInstancesResponse* response, Done done);

  // A page of an instance's executions, oldest first.
  virtual void ListExecutions(const CallContext& context,
                              const v1::ListExecutionsRequest* request,
                              v1::ListExecutionsResponse* response, Done done);

  // The current execution. Errors: INSTANCE_NOT_FOUND.
  virtual void GetLatestExecution(const CallContext& context,
                                  const v1::GetLatestExecutionRequest* request,
                                  v1::GetLatestExecutionResponse* response,
                                  Done done);

  // Describes an instance (ADMIN-1). Errors: INSTANCE_NOT_FOUND.
  virtual void GetInstanceInfo(const CallContext& context,
                               const v1::GetInstanceInfoRequest* request,
                               v1::GetInstanceInfoResponse* response,
                               Done done);

  // Describes an execution (ADMIN-1). Errors: INSTANCE_NOT_FOUND.
  virtual void GetExecutionInfo(const CallContext& context,
                                const v1::GetExecutionInfoRequest* request,
                                v1::GetExecutionInfoResponse* response,
                                Done done);

  // Counts instances, executions and events (ADMIN-1).
  virtual void GetSystemMetrics(const CallContext& context,
                                const v1::GetSystemMetricsRequest* request,
                                v1::GetSystemMetricsResponse* response,
                                Done done);

  // Counts messages that are visible and not under a live lock (ADMIN-1).
  virtual void GetQueueDepths(const CallContext& context,
                              const v1::GetQueueDepthsRequest* request,
                              v1::GetQueueDepthsResponse* response, Done done);

  // A page of an instance's direct children, oldest first.
  virtual void ListChildren(const CallContext& context,
                            const v1::ListChildrenRequest* request,
                            v1::ListChildrenResponse* response, Done done);

  // The parent, or none for a root. Errors: INSTANCE_NOT_FOUND.
  virtual void GetParent(const CallContext& context,
                         const v1::GetParentRequest* request,
                         v1::GetParentResponse* response, Done done);

  // An instance and all its descendants. Errors: INSTANCE_NOT_FOUND.
  virtual void GetInstanceTree(const CallContext& context,
                               const v1::GetInstanceTreeRequest* request,
                               v1::GetInstanceTreeResponse* response,
                               Done done);

  // Deletes a root and its tree (DEL-2).
  // Errors: INSTANCE_NOT_FOUND, HAS_PARENT, INSTANCE_RUNNING.
  virtual void DeleteInstance(const CallContext& context,
                              const v1::DeleteInstanceRequest* request,
                              v1::DeleteInstanceResponse* response, Done done);

  // Deletes just the instances named, all or nothing (DEL-1).
  // Errors: INSTANCE_RUNNING, HAS_CHILDREN.
  virtual void DeleteInstances(const CallContext& context,
                               const v1::DeleteInstancesRequest* request,
                               v1::DeleteInstancesResponse* response,
                               Done done);

  // Deletes terminal roots and their trees (DEL-2).
  virtual void DeleteInstancesByFilter(
      const CallContext& context,
      const v1::DeleteInstancesByFilterRequest* request,
      v1::DeleteInstancesByFilterResponse* response, Done done);

  // Removes old executions of an instance (PRUNE-1).
  // Errors: INSTANCE_NOT_FOUND.
  virtual void PruneExecutions(const CallContext& context,
                               const v1::PruneExecutionsRequest* request,
                               v1::PruneExecutionsResponse* response,
                               Done done);

  // Removes old executions of many instances (PRUNE-1).
  virtual void PruneExecutionsByFilter(
      const CallContext& context,
      const v1::PruneExecutionsByFilterRequest* request,
      v1::PruneExecutionsByFilterResponse* response, Done done);

  // For tests only; a server offers them where it is told to.

  // Makes a fresh, empty store (WIRE-1). Needs ISOLATED_STORES.
  virtual void CreateStore(const CallContext& context,
                           const testing_v1::CreateStoreRequest* request,
                           testing_v1::CreateStoreResponse* response,
                           Done done);

  // Removes a store and all that is in it; fetches that wait on it end with
  // STORE_NOT_FOUND. Needs ISOLATED_STORES.
  virtual void DropStore(const CallContext& context,
                         const testing_v1::DropStoreRequest* request,
                         testing_v1::DropStoreResponse* response, Done done);

  // Makes an instance's stored events unreadable (FETCH-8). Needs
  // CORRUPTION_HOOK. Errors: INSTANCE_NOT_FOUND.
  virtual void CorruptInstanceHistory(
      const CallContext& context,
      const testing_v1::CorruptInstanceHistoryRequest* request,
      testing_v1::CorruptInstanceHistoryResponse* response, Done done);

  // The largest attempt count in an instance's queue (FETCH-6). Needs
  // CORRUPTION_HOOK.
  virtual void GetMaxAttemptCount(
      const CallContext& context,
      const testing_v1::GetMaxAttemptCountRequest* request,
      testing_v1::GetMaxAttemptCountResponse* response, Done done);
};

}  // namespace duroxide

#endif  // DUROXIDE_PROVIDERS_PROVIDER_H_
