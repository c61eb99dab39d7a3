#include "conformance/stress/compare/pooled.h"

#include <algorithm>

namespace duroxide::stress {

StressResult Pooled(std::span<const RunRecord> runs) {
  const StressResult& first = runs.front().result;
  StressResult pooled;
  pooled.scenario = first.scenario;
  pooled.provider = first.provider;
  pooled.provider_version = first.provider_version;
  pooled.config = first.config;
  pooled.began = first.began;
  for (const RunRecord& run : runs) {
    const StressResult& result = run.result;
    pooled.elapsed += result.elapsed;
    pooled.started += result.started;
    for (const Outcome outcome :
         {Outcome::kCompleted, Outcome::kInfrastructure,
          Outcome::kConfiguration, Outcome::kApplication}) {
      pooled.outcomes.Count(outcome, result.outcomes.of(outcome));
    }
    pooled.activities += result.activities;
    pooled.steady += result.steady;
    pooled.steady_completed += result.steady_completed;
    pooled.steady_activities += result.steady_activities;
    pooled.latency.Add(result.latency);
    pooled.lag.ratio = std::max(pooled.lag.ratio, result.lag.ratio);
    pooled.lag.longest = std::max(pooled.lag.longest, result.lag.longest);
    pooled.findings.insert(pooled.findings.end(), result.findings.begin(),
                           result.findings.end());
  }
  return pooled;
}

absl::Duration CpuPerOrchestration(std::span<const RunRecord> runs) {
  absl::Duration cpu;
  uint64_t completed = 0;
  for (const RunRecord& run : runs) {
    for (const ProcessUse& process : run.result.processes) {
      cpu += process.cpu();
    }
    completed += run.result.outcomes.completed();
  }
  return completed == 0 ? absl::ZeroDuration()
                        : cpu / static_cast<double>(completed);
}

}  // namespace duroxide::stress
