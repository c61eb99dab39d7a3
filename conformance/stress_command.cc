#include "conformance/stress_command.h"

#include <functional>
#include <iomanip>
#include <utility>

#include "conformance/exit_codes.h"
#include "conformance/interrupt.h"
#include "conformance/last_resort.h"
#include "conformance/stress/stress_test.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

using stress::Scenario;
using stress::StressConfig;
using stress::StressResult;

// One load to be run.
struct PlannedLoad {
  const Scenario* scenario;
  StressConfig config;
};

absl::StatusOr<std::vector<const Scenario*>> ScenariosOf(
    const StressOptions& options) {
  std::vector<const Scenario*> chosen;
  for (const std::string& name : options.scenarios) {
    if (name == "all") {
      for (const Scenario& scenario : stress::Scenarios()) {
        chosen.push_back(&scenario);
      }
      continue;
    }
    const Scenario* scenario = stress::FindScenario(name);
    if (scenario == nullptr) {
      return absl::InvalidArgumentError(
          Concat("--scenario ", name,
                 ": there is none of this name; `duroxide-compat stress "
                 "--list` shows them"));
    }
    chosen.push_back(scenario);
  }
  return chosen;
}

absl::StatusOr<std::vector<PlannedLoad>> PlanOf(const StressOptions& options) {
  const auto scenarios = ScenariosOf(options);
  if (!scenarios.ok()) return scenarios.status();
  std::vector<PlannedLoad> plan;
  for (const Scenario* scenario : *scenarios) {
    StressConfig config;
    if (scenario->traits.defaults) scenario->traits.defaults(config);
    if (!options.preset.empty()) {
      if (absl::Status preset = stress::ApplyPreset(options.preset, config);
          !preset.ok()) {
        return preset;
      }
    }
    for (const StressSetting& setting : options.settings) setting(config);
    if (config.warm_up >= config.duration) config.warm_up = config.duration / 5;
    std::vector<std::pair<int, int>> concurrencies = options.concurrencies;
    if (concurrencies.empty()) {
      concurrencies.emplace_back(config.orchestration_concurrency,
                                 config.worker_concurrency);
    }
    for (const auto& [orchestrations, workers] : concurrencies) {
      config.orchestration_concurrency = orchestrations;
      config.worker_concurrency = workers;
      if (absl::Status valid = Validate(config); !valid.ok()) return valid;
      plan.push_back({scenario, config});
    }
  }
  return plan;
}

int CouldNotRun(const absl::Status& status, std::ostream& err) {
  err << "duroxide-compat: " << status.message() << "\n";
  return kExitCouldNotRun;
}

void Write(std::ostream& out, const StressResult& r) {
  out << r.scenario << " " << Label(r.config) << " started " << r.started
      << " completed " << r.outcomes.completed() << " failed "
      << r.outcomes.failed() << " orch/s " << r.orchestrations_per_second()
      << " act/s " << r.activities_per_second() << " mean " << r.latency.mean()
      << " p50 " << r.latency.Percentile(0.5) << " p99 "
      << r.latency.Percentile(0.99) << " max " << r.latency.max() << " lag "
      << r.lag.ratio << " elapsed " << r.elapsed << "\n";
  for (const auto& [method, call] : r.calls) {
    out << "  " << method << " " << call.latency.count() << " mean "
        << call.latency.mean() << " p99 " << call.latency.Percentile(0.99)
        << "\n";
  }
  for (const std::string& error : r.errors) out << "  error: " << error << "\n";
  for (const auto& f : r.findings) {
    out << "  " << f.kind << " " << f.count << ": " << f.example << "\n";
  }
}

}  // namespace

int ListScenarios(std::ostream& out) {
  for (const Scenario& scenario : stress::Scenarios()) {
    out << std::left << std::setw(26) << scenario.name
        << scenario.traits.summary << "\n";
  }
  return kExitPassed;
}

int Stress(const StressOptions& options, std::ostream& out, std::ostream& err) {
  const Interrupt interrupt;
  const auto plan = PlanOf(options);
  if (!plan.ok()) return CouldNotRun(plan.status(), err);
  const auto target = StressTarget::Connect(options.target, interrupt.token());
  if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
  if (!target.ok()) return CouldNotRun(target.status(), err);
  bool sound = true;
  for (const PlannedLoad& load : *plan) {
    stress::LoadOptions load_options;
    load_options.stop = interrupt.token();
    const auto result = RunScenario(*load.scenario, load.config,
                                    target->provider(), load_options);
    if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
    if (!result.ok()) return CouldNotRun(result.status(), err);
    Write(out, *result);
    sound = sound && result->sound();
  }
  return sound ? kExitPassed : kExitFailed;
}

}  // namespace duroxide::conformance
