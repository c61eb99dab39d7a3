#ifndef DUROXIDE_SERVER_QUEUE_DEPTHS_H_
#define DUROXIDE_SERVER_QUEUE_DEPTHS_H_

#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "providers/provider.h"
#include "server/call_gate.h"

namespace duroxide::server {

// duroxide_provider_queue_depth: the messages of the default store that could
// be fetched now. Asked for at each scrape, since counting them at each change
// would cost every call something. A provider that does not answer in time
// gives none: a gap tells more than an old figure.
class QueueDepths final : public prometheus::Collectable {
 public:
  // `provider` must outlive the depths.
  explicit QueueDepths(Provider& provider) : provider_(provider) {}
  ~QueueDepths() override;

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  Provider& provider_;
  mutable CallGate under_way_;
};

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_QUEUE_DEPTHS_H_
