#include "conformance/client.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <utility>

#include "absl/time/clock.h"
#include "providers/await.h"
#include "providers/remote/remote_provider.h"

namespace duroxide::conformance {
namespace {

constexpr absl::Duration kAskLimit = absl::Seconds(5);

// How long to leave a provider alone that does not answer yet.
constexpr std::chrono::milliseconds kAskAgain(100);

bool NobodyAnswers(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

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

void WaitForAnswer(const std::string& endpoint, absl::Duration patience,
                   const std::stop_token& stop) {
  const absl::Time give_up = absl::Now() + patience;
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  while (NobodyAnswers(AskWhetherServes(endpoint)) && absl::Now() < give_up &&
         !stop.stop_requested()) {
    // Nothing but a stop ends the pause.
    stopped.wait_for(lock, stop, kAskAgain, [] { return false; });
  }
}

}  // namespace duroxide::conformance
