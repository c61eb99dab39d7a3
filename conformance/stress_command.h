#ifndef DUROXIDE_CONFORMANCE_STRESS_COMMAND_H_
#define DUROXIDE_CONFORMANCE_STRESS_COMMAND_H_

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "conformance/stress/stress_config.h"
#include "conformance/stress_target.h"

namespace duroxide::conformance {

// Changes settings. Those of the user are applied after the scenario's own.
using StressSetting = std::function<void(stress::StressConfig&)>;

// What `stress` is told on the command line.
struct StressOptions {
  StressTargetOptions target = {};
  // Names; all that the provider has the capabilities for where it is "all".
  std::vector<std::string> scenarios = {"parallel_orchestrations"};
  // "quick", "baseline" or "concurrency"; may be empty.
  std::string preset = {};
  std::vector<StressSetting> settings = {};
  // Each is a run of its own: concurrency of orchestrations and of workers.
  std::vector<std::pair<int, int>> concurrencies = {};
};

// Lists the scenarios.
int ListScenarios(std::ostream& out);

// Puts load on a provider. Until it returns, SIGINT and SIGTERM end the run in
// order.
int Stress(const StressOptions& options, std::ostream& out, std::ostream& err);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STRESS_COMMAND_H_
