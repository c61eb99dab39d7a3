#include "conformance/stress_target.h"

#include <utility>

#include "conformance/capabilities.h"
#include "conformance/client.h"
#include "conformance/embedded.h"
#include "conformance/probe.h"
#include "conformance/spawn.h"
#include "conformance/text.h"

namespace duroxide::conformance {

absl::StatusOr<StressTarget> StressTarget::Connect(
    const StressTargetOptions& options, const std::stop_token& stop) {
  StressTarget target;
  target.endpoint_ = options.endpoint;
  if (target.endpoint_.empty()) {
    auto launcher = options.spawn.empty()
                        ? MakeEmbeddedLauncher(options.embedded)
                        : MakeSpawnLauncher(options.spawn, AskWhetherServes);
    if (!launcher.ok()) return launcher.status();
    target.launcher_ = *std::move(launcher);
    auto launched = target.launcher_->Launch(stop);
    if (!launched.ok()) return launched.status();
    target.launched_ = *std::move(launched);
    target.endpoint_ = target.launched_->endpoint();
  }
  const auto asking = MakeClient(target.endpoint_);
  if (!asking.ok()) {
    return absl::Status(asking.status().code(),
                        Concat("--endpoint: ", asking.status().message()));
  }
  auto info = Probe(**asking, target.endpoint_);
  if (!info.ok()) return info.status();
  target.info_ = *std::move(info);
  auto provider = MakeWorkingClient(
      target.endpoint_,
      Declares(target.info_, v1::CAPABILITY_IDEMPOTENT_REQUESTS));
  if (!provider.ok()) return provider.status();
  target.provider_ = *std::move(provider);
  return target;
}

}  // namespace duroxide::conformance
