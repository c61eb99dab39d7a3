#ifndef DUROXIDE_CLI_ENVIRONMENT_H_
#define DUROXIDE_CLI_ENVIRONMENT_H_

// Flags of a program by environment variables and by a file.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace duroxide::cli {

// Gives `app` the flag --config: a file of lines "flag = value", in which a
// flag stands without its dashes. A name that is no flag is an error.
void AddConfigFile(CLI::App& app, const std::string& help);

// Lets each flag of `app` that has a long name, but for --help and --version,
// be given by an environment variable too: `prefix` and the flag's name in
// capitals, with _ for -. To be called when all flags are there.
void NameVariables(CLI::App& app, const std::string& prefix);

// The arguments that the environment stands for, to be parsed before those of
// the command line, so that these win; a file given with --config comes last.
// An empty variable is as none.
//
// `define` makes the app whose variables NameVariables has named. Each variable
// is parsed by itself first, so that CLI::ValidationError names the variable
// that is wrong. Flags must take their last value, as they do with
// option_defaults()->take_last().
std::vector<std::string> ArgumentsFromEnvironment(
    const std::function<void(CLI::App&)>& define);

}  // namespace duroxide::cli

#endif  // DUROXIDE_CLI_ENVIRONMENT_H_
