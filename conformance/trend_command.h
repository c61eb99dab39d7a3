#ifndef DUROXIDE_CONFORMANCE_TREND_COMMAND_H_
#define DUROXIDE_CONFORMANCE_TREND_COMMAND_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "conformance/stress/reports/report_files.h"

namespace duroxide::conformance {

// What `trend` is told on the command line.
struct TrendOptions {
  // The results database.
  std::string results = {};
  // Only these; empty is all.
  std::string scenario = {};
  std::string provider = {};
  // The newest so many runs; 0 is all.
  size_t newest = 0;
  // The checkout that knows the commits; empty is the working folder.
  std::string repository = {};
  // Where to write what the guide calls stress-test-results.md; empty is
  // nowhere.
  std::string track = {};
  std::vector<stress::ReportTarget> reports = {};
};

// Shows how figures went over time.
int ShowTrend(const TrendOptions& options, std::ostream& out,
              std::ostream& err);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_TREND_COMMAND_H_
