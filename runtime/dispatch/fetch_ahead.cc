#include "runtime/dispatch/fetch_ahead.h"

#include <algorithm>

namespace duroxide::runtime {
namespace {

// More would not make the calls cheaper, but be held for longer where this
// worker dies.
constexpr int kMost = 32;

// What one item says of those to come. A long one counts at once.
constexpr int kMemory = 8;

}  // namespace

FetchAhead::FetchAhead(int slots, absl::Duration longest_wait)
    : slots_(slots), longest_wait_(longest_wait) {}

void FetchAhead::Learn(absl::Duration took) {
  const std::lock_guard lock(mutex_);
  typical_ = took > typical_ || typical_ == absl::InfiniteDuration()
                 ? took
                 : typical_ + (took - typical_) / kMemory;
}

void FetchAhead::Forget() {
  const std::lock_guard lock(mutex_);
  typical_ = absl::InfiniteDuration();
}

int FetchAhead::items() const {
  const std::lock_guard lock(mutex_);
  if (typical_ * kMost <= longest_wait_ * slots_) {
    return longest_wait_ > absl::ZeroDuration() ? kMost : 0;
  }
  return std::clamp(
      static_cast<int>(absl::FDivDuration(longest_wait_ * slots_, typical_)), 0,
      kMost);
}

}  // namespace duroxide::runtime
