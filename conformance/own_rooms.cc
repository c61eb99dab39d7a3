#include "conformance/own_rooms.h"

#include <mutex>
#include <utility>

namespace duroxide::conformance {

class OwnRooms::OwnRoom final : public Room {
 public:
  OwnRoom(std::unique_ptr<LaunchedProvider> launched, Connector connect,
          std::shared_ptr<Provider> client)
      : launched_(std::move(launched)),
        connect_(std::move(connect)),
        opened_at_(launched_->OutputSize()),
        client_(std::move(client)) {}

  std::shared_ptr<Provider> provider() override {
    const std::lock_guard lock(mutex_);
    return client_;
  }

  // The default one: nobody else knows the provider.
  const std::string& store() const override {
    static const std::string& none = *new std::string;
    return none;
  }

  absl::Status Restart(const std::stop_token& stop) override {
    if (absl::Status restarted = launched_->Restart(stop); !restarted.ok()) {
      return restarted;
    }
    // A new client, because the old one may take its time to notice.
    auto client = connect_(launched_->endpoint());
    if (!client.ok()) return client.status();
    const std::lock_guard lock(mutex_);
    client_ = *std::move(client);
    return absl::OkStatus();
  }

  std::string ProviderOutput() const override {
    return launched_->OutputSince(opened_at_);
  }

 private:
  const std::unique_ptr<LaunchedProvider> launched_;
  const Connector connect_;
  const size_t opened_at_;
  std::mutex mutex_;
  std::shared_ptr<Provider> client_;
};

Rooms::Opened OwnRooms::Open(const Case& /*of*/, const std::stop_token& stop) {
  const auto failure = [](const absl::Status& status) {
    return Failure{.expected = "a provider of the case's own to serve",
                   .seen = std::string(status.message())};
  };
  auto launched = launcher_.Launch(stop);
  if (!launched.ok()) return failure(launched.status());
  auto client = connect_((*launched)->endpoint());
  if (!client.ok()) return failure(client.status());
  return std::make_unique<OwnRoom>(*std::move(launched), connect_,
                                   *std::move(client));
}

}  // namespace duroxide::conformance
