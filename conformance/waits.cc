#include "conformance/waits.h"

#include <utility>
#include <vector>

#include "conformance/text.h"

namespace duroxide::conformance {

Waits::Entry::Entry(Waits& waits, std::string what) : waits_(waits) {
  const std::lock_guard lock(waits_.mutex_);
  at_ = waits_.waits_.insert(waits_.waits_.end(),
                             {.what = std::move(what), .since = Now()});
}

Waits::Entry::~Entry() {
  const std::lock_guard lock(waits_.mutex_);
  waits_.waits_.erase(at_);
}

Waits::Entry Waits::Begin(std::string what) { return {*this, std::move(what)}; }

std::string Waits::ToString() const {
  const Moment now = Now();
  const std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  for (const Wait& wait : waits_) {
    const absl::Duration since = absl::FromChrono(now - wait.since);
    all.push_back(Concat(
        wait.what, " since ",
        absl::FormatDuration(absl::Trunc(since, absl::Milliseconds(1)))));
  }
  return Join(all, ", ");
}

}  // namespace duroxide::conformance
