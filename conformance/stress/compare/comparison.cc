#include "conformance/stress/compare/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "conformance/stress/keep/settings.h"

namespace duroxide::stress {
namespace {

struct ComparedFigure {
  std::string_view name;
  std::string_view title;
  std::string_view unit;
  bool more_is_better;
  // The runner's own lateness changes it.
  double (*of)(const StressResult&);
};

double Ms(absl::Duration duration) {
  return absl::ToDoubleMilliseconds(duration);
}

constexpr std::array kFigures = {
    ComparedFigure{"orch_per_sec", "orchestrations per second", "/s", true,
                   [](const StressResult& result) {
                     return result.orchestrations_per_second();
                   }},
    ComparedFigure{
        "mean_latency", "mean latency", " ms", false,
        [](const StressResult& result) { return Ms(result.latency.mean()); }},
    ComparedFigure{"p99_latency", "99th percentile of the latency", " ms",
                   false,
                   [](const StressResult& result) {
                     return Ms(result.latency.Percentile(0.99));
                   }},
    ComparedFigure{"cpu_per_orchestration", "processor time per orchestration",
                   " ms", false,
                   [](const StressResult& result) {
                     return Ms(result.cpu_per_orchestration());
                   }},
};

const ComparedFigure& FigureOf(std::string_view name) {
  const auto* const found = std::find_if(
      kFigures.begin(), kFigures.end(),
      [name](const ComparedFigure& figure) { return figure.name == name; });
  return found == kFigures.end() ? kFigures.front() : *found;
}

std::vector<double> FiguresOf(const Contestant& contestant,
                              const ComparedFigure& figure) {
  std::vector<double> figures;
  for (const RunRecord& run : contestant.runs) {
    figures.push_back(figure.of(run.result));
  }
  return figures;
}

double Mean(const std::vector<double>& figures) {
  double sum = 0;
  for (const double figure : figures) sum += figure;
  return figures.empty() ? 0 : sum / static_cast<double>(figures.size());
}

Verdict VerdictOf(const RatioEstimate& estimate, bool more_is_better) {
  if (!estimate.interval) return Verdict::kOneRound;
  if (estimate.interval->low <= 1 && estimate.interval->high >= 1) {
    return Verdict::kNoDifferenceShown;
  }
  const bool more = estimate.interval->low > 1;
  return more == more_is_better ? Verdict::kBetter : Verdict::kWorse;
}

// What keeps the contestant's figures from saying anything.
void AddBars(const Contestant& contestant, std::vector<std::string>& bars) {
  size_t unsound = 0;
  size_t late = 0;
  double most = 0;
  for (const RunRecord& run : contestant.runs) {
    if (!run.result.sound()) ++unsound;
    if (!run.result.certified()) ++late;
    most = std::max(most, run.result.lag.ratio);
  }
  const size_t runs = contestant.runs.size();
  if (unsound > 0) {
    bars.push_back(absl::StrFormat(
        "%s: in %d of %d runs work failed or was lost; how fast that was says "
        "nothing",
        contestant.name, unsound, runs));
  }
  if (late > 0) {
    bars.push_back(absl::StrFormat(
        "%s: in %d of %d runs the runner was late itself, by up to %.1f %%; "
        "give it more of the machine, or less load",
        contestant.name, late, runs, 100 * most));
  }
}

// What must be known beside the figures, but does not bar a verdict.
void AddNotes(const Contestant& base, const Contestant& other,
              std::vector<std::string>& cautions) {
  const RunRecord& a = base.runs.front();
  const RunRecord& b = other.runs.front();
  const std::vector<std::string> machines = Differences(a.machine, b.machine);
  if (!machines.empty()) {
    cautions.push_back(absl::StrCat("the machines are different (",
                                    absl::StrJoin(machines, "; "),
                                    "): part of the ratio is theirs"));
  }
  const std::vector<std::string> settings =
      Differences(a.result.config, b.result.config);
  if (!settings.empty()) {
    cautions.push_back(
        absl::StrCat("different settings: ", absl::StrJoin(settings, "; ")));
  }
}

// The first two runs whose machines are different, in words.
std::optional<std::string> DifferentMachines(
    const std::vector<Contestant>& contestants) {
  const RunRecord& first = contestants.front().runs.front();
  for (const Contestant& contestant : contestants) {
    for (const RunRecord& run : contestant.runs) {
      const std::vector<std::string> differences =
          Differences(first.machine, run.machine);
      if (differences.empty()) continue;
      return absl::StrCat(contestants.front().name, " ran on ",
                          Describe(first.machine), "; ", contestant.name,
                          " on ", Describe(run.machine), " (",
                          absl::StrJoin(differences, "; "), ")");
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view VerdictText(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBetter:
      return "better";
    case Verdict::kWorse:
      return "worse";
    case Verdict::kNoDifferenceShown:
      return "no difference shown";
    case Verdict::kOneRound:
      return "measured once, no verdict";
    case Verdict::kWithheld:
      return "no verdict";
  }
  return "no verdict";
}

Contrast ContrastOf(const Contestant& base, const Contestant& other,
                    double confidence) {
  Contrast contrast = {.base = base.name, .other = other.name};
  AddBars(base, contrast.cautions);
  AddBars(other, contrast.cautions);
  const bool barred = !contrast.cautions.empty();
  AddNotes(base, other, contrast.cautions);
  for (const ComparedFigure& figure : kFigures) {
    const std::vector<double> of_base = FiguresOf(base, figure);
    const std::vector<double> of_other = FiguresOf(other, figure);
    FigureContrast one = {
        .figure = std::string(figure.name),
        .base = Mean(of_base),
        .other = Mean(of_other),
        .estimate = EstimateRatio(of_base, of_other, confidence)};
    // Not measured: processes that nobody watches.
    if (one.base == 0 && one.other == 0) continue;
    if (one.estimate && !barred) {
      one.verdict = VerdictOf(*one.estimate, figure.more_is_better);
    }
    contrast.figures.push_back(std::move(one));
  }
  return contrast;
}

absl::StatusOr<Contest> Compare(std::vector<Contestant> contestants,
                                bool across_machines) {
  if (contestants.size() < 2) {
    return absl::InvalidArgumentError(
        "there is nothing to compare with: name at least two");
  }
  for (const Contestant& contestant : contestants) {
    if (contestant.runs.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(contestant.name, " has no run"));
    }
    const StressResult& first = contestants.front().runs.front().result;
    for (const RunRecord& run : contestant.runs) {
      if (run.result.scenario == first.scenario) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          contestant.name, " ran the scenario ", run.result.scenario, ", ",
          contestants.front().name, " ", first.scenario));
    }
  }
  const std::optional<std::string> machines = DifferentMachines(contestants);
  if (machines && !across_machines) {
    return absl::FailedPreconditionError(
        absl::StrCat(*machines,
                     ". Figures of different machines are not compared; "
                     "--across-machines does it nevertheless"));
  }
  Contest comparison = {.contestants = std::move(contestants),
                        .confidence = kConfidence};
  const auto others = static_cast<double>(comparison.contestants.size() - 1);
  const double each = 1 - (1 - kConfidence) / others;
  for (size_t i = 1; i < comparison.contestants.size(); ++i) {
    comparison.contrasts.push_back(ContrastOf(comparison.contestants.front(),
                                              comparison.contestants[i], each));
  }
  return comparison;
}

std::string_view FigureTitle(std::string_view figure) {
  return FigureOf(figure).title;
}

std::string_view FigureUnit(std::string_view figure) {
  return FigureOf(figure).unit;
}

std::string InWords(const FigureContrast& contrast) {
  std::string words;
  if (contrast.estimate) {
    absl::StrAppendFormat(&words, "%.3f times the %s", contrast.estimate->ratio,
                          FigureTitle(contrast.figure));
    if (contrast.estimate->interval) {
      absl::StrAppendFormat(&words, " (%.3f to %.3f)",
                            contrast.estimate->interval->low,
                            contrast.estimate->interval->high);
    }
  } else {
    absl::StrAppendFormat(&words, "%s cannot be compared",
                          FigureTitle(contrast.figure));
  }
  absl::StrAppend(&words, ": ", std::string(VerdictText(contrast.verdict)));
  return words;
}

}  // namespace duroxide::stress
