#ifndef DUROXIDE_CONFORMANCE_TARGET_H_
#define DUROXIDE_CONFORMANCE_TARGET_H_

// The provider under judgement. Here, and nowhere else, the runner learns what
// is behind its Provider.

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "conformance/embedded.h"
#include "providers/provider.h"

namespace duroxide::conformance {

struct Target {
  // Null where the provider runs elsewhere.
  std::unique_ptr<EmbeddedProvider> embedded;
  std::string endpoint;
  // The one client of this process.
  std::unique_ptr<Provider> client;
  // What the provider said of itself.
  v1::GetProviderInfoResponse info;
};

// Connects to `endpoint` or, where that is empty, starts what `embedded` names;
// and makes sure that it can be judged. The message of an error is for the
// user; see Probe and StartEmbedded.
absl::StatusOr<Target> Connect(const std::string& endpoint,
                               const std::string& embedded);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_TARGET_H_
