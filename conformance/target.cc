#include "conformance/target.h"

#include <limits>
#include <utility>

#include "conformance/probe.h"
#include "conformance/text.h"
#include "providers/remote/remote_provider.h"

namespace duroxide::conformance {

absl::StatusOr<Target> Connect(const std::string& endpoint,
                               const std::string& embedded) {
  Target target;
  target.endpoint = endpoint;
  if (endpoint.empty()) {
    auto started = StartEmbedded(embedded);
    if (!started.ok()) return started.status();
    target.embedded = *std::move(started);
    target.endpoint = target.embedded->endpoint();
  }
  remote::RemoteOptions options;
  options.endpoint = target.endpoint;
  // What a case sends is what the provider gets, and what comes back is what is
  // judged; so nothing is sent again behind the case's back.
  options.retry.max_attempts = 1;
  // What is too large is the provider's to say (WIRE-8).
  options.max_message_bytes = std::numeric_limits<uint64_t>::max();
  auto client = remote::MakeRemoteProvider(std::move(options));
  if (!client.ok()) {
    return absl::Status(client.status().code(),
                        Concat("--endpoint: ", client.status().message()));
  }
  target.client = *std::move(client);
  auto info = Probe(*target.client, target.endpoint);
  if (!info.ok()) return info.status();
  target.info = *std::move(info);
  return target;
}

}  // namespace duroxide::conformance
