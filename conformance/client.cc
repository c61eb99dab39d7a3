#include "conformance/client.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "absl/time/clock.h"
#include "providers/await.h"
#include "providers/remote/remote_provider.h"

namespace duroxide::conformance {
namespace {

constexpr absl::Duration kAskLimit = absl::Seconds(5);

}  // namespace

absl::StatusOr<std::shared_ptr<Provider>> MakeClient(
    const std::string& endpoint) {
  remote::RemoteOptions options;
  options.endpoint = endpoint;
  options.retry.max_attempts = 1;
  // What is too large is the provider's to say (WIRE-8).
  options.max_message_bytes = std::numeric_limits<uint64_t>::max();
  auto client = remote::MakeRemoteProvider(std::move(options));
  if (!client.ok()) return client.status();
  return std::shared_ptr<Provider>(*std::move(client));
}

absl::StatusOr<std::shared_ptr<Provider>> MakeWorkingClient(
    const std::string& endpoint, bool request_ids) {
  remote::RemoteOptions options;
  options.endpoint = endpoint;
  options.add_request_ids = request_ids;
  auto client = remote::MakeRemoteProvider(std::move(options));
  if (!client.ok()) return client.status();
  return std::shared_ptr<Provider>(*std::move(client));
}

absl::Status AskWhetherServes(const std::string& endpoint) {
  const auto client = MakeClient(endpoint);
  if (!client.ok()) return client.status();
  return Await(**client, &Provider::GetProviderInfo,
               v1::GetProviderInfoRequest(),
               {.deadline = absl::Now() + kAskLimit})
      .status();
}

}  // namespace duroxide::conformance
