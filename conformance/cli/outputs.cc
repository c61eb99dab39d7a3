#include "conformance/cli/outputs.h"

#include <string>
#include <vector>

#include "conformance/cli/durations.h"

namespace duroxide::conformance::cli {

void AddOutputs(CLI::App& validate, OutputOptions& options) {
  constexpr char kGroup[] = "Outputs";
  validate
      .add_option_function<std::vector<std::string>>(
          "--report",
          [&options](const std::vector<std::string>& texts) {
            auto parsed = ParseReports(texts);
            if (!parsed.ok()) {
              throw CLI::ValidationError(
                  "--report", std::string(parsed.status().message()));
            }
            options.reports = *std::move(parsed);
          },
          "A report to write: junit=FILE, json=FILE, html=FILE or "
          "markdown=FILE; several times, or several separated by commas. The "
          "file - is standard output")
      ->type_name("FORMAT=FILE")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(kGroup);
  validate
      .add_option("--artifacts", options.artifacts,
                  "A folder for the calls of each failed case, which "
                  "duroxide-compat replay sends again")
      ->type_name("DIR")
      ->group(kGroup);
  validate
      .add_option("--metrics-listen", options.metrics_listen,
                  "Where to serve metrics for Prometheus during the run, at "
                  "http://HOST:PORT/metrics; port 0 picks one")
      ->type_name("HOST:PORT")
      ->group(kGroup);
  AddDuration(
      validate, "--metrics-linger",
      "How long to go on serving metrics after the run, so that a last scrape "
      "sees its end; 0 without it",
      absl::ZeroDuration(), absl::Hours(1),
      [&options](absl::Duration parsed) { options.metrics_linger = parsed; })
      ->group(kGroup);
  validate
      .add_option("--metrics-file", options.metrics_file,
                  "A file to write the metrics to, during the run and at its "
                  "end")
      ->type_name("FILE")
      ->group(kGroup);
}

}  // namespace duroxide::conformance::cli
