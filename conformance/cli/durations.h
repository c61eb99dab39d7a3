#ifndef DUROXIDE_CONFORMANCE_CLI_DURATIONS_H_
#define DUROXIDE_CONFORMANCE_CLI_DURATIONS_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "absl/time/time.h"

namespace duroxide::conformance::cli {

// Adds an option whose value is a duration within bounds.
CLI::Option* AddDuration(CLI::App& app, const std::string& flag,
                         const std::string& help, absl::Duration least,
                         absl::Duration most,
                         const std::function<void(absl::Duration)>& set);

}  // namespace duroxide::conformance::cli

#endif  // DUROXIDE_CONFORMANCE_CLI_DURATIONS_H_
