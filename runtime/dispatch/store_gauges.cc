#include "runtime/dispatch/store_gauges.h"

#include <utility>

#include "runtime/dispatch/calls.h"

namespace duroxide::runtime {
namespace {

// Upstream's: counting costs the provider something, for each runtime.
constexpr absl::Duration kInterval = absl::Seconds(60);

}  // namespace

StoreGauges::StoreGauges(Environment& environment)
    : environment_(environment),
      asking_(environment.timers, kInterval, [this] { Ask(); }) {}

void StoreGauges::Start() {
  Ask();
  asking_.Start();
}

void StoreGauges::Stop() { asking_.Stop(); }

void StoreGauges::Ask() {
  v1::GetSystemMetricsRequest metrics;
  metrics.set_store(environment_.store);
  Send(environment_, &Provider::GetSystemMetrics, std::move(metrics), {},
       [this](const absl::Status& status,
              const v1::GetSystemMetricsResponse& response) {
         if (!status.ok()) return;
         environment_.observer->OnSystemMetrics(response.metrics());
       });
  v1::GetQueueDepthsRequest depths;
  depths.set_store(environment_.store);
  Send(environment_, &Provider::GetQueueDepths, std::move(depths), {},
       [this](const absl::Status& status,
              const v1::GetQueueDepthsResponse& response) {
         if (!status.ok()) return;
         environment_.observer->OnQueueDepths(response.depths());
       });
}

}  // namespace duroxide::runtime
