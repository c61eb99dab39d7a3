#include <iostream>
#include <memory>

#include "conformance/cli/command.h"
#include "conformance/cli/loads.h"
#include "conformance/cli/stress_records.h"
#include "conformance/compare_command.h"

namespace duroxide::conformance::cli {
namespace {

constexpr char kFooter[] =
    "Contestants are compared with the first one. Without a target the\n"
    "embedded SQLite provider is compared in the settings of --concurrency.\n"
    "\n"
    "Exit codes of compare:\n"
    "  0  compared, whatever the verdict is\n"
    "  1  in a run something failed, was lost or was done twice\n"
    "  2  nothing can be said: wrong flags, no provider, different machines\n"
    "  130 and 143 after SIGINT and SIGTERM";

}  // namespace

Command AddCompare(CLI::App& app) {
  const auto options = std::make_shared<CompareOptions>();
  CLI::App* compare = app.add_subcommand(
      "compare",
      "Runs providers or settings in turns and says what their differences "
      "are worth");
  compare->footer(kFooter);
  compare
      ->add_option("target", options->targets,
                   "NAME=WHERE; WHERE is HOST:PORT, unix:PATH, "
                   "embedded:sqlite, spawn:COMMAND, or of the runs that "
                   "--results keeps, run:NUMBER,... or commit:COMMIT")
      ->type_name("NAME=WHERE");
  AddLoads(*compare, options->loads);
  compare
      ->add_option("--rounds", options->rounds,
                   "How often each is run, 1 to 1000; with one round there is "
                   "no verdict")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->capture_default_str();
  compare->add_flag("--across-machines", options->across_machines,
                    "Compares kept runs even where their machines are "
                    "different");
  AddStressRecords(*compare, options->records);
  return {.parser = compare, .run = [options] {
            return CompareLoads(*options, std::cout, std::cerr);
          }};
}

}  // namespace duroxide::conformance::cli
