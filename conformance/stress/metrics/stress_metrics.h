#ifndef DUROXIDE_CONFORMANCE_STRESS_METRICS_STRESS_METRICS_H_
#define DUROXIDE_CONFORMANCE_STRESS_METRICS_STRESS_METRICS_H_

// A load as Prometheus reads it. docs/stress.md has the list.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "conformance/stress/stress_result.h"
#include "conformance/stress/stress_test.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace duroxide::stress {

// For all loads of one run of the command: counters go on from one to the
// next, gauges are those of the one that runs. No label tells instances apart.
//
// As an observer it is called by one thread at a time; what it costs is a few
// hundred nanoseconds for each event. Scrapes go on beside.
class StressMetrics final : public LoadObserver {
 public:
  StressMetrics();
  ~StressMetrics() override;

  const std::shared_ptr<prometheus::Registry>& registry() const {
    return registry_;
  }

  void OnBegin(const StressResult& settings) override;
  void OnStarted(uint64_t in_flight) override;
  void OnEnded(Outcome outcome, absl::Duration latency,
               uint64_t in_flight) override;
  void OnActivity() override;
  void OnCall(std::string_view method, const absl::Status& status,
              absl::Duration elapsed) override;
  void OnTick(const StressResult& so_far) override;
  void OnEnd(const StressResult& result) override;

  // How a threshold came out: true where it is met. `scenario` is empty where
  // it is about all of them. After the loads.
  void SetThreshold(const std::string& scenario, const std::string& threshold,
                    bool met);

 private:
  // The canonical status codes by number.
  static constexpr size_t kCodes = 17;

  // Of one method in one scenario.
  struct PerMethod {
    prometheus::Histogram* seconds = nullptr;
    // Made when a code is first seen, since most never are.
    std::array<prometheus::Counter*, kCodes> by_code{};
  };
  struct PerScenario {
    prometheus::Counter* started = nullptr;
    std::array<prometheus::Counter*, 4> by_outcome{};
    prometheus::Histogram* seconds = nullptr;
    prometheus::Counter* activities = nullptr;
    prometheus::Gauge* in_flight = nullptr;
    prometheus::Gauge* rate = nullptr;
    prometheus::Gauge* lag = nullptr;
    std::map<std::string, PerMethod, std::less<>> methods;
  };
  struct PerProcess {
    prometheus::Counter* cpu = nullptr;
    prometheus::Gauge* resident = nullptr;
    prometheus::Gauge* files = nullptr;
    prometheus::Gauge* threads = nullptr;
    int64_t pid = 0;
    absl::Duration counted;
  };

  PerScenario& ScenarioNamed(const std::string& name);
  PerProcess& ProcessNamed(const std::string& name);
  // Brings what is read from results up to date.
  void Update(const StressResult& so_far);

  const std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Gauge>& info_;
  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Counter>& ended_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Family<prometheus::Counter>& activities_;
  prometheus::Family<prometheus::Gauge>& in_flight_;
  prometheus::Family<prometheus::Gauge>& expected_rate_;
  prometheus::Family<prometheus::Gauge>& rate_;
  prometheus::Family<prometheus::Histogram>& call_seconds_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Gauge>& lag_;
  prometheus::Family<prometheus::Gauge>& threshold_met_;
  prometheus::Family<prometheus::Counter>& cpu_;
  prometheus::Family<prometheus::Gauge>& resident_;
  prometheus::Family<prometheus::Gauge>& files_;
  prometheus::Family<prometheus::Gauge>& threads_;

  std::map<std::string, PerScenario> scenarios_;
  std::map<std::string, PerProcess> processes_;
  // Of the load that runs, or ran last.
  prometheus::Gauge* current_info_ = nullptr;
  std::string scenario_name_;
  PerScenario* scenario_ = nullptr;
  // What of its latencies the histogram has, and what the last tick saw.
  Histogram observed_;
  absl::Duration last_elapsed_;
  uint64_t last_completed_ = 0;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_METRICS_STRESS_METRICS_H_
