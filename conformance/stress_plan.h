#ifndef DUROXIDE_CONFORMANCE_STRESS_PLAN_H_
#define DUROXIDE_CONFORMANCE_STRESS_PLAN_H_

// Which loads a command runs.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/stress/stress_config.h"
#include "conformance/stress/workload.h"

namespace duroxide::conformance {

// Changes settings. Those of the user are applied after the scenario's own.
using StressSetting = std::function<void(stress::StressConfig&)>;

struct LoadSelection {
  // Names; "all" is all.
  std::vector<std::string> scenarios = {"parallel_orchestrations"};
  // "quick", "baseline" or "concurrency"; may be empty.
  std::string preset = {};
  std::vector<StressSetting> settings = {};
  // Each is a load of its own: concurrency of orchestrations and of workers.
  // Empty is that of the settings.
  std::vector<std::pair<int, int>> concurrencies = {};
};

// One load to be run.
struct PlannedLoad {
  const stress::Scenario* scenario = nullptr;
  stress::StressConfig config;
};

// INVALID_ARGUMENT or NOT_FOUND, with the flag and what to do, where a name or
// a setting makes no sense.
absl::StatusOr<std::vector<PlannedLoad>> PlanLoads(
    const LoadSelection& selection);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STRESS_PLAN_H_
