#ifndef DUROXIDE_CONFORMANCE_EMBEDDED_H_
#define DUROXIDE_CONFORMANCE_EMBEDDED_H_

// A provider inside the runner's own process, for runs without an endpoint.

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace duroxide::conformance {

// A provider behind a real gRPC server on a unix socket, so that it is judged
// as any other is. Ends with this object, which must outlive its clients.
class EmbeddedProvider {
 public:
  virtual ~EmbeddedProvider() = default;

  // unix:PATH, for clients.
  virtual const std::string& endpoint() const = 0;
};

// Starts the provider of `spec`: "sqlite" for a database in a temporary folder
// that is removed at the end, or "sqlite:FILE" for one that stays.
// INVALID_ARGUMENT where the spec is neither; else what the provider or the
// server say.
absl::StatusOr<std::unique_ptr<EmbeddedProvider>> StartEmbedded(
    std::string_view spec);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_EMBEDDED_H_
