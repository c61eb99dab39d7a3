#ifndef DUROXIDE_CONFORMANCE_STRESS_TARGET_H_
#define DUROXIDE_CONFORMANCE_STRESS_TARGET_H_

// The provider under load.

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "conformance/launcher.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// Exactly one is used: the first that is not empty.
struct StressTargetOptions {
  std::string endpoint = {};
  // The command that starts it (spawn.h).
  std::string spawn = {};
  // What to start in this process; see MakeEmbeddedLauncher.
  std::string embedded = "sqlite";
};

// Ends what the runner has started.
class StressTarget {
 public:
  // Starts the provider where there is no endpoint, and makes sure that it can
  // be used. The message of an error is for the user. CANCELLED where `stop`
  // stops.
  static absl::StatusOr<StressTarget> Connect(
      const StressTargetOptions& options, const std::stop_token& stop);

  const std::shared_ptr<Provider>& provider() const { return provider_; }
  const std::string& endpoint() const { return endpoint_; }
  // The provider's process, where the runner has started one; else 0.
  int64_t pid() const { return launched_ == nullptr ? 0 : launched_->pid(); }
  // What the provider said of itself.
  const v1::GetProviderInfoResponse& info() const { return info_; }

 private:
  StressTarget() = default;

  // In the order in which they need each other.
  std::unique_ptr<Launcher> launcher_;
  std::unique_ptr<LaunchedProvider> launched_;
  std::string endpoint_;
  std::shared_ptr<Provider> provider_;
  v1::GetProviderInfoResponse info_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STRESS_TARGET_H_
