#ifndef DUROXIDE_CONFORMANCE_PATIENCE_H_
#define DUROXIDE_CONFORMANCE_PATIENCE_H_

// Waiting that has an end and can be interrupted.

#include <stop_token>

#include "absl/time/time.h"
#include "conformance/interval.h"

namespace duroxide::conformance {

// Blocks until `moment`, or until the run is interrupted, which it throws.
void WaitUntil(Moment moment, const std::stop_token& stop);

// The pauses between looks at something that should change: 1 ms at first,
// twice as long each time, at most 50 ms.
class Patience {
 public:
  Patience(std::stop_token stop, absl::Duration limit);

  // What is left; zero where the limit is reached.
  absl::Duration Left() const;

  // Waits a little and returns true, or returns false at once where the limit
  // is reached. Throws where the run is interrupted.
  bool Pause();

 private:
  const std::stop_token stop_;
  const Moment end_;
  absl::Duration pause_ = absl::Milliseconds(1);
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_PATIENCE_H_
