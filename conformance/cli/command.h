#ifndef DUROXIDE_CONFORMANCE_CLI_COMMAND_H_
#define DUROXIDE_CONFORMANCE_CLI_COMMAND_H_

// The flags of each command of duroxide-compat, a file each.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace duroxide::conformance::cli {

// A command as main knows it.
struct Command {
  // Owned by the app; knows whether the user called the command.
  const CLI::App* parser;
  // Does what the parsed flags say and returns the exit code. Call it only
  // after the app has parsed.
  std::function<int()> run;
};

// Each adds a command with its flags to `app`. A wrong flag throws
// CLI::ParseError while the app parses.
Command AddList(CLI::App& app);
Command AddExplain(CLI::App& app);
Command AddReplay(CLI::App& app);
Command AddStress(CLI::App& app);
Command AddCompare(CLI::App& app);
Command AddTrend(CLI::App& app);
// `program` is the name by which the user called the program.
Command AddValidate(CLI::App& app, const std::string& program);

}  // namespace duroxide::conformance::cli

#endif  // DUROXIDE_CONFORMANCE_CLI_COMMAND_H_
