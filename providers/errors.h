#ifndef DUROXIDE_PROVIDERS_ERRORS_H_
#define DUROXIDE_PROVIDERS_ERRORS_H_

// Errors with a reason, and their way to the wire and back. Nothing else in the
// project makes or reads an error detail (WIRE-2).
//
// A failed call is an absl::Status whose code and retryability follow from its
// reason by the table in errors.proto. All functions are thread-safe.

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "duroxide/provider/v1/errors.pb.h"

namespace grpc {
class Status;
}  // namespace grpc

namespace duroxide {

// The row of the contract's error table for `reason`: its code, whether it is
// retryable, its meaning.
const provider::v1::ReasonRule& RuleOf(provider::v1::ErrorReason reason);

// The reason's name as people write it: "LOCK_LOST".
std::string_view ReasonName(provider::v1::ErrorReason reason);

// An error with `reason` and the code that goes with it. `message` is for
// people: it names the field or thing that is wrong and what to do.
absl::Status MakeError(provider::v1::ErrorReason reason,
                       std::string_view message);

// INVALID_REQUEST about one field: "field: what is wrong" (WIRE-9).
absl::Status InvalidField(std::string_view field, std::string_view problem);

// The detail that the status carries. Where it carries none, a detail with
// ERROR_REASON_UNSPECIFIED whose `retryable` follows from the code:
// UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and ABORTED are retryable
// (WIRE-2).
provider::v1::ErrorDetail DetailOf(const absl::Status& status);

// True where the status carries a detail of its own.
bool HasDetail(const absl::Status& status);

// The reason alone; ERROR_REASON_UNSPECIFIED where there is none.
provider::v1::ErrorReason ReasonOf(const absl::Status& status);

// True where the same call may succeed when sent again (WIRE-2).
bool IsRetryable(const absl::Status& status);

// The status as the wire carries it. A status without a reason gets INTERNAL,
// so that no error leaves without a detail; `operation` is the method's name.
grpc::Status ToWire(const absl::Status& status, std::string_view operation);

// The status that came over the wire, with its detail if it had one that can be
// read.
absl::Status FromWire(const grpc::Status& status);

// The trailer that a status of FromWire came with, all of it, for those who
// judge it. std::nullopt where there was none that can be read.
std::optional<provider::v1::Status> TrailerOf(const absl::Status& status);

}  // namespace duroxide

#endif  // DUROXIDE_PROVIDERS_ERRORS_H_
