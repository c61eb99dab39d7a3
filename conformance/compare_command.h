#ifndef DUROXIDE_CONFORMANCE_COMPARE_COMMAND_H_
#define DUROXIDE_CONFORMANCE_COMPARE_COMMAND_H_

#include <ostream>
#include <string>
#include <vector>

#include "conformance/stress_plan.h"
#include "conformance/stress_records.h"

namespace duroxide::conformance {

// What `compare` is told on the command line.
struct CompareOptions {
  // NAME=WHERE each; WHERE is HOST:PORT, unix:PATH, embedded:sqlite,
  // spawn:COMMAND, or in the results database run:NUMBER,... or commit:COMMIT.
  // Empty is the embedded provider in different settings.
  std::vector<std::string> targets = {};
  LoadSelection loads = {};
  int rounds = 5;
  bool across_machines = false;
  StressRecordOptions records = {};
};

// Runs providers or settings in turns, or takes runs that are kept, and says
// what may be said of their differences. Until it returns, SIGINT and SIGTERM
// end it in order.
int CompareLoads(const CompareOptions& options, std::ostream& out,
                 std::ostream& err);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_COMPARE_COMMAND_H_
