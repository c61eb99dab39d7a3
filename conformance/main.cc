// duroxide-compat: judges providers of durable-execution storage.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>

#include "cli/documents.h"
#include "conformance/cli/command.h"
#include "conformance/exit_codes.h"
#include "providers/sqlite/process.h"

namespace {

using namespace duroxide::conformance;  // NOLINT: this is the program itself

int Run(int argc, char** argv) {
  duroxide::sqlite::LeaveMemoryUncounted();
  CLI::App app("Judges providers of durable-execution storage",
               "duroxide-compat");
  app.set_version_flag("--version", DUROXIDE_COMPAT_VERSION);
  app.require_subcommand(1);
  const std::array commands = {
      cli::AddList(app),   cli::AddExplain(app), cli::AddValidate(app, argv[0]),
      cli::AddReplay(app), cli::AddStress(app),  cli::AddCompare(app),
      cli::AddTrend(app)};
  const duroxide::cli::Documents documents(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitPassed : kExitCouldNotRun;
  }
  if (const auto text = documents.Text(DUROXIDE_COMPAT_VERSION)) {
    std::cout << *text;
    return kExitPassed;
  }
  const auto called = std::find_if(
      commands.begin(), commands.end(),
      [](const cli::Command& command) { return command.parser->parsed(); });
  return called->run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "duroxide-compat: " << error.what() << "\n";
    return kExitCouldNotRun;
  }
}
