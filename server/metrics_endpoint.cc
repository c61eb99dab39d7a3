#include "server/metrics_endpoint.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "providers/endpoint.h"
#include "server/listen_address.h"

namespace duroxide::server {

// One scrape at a time is what Prometheus makes.
constexpr size_t kThreads = 1;

MetricsEndpoint::MetricsEndpoint(
    std::string address,
    std::vector<std::shared_ptr<prometheus::Collectable>> sources,
    std::unique_ptr<prometheus::Exposer> exposer)
    : address_(std::move(address)),
      sources_(std::move(sources)),
      exposer_(std::move(exposer)) {
  for (const auto& source : sources_) exposer_->RegisterCollectable(source);
}

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(
    const std::string& listen,
    std::vector<std::shared_ptr<prometheus::Collectable>> sources) {
  absl::StatusOr<Endpoint> address = ParseEndpoint(listen);
  if (!address.ok()) return address.status();
  if (address->is_unix()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", listen,
                     "\" is a unix socket; metrics are served "
                     "over HTTP: give HOST:PORT"));
  }
  if (absl::Status status = CheckCanListen(*address); !status.ok()) {
    return status;
  }
  std::unique_ptr<prometheus::Exposer> exposer;
  try {
    exposer =
        std::make_unique<prometheus::Exposer>(address->ToString(), kThreads);
    address->port = exposer->GetListeningPorts().at(0);
  } catch (const std::exception& error) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", listen, ": ", error.what()));
  }
  return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(
      address->ToString(), std::move(sources), std::move(exposer)));
}

}  // namespace duroxide::server
