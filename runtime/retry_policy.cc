#include "runtime/retry_policy.h"

#include <algorithm>
#include <cmath>

namespace duroxide::runtime {

Backoff Backoff::None() { return Fixed(absl::ZeroDuration()); }

Backoff Backoff::Fixed(absl::Duration delay) {
  return Backoff(Kind::kExponential, delay, 1, delay);
}

Backoff Backoff::Linear(absl::Duration base, absl::Duration max) {
  return Backoff(Kind::kLinear, base, 1, max);
}

Backoff Backoff::Exponential(absl::Duration base, double factor,
                             absl::Duration max) {
  return Backoff(Kind::kExponential, base, factor, max);
}

absl::Duration Backoff::Delay(uint32_t attempt) const {
  const double times = kind_ == Kind::kLinear
                           ? attempt
                           : std::pow(factor_, attempt > 0 ? attempt - 1 : 0);
  return std::min(base_ * times, max_);
}

}  // namespace duroxide::runtime
