#include "conformance/stress/compare/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace duroxide::stress {
namespace {

// The regularised incomplete beta function by Lentz's continued fraction, which
// converges quickly for x < (a + 1) / (a + b + 2).
double BetaFraction(double a, double b, double x) {
  constexpr int kMostSteps = 500;
  constexpr double kTiny = 1e-300;
  constexpr double kEnough = 1e-15;
  const auto away_from_zero = [](double value) {
    return std::abs(value) < kTiny ? kTiny : value;
  };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int step = 1; step <= kMostSteps; ++step) {
    const double m = step;
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    fraction *= d * c;
    const double odd =
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    fraction *= d * c;
    if (std::abs(d * c - 1) < kEnough) break;
  }
  return fraction;
}

double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
               a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

// The probability that Student's t is at most `t`, which is not negative.
double StudentCdf(double t, double degrees) {
  return 1 - IncompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2;
}

struct Sample {
  size_t count = 0;
  double mean = 0;
  double variance = 0;
};

std::optional<Sample> OfLogarithms(std::span<const double> figures) {
  Sample sample = {.count = figures.size()};
  const auto count = static_cast<double>(figures.size());
  for (const double figure : figures) {
    if (!(figure > 0) || !std::isfinite(figure)) return std::nullopt;
    sample.mean += std::log(figure) / count;
  }
  for (const double figure : figures) {
    const double off = std::log(figure) - sample.mean;
    if (sample.count > 1) sample.variance += off * off / (count - 1);
  }
  if (sample.count == 0) return std::nullopt;
  return sample;
}

}  // namespace

double StudentQuantile(double probability, double degrees) {
  double low = 0;
  double high = 1;
  while (StudentCdf(high, degrees) < probability && high < 1e12) high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-12 * high; ++i) {
    const double middle = (low + high) / 2;
    (StudentCdf(middle, degrees) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

std::optional<RatioEstimate> EstimateRatio(std::span<const double> base,
                                           std::span<const double> other,
                                           double confidence) {
  const std::optional<Sample> a = OfLogarithms(base);
  const std::optional<Sample> b = OfLogarithms(other);
  if (!a || !b) return std::nullopt;
  const double distance = b->mean - a->mean;
  RatioEstimate estimate = {.ratio = std::exp(distance),
                            .interval = std::nullopt};
  if (a->count < 2 || b->count < 2) return estimate;
  const auto of_mean = [](const Sample& sample) {
    return sample.variance / static_cast<double>(sample.count);
  };
  const double error = std::sqrt(of_mean(*a) + of_mean(*b));
  double reach = 0;
  if (error > 0) {
    // Welch and Satterthwaite.
    const double degrees =
        std::pow(error, 4) /
        (of_mean(*a) * of_mean(*a) / static_cast<double>(a->count - 1) +
         of_mean(*b) * of_mean(*b) / static_cast<double>(b->count - 1));
    reach = error * StudentQuantile(1 - (1 - confidence) / 2, degrees);
  }
  estimate.interval =
      Interval{std::exp(distance - reach), std::exp(distance + reach)};
  return estimate;
}

}  // namespace duroxide::stress
