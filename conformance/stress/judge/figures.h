#ifndef DUROXIDE_CONFORMANCE_STRESS_JUDGE_FIGURES_H_
#define DUROXIDE_CONFORMANCE_STRESS_JUDGE_FIGURES_H_

// The figures of a run that thresholds may name: one table of names, units and
// meaning.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// Loads of one scenario on one provider, in different settings.
using ResultGroup = std::vector<const StressResult*>;

struct Figure {
  std::string_view name;
  // For people: "orchestrations/s"; empty for a plain number.
  std::string_view unit;
  std::string_view meaning;
  // What a load shows; nothing where it does not show it. Null where it takes
  // several loads.
  std::optional<double> (*of_one)(const StressResult& result);
  // What several loads show together.
  std::optional<double> (*of_group)(const ResultGroup& group);
  // Why there may be none: "nothing completed".
  std::string_view without;
};

std::span<const Figure> Figures();

// nullptr where there is none of this name.
const Figure* FindFigure(std::string_view name);

// The loads by scenario and provider, in the order of their first ones.
std::vector<ResultGroup> GroupsOf(std::span<const StressResult> results);

// What the delay of the activities leaves possible, in orchestrations per
// second: so many workers, each busy for the delay with each activity. Nothing
// without a delay, where nothing completed, and for other scenarios than
// parallel_orchestrations, whose activities may do without.
std::optional<double> MostPerSecond(const StressResult& result);

// "38.8 orchestrations/s", with as many digits as anybody reads.
std::string WithUnit(double value, std::string_view unit);
// The same without unit: "38.8", "100", "0.042".
std::string NumberText(double value);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_JUDGE_FIGURES_H_
