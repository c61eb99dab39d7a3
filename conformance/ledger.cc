#include "conformance/ledger.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace duroxide::conformance {
namespace {

// The larger, the more a run has to tell.
int Weight(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFailed:
      return 2;
    case Verdict::kInconclusive:
      return 1;
    default:
      return 0;
  }
}

RunCounts Sum(const RunCounts& a, const RunCounts& b) {
  return {.passed = a.passed + b.passed,
          .failed = a.failed + b.failed,
          .inconclusive = a.inconclusive + b.inconclusive};
}

}  // namespace

void Ledger::Add(CaseResult result) {
  const auto [at, is_first] = results_.try_emplace(result.of, result);
  if (is_first) return;
  CaseResult& so_far = at->second;
  const RunCounts runs = Sum(so_far.runs, result.runs);
  const absl::Duration elapsed = so_far.elapsed + result.elapsed;
  const bool slow = so_far.slow || result.slow;
  if (Weight(result.verdict) > Weight(so_far.verdict)) {
    so_far = std::move(result);
  }
  so_far.runs = runs;
  so_far.elapsed = elapsed;
  so_far.slow = slow;
}

std::vector<CaseResult> Ledger::Take() {
  std::vector<CaseResult> results;
  for (auto& [of, result] : results_) results.push_back(std::move(result));
  results_.clear();
  std::sort(results.begin(), results.end(),
            [](const CaseResult& a, const CaseResult& b) {
              return std::tie(a.of->category, a.of->name) <
                     std::tie(b.of->category, b.of->name);
            });
  return results;
}

}  // namespace duroxide::conformance
