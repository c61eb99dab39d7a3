#ifndef DUROXIDE_CONFORMANCE_TARGET_H_
#define DUROXIDE_CONFORMANCE_TARGET_H_

// The provider under judgement.

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "conformance/launcher.h"
#include "conformance/link.h"
#include "conformance/result.h"
#include "conformance/room.h"
#include "conformance/store_rooms.h"
#include "providers/provider.h"

namespace duroxide::conformance {

struct TargetOptions {
  // Where the provider runs; several are replicas of one backend.
  std::vector<std::string> endpoints = {};
  // How long the provider may take to answer there for the first time.
  absl::Duration wait = absl::ZeroDuration();
  // The command that starts it (spawn.h), where there is no endpoint.
  std::string spawn = {};
  // Else what to start in this process; see MakeEmbeddedLauncher.
  std::string embedded = "sqlite";
  // Where cases find room; std::nullopt is what the provider allows.
  std::optional<Isolation> isolation = std::nullopt;
};

// Everything that the cases run in. Ends what the runner has started.
class Target {
 public:
  // Starts the provider where there is no endpoint, makes sure that it can be
  // judged, and measures the way to it. The message of an error is for the
  // user. CANCELLED where `stop` stops.
  static absl::StatusOr<Target> Connect(const TargetOptions& options,
                                        const std::stop_token& stop);

  Rooms& rooms() const { return *rooms_; }
  // The provider itself, for who needs no rooms; not with Isolation::kSpawn.
  Provider& provider() const { return *clients_.front(); }
  const std::vector<std::string>& endpoints() const { return endpoints_; }
  // What the provider said of itself.
  const v1::GetProviderInfoResponse& info() const { return info_; }
  const Link& link() const { return link_; }
  Isolation isolation() const { return isolation_; }

  // Names the stores that were made and could not be dropped, where they stay:
  // in a provider that the runner has not started. Only after all cases have
  // ended.
  std::vector<std::string> left_behind() const;

 private:
  Target() = default;

  absl::Status Launch(const TargetOptions& options,
                      const std::stop_token& stop);
  absl::Status MakeClients();
  absl::Status Examine(const std::stop_token& stop);
  absl::Status FindRooms(std::optional<Isolation> asked);

  // In the order in which they need each other.
  std::unique_ptr<Launcher> launcher_;
  std::unique_ptr<LaunchedProvider> launched_;
  std::vector<std::string> endpoints_;
  std::vector<std::shared_ptr<Provider>> clients_;
  v1::GetProviderInfoResponse info_;
  Link link_;
  Isolation isolation_ = Isolation::kStore;
  // Part of `rooms_`; null where the cases have no stores.
  const StoreRooms* stores_ = nullptr;
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_TARGET_H_
