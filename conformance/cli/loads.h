#ifndef DUROXIDE_CONFORMANCE_CLI_LOADS_H_
#define DUROXIDE_CONFORMANCE_CLI_LOADS_H_

#include <CLI/CLI.hpp>

#include "conformance/stress_plan.h"

namespace duroxide::conformance::cli {

// Adds the flags that say which load, and with which settings. `loads` outlives
// the parsing.
void AddLoads(CLI::App& command, LoadSelection& loads);

}  // namespace duroxide::conformance::cli

#endif  // DUROXIDE_CONFORMANCE_CLI_LOADS_H_
