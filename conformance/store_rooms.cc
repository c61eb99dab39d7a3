#include "conformance/store_rooms.h"

#include <utility>

#include "absl/time/clock.h"
#include "conformance/round_robin.h"
#include "conformance/status_text.h"
#include "conformance/text.h"
#include "providers/await.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

constexpr absl::Duration kMakeLimit = absl::Seconds(30);
constexpr absl::Duration kDropLimit = absl::Seconds(10);
// Who interrupts a run does not want to wait for a provider that hangs.
constexpr absl::Duration kHurriedLimit = absl::Seconds(2);

}  // namespace

class StoreRooms::StoreRoom final : public Room {
 public:
  StoreRoom(StoreRooms& rooms, std::shared_ptr<Provider> provider,
            std::string store, std::stop_token stop)
      : rooms_(rooms),
        provider_(std::move(provider)),
        store_(std::move(store)),
        stop_(std::move(stop)) {}

  ~StoreRoom() override { rooms_.Drop(*provider_, store_, stop_); }

  std::shared_ptr<Provider> provider() override { return provider_; }
  const std::string& store() const override { return store_; }
  absl::Status Restart(const std::stop_token& /*stop*/) override {
    return absl::FailedPreconditionError(
        "other cases are at work in other stores of the provider");
  }
  std::string ProviderOutput() const override { return ""; }

 private:
  StoreRooms& rooms_;
  const std::shared_ptr<Provider> provider_;
  const std::string store_;
  const std::stop_token stop_;
};

Rooms::Opened StoreRooms::Open(const Case& of, const std::stop_token& stop) {
  std::shared_ptr<Provider> provider = RoundRobin(replicas_);
  testing_v1::CreateStoreRequest request;
  request.set_label(of.id());
  absl::StatusOr<testing_v1::CreateStoreResponse> made =
      Await(*provider, &Provider::CreateStore, request,
            {.deadline = absl::Now() + kMakeLimit, .abandon = stop});
  if (!made.ok()) {
    return Failure{.expected = "a fresh store from CreateStore",
                   .seen = StatusText(made.status())};
  }
  {
    const std::lock_guard lock(mutex_);
    stores_.insert(made->store());
  }
  return std::make_unique<StoreRoom>(*this, std::move(provider), made->store(),
                                     stop);
}

void StoreRooms::Drop(Provider& provider, const std::string& store,
                      const std::stop_token& stop) {
  testing_v1::DropStoreRequest request;
  request.set_store(store);
  const absl::Duration limit =
      stop.stop_requested() ? kHurriedLimit : kDropLimit;
  const absl::Status dropped = Await(provider, &Provider::DropStore, request,
                                     {.deadline = absl::Now() + limit})
                                   .status();
  // The case has its verdict, and the cases that judge DropStore make their own
  // calls: here it only matters whether the store is gone.
  if (!dropped.ok() && ReasonOf(dropped) != v1::ERROR_REASON_STORE_NOT_FOUND) {
    return;
  }
  const std::lock_guard lock(mutex_);
  stores_.erase(store);
}

std::vector<std::string> StoreRooms::stores() const {
  const std::lock_guard lock(mutex_);
  return {stores_.begin(), stores_.end()};
}

}  // namespace duroxide::conformance
