#ifndef DUROXIDE_CONFORMANCE_STRESS_COMMAND_H_
#define DUROXIDE_CONFORMANCE_STRESS_COMMAND_H_

#include <ostream>
#include <string>
#include <vector>

#include "conformance/stress_outputs.h"
#include "conformance/stress_plan.h"
#include "conformance/stress_records.h"
#include "conformance/stress_target.h"

namespace duroxide::conformance {

// What `stress` is told on the command line.
struct StressOptions {
  StressTargetOptions target = {};
  LoadSelection loads = {};
  // Step the rate up to the provider's limit, for each load.
  bool find_limit = false;
  // See ParseThresholds.
  std::vector<std::string> require = {};
  // See ParseWatched.
  std::vector<std::string> watch = {};
  StressOutputOptions outputs = {};
  StressRecordOptions records = {};
};

// Lists the scenarios.
int ListScenarios(std::ostream& out);

// Puts load on a provider. Until it returns, SIGINT and SIGTERM end the run in
// order.
int Stress(const StressOptions& options, std::ostream& out, std::ostream& err);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STRESS_COMMAND_H_
