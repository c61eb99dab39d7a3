#ifndef DUROXIDE_BENCH_CLOSED_LOOP_H_
#define DUROXIDE_BENCH_CLOSED_LOOP_H_

// A load that keeps a fixed number of operations in flight.

#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/process.h"
#include "bench/sample.h"

namespace duroxide::bench {

// Something that is done over and over, one at a time.
class Operation {
 public:
  // OK, or why it could not be done. OUT_OF_RANGE: the supply that it works on
  // is used up, which ends a measurement early and is no failure.
  using Ended = absl::AnyInvocable<void(absl::Status)>;

  virtual ~Operation() = default;
  // Does it once. `ended` runs once, on any thread, after Start has returned or
  // left everything of the operation alone.
  virtual void Start(Ended ended) = 0;
};
using Operations = std::vector<std::unique_ptr<Operation>>;

// Runs all operations side by side, each again as soon as it has ended, and
// measures for `duration` after a tenth of that to warm up. Blocks until none
// is under way. The first failure ends it.
absl::StatusOr<Sample> RunClosedLoop(const Operations& operations,
                                     absl::Duration duration,
                                     const ChildProcess& server);

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_CLOSED_LOOP_H_
