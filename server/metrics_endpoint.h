#ifndef DUROXIDE_SERVER_METRICS_ENDPOINT_H_
#define DUROXIDE_SERVER_METRICS_ENDPOINT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "prometheus/collectable.h"
#include "prometheus/exposer.h"

namespace duroxide::server {

// Serves http://ADDRESS/metrics until it is destroyed.
class MetricsEndpoint {
 public:
  // `listen` is HOST:PORT; port 0 picks a free one. UNAVAILABLE or
  // INVALID_ARGUMENT as for StartServer.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(
      const std::string& listen,
      std::vector<std::shared_ptr<prometheus::Collectable>> sources);

  // Where it listens, with the port that was picked.
  const std::string& address() const { return address_; }

 private:
  MetricsEndpoint(std::string address,
                  std::vector<std::shared_ptr<prometheus::Collectable>> sources,
                  std::unique_ptr<prometheus::Exposer> exposer);

  const std::string address_;
  // The exposer is gone before what it asks.
  const std::vector<std::shared_ptr<prometheus::Collectable>> sources_;
  const std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_METRICS_ENDPOINT_H_
