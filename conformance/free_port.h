#ifndef DUROXIDE_CONFORMANCE_FREE_PORT_H_
#define DUROXIDE_CONFORMANCE_FREE_PORT_H_

#include "absl/status/statusor.h"

namespace duroxide::conformance {

// A TCP port of 127.0.0.1 where nobody listens at the moment. Another program
// may take it before it is used, but the system gives it to nobody else soon.
absl::StatusOr<int> FreePort();

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_FREE_PORT_H_
