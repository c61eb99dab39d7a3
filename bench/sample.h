#ifndef DUROXIDE_BENCH_SAMPLE_H_
#define DUROXIDE_BENCH_SAMPLE_H_

// What measurements find, and what is made of several of them.

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace duroxide::bench {

// What one measurement of one round found. CPU is user and system time.
struct Sample {
  double ops_per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double client_cpu_us_per_op = 0;
  double server_cpu_us_per_op = 0;
  // Whatever else one kind of measurement finds, by name.
  std::map<std::string, double> further;
};

// The value below which `fraction` (0 to 1) of `values` lie; 0 without values.
double Quantile(std::vector<double> values, double fraction);

// A Sample of operations that took `latencies`, `elapsed` all in all, and so
// much processor time.
Sample Summarise(const std::vector<absl::Duration>& latencies,
                 absl::Duration elapsed, absl::Duration client_cpu,
                 absl::Duration server_cpu);

// The samples of a scenario, one for each round.
struct Result {
  std::string name;
  std::vector<Sample> samples;
};
using Results = std::vector<Result>;

// One figure over all rounds.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};
Spread SpreadOf(const std::vector<double>& values);

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_SAMPLE_H_
