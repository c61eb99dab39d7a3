// duroxide-bench: measures what the wire costs, and what limits it.

#include <fnmatch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/circumstances.h"
#include "bench/echo.h"
#include "bench/process.h"
#include "bench/report.h"
#include "bench/scenario.h"
#include "bench/workbench.h"
#include "providers/sqlite/process.h"

namespace duroxide::bench {
namespace {

struct Flags {
  double seconds = 1;
  int rounds = 5;
  std::vector<std::string> only;
  bool list = false;
  std::string json;
  // Kept on disk, other than /tmp on many machines.
  std::string folder = "/var/tmp";
  std::string provider = OwnFolder() + "/duroxide-provider";
  std::string serve_echo;
};

void Define(CLI::App& app, Flags& flags) {
  app.add_option("--seconds", flags.seconds, "How long each measurement takes")
      ->check(CLI::Range(0.05, 600.0))
      ->capture_default_str();
  app.add_option("--rounds", flags.rounds,
                 "How often each is made: all of them in turn, over and over")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--only", flags.only,
                 "Only what one of these globs names, e.g. 'wire/unix/*'")
      ->type_name("GLOB");
  app.add_flag("--list", flags.list, "Print the names and end");
  app.add_option("--json", flags.json, "Write all samples to this file")
      ->type_name("FILE");
  app.add_option("--folder", flags.folder,
                 "Where databases lie meanwhile; on a real disk")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  app.add_option("--provider", flags.provider,
                 "The duroxide-provider to measure [the one beside this]")
      ->type_name("PROGRAM");
  // How the empty call's server is started: as a process of its own.
  app.add_option("--serve-echo", flags.serve_echo)->group("");
}

bool IsWanted(const Flags& flags, const std::string& name) {
  return flags.only.empty() ||
         std::any_of(flags.only.begin(), flags.only.end(),
                     [&](const std::string& glob) {
                       return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
                     });
}

Scenarios Wanted(const Flags& flags) {
  Scenarios wanted;
  for (Scenario& scenario : AllScenarios()) {
    if (IsWanted(flags, scenario.name)) wanted.push_back(std::move(scenario));
  }
  return wanted;
}

// All scenarios in turn, over and over, so that what disturbs the machine for a
// while disturbs all alike.
absl::StatusOr<Results> MeasureAll(const Scenarios& scenarios, int rounds,
                                   Workbench& bench) {
  Results results;
  for (const Scenario& scenario : scenarios) {
    results.push_back({.name = scenario.name, .samples = {}});
  }
  for (int round = 1; round <= rounds; ++round) {
    for (size_t i = 0; i < scenarios.size(); ++i) {
      std::cerr << "round " << round << " of " << rounds << ": "
                << scenarios[i].name << std::endl;
      absl::StatusOr<Sample> sample = scenarios[i].measure(bench);
      if (!sample.ok()) {
        return absl::Status(
            sample.status().code(),
            scenarios[i].name + ": " + std::string(sample.status().message()));
      }
      results[i].samples.push_back(*std::move(sample));
    }
  }
  return results;
}

absl::Status Run(const Flags& flags) {
  if (!flags.serve_echo.empty()) return ServeEcho(flags.serve_echo);
  const Scenarios scenarios = Wanted(flags);
  if (flags.list) {
    for (const Scenario& scenario : scenarios) {
      std::cout << scenario.name << "\n";
    }
    return absl::OkStatus();
  }
  if (scenarios.empty()) {
    return absl::InvalidArgumentError("--only: no such name; see --list");
  }
  if (IsInMemory(flags.folder)) {
    std::cerr << "duroxide-bench: --folder " << flags.folder
              << " is in memory: nothing measured there is durable\n";
  }
  const auto bench = Workbench::Make({.duration = absl::Seconds(flags.seconds),
                                      .folder = flags.folder,
                                      .provider_program = flags.provider});
  if (!bench.ok()) return bench.status();
  const auto results = MeasureAll(scenarios, flags.rounds, **bench);
  if (!results.ok()) return results.status();
  const Circumstances circumstances = FindCircumstances(flags.folder);
  WriteTable(*results, circumstances, std::cout);
  if (flags.json.empty()) return absl::OkStatus();
  std::ofstream json(flags.json);
  WriteJson(*results, circumstances, json);
  json.close();
  return json ? absl::OkStatus()
              : absl::UnavailableError("--json: cannot write " + flags.json);
}

int Main(int argc, char** argv) {
  sqlite::LeaveMemoryUncounted();  // as the server does
  Flags flags;
  CLI::App app("Measures what the wire costs, and what limits it.",
               "duroxide-bench");
  Define(app, flags);
  CLI11_PARSE(app, argc, argv);
  if (absl::Status status = Run(flags); !status.ok()) {
    std::cerr << "duroxide-bench: " << status.message() << std::endl;
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace duroxide::bench

int main(int argc, char** argv) {
  try {
    return duroxide::bench::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "duroxide-bench: " << error.what() << "\n";
    return 2;
  }
}
