#include "conformance/cli/stress_outputs.h"

#include "conformance/cli/durations.h"

namespace duroxide::conformance::cli {

void AddStressOutputs(CLI::App& stress, StressOutputOptions& options) {
  constexpr char kGroup[] = "Metrics";
  stress
      .add_option("--metrics-listen", options.metrics_listen,
                  "Where to serve metrics for Prometheus, at "
                  "http://HOST:PORT/metrics; port 0 picks one")
      ->type_name("HOST:PORT")
      ->group(kGroup);
  AddDuration(
      stress, "--metrics-linger",
      "How long to serve them after the last load, so that it is scraped once "
      "more",
      absl::ZeroDuration(), absl::Hours(24),
      [&options](absl::Duration value) { options.metrics_linger = value; })
      ->group(kGroup);
  stress
      .add_option("--metrics-file", options.metrics_file,
                  "A file to write them to, during the loads and at their end")
      ->type_name("FILE")
      ->group(kGroup);
  stress
      .add_option("--metrics-push", options.metrics_push,
                  "A push gateway to push them to, during the loads and at "
                  "their end: http://HOST:PORT")
      ->type_name("URL")
      ->group(kGroup);
}

}  // namespace duroxide::conformance::cli
