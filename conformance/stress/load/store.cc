#include "conformance/stress/load/store.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "providers/await.h"

namespace duroxide::stress {
namespace {

constexpr absl::Duration kDropLimit = absl::Seconds(60);

// Unlike that of any other load.
std::string NewPrefix() {
  std::random_device random;
  return absl::StrFormat("stress-%08x-", random());
}

}  // namespace

absl::StatusOr<LoadStore> LoadStore::Open(
    std::shared_ptr<Provider> provider, const v1::GetProviderInfoResponse& info,
    const std::string& label, const std::optional<std::string>& asked) {
  LoadStore store;
  store.prefix_ = NewPrefix();
  if (asked) {
    store.name_ = *asked;
    return store;
  }
  if (std::ranges::find(info.capabilities(), v1::CAPABILITY_ISOLATED_STORES) ==
      info.capabilities().end()) {
    return store;
  }
  testing_v1::CreateStoreRequest request;
  request.set_label(label);
  const auto made = Await(*provider, &Provider::CreateStore, request);
  if (!made.ok()) return made.status();
  store.name_ = made->store();
  store.provider_ = std::move(provider);
  return store;
}

LoadStore::LoadStore(LoadStore&& other) noexcept
    : provider_(std::exchange(other.provider_, nullptr)),
      name_(std::move(other.name_)),
      prefix_(std::move(other.prefix_)) {}

LoadStore::~LoadStore() {
  if (provider_ == nullptr) return;
  testing_v1::DropStoreRequest request;
  request.set_store(name_);
  // Nobody is left to hear of a failure, and the store is nobody else's.
  Await(*provider_, &Provider::DropStore, request,
        {.deadline = absl::Now() + kDropLimit})
      .IgnoreError();
}

}  // namespace duroxide::stress
