#include <iostream>
#include <memory>
#include <string>

#include "conformance/cli/command.h"
#include "conformance/cli/durations.h"
#include "conformance/cli/stress_outputs.h"
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

using stress::StressConfig;

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

// Adds an option that sets a number of the config.
template <typename Number>
void AddNumber(CLI::App& stress, StressOptions& options,
               const std::string& flag, Number StressConfig::*field,
               const std::string& help) {
  stress
      .add_option_function<Number>(
          flag,
          [&options, field](Number value) {
            options.loads.settings.push_back(
                [field, value](StressConfig& config) {
                  config.*field = value;
                });
          },
          help)
      ->type_name("N");
}

void AddTime(CLI::App& stress, StressOptions& options, const std::string& flag,
             absl::Duration StressConfig::*field, absl::Duration least,
             const std::string& help) {
  AddDuration(
      stress, flag, help, least, absl::Hours(24 * 365),
      [&options, field](absl::Duration value) {
        options.loads.settings.push_back(
            [field, value](StressConfig& config) { config.*field = value; });
      });
}

void AddPayload(CLI::App& stress, StressOptions& options,
                const std::string& flag, int stress::PayloadSizes::*field,
                const std::string& help) {
  stress
      .add_option_function<int>(
          flag,
          [&options, field](int value) {
            options.loads.settings.push_back(
                [field, value](StressConfig& config) {
                  config.payload.*field = value;
                });
          },
          help)
      ->type_name("N");
}

// "1/1" or "1/1,2/2".
void ParseConcurrencies(const std::string& text, StressOptions& options) {
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    std::istringstream numbers(part);
    int orchestrations = 0;
    int workers = 0;
    char slash = 0;
    if (!(numbers >> orchestrations >> slash >> workers) || slash != '/' ||
        !numbers.eof() || orchestrations < 1 || workers < 1) {
      throw CLI::ValidationError(
          "--concurrency " + text,
          "give pairs like 1/1,2/2: orchestrations/workers");
    }
    options.loads.concurrencies.emplace_back(orchestrations, workers);
  }
}

void AddLoad(CLI::App& stress, StressOptions& options) {
  stress
      .add_option("--scenario", options.loads.scenarios,
                  "What the load is; given several times, or all: one after "
                  "the other")
      ->type_name("NAME")
      ->capture_default_str();
  stress
      .add_option("--preset", options.loads.preset,
                  "Settings of the guide: quick, baseline or concurrency")
      ->type_name("NAME");
  stress
      .add_option_function<std::string>(
          "--concurrency",
          [&options](const std::string& text) {
            ParseConcurrencies(text, options);
          },
          "Turns and activities at a time, like 2/2; several, like 1/1,2/2, "
          "are runs one after the other")
      ->type_name("N/N");
  AddTime(stress, options, "--duration", &StressConfig::duration,
          absl::Milliseconds(1), "How long instances are started");
  AddTime(stress, options, "--warm-up", &StressConfig::warm_up,
          absl::ZeroDuration(), "The begin that the figures leave out");
  AddNumber(stress, options, "--max-concurrent", &StressConfig::max_concurrent,
            "Instances under way at a time");
  AddNumber(stress, options, "--rate", &StressConfig::rate,
            "Instances started per second, however many are under way: an "
            "open loop");
  AddNumber(stress, options, "--tasks", &StressConfig::tasks_per_instance,
            "Activities of an instance");
  AddTime(stress, options, "--activity-delay", &StressConfig::activity_delay,
          absl::ZeroDuration(), "What an activity takes");
  AddTime(stress, options, "--wait-timeout", &StressConfig::wait_timeout,
          absl::Milliseconds(1), "When an instance that goes on has failed");
  AddNumber(stress, options, "--count", &StressConfig::count,
            "The size of a load that has a fixed one (backlog, timers)");
  AddNumber(stress, options, "--seed", &StressConfig::seed,
            "Where chance begins");
  using stress::PayloadSizes;
  AddPayload(stress, options, "--small-payload-kb", &PayloadSizes::small_kb,
             "large_payload: the smallest payload");
  AddPayload(stress, options, "--medium-payload-kb", &PayloadSizes::medium_kb,
             "large_payload: the middle one");
  AddPayload(stress, options, "--large-payload-kb", &PayloadSizes::large_kb,
             "large_payload: the largest one");
  AddPayload(stress, options, "--payload-activities", &PayloadSizes::activities,
             "large_payload: activities");
  AddPayload(stress, options, "--payload-children",
             &PayloadSizes::sub_orchestrations,
             "large_payload: sub-orchestrations");
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
  AddLoad(*command, *options);
  AddMeasuring(*command, *options);
  AddStressOutputs(*command, options->outputs);
  command->footer(stress::ThresholdHelp() + "\n" + kExitCodes);
  return {.parser = command, .run = [options, list] {
            return *list ? ListScenarios(std::cout)
                         : Stress(*options, std::cout, std::cerr);
          }};
}

}  // namespace duroxide::conformance::cli
