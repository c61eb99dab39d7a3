#include "conformance/cli/loads.h"

#include <sstream>
#include <string>

#include "conformance/cli/durations.h"

namespace duroxide::conformance::cli {
namespace {

using stress::StressConfig;

// Adds an option that sets a number of the config.
template <typename Number>
void AddNumber(CLI::App& command, LoadSelection& loads, const std::string& flag,
               Number StressConfig::*field, const std::string& help) {
  command
      .add_option_function<Number>(
          flag,
          [&loads, field](Number value) {
            loads.settings.push_back([field, value](StressConfig& config) {
              config.*field = value;
            });
          },
          help)
      ->type_name("N");
}

void AddTime(CLI::App& command, LoadSelection& loads, const std::string& flag,
             absl::Duration StressConfig::*field, absl::Duration least,
             const std::string& help) {
  AddDuration(command, flag, help, least, absl::Hours(24 * 365),
              [&loads, field](absl::Duration value) {
                loads.settings.push_back([field, value](StressConfig& config) {
                  config.*field = value;
                });
              });
}

void AddPayload(CLI::App& command, LoadSelection& loads,
                const std::string& flag, int stress::PayloadSizes::*field,
                const std::string& help) {
  command
      .add_option_function<int>(
          flag,
          [&loads, field](int value) {
            loads.settings.push_back([field, value](StressConfig& config) {
              config.payload.*field = value;
            });
          },
          help)
      ->type_name("N");
}

// "1/1" or "1/1,2/2".
void ParseConcurrencies(const std::string& text, LoadSelection& loads) {
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
    loads.concurrencies.emplace_back(orchestrations, workers);
  }
}

}  // namespace

void AddLoads(CLI::App& command, LoadSelection& loads) {
  command
      .add_option("--scenario", loads.scenarios,
                  "What the load is; given several times, or all: one after "
                  "the other")
      ->type_name("NAME")
      ->capture_default_str();
  command
      .add_option("--preset", loads.preset,
                  "Settings of the guide: quick, baseline or concurrency")
      ->type_name("NAME");
  command
      .add_option_function<std::string>(
          "--concurrency",
          [&loads](const std::string& text) {
            ParseConcurrencies(text, loads);
          },
          "Turns and activities at a time, like 2/2; several, like 1/1,2/2, "
          "are runs one after the other")
      ->type_name("N/N");
  AddTime(command, loads, "--duration", &StressConfig::duration,
          absl::Milliseconds(1), "How long instances are started");
  AddTime(command, loads, "--warm-up", &StressConfig::warm_up,
          absl::ZeroDuration(), "The begin that the figures leave out");
  AddNumber(command, loads, "--max-concurrent", &StressConfig::max_concurrent,
            "Instances under way at a time");
  AddNumber(command, loads, "--rate", &StressConfig::rate,
            "Instances started per second, however many are under way: an "
            "open loop");
  AddNumber(command, loads, "--tasks", &StressConfig::tasks_per_instance,
            "Activities of an instance");
  AddTime(command, loads, "--activity-delay", &StressConfig::activity_delay,
          absl::ZeroDuration(), "What an activity takes");
  AddTime(command, loads, "--wait-timeout", &StressConfig::wait_timeout,
          absl::Milliseconds(1), "When an instance that goes on has failed");
  AddNumber(command, loads, "--count", &StressConfig::count,
            "The size of a load that has a fixed one (backlog, timers)");
  AddNumber(command, loads, "--seed", &StressConfig::seed,
            "Where chance begins");
  using stress::PayloadSizes;
  AddPayload(command, loads, "--small-payload-kb", &PayloadSizes::small_kb,
             "large_payload: the smallest payload");
  AddPayload(command, loads, "--medium-payload-kb", &PayloadSizes::medium_kb,
             "large_payload: the middle one");
  AddPayload(command, loads, "--large-payload-kb", &PayloadSizes::large_kb,
             "large_payload: the largest one");
  AddPayload(command, loads, "--payload-activities", &PayloadSizes::activities,
             "large_payload: activities");
  AddPayload(command, loads, "--payload-children",
             &PayloadSizes::sub_orchestrations,
             "large_payload: sub-orchestrations");
}

}  // namespace duroxide::conformance::cli
