#ifndef DUROXIDE_CONFORMANCE_OUTPUT_OPTIONS_H_
#define DUROXIDE_CONFORMANCE_OUTPUT_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "conformance/reports/report_files.h"

namespace duroxide::conformance {

// What a run is to leave behind besides what it prints. All may be left out.
struct OutputOptions {
  std::vector<ReportTarget> reports = {};
  // The folder for the transcripts of failed cases; made where it is not there.
  std::string artifacts = {};
  // HOST:PORT, for a scrape of http://HOST:PORT/metrics.
  std::string metrics_listen = {};
  // How long it is served after the run, so that a last scrape sees the end.
  absl::Duration metrics_linger = absl::ZeroDuration();
  // For the textfile collector of the node exporter.
  std::string metrics_file = {};
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_OUTPUT_OPTIONS_H_
