#include "conformance/stress/judge/series.h"

#include <cmath>

namespace duroxide::stress {
namespace {

// The part of a growth that comes in its second half where it goes on: half of
// a steady one, less some for chance.
constexpr double kLatePart = 0.3;

Stretch StretchOf(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double variance = values.size() < 2 ? 0 : squares / (count - 1);
  return {.mean = mean, .standard_error = std::sqrt(variance / count)};
}

}  // namespace

std::optional<Thirds> ThirdsOf(std::span<const double> values) {
  if (values.size() < kShortestSeries) return std::nullopt;
  const size_t third = values.size() / 3;
  return Thirds{
      .first = StretchOf(values.first(third)),
      .middle = StretchOf(values.subspan(third, values.size() - 2 * third)),
      .last = StretchOf(values.last(third))};
}

bool Differ(const Stretch& one, const Stretch& other) {
  return std::abs(one.mean - other.mean) >
         2 * std::hypot(one.standard_error, other.standard_error);
}

bool KeepsGrowing(const Thirds& thirds, double factor, double least) {
  const double growth = thirds.last.mean - thirds.first.mean;
  return thirds.last.mean >= factor * thirds.first.mean && growth >= least &&
         thirds.last.mean - thirds.middle.mean >= kLatePart * growth;
}

}  // namespace duroxide::stress
