#ifndef DUROXIDE_BENCH_ECHO_H_
#define DUROXIDE_BENCH_ECHO_H_

// The empty gRPC call, both sides with the callback API, as the provider's
// server and client are.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/closed_loop.h"

namespace duroxide::bench {

// Serves EchoService at `address` until the process is told to end.
absl::Status ServeEcho(const std::string& address);

// `in_flight` calls on one channel to `address`, each of `payload_bytes`. Waits
// until the service answers.
absl::StatusOr<Operations> MakeEchoes(const std::string& address, int in_flight,
                                      size_t payload_bytes);

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_ECHO_H_
