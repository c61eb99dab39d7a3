#include "providers/sqlite/sqlite_provider.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "providers/sqlite/admin.h"
#include "providers/sqlite/deletion.h"
#include "providers/sqlite/engine.h"
#include "providers/sqlite/fetching.h"
#include "providers/sqlite/history.h"
#include "providers/sqlite/instances.h"
#include "providers/sqlite/kv.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/sessions.h"
#include "providers/sqlite/stores.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"

namespace duroxide::sqlite {
namespace {

constexpr std::string_view kName = "sqlite";
constexpr std::string_view kVersion = "0.1.0";
constexpr std::string_view kContractVersion = "1.0";

// Each method names the room that does the work; the engine does the rest.
class SqliteProvider final : public Provider {
 public:
  SqliteProvider(SqliteOptions options, Connections connections)
      : options_(std::move(options)),
        engine_(std::move(connections),
                options_.database != ":memory:", options_.observer),
        fetching_(engine_, options_.max_message_bytes) {}

  void GetProviderInfo(const CallContext&,
                       const v1::GetProviderInfoRequest* request,
                       v1::GetProviderInfoResponse* response,
                       Done done) override {
    engine_.Read(request, response, std::move(done),
                 [this, response](Connection&, int64_t) {
                   Describe(*response);
                   return absl::OkStatus();
                 });
  }

  void FetchOrchestrationItems(
      const CallContext& context,
      const v1::FetchOrchestrationItemsRequest* request,
      v1::FetchOrchestrationItemsResponse* response, Done done) override {
    fetching_.FetchTurns(context, request, response, std::move(done));
  }

  void AckOrchestrationItem(const CallContext&,
                            const v1::AckOrchestrationItemRequest* request,
                            v1::AckOrchestrationItemResponse* response,
                            Done done) override {
    engine_.Write(request, response, std::move(done),
                  [this, request](Connection& db, int64_t store) {
                    engine_.polls().TouchStore(store);
                    return AckTurn(db, store, *request);
                  });
  }

  void AbandonOrchestrationItem(
      const CallContext&, const v1::AbandonOrchestrationItemRequest* request,
      v1::AbandonOrchestrationItemResponse* response, Done done) override {
    engine_.Write(request, response, std::move(done),
                  [this, request](Connection& db, int64_t store) {
                    engine_.polls().Touch({store, Queue::kOrchestrator});
                    return AbandonTurn(db, store, *request);
                  });
  }

  void RenewOrchestrationItemLock(
      const CallContext&, const v1::RenewOrchestrationItemLockRequest* request,
      v1::RenewOrchestrationItemLockResponse* response, Done done) override {
    engine_.Write(request, response, std::move(done),
                  [request](Connection& db, int64_t store) {
                    return RenewTurn(db, store, *request);
                  });
  }

  void EnqueueOrchestratorItem(
      const CallContext&, const v1::EnqueueOrchestratorItemRequest* request,
      v1::EnqueueOrchestratorItemResponse* response, Done done) override {
    engine_.Write(request, response, std::move(done),
                  [this, request](Connection& db, int64_t store) {
                    engine_.polls().Touch({store, Queue::kOrchestrator});
                    EnqueueMessage(db, store, request->item(),
                                   After(NowUs(), request->delay()));
                    return absl::OkStatus();
                  });
  }

  void EnqueueWorkItem(const CallContext&,
                       const v1::EnqueueWorkItemRequest* request,
                       v1::EnqueueWorkItemResponse* response,
                       Done done) override {
    engine_.Write(request, response, std::move(done),
                  [this, request](Connection& db, int64_t store) {
                    engine_.polls().Touch({store, Queue::kWorker});
                    EnqueueWork(db, store, request->item());
                    return absl::OkStatus();
                  });
  }

  void FetchWorkItems(const CallContext& context,
                      const v1::FetchWorkItemsRequest* request,
                      v1::FetchWorkItemsResponse* response,
                      Done done) override {
    fetching_.FetchWork(context, request, response, std::move(done));
  }

  void AckWorkItem(const CallContext&, const v1::AckWorkItemRequest* request,
                   v1::AckWorkItemResponse* response, Done done) override {
    engine_.Write(request, response, std::move(done),
                  [this, request](Connection& db, int64_t store) {
                    engine_.polls().Touch({store, Queue::kOrchestrator});
                    return AckWork(db, store, *request);
                  });
  }

  void AbandonWorkItem(const CallContext&,
                       const v1::AbandonWorkItemRequest* request,
                       v1::AbandonWorkItemResponse* response,
                       Done done) override {
    engine_.Write(request, response, std::move(done),
                  [this, request](Connection& db, int64_t store) {
                    engine_.polls().Touch({store, Queue::kWorker});
                    return AbandonWork(db, store, *request);
                  });
  }

