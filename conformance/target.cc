#include "conformance/target.h"

#include <utility>

#include "conformance/capabilities.h"
#include "conformance/case_rooms.h"
#include "conformance/client.h"
#include "conformance/embedded.h"
#include "conformance/own_rooms.h"
#include "conformance/probe.h"
#include "conformance/round_robin.h"
#include "conformance/shared_rooms.h"
#include "conformance/spawn.h"
#include "conformance/text.h"

namespace duroxide::conformance {

absl::StatusOr<Target> Target::Connect(const TargetOptions& options,
                                       const std::stop_token& stop) {
  Target target;
  target.endpoints_ = options.endpoints;
  for (const std::string& endpoint : options.endpoints) {
    if (options.wait > absl::ZeroDuration()) {
      WaitForAnswer(endpoint, options.wait, stop);
    }
  }
  absl::Status done = target.Launch(options, stop);
  if (done.ok()) done = target.MakeClients();
  if (done.ok()) done = target.Examine(stop);
  if (done.ok()) done = target.FindRooms(options.isolation);
  if (!done.ok()) return done;
  return target;
}

absl::Status Target::Launch(const TargetOptions& options,
                            const std::stop_token& stop) {
  if (!endpoints_.empty()) return absl::OkStatus();
  auto launcher = options.spawn.empty()
                      ? MakeEmbeddedLauncher(options.embedded)
                      : MakeSpawnLauncher(options.spawn, AskWhetherServes);
  if (!launcher.ok()) return launcher.status();
  launcher_ = *std::move(launcher);
  auto launched = launcher_->Launch(stop);
  if (!launched.ok()) return launched.status();
  launched_ = *std::move(launched);
  endpoints_ = {launched_->endpoint()};
  return absl::OkStatus();
}

absl::Status Target::MakeClients() {
  for (const std::string& endpoint : endpoints_) {
    auto client = MakeClient(endpoint);
    if (!client.ok()) {
      return absl::Status(client.status().code(),
                          Concat("--endpoint: ", client.status().message()));
    }
    clients_.push_back(*std::move(client));
  }
  return absl::OkStatus();
}

absl::Status Target::Examine(const std::stop_token& stop) {
  std::vector<Link> links;
  for (size_t i = 0; i < clients_.size(); ++i) {
    auto info = Probe(*clients_[i], endpoints_[i]);
    if (!info.ok()) return info.status();
    if (i == 0) info_ = *info;
    if (absl::Status alike = CheckAlike(info_, *info, endpoints_[i]);
        !alike.ok()) {
      return alike;
    }
    const absl::StatusOr<Link> link = MeasureLink(*clients_[i], stop);
    if (!link.ok()) return link.status();
    links.push_back(*link);
  }
  link_ = Widest(links);
  return absl::OkStatus();
}

absl::Status Target::FindRooms(std::optional<Isolation> asked) {
  const absl::StatusOr<Isolation> isolation =
      ChooseIsolation(asked, info_, launcher_ != nullptr);
  if (!isolation.ok()) return isolation.status();
  isolation_ = *isolation;
  const auto own = [this]() -> std::unique_ptr<Rooms> {
    if (launcher_ == nullptr) return nullptr;
    return std::make_unique<OwnRooms>(*launcher_, MakeClient);
  };
  std::unique_ptr<Rooms> usual;
  switch (isolation_) {
    case Isolation::kStore: {
      if (absl::Status stores = ProbeStores(clients_, endpoints_);
          !stores.ok()) {
        return stores;
      }
      auto rooms = std::make_unique<StoreRooms>(clients_);
      stores_ = rooms.get();
      usual = std::move(rooms);
      break;
    }
    case Isolation::kSpawn:
      // What was launched to look at is not needed any more.
      clients_.clear();
      launched_.reset();
      usual = own();
      break;
    case Isolation::kShared:
      usual = std::make_unique<SharedRooms>(RoundRobin(clients_));
      break;
  }
  rooms_ = std::make_unique<CaseRooms>(std::move(usual), own());
  return absl::OkStatus();
}

std::vector<std::string> Target::left_behind() const {
  if (stores_ == nullptr || launcher_ != nullptr) return {};
  return stores_->stores();
}

}  // namespace duroxide::conformance
