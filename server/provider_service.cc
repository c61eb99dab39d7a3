#include "duroxide/provider/v1/provider_service.grpc.pb.h"
#include "server/service.h"
#include "server/services.h"

namespace duroxide::server {
namespace {

using Api = v1::ProviderService;

using RawApi =
    RawService<Api::Service, Api::WithRawCallbackMethod_GetProviderInfo,
               Api::WithRawCallbackMethod_FetchOrchestrationItems,
               Api::WithRawCallbackMethod_AckOrchestrationItem,
               Api::WithRawCallbackMethod_AbandonOrchestrationItem,
               Api::WithRawCallbackMethod_RenewOrchestrationItemLock,
               Api::WithRawCallbackMethod_EnqueueOrchestratorItem,
               Api::WithRawCallbackMethod_EnqueueWorkItem,
               Api::WithRawCallbackMethod_FetchWorkItems,
               Api::WithRawCallbackMethod_AckWorkItem,
               Api::WithRawCallbackMethod_AbandonWorkItem,
               Api::WithRawCallbackMethod_RenewWorkItemLock,
               Api::WithRawCallbackMethod_RenewSessionLocks,
               Api::WithRawCallbackMethod_CleanupOrphanedSessions,
               Api::WithRawCallbackMethod_ReadHistory,
               Api::WithRawCallbackMethod_AppendHistory,
               Api::WithRawCallbackMethod_GetCustomStatus,
               Api::WithRawCallbackMethod_GetKvValue,
               Api::WithRawCallbackMethod_ListKvValues,
               Api::WithRawCallbackMethod_GetInstanceStats>;

class ProviderService final : public RawApi {
 public:
  explicit ProviderService(Serving& serving) : serving_(serving) {}

  DUROXIDE_SERVE(GetProviderInfo);
  DUROXIDE_SERVE(FetchOrchestrationItems);
  DUROXIDE_SERVE(AckOrchestrationItem);
  DUROXIDE_SERVE(AbandonOrchestrationItem);
  DUROXIDE_SERVE(RenewOrchestrationItemLock);
  DUROXIDE_SERVE(EnqueueOrchestratorItem);
  DUROXIDE_SERVE(EnqueueWorkItem);
  DUROXIDE_SERVE(FetchWorkItems);
  DUROXIDE_SERVE(AckWorkItem);
  DUROXIDE_SERVE(AbandonWorkItem);
  DUROXIDE_SERVE(RenewWorkItemLock);
  DUROXIDE_SERVE(RenewSessionLocks);
  DUROXIDE_SERVE(CleanupOrphanedSessions);
  DUROXIDE_SERVE(ReadHistory);
  DUROXIDE_SERVE(AppendHistory);
  DUROXIDE_SERVE(GetCustomStatus);
  DUROXIDE_SERVE(GetKvValue);
  DUROXIDE_SERVE(ListKvValues);
  DUROXIDE_SERVE(GetInstanceStats);

 private:
  static constexpr const char* kService = Api::service_full_name();

  Serving& serving_;
};

}  // namespace

NamedService MakeProviderService(Serving& serving) {
  return {Api::service_full_name(), std::make_unique<ProviderService>(serving)};
}

}  // namespace duroxide::server
