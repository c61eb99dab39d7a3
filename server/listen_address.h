#ifndef DUROXIDE_SERVER_LISTEN_ADDRESS_H_
#define DUROXIDE_SERVER_LISTEN_ADDRESS_H_

#include "absl/status/status.h"
#include "providers/endpoint.h"

namespace duroxide::server {

// Finds out why a server could not listen on `address`, since gRPC says only
// that it could not: UNAVAILABLE naming the address and the reason, OK where
// nothing is in the way. A unix socket that nobody listens on any more, as a
// crash leaves it, is not in the way.
absl::Status CheckCanListen(const Endpoint& address);

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_LISTEN_ADDRESS_H_