  void RenewWorkItemLock(const CallContext&,
                         const v1::RenewWorkItemLockRequest* request,
                         v1::RenewWorkItemLockResponse* response,
                         Done done) override {
    engine_.Write(request, response, std::move(done),
                  [request](Connection& db, int64_t store) {
                    return RenewWork(db, store, *request);
                  });
  }

  void RenewSessionLocks(const CallContext&,
                         const v1::RenewSessionLocksRequest* request,
                         v1::RenewSessionLocksResponse* response,
                         Done done) override {
    engine_.Write(request, response, std::move(done),
                  [request, response](Connection& db, int64_t store) {
                    response->set_renewed_count(static_cast<uint64_t>(
                        RenewSessions(db, store, *request)));
                    return absl::OkStatus();
                  });
  }

  void CleanupOrphanedSessions(
      const CallContext&, const v1::CleanupOrphanedSessionsRequest* request,
      v1::CleanupOrphanedSessionsResponse* response, Done done) override {
    engine_.Write(request, response, std::move(done),
                  [response](Connection& db, int64_t store) {
                    response->set_removed_count(static_cast<uint64_t>(
                        RemoveOrphanedSessions(db, store)));
                    return absl::OkStatus();
                  });
  }

  void ReadHistory(const CallContext&, const v1::ReadHistoryRequest* request,
                   v1::ReadHistoryResponse* response, Done done) override {
    engine_.Read(request, response, std::move(done),
                 [request, response](Connection& db, int64_t store) {
                   const std::optional<Instance> instance =
                       FindInstance(db, store, request->instance());
                   if (!instance.has_value()) return absl::OkStatus();
                   return ReadEvents(
                       db, instance->key,
                       request->has_execution_id()
                           ? static_cast<int64_t>(request->execution_id())
                           : instance->current_execution,
                       *response->mutable_events());
                 });
  }

  void AppendHistory(const CallContext&,
                     const v1::AppendHistoryRequest* request,
                     v1::AppendHistoryResponse* response, Done done) override {
    engine_.Write(request, response, std::move(done),
                  [this, request](Connection& db, int64_t store) {
                    engine_.polls().Touch({store, Queue::kOrchestrator});
                    return AppendOutsideTurn(db, store, *request);
                  });
  }

  void GetCustomStatus(const CallContext&,
                       const v1::GetCustomStatusRequest* request,
                       v1::GetCustomStatusResponse* response,
                       Done done) override {
    engine_.Read(request, response, std::move(done),
                 [request, response](Connection& db, int64_t store) {
                   if (const std::optional<Instance> instance =
                           FindInstance(db, store, request->instance())) {
                     if (auto change = ReadCustomStatus(
                             db, instance->key, request->last_seen_version())) {
                       *response->mutable_change() = *std::move(change);
                     }
                   }
                   return absl::OkStatus();
                 });
  }

  void GetKvValue(const CallContext&, const v1::GetKvValueRequest* request,
                  v1::GetKvValueResponse* response, Done done) override {
    engine_.Read(request, response, std::move(done),
                 [request, response](Connection& db, int64_t store) {
                   if (const std::optional<Instance> instance =
                           FindInstance(db, store, request->instance())) {
                     if (std::optional<std::string> value =
                             ReadKvValue(db, instance->key, request->key())) {
                       response->set_value(*std::move(value));
                     }
                   }
                   return absl::OkStatus();
                 });
  }

  void ListKvValues(const CallContext&, const v1::ListKvValuesRequest* request,
                    v1::ListKvValuesResponse* response, Done done) override {
    engine_.Read(request, response, std::move(done),
                 [request, response](Connection& db, int64_t store) {
                   if (const std::optional<Instance> instance =
                           FindInstance(db, store, request->instance())) {
                     ReadKvValues(db, instance->key,
                                  *response->mutable_entries());
                   }
                   return absl::OkStatus();
                 });
  }

  void GetInstanceStats(const CallContext&,
                        const v1::GetInstanceStatsRequest* request,
                        v1::GetInstanceStatsResponse* response,
                        Done done) override {
    ReadWith(&ReadInstanceStats, request, response, std::move(done));
  }

  void ListInstances(const CallContext&,
                     const v1::ListInstancesRequest* request,
                     v1::ListInstancesResponse* response, Done done) override {
    ReadWith(&ReadInstances, request, response, std::move(done));
  }

