#include "conformance/stress/capabilities.h"

#include <algorithm>

#include "providers/await.h"

namespace duroxide::stress {

absl::StatusOr<v1::GetProviderInfoResponse> InfoOf(Stage& stage) {
  v1::GetProviderInfoRequest request;
  request.set_store(stage.store());
  return Await(stage.provider(), &Provider::GetProviderInfo, request);
}

bool Has(const v1::GetProviderInfoResponse& info, v1::Capability capability) {
  return std::ranges::find(info.capabilities(), capability) !=
         info.capabilities().end();
}

}  // namespace duroxide::stress
