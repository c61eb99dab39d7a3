#ifndef DUROXIDE_SERVER_METRICS_H_
#define DUROXIDE_SERVER_METRICS_H_

// What a server and its engine count, as Prometheus reads it.

#include <memory>
#include <string>
#include <unordered_map>

#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "providers/observer.h"
#include "server/call_observer.h"

namespace duroxide::server {

// Calls have the names of go-grpc-middleware, so that the dashboards and rules
// that are written for it fit:
//   grpc_server_started_total, grpc_server_handled_total,
//   grpc_server_handling_seconds.
// The engine's are
//   duroxide_provider_commit_batch_size, duroxide_provider_commit_seconds,
//   duroxide_provider_long_polls_waiting,
//   duroxide_provider_lock_expiries_total.
//
// Thread-safe. A call costs a few atomic additions: what has labels is looked
// up when the metrics are made.
class Metrics final : public CallObserver, public EngineObserver {
 public:
  // `version` and `engine` are what duroxide_provider_build_info tells.
  Metrics(const std::string& version, const std::string& engine);
  ~Metrics() override;

  const std::shared_ptr<prometheus::Registry>& registry() const {
    return registry_;
  }

  void OnStarted(const google::protobuf::MethodDescriptor& method) override;
  void OnHandled(const HandledCall& call) override;

  void OnCommit(int64_t requests, absl::Duration elapsed) override;
  void OnLongPollsWaiting(Queue queue, int64_t waiting) override;
  void OnLocksExpired(Queue queue, int64_t count) override;

 private:
  struct PerMethod;
  struct PerQueue {
    prometheus::Gauge* long_polls;
    prometheus::Counter* expiries;
  };

  void AddMethods(const google::protobuf::FileDescriptor& file);
  PerQueue& Of(Queue queue);

  const std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Counter>& handled_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  // Not changed once the metrics are made.
  std::unordered_map<const google::protobuf::MethodDescriptor*,
                     std::unique_ptr<PerMethod>>
      methods_;
  prometheus::Histogram& batch_size_;
  prometheus::Histogram& commit_seconds_;
  PerQueue orchestrator_;
  PerQueue worker_;
};

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_METRICS_H_
