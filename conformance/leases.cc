#include "conformance/leases.h"

#include "conformance/text.h"

namespace duroxide::conformance {

void Leases::Hold(const std::string& token, const Interval& held) {
  std::lock_guard lock(mutex_);
  held_.insert_or_assign(token, held);
}

void Leases::Release(const std::string& token) {
  std::lock_guard lock(mutex_);
  held_.erase(token);
}

void Leases::IntendUntil(Moment moment) {
  std::lock_guard lock(mutex_);
  std::erase_if(held_, [moment](const auto& lease) {
    return lease.second.surely_over() <= moment;
  });
}

void Leases::IntendAll() {
  std::lock_guard lock(mutex_);
  held_.clear();
}

std::string Leases::Overdue(Moment now) const {
  std::lock_guard lock(mutex_);
  for (const auto& [token, held] : held_) {
    const Moment until = held.surely_until();
    if (now < until) continue;
    return Concat("the lock \"", token, "\", taken for ",
                  absl::FormatDuration(held.length), ", may have run out ",
                  absl::FormatDuration(absl::FromChrono(now - until)),
                  " before the check");
  }
  return "";
}

}  // namespace duroxide::conformance
