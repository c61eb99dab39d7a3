#include "bench/sample.h"

#include <algorithm>
#include <cmath>

namespace duroxide::bench {

double Quantile(std::vector<double> values, double fraction) {
  if (values.empty()) return 0;
  const auto last = static_cast<double>(values.size() - 1);
  const auto place = std::lround(fraction * last);
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<size_t>(place)];
}

Sample Summarise(const std::vector<absl::Duration>& latencies,
                 absl::Duration elapsed, absl::Duration client_cpu,
                 absl::Duration server_cpu) {
  if (latencies.empty()) return {};
  std::vector<double> latencies_us;
  latencies_us.reserve(latencies.size());
  for (const absl::Duration latency : latencies) {
    latencies_us.push_back(absl::ToDoubleMicroseconds(latency));
  }
  const auto ops = static_cast<double>(latencies.size());
  return {.ops_per_second = ops / absl::ToDoubleSeconds(elapsed),
          .p50_us = Quantile(latencies_us, 0.50),
          .p99_us = Quantile(latencies_us, 0.99),
          .client_cpu_us_per_op = absl::ToDoubleMicroseconds(client_cpu) / ops,
          .server_cpu_us_per_op = absl::ToDoubleMicroseconds(server_cpu) / ops,
          .further = {}};
}

Spread SpreadOf(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  return {.median = Quantile(values, 0.50), .min = *min, .max = *max};
}

}  // namespace duroxide::bench
