#ifndef DUROXIDE_CONFORMANCE_STRESS_COMPARE_COMPARISON_H_
#define DUROXIDE_CONFORMANCE_STRESS_COMPARE_COMPARISON_H_

// Providers or settings beside each other, and what may be said of them.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/stress/compare/statistics.h"
#include "conformance/stress/keep/record.h"

namespace duroxide::stress {

// One of those that are compared.
struct Contestant {
  std::string name;
  // One for each round.
  std::vector<RunRecord> runs;
};

enum class Verdict {
  kBetter,
  kWorse,
  // The interval has 1 in it: more rounds, or longer ones, may show one.
  kNoDifferenceShown,
  // Measured only once.
  kOneRound,
  // A figure could not be measured, or the runs do not allow a verdict; see
  // Contrast::cautions.
  kWithheld,
};

// "better", "worse", "no difference shown", ...
std::string_view VerdictText(Verdict verdict);

// One figure of two contestants.
struct FigureContrast {
  // "orch_per_sec", "mean_latency", "p99_latency", "cpu_per_orchestration".
  std::string figure;
  // Of the rounds' figures, in the figure's unit: per second, or ms.
  double base = 0;
  double other = 0;
  std::optional<RatioEstimate> estimate;
  Verdict verdict = Verdict::kWithheld;
};

// A contestant against the first one.
struct Contrast {
  std::string base;
  std::string other;
  std::vector<FigureContrast> figures;
  // Why the figures say less than they seem to. Some withhold the verdict.
  std::vector<std::string> cautions;
};

struct Contest {
  std::vector<Contestant> contestants;
  // With which all intervals together hold for a figure: where there are
  // several contrasts, each is made that much surer (Bonferroni).
  double confidence = 0.95;
  std::vector<Contrast> contrasts;
};

inline constexpr double kConfidence = 0.95;

// Holds two sets of runs beside each other.
Contrast ContrastOf(const Contestant& base, const Contestant& other,
                    double confidence);

// Compares each contestant with the first. INVALID_ARGUMENT where there are
// fewer than two, one has no run, or they ran different scenarios;
// FAILED_PRECONDITION where the runs are of different machines, unless
// `across_machines`, which makes it a caution.
absl::StatusOr<Contest> Compare(std::vector<Contestant> contestants,
                                bool across_machines);

// For people: "1.42 times the orchestrations per second (1.35 to 1.50):
// better".
std::string InWords(const FigureContrast& contrast);
// "orchestrations per second".
std::string_view FigureTitle(std::string_view figure);
// "/s" or " ms", for behind the figure.
std::string_view FigureUnit(std::string_view figure);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_COMPARE_COMPARISON_H_
