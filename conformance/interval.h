#ifndef DUROXIDE_CONFORMANCE_INTERVAL_H_
#define DUROXIDE_CONFORMANCE_INTERVAL_H_

// Stretches of time that the provider measures and the runner can only bound.

#include <chrono>

#include "absl/time/time.h"

namespace duroxide::conformance {

// A moment on the runner's own clock, which never jumps.
using Moment = std::chrono::steady_clock::time_point;

Moment Now();

// `moment` moved by `by`, which is shorter than a year.
Moment Add(Moment moment, absl::Duration by);

// A lock that is held, or a message that is hidden, for `length` from the
// moment at which the provider handled the call. That moment lies somewhere
// between the call's `sent` and `received`, so only two things are sure: the
// state holds until sent + length, and is over after received + length.
// Providers count in milliseconds, so both bounds give way by a little.
struct Interval {
  Moment sent;
  Moment received;
  absl::Duration length;

  // Until here the state surely holds.
  Moment surely_until() const;
  // From here on the state is surely over.
  Moment surely_over() const;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_INTERVAL_H_
