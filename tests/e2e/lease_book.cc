#include "tests/e2e/lease_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace duroxide::e2e {
namespace {

// More than clocks are rounded by on the way.
constexpr absl::Duration kRounding = absl::Milliseconds(1);

}  // namespace

bool LeaseBook::Lease::Overlap(const Lease& a, const Lease& b) {
  return std::max(a.held_from, b.held_from) <
         std::min({a.held_until, a.released, b.held_until, b.released});
}

void LeaseBook::OnGiven(const std::string& thing, const std::string& token,
                        const Exchange& fetch, absl::Duration lease) {
  const Lease given = {.thing = thing,
                       .held_from = fetch.answered,
                       .held_until = fetch.asked + lease - kRounding,
                       .over_after = fetch.answered + lease + kRounding};
  const std::lock_guard lock(mutex_);
  const auto last = last_token_.find(thing);
  if (last != last_token_.end() &&
      Lease::Overlap(leases_.at(last->second), given)) {
    faults_.Add(absl::StrCat(thing, " was given while it was held"));
  }
  last_token_[thing] = token;
  if (!leases_.emplace(token, given).second) {
    faults_.Add(absl::StrCat("the token of ", thing, " was used before"));
  }
}

void LeaseBook::OnRelease(const std::string& token) {
  const std::lock_guard lock(mutex_);
  leases_.at(token).released = absl::Now();
}

void LeaseBook::OnRenewed(const std::string& token, const Exchange& renewal,
                          absl::Duration lease) {
  const std::lock_guard lock(mutex_);
  Lease& held = leases_.at(token);
  held.held_until = renewal.asked + lease - kRounding;
  held.over_after = renewal.answered + lease + kRounding;
}

void LeaseBook::OnAccepted(const std::string& token, const Exchange& call) {
  const std::lock_guard lock(mutex_);
  const Lease& held = leases_.at(token);
  if (call.asked > held.over_after) {
    faults_.Add(absl::StrCat("a call on ", held.thing, " was accepted ",
                             absl::FormatDuration(call.asked - held.over_after),
                             " after the end of its lease"));
  }
}

void LeaseBook::OnLost(const std::string& token, const Exchange& call) {
  const std::lock_guard lock(mutex_);
  const Lease& held = leases_.at(token);
  if (call.answered < held.held_until) {
    faults_.Add(
        absl::StrCat(held.thing, " was lost ",
                     absl::FormatDuration(held.held_until - call.answered),
                     " before the end of its lease"));
  }
}

bool LeaseBook::IsOver(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  return absl::Now() > leases_.at(token).over_after;
}

}  // namespace duroxide::e2e
