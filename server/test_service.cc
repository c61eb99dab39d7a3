#include "duroxide/provider/testing/v1/test_service.grpc.pb.h"
#include "server/service.h"
#include "server/services.h"

namespace duroxide::server {
namespace {

using Api = testing_v1::ProviderTestService;

using RawApi = RawService<Api::Service, Api::WithRawCallbackMethod_CreateStore,
                          Api::WithRawCallbackMethod_DropStore,
                          Api::WithRawCallbackMethod_CorruptInstanceHistory,
                          Api::WithRawCallbackMethod_GetMaxAttemptCount>;

class TestService final : public RawApi {
 public:
  explicit TestService(Serving& serving) : serving_(serving) {}

  DUROXIDE_SERVE(CreateStore);
  DUROXIDE_SERVE(DropStore);
  DUROXIDE_SERVE(CorruptInstanceHistory);
  DUROXIDE_SERVE(GetMaxAttemptCount);

 private:
  static constexpr const char* kService = Api::service_full_name();

  Serving& serving_;
};

}  // namespace

NamedService MakeTestService(Serving& serving) {
  return {Api::service_full_name(), std::make_unique<TestService>(serving)};
}

}  // namespace duroxide::server
