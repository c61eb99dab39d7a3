#ifndef DUROXIDE_CONFORMANCE_METRICS_RUN_METRICS_H_
#define DUROXIDE_CONFORMANCE_METRICS_RUN_METRICS_H_

// What a run counts, as Prometheus reads it. docs/reports.md has the list.

#include <memory>
#include <span>
#include <string>

#include "conformance/result.h"
#include "conformance/scheduler.h"
#include "conformance/session.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace duroxide::conformance {

// Thread-safe.
class RunMetrics final : public RunObserver, public CallObserver {
 public:
  explicit RunMetrics(const std::string& tool_version);

  const std::shared_ptr<prometheus::Registry>& registry() const {
    return registry_;
  }

  // What is known when the run begins: `cases` are to be run. Makes all series
  // by case with 0, so that a rate sees the first one.
  void OnRunStarted(std::span<const Case* const> cases,
                    const RunConditions& conditions);
  // The run is over.
  void OnRunEnded(const RunResult& run);

  void OnCaseStarted(const Case& started) override;
  void OnCaseEnded(const CaseResult& result) override;
  void OnCall(const std::string& case_id, const CallRecord& call) override;

 private:
  prometheus::Counter& CasesOf(const Case& of, Verdict verdict);
  prometheus::Histogram& SecondsOf(const Case& of);

  const std::string tool_version_;
  const std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& cases_;
  prometheus::Family<prometheus::Histogram>& case_seconds_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Gauge>& info_;
  prometheus::Family<prometheus::Gauge>& score_;
  prometheus::Gauge& selected_;
  prometheus::Gauge& running_;
  prometheus::Gauge& began_;
  prometheus::Gauge& ended_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_METRICS_RUN_METRICS_H_
