#include <iostream>
#include <memory>
#include <string>

#include "conformance/cli/command.h"
#include "conformance/cli/loads.h"
#include "conformance/cli/stress_outputs.h"
#include "conformance/cli/stress_records.h"
#include "conformance/stress/judge/thresholds.h"
#include "conformance/stress_command.h"

namespace duroxide::conformance::cli {
namespace {

constexpr char kExitCodes[] =
    "Exit codes of stress:\n"
    "  0  all that was started ended well, once, and nothing was lost\n"
    "  1  something failed, was lost or was done twice\n"
    "  2  nothing can be said: wrong flags, no provider, or a threshold that\n"
    "     nobody can judge\n"
    "  4  a threshold of --require was not met\n"
    "  130 and 143 after SIGINT and SIGTERM";

void AddStressTarget(CLI::App& stress, StressTargetOptions& target) {
  CLI::Option* endpoint =
      stress
          .add_option("--endpoint", target.endpoint,
                      "The provider: HOST:PORT or unix:PATH")
          ->type_name("ENDPOINT");
  CLI::Option* spawn =
      stress
          .add_option("--spawn", target.spawn,
                      "The shell command that starts the provider, where no "
                      "endpoint is given; see validate --help")
          ->type_name("COMMAND")
          ->excludes(endpoint);
  stress
      .add_option("--embedded", target.embedded,
                  "The provider to start in this process where neither is "
                  "given: sqlite for a temporary database, or sqlite:FILE")
      ->type_name("PROVIDER")
      ->capture_default_str()
      ->excludes(endpoint)
      ->excludes(spawn);
}

void AddMeasuring(CLI::App& stress, StressOptions& options) {
  stress.add_flag("--find-limit", options.find_limit,
                  "Steps the rate up to the highest that the provider "
                  "sustains");
  stress
      .add_option("--require", options.require,
                  "What the figures must be, like 'p99_ms < 200', or one of "
                  "the guide's sets, baseline or high; see below")
      ->type_name("THRESHOLD");
  stress
      .add_option("--watch", options.watch,
                  "Whose processor time and memory to measure besides the "
                  "runner's: NAME=PID, NAME=cgroup:PATH or NAME=container:ID")
      ->type_name("PROCESS");
}

}  // namespace

Command AddStress(CLI::App& app) {
  const auto options = std::make_shared<StressOptions>();
  const auto list = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "stress", "Puts load on a provider, and proves that nothing was lost");
  command->add_flag("--list", *list, "Lists the scenarios and ends");
  AddStressTarget(*command, options->target);
  AddLoads(*command, options->loads);
  AddMeasuring(*command, *options);
  AddStressOutputs(*command, options->outputs);
  AddStressRecords(*command, options->records);
  command->footer(stress::ThresholdHelp() + "\n" + kExitCodes);
  return {.parser = command, .run = [options, list] {
            return *list ? ListScenarios(std::cout)
                         : Stress(*options, std::cout, std::cerr);
          }};
}

}  // namespace duroxide::conformance::cli
