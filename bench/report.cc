#include "bench/report.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_format.h"
#include "bench/limits.h"

namespace duroxide::bench {
namespace {

Spread SpreadOf(const Result& result, double Sample::*figure) {
  std::vector<double> values;
  for (const Sample& sample : result.samples) values.push_back(sample.*figure);
  return bench::SpreadOf(values);
}

void WriteFurther(const Result& result, std::ostream& out) {
  for (const auto& [name, first] : result.samples[0].further) {
    std::vector<double> values;
    for (const Sample& sample : result.samples) {
      values.push_back(sample.further.at(name));
    }
    const Spread spread = bench::SpreadOf(values);
    out << absl::StrFormat("    %s: %.0f (%.0f to %.0f)\n", name, spread.median,
                           spread.min, spread.max);
  }
}

void WriteRow(const Result& result, std::ostream& out) {
  const Spread ops = SpreadOf(result, &Sample::ops_per_second);
  out << absl::StrFormat(
      "%-34s %7.0f %7.0f..%-7.0f %8.2f %8.2f %8.0f %8.0f\n", result.name,
      ops.median, ops.min, ops.max,
      SpreadOf(result, &Sample::p50_us).median / 1000,
      SpreadOf(result, &Sample::p99_us).median / 1000,
      SpreadOf(result, &Sample::client_cpu_us_per_op).median,
      SpreadOf(result, &Sample::server_cpu_us_per_op).median);
  WriteFurther(result, out);
}

nlohmann::json ToJson(const Sample& sample) {
  return {{"ops_per_second", sample.ops_per_second},
          {"p50_us", sample.p50_us},
          {"p99_us", sample.p99_us},
          {"client_cpu_us_per_op", sample.client_cpu_us_per_op},
          {"server_cpu_us_per_op", sample.server_cpu_us_per_op},
          {"further", sample.further}};
}

}  // namespace

void WriteTable(const Results& results, const Circumstances& circumstances,
                std::ostream& out) {
  for (const auto& [what, value] : circumstances) {
    out << what << ": " << value << "\n";
  }
  out << "\n";
  out << absl::StrFormat("%-34s %7s %7s..%-7s %8s %8s %8s %8s\n", "median",
                         "ops/s", "min", "max", "p50 ms", "p99 ms", "CPU us",
                         "per op");
  out << absl::StrFormat("%-34s %7s %7s  %-7s %8s %8s %8s %8s\n", "", "", "",
                         "", "", "", "client", "server");
  for (const Result& result : results) {
    if (!result.samples.empty()) WriteRow(result, out);
  }
  const std::vector<Comparison> comparisons = CompareWithLimits(results);
  if (!comparisons.empty()) {
    out << "\nThe wire as a share of the slower of its two limits\n";
  }
  for (const Comparison& comparison : comparisons) {
    out << absl::StrFormat("%-34s %.2f (%.2f to %.2f)\n", comparison.name,
                           comparison.share.median, comparison.share.min,
                           comparison.share.max);
  }
}

void WriteJson(const Results& results, const Circumstances& circumstances,
               std::ostream& out) {
  nlohmann::json measured = nlohmann::json::object();
  for (const Result& result : results) {
    nlohmann::json& samples = measured[result.name] = nlohmann::json::array();
    for (const Sample& sample : result.samples) {
      samples.push_back(ToJson(sample));
    }
  }
  const nlohmann::json all = {{"circumstances", circumstances},
                              {"measured", measured}};
  out << all.dump(1) << "\n";
}

}  // namespace duroxide::bench
