#ifndef DUROXIDE_CONFORMANCE_STRESS_CAPABILITIES_H_
#define DUROXIDE_CONFORMANCE_STRESS_CAPABILITIES_H_

#include "absl/status/statusor.h"
#include "conformance/stress/stage.h"
#include "providers/provider.h"

namespace duroxide::stress {

// What the stage's provider offers. Blocks.
absl::StatusOr<v1::GetProviderInfoResponse> InfoOf(Stage& stage);

bool Has(const v1::GetProviderInfoResponse& info, v1::Capability capability);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_CAPABILITIES_H_
