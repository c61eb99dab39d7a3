#include "runtime/dispatch/call_count.h"

#include <algorithm>

namespace duroxide::runtime {
namespace {

// What wait_for can add to any moment.
constexpr absl::Duration kLongest = absl::Hours(24 * 365);

}  // namespace

void CallCount::Enter() {
  const std::lock_guard lock(mutex_);
  ++count_;
}

void CallCount::Leave() {
  const std::lock_guard lock(mutex_);
  if (--count_ == 0) none_.notify_all();
}

bool CallCount::WaitUntilNone(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock,
                        absl::ToChronoNanoseconds(std::clamp(
                            timeout, absl::ZeroDuration(), kLongest)),
                        [this] { return count_ == 0; });
}

}  // namespace duroxide::runtime
