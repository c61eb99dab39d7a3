#ifndef DUROXIDE_PROVIDERS_VALIDATION_H_
#define DUROXIDE_PROVIDERS_VALIDATION_H_

// What makes a request malformed (WIRE-9), for every engine alike.

#include "absl/status/status.h"
#include "duroxide/provider/testing/v1/test_service.pb.h"
#include "duroxide/provider/v1/admin_service.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "providers/provider.h"

namespace duroxide {

// OK, or INVALID_REQUEST naming the first field that is wrong and what is wrong
// with it. Looks at nothing but the request. Thread-safe.
//
// Checked for every request: no string holds NUL, every duration is well formed
// and not negative, `request_id` is 1 to 128 bytes where it is given. Checked
// for the fields of each request: ids that must not be empty or 0, work items
// that must have a kind of their queue, tag filters, page tokens and so on.
absl::Status Validate(const google::protobuf::Message& request);

}  // namespace duroxide

#endif  // DUROXIDE_PROVIDERS_VALIDATION_H_
