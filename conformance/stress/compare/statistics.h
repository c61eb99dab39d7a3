#ifndef DUROXIDE_CONFORMANCE_STRESS_COMPARE_STATISTICS_H_
#define DUROXIDE_CONFORMANCE_STRESS_COMPARE_STATISTICS_H_

// How sure a ratio of two figures is that were each measured a few times.

#include <optional>
#include <span>

namespace duroxide::stress {

struct Interval {
  bool operator==(const Interval&) const = default;

  double low = 0;
  double high = 0;
};

struct RatioEstimate {
  // Of the geometric means.
  double ratio = 0;
  // In which the true ratio lies with the confidence that was asked for.
  // Nothing where one side was measured only once: a single measurement says
  // nothing of chance.
  std::optional<Interval> interval;
};

// `other` by `base`: Welch's t interval on the logarithms, which needs neither
// equal scatter nor equal numbers on both sides, and does not prefer one
// direction of the ratio. `confidence` is from 0 to 1. Nothing where a side is
// empty or has a figure that is not above 0, which has no logarithm.
std::optional<RatioEstimate> EstimateRatio(std::span<const double> base,
                                           std::span<const double> other,
                                           double confidence);

// The value below which Student's t with so many degrees of freedom, at least
// 1, lies with the probability, 0.5 to 1.
double StudentQuantile(double probability, double degrees);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_COMPARE_STATISTICS_H_
