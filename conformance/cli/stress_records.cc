#include "conformance/cli/stress_records.h"

#include <string>

namespace duroxide::conformance::cli {
namespace {

constexpr char kGroup[] = "Outputs";

}  // namespace

void AddStressReports(CLI::App& command,
                      std::vector<stress::ReportTarget>& reports) {
  command
      .add_option_function<std::vector<std::string>>(
          "--report",
          [&reports](const std::vector<std::string>& texts) {
            auto parsed = stress::ParseReports(texts);
            if (!parsed.ok()) {
              throw CLI::ValidationError(
                  "--report", std::string(parsed.status().message()));
            }
            reports = *std::move(parsed);
          },
          "A report to write: html=FILE, json=FILE or markdown=FILE; several "
          "times, or several separated by commas. The file - is standard "
          "output")
      ->type_name("FORMAT=FILE")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(kGroup);
}

void AddStressRecords(CLI::App& command, StressRecordOptions& options) {
  AddStressReports(command, options.reports);
  command
      .add_option("--results", options.results,
                  "The database that keeps each run, for compare and trend; "
                  "made where it is missing")
      ->type_name("FILE")
      ->group(kGroup);
  command
      .add_option("--commit", options.commit,
                  "The version of what is tested. Without it the commit that "
                  "is checked out in the working folder")
      ->type_name("COMMIT")
      ->group(kGroup);
}

}  // namespace duroxide::conformance::cli
