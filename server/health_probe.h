#ifndef DUROXIDE_SERVER_HEALTH_PROBE_H_
#define DUROXIDE_SERVER_HEALTH_PROBE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace duroxide::server {

// Asks the server that listens on `listen` (HOST:PORT or unix:PATH, as the
// server was told) by grpc.health.v1 whether it serves. A server that listens
// on all addresses is asked at the loopback one. Blocks, for `patience` at
// most.
//
// OK where it serves; UNAVAILABLE with the address and the reason where it does
// not, INVALID_ARGUMENT where `listen` is no address.
absl::Status ProbeHealth(const std::string& listen, absl::Duration patience);

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_HEALTH_PROBE_H_
