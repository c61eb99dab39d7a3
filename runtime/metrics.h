#ifndef DUROXIDE_RUNTIME_METRICS_H_
#define DUROXIDE_RUNTIME_METRICS_H_

// What a runtime counts, as Prometheus reads it.

#include <memory>

#include "prometheus/registry.h"
#include "runtime/runtime_observer.h"

namespace duroxide::runtime {

// Makes a RuntimeObserver that counts into `registry`. Names and labels are
// upstream's (its docs/metrics-specification.md), so that dashboards fit, but
// for these:
//
//   - Times are in seconds, all of them.
//   - duroxide_orchestration_continue_as_new_total has no label `execution_id`:
//     it would have a series for each execution.
//   - `retry_attempt` counts how often an activity was fetched again.
//   - duroxide_orchestration_duration_seconds is from the execution's begin;
//     turns are those of the whole execution.
//   - `error_type` of duroxide_provider_errors_total is the contract's reason.
//
// The calls of activities to their client are counted, too. Names that come
// from users are labels; from the thousandth series of a metric on they are
// counted as "other".
std::shared_ptr<RuntimeObserver> MakeMetrics(
    std::shared_ptr<prometheus::Registry> registry);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_METRICS_H_