  void ListExecutions(const CallContext&,
                      const v1::ListExecutionsRequest* request,
                      v1::ListExecutionsResponse* response,
                      Done done) override {
    ReadWith(&ReadExecutions, request, response, std::move(done));
  }

  void GetLatestExecution(const CallContext&,
                          const v1::GetLatestExecutionRequest* request,
                          v1::GetLatestExecutionResponse* response,
                          Done done) override {
    ReadWith(&ReadLatestExecution, request, response, std::move(done));
  }

  void GetInstanceInfo(const CallContext&,
                       const v1::GetInstanceInfoRequest* request,
                       v1::GetInstanceInfoResponse* response,
                       Done done) override {
    ReadWith(&ReadInstanceInfo, request, response, std::move(done));
  }

  void GetExecutionInfo(const CallContext&,
                        const v1::GetExecutionInfoRequest* request,
                        v1::GetExecutionInfoResponse* response,
                        Done done) override {
    ReadWith(&ReadExecutionInfo, request, response, std::move(done));
  }

  void GetSystemMetrics(const CallContext&,
                        const v1::GetSystemMetricsRequest* request,
                        v1::GetSystemMetricsResponse* response,
                        Done done) override {
    engine_.Read(request, response, std::move(done),
                 [response](Connection& db, int64_t store) {
                   ReadSystemMetrics(db, store, *response->mutable_metrics());
                   return absl::OkStatus();
                 });
  }

  void GetQueueDepths(const CallContext&,
                      const v1::GetQueueDepthsRequest* request,
                      v1::GetQueueDepthsResponse* response,
                      Done done) override {
    engine_.Read(request, response, std::move(done),
                 [response](Connection& db, int64_t store) {
                   ReadQueueDepths(db, store, *response->mutable_depths());
                   return absl::OkStatus();
                 });
  }

  void ListChildren(const CallContext&, const v1::ListChildrenRequest* request,
                    v1::ListChildrenResponse* response, Done done) override {
    ReadWith(&ReadChildren, request, response, std::move(done));
  }

  void GetParent(const CallContext&, const v1::GetParentRequest* request,
                 v1::GetParentResponse* response, Done done) override {
    ReadWith(&ReadParent, request, response, std::move(done));
  }

  void GetInstanceTree(const CallContext&,
                       const v1::GetInstanceTreeRequest* request,
                       v1::GetInstanceTreeResponse* response,
                       Done done) override {
    ReadWith(&ReadTree, request, response, std::move(done));
  }

  void DeleteInstance(const CallContext&,
                      const v1::DeleteInstanceRequest* request,
                      v1::DeleteInstanceResponse* response,
                      Done done) override {
    engine_.Write(request, response, std::move(done),
                  [request, response](Connection& db, int64_t store) {
                    return DeleteTree(db, store, *request,
                                      *response->mutable_result());
                  });
  }

  void DeleteInstances(const CallContext&,
                       const v1::DeleteInstancesRequest* request,
                       v1::DeleteInstancesResponse* response,
                       Done done) override {
    engine_.Write(request, response, std::move(done),
                  [request, response](Connection& db, int64_t store) {
                    return DeleteNamed(db, store, *request,
                                       *response->mutable_result());
                  });
  }

  void DeleteInstancesByFilter(
      const CallContext&, const v1::DeleteInstancesByFilterRequest* request,
      v1::DeleteInstancesByFilterResponse* response, Done done) override {
    engine_.Write(request, response, std::move(done),
                  [request, response](Connection& db, int64_t store) {
                    return DeleteByFilter(db, store, request->filter(),
                                          *response->mutable_result());
                  });
  }

  void PruneExecutions(const CallContext&,
                       const v1::PruneExecutionsRequest* request,
                       v1::PruneExecutionsResponse* response,
                       Done done) override {
    engine_.Write(request, response, std::move(done),
                  [request, response](Connection& db, int64_t store) {
                    return Prune(db, store, *request,
                                 *response->mutable_result());
                  });
  }

  void PruneExecutionsByFilter(
      const CallContext&, const v1::PruneExecutionsByFilterRequest* request,
      v1::PruneExecutionsByFilterResponse* response, Done done) override {
    engine_.Write(request, response, std::move(done),
                  [request, response](Connection& db, int64_t store) {
                    return PruneByFilter(db, store, *request,
                                         *response->mutable_result());
                  });
  }

  void CreateStore(const CallContext& context,
                   const testing_v1::CreateStoreRequest* request,
                   testing_v1::CreateStoreResponse* response,
                   Done done) override {
    if (!options_.test_hooks) {
      return Provider::CreateStore(context, request, response, std::move(done));
    }
    engine_.Write(
        request, response, std::move(done),
        [request, response](Connection& db, int64_t) {
          response->set_store(sqlite::CreateStore(db, request->label()));
          return absl::OkStatus();
        });
  }

