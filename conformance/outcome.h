#ifndef DUROXIDE_CONFORMANCE_OUTCOME_H_
#define DUROXIDE_CONFORMANCE_OUTCOME_H_

// The ways out of a case's body other than its end. They are exceptions so that
// a case reads as a list of steps; RunCase catches all of them, and none leaves
// the runner.

#include <string>

#include "conformance/result.h"

namespace duroxide::conformance {

// A check did not hold.
struct CaseFailed {
  Failure failure;
};

// An answer came later than it may. A machine that stops for a while makes any
// provider late once, so it counts only where it is so again and again.
struct CaseLate {
  Failure failure;
};

// The runner was too slow for a verdict.
struct CaseTooSlow {
  std::string why;
};

// The run is to end, or the case has taken too long.
struct CaseInterrupted {};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_OUTCOME_H_
