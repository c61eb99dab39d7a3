#include "conformance/transcript.h"

#include <algorithm>
#include <utility>

namespace duroxide::conformance {

void Transcript::Add(CallRecord call) {
  std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
}

std::vector<CallRecord> Transcript::Calls() const {
  std::vector<CallRecord> calls;
  {
    std::lock_guard lock(mutex_);
    calls = calls_;
  }
  // Calls of several threads end in another order than they began.
  std::stable_sort(
      calls.begin(), calls.end(),
      [](const CallRecord& a, const CallRecord& b) { return a.sent < b.sent; });
  return calls;
}

}  // namespace duroxide::conformance
