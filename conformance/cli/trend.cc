#include <iostream>
#include <memory>

#include "conformance/cli/command.h"
#include "conformance/cli/stress_records.h"
#include "conformance/trend_command.h"

namespace duroxide::conformance::cli {
namespace {

constexpr char kExitCodes[] =
    "Exit codes of trend:\n"
    "  0  shown\n"
    "  2  nothing can be said: wrong flags, no results, no such run";

}  // namespace

Command AddTrend(CLI::App& app) {
  const auto options = std::make_shared<TrendOptions>();
  CLI::App* trend = app.add_subcommand(
      "trend", "Shows how the figures of kept runs went over time");
  trend->footer(kExitCodes);
  trend
      ->add_option("--results", options->results,
                   "The database that stress --results and compare --results "
                   "keep runs in")
      ->required()
      ->type_name("FILE");
  trend->add_option("--scenario", options->scenario, "Only this scenario")
      ->type_name("NAME");
  trend->add_option("--provider", options->provider, "Only this provider")
      ->type_name("NAME");
  trend
      ->add_option("--newest", options->newest,
                   "Only the newest so many runs; 0 is all")
      ->type_name("N");
  trend
      ->add_option("--repository", options->repository,
                   "The git checkout that knows the commits; without it the "
                   "working folder")
      ->type_name("DIR");
  trend
      ->add_option("--track", options->track,
                   "A Markdown file to write commit, changes, figures and "
                   "history to, such as stress-test-results.md")
      ->type_name("FILE");
  AddStressReports(*trend, options->reports);
  return {.parser = trend, .run = [options] {
            return ShowTrend(*options, std::cout, std::cerr);
          }};
}

}  // namespace duroxide::conformance::cli