  void DropStore(const CallContext& context,
                 const testing_v1::DropStoreRequest* request,
                 testing_v1::DropStoreResponse* response, Done done) override {
    if (!options_.test_hooks) {
      return Provider::DropStore(context, request, response, std::move(done));
    }
    engine_.WriteAboutStore(request, response, std::move(done),
                            [this, request](Connection& db, int64_t) {
                              if (const absl::StatusOr<int64_t> store =
                                      FindStore(db, request->store());
                                  store.ok()) {
                                // Who waits on it learns that it is gone.
                                engine_.polls().TouchStore(*store);
                              }
                              return sqlite::DropStore(db, request->store());
                            });
  }

  void CorruptInstanceHistory(
      const CallContext& context,
      const testing_v1::CorruptInstanceHistoryRequest* request,
      testing_v1::CorruptInstanceHistoryResponse* response,
      Done done) override {
    if (!options_.test_hooks) {
      return Provider::CorruptInstanceHistory(context, request, response,
                                              std::move(done));
    }
    engine_.Write(request, response, std::move(done),
                  [request, response](Connection& db, int64_t store) {
                    const std::optional<Instance> instance =
                        FindInstance(db, store, request->instance());
                    if (!instance.has_value()) {
                      return InstanceNotFound(request->instance());
                    }
                    response->set_corrupted_event_count(
                        static_cast<uint64_t>(CorruptEvents(db, *instance)));
                    return absl::OkStatus();
                  });
  }

  void GetMaxAttemptCount(const CallContext& context,
                          const testing_v1::GetMaxAttemptCountRequest* request,
                          testing_v1::GetMaxAttemptCountResponse* response,
                          Done done) override {
    if (!options_.test_hooks) {
      return Provider::GetMaxAttemptCount(context, request, response,
                                          std::move(done));
    }
    engine_.Read(request, response, std::move(done),
                 [request, response](Connection& db, int64_t store) {
                   response->set_attempt_count(
                       ReadMaxAttempts(db, store, request->instance()));
                   return absl::OkStatus();
                 });
  }

 private:
  template <typename Request, typename Response>
  void ReadWith(absl::Status (*read)(Connection&, int64_t, const Request&,
                                     Response&),
                const Request* request, Response* response, Done done) {
    if constexpr (requires { CheckPageToken(*request); }) {
      if (absl::Status valid = CheckPageToken(*request); !valid.ok()) {
        return done(std::move(valid));
      }
    }
    engine_.Read(request, response, std::move(done),
                 [read, request, response](Connection& db, int64_t store) {
                   return read(db, store, *request, *response);
                 });
  }

  void Describe(v1::GetProviderInfoResponse& info) const {
    info.set_name(std::string(kName));
    info.set_version(std::string(kVersion));
    info.set_contract_version(std::string(kContractVersion));
    for (const v1::Capability capability :
         {v1::CAPABILITY_ADMIN, v1::CAPABILITY_LONG_POLLING,
          v1::CAPABILITY_IDEMPOTENT_REQUESTS, v1::CAPABILITY_INSTANCE_STATS,
          v1::CAPABILITY_BATCH_FETCH, v1::CAPABILITY_HISTORY_ON_DEMAND}) {
      info.add_capabilities(capability);
    }
    if (options_.test_hooks) {
      info.add_capabilities(v1::CAPABILITY_ISOLATED_STORES);
      info.add_capabilities(v1::CAPABILITY_CORRUPTION_HOOK);
    }
    v1::ProviderLimits& limits = *info.mutable_limits();
    limits.set_max_message_bytes(options_.max_message_bytes);
    limits.set_max_batch_items(kMaxBatchItems);
    limits.mutable_max_poll_timeout()->set_seconds(
        absl::ToInt64Seconds(kMaxPollTimeout));
    info.set_now_ms(static_cast<uint64_t>(NowMs()));
  }

  const SqliteOptions options_;
  Engine engine_;
  Fetching fetching_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Provider>> OpenSqliteProvider(
    SqliteOptions options) {
  if (options.database.empty()) {
    return absl::InvalidArgumentError(
        "database: is empty; name a file, or :memory:");
  }
  absl::StatusOr<Connections> connections =
      Connect(options.database, options.busy_timeout);
  if (!connections.ok()) return connections.status();
  return std::make_unique<SqliteProvider>(std::move(options),
                                          *std::move(connections));
}

}  // namespace duroxide::sqlite
