#include "duroxide/provider/v1/admin_service.grpc.pb.h"
#include "server/service.h"
#include "server/services.h"

namespace duroxide::server {
namespace {

using Api = v1::ProviderAdminService;

using RawApi =
    RawService<Api::Service, Api::WithRawCallbackMethod_ListInstances,
               Api::WithRawCallbackMethod_ListExecutions,
               Api::WithRawCallbackMethod_GetLatestExecution,
               Api::WithRawCallbackMethod_GetInstanceInfo,
               Api::WithRawCallbackMethod_GetExecutionInfo,
               Api::WithRawCallbackMethod_GetSystemMetrics,
               Api::WithRawCallbackMethod_GetQueueDepths,
               Api::WithRawCallbackMethod_ListChildren,
               Api::WithRawCallbackMethod_GetParent,
               Api::WithRawCallbackMethod_GetInstanceTree,
               Api::WithRawCallbackMethod_DeleteInstance,
               Api::WithRawCallbackMethod_DeleteInstances,
               Api::WithRawCallbackMethod_DeleteInstancesByFilter,
               Api::WithRawCallbackMethod_PruneExecutions,
               Api::WithRawCallbackMethod_PruneExecutionsByFilter>;

class AdminService final : public RawApi {
 public:
  explicit AdminService(Serving& serving) : serving_(serving) {}

  DUROXIDE_SERVE(ListInstances);
  DUROXIDE_SERVE(ListExecutions);
  DUROXIDE_SERVE(GetLatestExecution);
  DUROXIDE_SERVE(GetInstanceInfo);
  DUROXIDE_SERVE(GetExecutionInfo);
  DUROXIDE_SERVE(GetSystemMetrics);
  DUROXIDE_SERVE(GetQueueDepths);
  DUROXIDE_SERVE(ListChildren);
  DUROXIDE_SERVE(GetParent);
  DUROXIDE_SERVE(GetInstanceTree);
  DUROXIDE_SERVE(DeleteInstance);
  DUROXIDE_SERVE(DeleteInstances);
  DUROXIDE_SERVE(DeleteInstancesByFilter);
  DUROXIDE_SERVE(PruneExecutions);
  DUROXIDE_SERVE(PruneExecutionsByFilter);

 private:
  static constexpr const char* kService = Api::service_full_name();

  Serving& serving_;
};

}  // namespace

NamedService MakeAdminService(Serving& serving) {
  return {Api::service_full_name(), std::make_unique<AdminService>(serving)};
}

}  // namespace duroxide::server
