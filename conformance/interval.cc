#include "conformance/interval.h"

namespace duroxide::conformance {
namespace {

// A provider that cuts its clock to whole milliseconds, and one that counts a
// lock's last millisecond as held, are both right.
constexpr absl::Duration kClockGrain = absl::Milliseconds(2);

}  // namespace

Moment Now() { return std::chrono::steady_clock::now(); }

Moment Add(Moment moment, absl::Duration by) {
  return moment + absl::ToChronoNanoseconds(by);
}

Moment Interval::surely_until() const {
  return Add(sent, length - kClockGrain);
}

Moment Interval::surely_over() const {
  return Add(received, length + kClockGrain);
}

}  // namespace duroxide::conformance
