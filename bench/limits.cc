#include "bench/limits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace duroxide::bench {
namespace {

const Result* Find(const Results& results, const std::string& name) {
  const auto found =
      std::find_if(results.begin(), results.end(),
                   [&](const Result& result) { return result.name == name; });
  return found == results.end() ? nullptr : &*found;
}

}  // namespace

std::vector<Comparison> CompareWithLimits(const Results& results) {
  std::vector<Comparison> comparisons;
  for (const Result& wire : results) {
    const std::vector<std::string> parts = absl::StrSplit(wire.name, '/');
    if (parts[0] != "wire") continue;
    const std::string& transport = parts[1];
    const std::string& act = parts[2];
    const std::string& in_flight = parts[3];
    const Result* echo =
        Find(results, absl::StrCat("echo/", transport, "/", in_flight));
    const Result* raw =
        Find(results, absl::StrCat("raw/", act, "/", in_flight));
    if (echo == nullptr || raw == nullptr) continue;
    std::vector<double> shares;
    for (size_t round = 0; round < wire.samples.size(); ++round) {
      shares.push_back(wire.samples[round].ops_per_second /
                       std::min(echo->samples[round].ops_per_second,
                                raw->samples[round].ops_per_second));
    }
    comparisons.push_back({.name = wire.name, .share = SpreadOf(shares)});
  }
  return comparisons;
}

}  // namespace duroxide::bench
