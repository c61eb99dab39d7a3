#include "conformance/stress/judge/thresholds.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "conformance/stress/stress_config.h"

namespace duroxide::stress {
namespace {

using Verdict = Judgement::Verdict;

struct Sign {
  std::string_view text;
  Comparison comparison;
};

// The longer ones first.
constexpr Sign kSigns[] = {
    {"==", Comparison::kEqual},  {"!=", Comparison::kNotEqual},
    {"<=", Comparison::kAtMost}, {">=", Comparison::kAtLeast},
    {"<", Comparison::kLess},    {">", Comparison::kMore},
};

std::string SignOf(Comparison comparison) {
  return std::string(
      std::ranges::find(kSigns, comparison, &Sign::comparison)->text);
}

bool Holds(double value, Comparison comparison, double bound) {
  switch (comparison) {
    case Comparison::kEqual:
      return value == bound;
    case Comparison::kNotEqual:
      return value != bound;
    case Comparison::kLess:
      return value < bound;
    case Comparison::kAtMost:
      return value <= bound;
    case Comparison::kMore:
      return value > bound;
    case Comparison::kAtLeast:
      return value >= bound;
  }
  return false;
}

// Whether `one` is worse than `other` for a threshold of this comparison.
bool Worse(double one, double other, Comparison comparison, double bound) {
  switch (comparison) {
    case Comparison::kLess:
    case Comparison::kAtMost:
      return one > other;
    case Comparison::kMore:
    case Comparison::kAtLeast:
      return one < other;
    case Comparison::kEqual:
      return std::abs(one - bound) > std::abs(other - bound);
    case Comparison::kNotEqual:
      return std::abs(one - bound) < std::abs(other - bound);
  }
  return false;
}

bool WantsMore(Comparison comparison) {
  return comparison == Comparison::kMore || comparison == Comparison::kAtLeast;
}

// "2/2"
bool IsConfig(std::string_view text) {
  const size_t slash = text.find('/');
  int ignored = 0;
  return slash != std::string_view::npos &&
         absl::SimpleAtoi(std::string(text.substr(0, slash)), &ignored) &&
         absl::SimpleAtoi(std::string(text.substr(slash + 1)), &ignored);
}

std::string FigureNames() {
  return absl::StrJoin(
      Figures(), ", ",
      [](std::string* out, const Figure& figure) { out->append(figure.name); });
}

std::string SetNames() {
  return absl::StrJoin(
      ThresholdSets(), ", ",
      [](std::string* out, const ThresholdSet& set) { out->append(set.name); });
}

absl::Status Wrong(const std::string& text, const std::string& what) {
  return absl::InvalidArgumentError(
      absl::StrCat("--require \"", text, "\": ", what));
}

absl::StatusOr<Threshold> ParseOne(const std::string& text) {
  const size_t sign_begin = text.find_first_of("=!<>");
  if (sign_begin == std::string::npos) {
    return Wrong(
        text, absl::StrCat("there is no comparison in it, and no set has this "
                           "name; write a threshold such as p99_ms < 200, or "
                           "one of: ",
                           SetNames()));
  }
  const auto* sign = std::ranges::find_if(kSigns, [&](const Sign& one) {
    return text.compare(sign_begin, one.text.size(), one.text) == 0;
  });
  if (sign == std::end(kSigns)) {
    return Wrong(text, "the comparisons are == != < <= > >=");
  }
  Threshold threshold;
  threshold.comparison = sign->comparison;

  const std::vector<std::string> parts = absl::StrSplit(
      absl::StripAsciiWhitespace(text.substr(0, sign_begin)), '@');
  threshold.figure = FindFigure(parts.front());
  if (threshold.figure == nullptr) {
    return Wrong(text, absl::StrCat("there is no figure \"", parts.front(),
                                    "\"; there are: ", FigureNames()));
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    std::string& qualifier =
        IsConfig(parts[i]) ? threshold.config : threshold.scenario;
    if (parts[i].empty() || !qualifier.empty()) {
      return Wrong(text,
                   "after the figure come @SCENARIO and @CONFIG, each once at "
                   "most, such as orch_per_sec@parallel_orchestrations@2/2");
    }
    qualifier = parts[i];
  }
  if (!threshold.config.empty() && threshold.figure->of_one == nullptr) {
    return Wrong(text, absl::StrCat(parts.front(),
                                    " is about several settings, so it takes "
                                    "no @CONFIG"));
  }
  const std::string bound(
      absl::StripAsciiWhitespace(text.substr(sign_begin + sign->text.size())));
  if (!absl::SimpleAtod(bound, &threshold.bound) ||
      !std::isfinite(threshold.bound)) {
    return Wrong(text, absl::StrCat("\"", bound,
                                    "\" is no number; units are those of the "
                                    "figure's name"));
  }
  return threshold;
}

// The loads that a threshold is about, together where its figure wants it.
std::vector<ResultGroup> LoadsOf(const Threshold& threshold,
                                 std::span<const StressResult> results) {
  std::vector<ResultGroup> loads;
  for (const ResultGroup& group : GroupsOf(results)) {
    if (!threshold.scenario.empty() &&
        group.front()->scenario != threshold.scenario) {
      continue;
    }
    if (threshold.figure->of_group != nullptr) {
      loads.push_back(group);
      continue;
    }
    for (const StressResult* result : group) {
      if (threshold.config.empty() ||
          Label(result->config) == threshold.config) {
        loads.push_back({result});
      }
    }
  }
  return loads;
}

std::string WhereOf(const ResultGroup& load, bool several_providers) {
  const StressResult& first = *load.front();
  std::string where = first.scenario;
  if (load.size() == 1) absl::StrAppend(&where, " ", Label(first.config));
  if (several_providers) absl::StrAppend(&where, ", ", first.provider);
  return where;
}

// Why no provider could have met it; "" where one could.
std::string OutOfReach(const Threshold& threshold, const StressResult& result) {
  if (threshold.figure->name != "orch_per_sec" ||
      !WantsMore(threshold.comparison)) {
    return "";
  }
  if (const auto most = MostPerSecond(result);
      most && *most < threshold.bound) {
    return absl::StrFormat(
        "no provider could: %d at a time, each activity with a delay of %s, "
        "are at most %s orchestrations/s; lower --activity-delay or raise "
        "--concurrency",
        result.config.worker_concurrency,
        absl::FormatDuration(result.config.activity_delay), NumberText(*most));
  }
  if (result.config.rate > 0 && result.config.rate < threshold.bound) {
    return absl::StrCat("no provider could: --rate starts ",
                        NumberText(result.config.rate), " per second");
  }
  return "";
}

Judgement JudgeOne(const Threshold& threshold,
                   std::span<const StressResult> results) {
  Judgement judgement{.threshold = threshold};
  const bool several_providers =
      std::ranges::any_of(results, [&](const StressResult& result) {
        return result.provider != results.front().provider;
      });
  const std::vector<ResultGroup> loads = LoadsOf(threshold, results);
  if (loads.empty()) {
    judgement.note = "there was no such load in this run";
    return judgement;
  }
  for (const ResultGroup& load : loads) {
    const Figure& figure = *threshold.figure;
    const std::optional<double> value = figure.of_group != nullptr
                                            ? figure.of_group(load)
                                            : figure.of_one(*load.front());
    const std::string where = WhereOf(load, several_providers);
    if (!value) {
      return {.threshold = threshold,
              .where = where,
              .note = std::string(figure.without)};
    }
    if (judgement.seen && !Worse(*value, *judgement.seen, threshold.comparison,
                                 threshold.bound)) {
      continue;
    }
    const bool holds = Holds(*value, threshold.comparison, threshold.bound);
    judgement.verdict = holds ? Verdict::kMet : Verdict::kNotMet;
    judgement.seen = value;
    judgement.where = where;
    judgement.note = holds ? "" : OutOfReach(threshold, *load.front());
  }
  return judgement;
}

}  // namespace

std::string Threshold::text() const {
  std::string text(figure->name);
  for (const std::string& qualifier : {scenario, config}) {
    if (!qualifier.empty()) absl::StrAppend(&text, "@", qualifier);
  }
  absl::StrAppend(&text, " ", SignOf(comparison), " ", bound);
  return text;
}

std::span<const ThresholdSet> ThresholdSets() {
  // The guide's benchmarks. Its latency is the time of the load by what
  // completed, so that is what is compared here; "linear" is 95 % of it.
  static const std::vector<ThresholdSet> sets = {
      {"baseline",
       {"success_rate == 100", "findings == 0",
        "orch_per_sec@parallel_orchestrations@1/1 >= 10",
        "inverse_throughput_ms@parallel_orchestrations < 200",
        "scaling_2x@parallel_orchestrations >= 1.3"}},
      {"high",
       {"success_rate == 100", "findings == 0",
        "orch_per_sec@parallel_orchestrations@2/2 >= 50",
        "inverse_throughput_ms@parallel_orchestrations < 100",
        "scaling_2x@parallel_orchestrations >= 1.9"}},
  };
  return sets;
}

absl::StatusOr<std::vector<Threshold>> ParseThresholds(
    std::span<const std::string> texts) {
  std::vector<Threshold> thresholds;
  std::set<std::string> known;
  const auto add = [&](const std::string& text) -> absl::Status {
    const auto parsed = ParseOne(text);
    if (!parsed.ok()) return parsed.status();
    if (known.insert(parsed->text()).second) thresholds.push_back(*parsed);
    return absl::OkStatus();
  };
  for (const std::string& text : texts) {
    const auto set =
        std::ranges::find(ThresholdSets(), text, &ThresholdSet::name);
    const std::vector<std::string> one = {text};
    for (const std::string& each :
         set == ThresholdSets().end() ? one : set->thresholds) {
      if (absl::Status added = add(each); !added.ok()) return added;
    }
  }
  return thresholds;
}

std::string ThresholdHelp() {
  std::string help =
      "Thresholds are written FIGURE[@SCENARIO][@CONFIG] COMPARISON NUMBER,\n"
      "with == != < <= > or >=, such as 'p99_ms < 200' or\n"
      "'orch_per_sec@2/2 >= 50'. Each load of the run has to meet them.\n"
      "Figures:\n";
  for (const Figure& figure : Figures()) {
    const std::string unit =
        figure.unit.empty() ? ""
                            : absl::StrCat(" (", std::string(figure.unit), ")");
    absl::StrAppend(&help,
                    absl::StrFormat("  %-22s %s%s\n", std::string(figure.name),
                                    std::string(figure.meaning), unit));
  }
  absl::StrAppend(&help, "Sets, those of the provider testing guide:\n");
  for (const ThresholdSet& set : ThresholdSets()) {
    absl::StrAppend(&help, absl::StrFormat("  %-9s %s\n", std::string(set.name),
                                           absl::StrJoin(set.thresholds,
                                                         ",\n            ")));
  }
  return help;
}

std::string Judgement::SeenText() const {
  // 99.9996 % is not to be read as 100 % where that is what was asked for.
  double rounded = 0;
  if (verdict == Verdict::kNotMet &&
      absl::SimpleAtod(NumberText(*seen), &rounded) &&
      Holds(rounded, threshold.comparison, threshold.bound)) {
    return absl::StrFormat("%.9g %s", *seen,
                           std::string(threshold.figure->unit));
  }
  return WithUnit(*seen, threshold.figure->unit);
}

std::string Judgement::text() const {
  std::string text;
  switch (verdict) {
    case Verdict::kMet:
      text = "met: ";
      break;
    case Verdict::kNotMet:
      text = "not met: ";
      break;
    case Verdict::kCannotJudge:
      text = "cannot be judged: ";
      break;
  }
  text += threshold.text();
  if (seen) {
    absl::StrAppend(&text, ": ", SeenText());
  }
  if (!where.empty()) absl::StrAppend(&text, " in ", where);
  if (!note.empty()) absl::StrAppend(&text, ": ", note);
  return text;
}

std::vector<Judgement> JudgeThresholds(std::span<const Threshold> thresholds,
                                       std::span<const StressResult> results) {
  std::vector<Judgement> judgements;
  judgements.reserve(thresholds.size());
  for (const Threshold& threshold : thresholds) {
    judgements.push_back(JudgeOne(threshold, results));
  }
  return judgements;
}

Judgement::Verdict Together(std::span<const Judgement> judgements) {
  const auto any = [judgements](Verdict verdict) {
    return std::ranges::any_of(judgements, [verdict](const Judgement& one) {
      return one.verdict == verdict;
    });
  };
  if (any(Verdict::kCannotJudge)) return Verdict::kCannotJudge;
  return any(Verdict::kNotMet) ? Verdict::kNotMet : Verdict::kMet;
}

}  // namespace duroxide::stress
