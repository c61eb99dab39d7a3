#ifndef DUROXIDE_CONFORMANCE_FREE_PORT_H_
#define DUROXIDE_CONFORMANCE_FREE_PORT_H_

#include "absl/status/statusor.h"

namespace duroxide::conformance {

// A TCP port of 127.0.0.1 where nobody listens at the moment, picked at random
// from those that the system gives to no outgoing connection by itself
// (net.ipv4.ip_local_port_range). A program that is killed and started again
// thus finds it free still, unless another one asks for this very port. Where
// the system keeps no such ports, any that is free. Thread-safe.
absl::StatusOr<int> FreePort();

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_FREE_PORT_H_
