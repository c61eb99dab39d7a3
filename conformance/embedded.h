#ifndef DUROXIDE_CONFORMANCE_EMBEDDED_H_
#define DUROXIDE_CONFORMANCE_EMBEDDED_H_

// Providers inside the runner's own process, for runs without an endpoint.

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "conformance/launcher.h"

namespace duroxide::conformance {

// Launches providers behind a real gRPC server on a unix socket, so that they
// are judged as any other is. A restart closes the provider in order and opens
// it again on its file.
//
// `spec` is "sqlite" for a database in a temporary folder that is removed at
// the end, or "sqlite:FILE" for one that stays; FILE is for the first provider
// alone, the others are temporary. INVALID_ARGUMENT where the spec is neither.
absl::StatusOr<std::unique_ptr<Launcher>> MakeEmbeddedLauncher(
    std::string_view spec);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_EMBEDDED_H_
