#ifndef DUROXIDE_RUNTIME_DISPATCH_FAILED_TURN_H_
#define DUROXIDE_RUNTIME_DISPATCH_FAILED_TURN_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "duroxide/provider/v1/provider_service.pb.h"

namespace duroxide::runtime {

// What to commit instead of a turn that the provider refuses for good: the
// execution fails with the provider's error, and its parent is told. Of
// `refused` it takes over how the execution began, and no more.
provider::v1::AckOrchestrationItemRequest FailureInsteadOf(
    const provider::v1::AckOrchestrationItemRequest& refused,
    const provider::v1::OrchestrationItem& item, const absl::Status& error,
    absl::Time now);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_FAILED_TURN_H_
