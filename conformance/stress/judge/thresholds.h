#ifndef DUROXIDE_CONFORMANCE_STRESS_JUDGE_THRESHOLDS_H_
#define DUROXIDE_CONFORMANCE_STRESS_JUDGE_THRESHOLDS_H_

// What a user demands of a load: --require 'p99_ms < 200'.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/stress/judge/figures.h"
#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

enum class Comparison {
  kEqual,
  kNotEqual,
  kLess,
  kAtMost,
  kMore,
  kAtLeast,
};

// "orch_per_sec@2/2 >= 50"
struct Threshold {
  // As FindFigure gives it.
  const Figure* figure = nullptr;
  // Of which loads; empty is all of them.
  std::string scenario = {};
  // As Label writes it: "2/2"; empty is every setting.
  std::string config = {};
  Comparison comparison = Comparison::kEqual;
  double bound = 0;

  // As Parse reads it, always in the same way.
  std::string text() const;
};

// Reads what --require takes: each text is a threshold
// "FIGURE[@SCENARIO][@CONFIG] COMPARISON NUMBER", or the name of one of the
// guide's two sets, "baseline" and "high". A threshold that stands there twice
// is there once.
//
// INVALID_ARGUMENT with the text, and what is wrong with it.
absl::StatusOr<std::vector<Threshold>> ParseThresholds(
    std::span<const std::string> texts);

// What a set demands: "success_rate == 100", ...; for the help.
struct ThresholdSet {
  std::string_view name;
  std::vector<std::string> thresholds;
};
std::span<const ThresholdSet> ThresholdSets();

// For --help: how to write one, the figures and the sets. Several lines.
std::string ThresholdHelp();

// How a threshold came out.
struct Judgement {
  enum class Verdict {
    kMet,
    kNotMet,
    // Nobody can say: an error of the user, and no pass.
    kCannotJudge,
  };

  Threshold threshold;
  Verdict verdict = Verdict::kCannotJudge;
  // What was seen, where it is worst; nothing where nobody can say.
  std::optional<double> seen = std::nullopt;
  // Where that was: "parallel_orchestrations 2/2"; with the provider where
  // there are several.
  std::string where = {};
  // What else is to be said: why nobody can judge, or why no provider could
  // have met it. May be empty.
  std::string note = {};

  // What was seen, with its unit.
  std::string SeenText() const;
  // "not met: orch_per_sec@2/2 >= 50: 38.8 orchestrations/s (...)"
  std::string text() const;
};

// Judges the loads of one run of the command. A threshold is met where each
// load that it is about meets it, and there is one. In the order of
// `thresholds`.
std::vector<Judgement> JudgeThresholds(std::span<const Threshold> thresholds,
                                       std::span<const StressResult> results);

// kCannotJudge where nobody can judge one, else kNotMet where one is not met,
// else kMet.
Judgement::Verdict Together(std::span<const Judgement> judgements);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_JUDGE_THRESHOLDS_H_
