#ifndef DUROXIDE_CONFORMANCE_STRESS_JUDGE_SERIES_H_
#define DUROXIDE_CONFORMANCE_STRESS_JUDGE_SERIES_H_

// Whether a figure that was taken again and again goes up or down.

#include <cstddef>
#include <optional>
#include <span>

namespace duroxide::stress {

// A part of a series.
struct Stretch {
  double mean = 0;
  // Of the mean.
  double standard_error = 0;
};

struct Thirds {
  Stretch first;
  Stretch middle;
  Stretch last;
};

// Fewer values than that say nothing.
inline constexpr size_t kShortestSeries = 6;

// Nothing where the series is too short.
std::optional<Thirds> ThirdsOf(std::span<const double> values);

// Whether the means differ by more than chance: by more than twice the error of
// their difference.
bool Differ(const Stretch& one, const Stretch& other);

// Whether the figure grew by `factor` and by `least` over the whole, and in the
// second half of it still did: something that fills up once does not.
bool KeepsGrowing(const Thirds& thirds, double factor, double least);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_JUDGE_SERIES_H_
