#ifndef DUROXIDE_CONFORMANCE_CLI_OUTPUTS_H_
#define DUROXIDE_CONFORMANCE_CLI_OUTPUTS_H_

#include <CLI/CLI.hpp>

#include "conformance/output_options.h"

namespace duroxide::conformance::cli {

// Adds the flags for what a run leaves behind. `options` outlives the parsing.
void AddOutputs(CLI::App& validate, OutputOptions& options);

}  // namespace duroxide::conformance::cli

#endif  // DUROXIDE_CONFORMANCE_CLI_OUTPUTS_H_
