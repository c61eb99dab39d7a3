#include "conformance/trend_command.h"

#include <sstream>
#include <utility>

#include "conformance/exit_codes.h"
#include "conformance/reports/pending_file.h"
#include "conformance/stress/compare/trend.h"
#include "conformance/stress/keep/results.h"
#include "conformance/stress_records.h"

namespace duroxide::conformance {
namespace {

int CouldNotShow(const absl::Status& status, std::ostream& err) {
  err << "duroxide-compat: " << status.message() << "\n";
  return kExitCouldNotRun;
}

absl::StatusOr<std::vector<stress::RunRecord>> ReadRuns(
    const TrendOptions& options) {
  const auto results = stress::Results::Open(options.results, /*create=*/false);
  if (!results.ok()) return results.status();
  auto runs = results->Read({.scenario = options.scenario,
                             .provider = options.provider,
                             .newest = options.newest,
                             .details = false});
  if (runs.ok() && runs->empty()) {
    return absl::NotFoundError(options.results + " keeps no such run");
  }
  return runs;
}

}  // namespace

int ShowTrend(const TrendOptions& options, std::ostream& out,
              std::ostream& err) {
  auto records = StressRecords::Open({.reports = options.reports});
  if (!records.ok()) return CouldNotShow(records.status(), err);
  const auto runs = ReadRuns(options);
  if (!runs.ok()) return CouldNotShow(runs.status(), err);
  stress::StressReport report = NewStressReport();
  report.trends = stress::TrendsOf(*runs, options.repository);
  if (!options.track.empty()) {
    std::ostringstream text;
    WriteTracking(text, report);
    if (absl::Status written = WriteWhole(options.track, text.str());
        !written.ok()) {
      return CouldNotShow(written, err);
    }
  }
  if (absl::Status written = records->Write(report, out, err); !written.ok()) {
    return CouldNotShow(written, err);
  }
  return kExitPassed;
}

}  // namespace duroxide::conformance
