#include "conformance/shared_rooms.h"

#include <algorithm>

#include "conformance/empty_store.h"
#include "conformance/footprints.h"
#include "conformance/status_text.h"
#include "conformance/text.h"

namespace duroxide::conformance {

class SharedRooms::SharedRoom final : public Room {
 public:
  SharedRoom(std::unique_lock<std::mutex> in_use,
             const std::shared_ptr<Provider>& provider, std::stop_token stop)
      : in_use_(std::move(in_use)),
        behind_(provider),
        stop_(std::move(stop)),
        provider_(NotingProvider(provider, footprints_)) {}

  // What is left, the next room finds and tells of.
  ~SharedRoom() override {
    EmptyStore(*behind_, footprints_, stop_).IgnoreError();
  }

  std::shared_ptr<Provider> provider() override { return provider_; }
  const std::string& store() const override { return store_; }
  absl::Status Restart(const std::stop_token& /*stop*/) override {
    return absl::FailedPreconditionError(
        "the runner did not start the provider for this case alone");
  }
  std::string ProviderOutput() const override { return ""; }

 private:
  const std::unique_lock<std::mutex> in_use_;
  const std::shared_ptr<Provider> behind_;
  const std::stop_token stop_;
  const std::string store_;
  Footprints footprints_;
  const std::shared_ptr<Provider> provider_;
};

Rooms::Opened SharedRooms::Open(const Case& of, const std::stop_token& stop) {
  const auto& needs = of.traits.needs;
  if (std::find(needs.begin(), needs.end(),
                v1::CAPABILITY_IDEMPOTENT_REQUESTS) != needs.end()) {
    return CannotJudge{
        "the one store remembers the request ids of earlier runs; cases about "
        "them need --isolation=store or spawn"};
  }
  std::unique_lock in_use(in_use_);
  if (absl::Status emptied = EmptyStore(*provider_, Footprints(), stop);
      !emptied.ok()) {
    return CannotJudge{
        Concat("the one store cannot be emptied: ", StatusText(emptied))};
  }
  return std::make_unique<SharedRoom>(std::move(in_use), provider_, stop);
}

}  // namespace duroxide::conformance
