#include "conformance/stress_plan.h"

#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

using stress::Scenario;
using stress::StressConfig;

// The warm-up of loads that are too short for the usual one.
constexpr int kPartForWarmUp = 5;

absl::StatusOr<std::vector<const Scenario*>> ScenariosNamed(
    const std::vector<std::string>& names) {
  std::vector<const Scenario*> chosen;
  for (const std::string& name : names) {
    if (name == "all") {
      for (const Scenario& scenario : stress::Scenarios()) {
        chosen.push_back(&scenario);
      }
      continue;
    }
    const Scenario* scenario = stress::FindScenario(name);
    if (scenario == nullptr) {
      return absl::NotFoundError(
          Concat("--scenario ", name,
                 ": there is none of this name; `duroxide-compat stress "
                 "--list` shows them"));
    }
    chosen.push_back(scenario);
  }
  return chosen;
}

absl::StatusOr<StressConfig> ConfigOf(const Scenario& scenario,
                                      const LoadSelection& selection) {
  StressConfig config;
  if (scenario.traits.defaults) scenario.traits.defaults(config);
  if (!selection.preset.empty()) {
    if (absl::Status preset = ApplyPreset(selection.preset, config);
        !preset.ok()) {
      return absl::Status(preset.code(),
                          Concat("--preset: ", preset.message()));
    }
  }
  const absl::Duration usual = config.warm_up;
  for (const StressSetting& setting : selection.settings) setting(config);
  if (config.warm_up == usual && usual >= config.duration) {
    config.warm_up = config.duration / kPartForWarmUp;
  }
  return config;
}

}  // namespace

absl::StatusOr<std::vector<PlannedLoad>> PlanLoads(
    const LoadSelection& selection) {
  const auto scenarios = ScenariosNamed(selection.scenarios);
  if (!scenarios.ok()) return scenarios.status();
  std::vector<PlannedLoad> plan;
  for (const Scenario* scenario : *scenarios) {
    absl::StatusOr<StressConfig> config = ConfigOf(*scenario, selection);
    if (!config.ok()) return config.status();
    std::vector<std::pair<int, int>> concurrencies = selection.concurrencies;
    if (concurrencies.empty()) {
      concurrencies.emplace_back(config->orchestration_concurrency,
                                 config->worker_concurrency);
    }
    for (const auto& [orchestrations, workers] : concurrencies) {
      config->orchestration_concurrency = orchestrations;
      config->worker_concurrency = workers;
      if (absl::Status valid = Validate(*config); !valid.ok()) return valid;
      plan.push_back({.scenario = scenario, .config = *config});
    }
  }
  return plan;
}

}  // namespace duroxide::conformance
