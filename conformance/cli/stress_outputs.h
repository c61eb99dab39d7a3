#ifndef DUROXIDE_CONFORMANCE_CLI_STRESS_OUTPUTS_H_
#define DUROXIDE_CONFORMANCE_CLI_STRESS_OUTPUTS_H_

#include <CLI/CLI.hpp>

#include "conformance/stress_outputs.h"

namespace duroxide::conformance::cli {

// Adds the flags for the metrics of a load. `options` outlives the parsing.
void AddStressOutputs(CLI::App& stress, StressOutputOptions& options);

}  // namespace duroxide::conformance::cli

#endif  // DUROXIDE_CONFORMANCE_CLI_STRESS_OUTPUTS_H_
