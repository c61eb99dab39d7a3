#include "runtime/dispatch/inline_histories.h"

namespace duroxide::runtime {
namespace {

constexpr uint32_t kMaxEvents = 64;

// Sending more than this costs more than a second call now and then.
constexpr double kWorthACall = 32 * 1024;

// What one turn says of those to come.
constexpr double kWeight = 1.0 / 8;

}  // namespace

uint32_t InlineHistories::max_events() const {
  const std::lock_guard lock(mutex_);
  return bytes_not_needed_ > kWorthACall ? 0 : kMaxEvents;
}

void InlineHistories::OnNotNeeded(size_t bytes) {
  const std::lock_guard lock(mutex_);
  bytes_not_needed_ +=
      kWeight * (static_cast<double>(bytes) - bytes_not_needed_);
}

void InlineHistories::OnMissed() {
  const std::lock_guard lock(mutex_);
  bytes_not_needed_ -= kWeight * bytes_not_needed_;
}

}  // namespace duroxide::runtime
