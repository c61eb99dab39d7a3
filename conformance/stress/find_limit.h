#ifndef DUROXIDE_CONFORMANCE_STRESS_FIND_LIMIT_H_
#define DUROXIDE_CONFORMANCE_STRESS_FIND_LIMIT_H_

// How much load a provider bears: the rate beyond which work piles up.

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/stress/stress_config.h"
#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// One step: a load at a rate, and whether the provider kept up with it.
struct LimitStep {
  StressResult result;
  bool sustained = false;
  // Why not: "work piled up: 180 instances under way at the end".
  std::string why = {};
};

struct Limit {
  // The highest rate that was sustained, in units per second. Zero where none
  // was.
  double rate = 0;
  // In the order in which they were made; the first is the closed loop that
  // tells where to look.
  std::vector<LimitStep> steps;
};

// Runs one load. `config` has a rate, or zero for the closed loop.
using RunStep =
    std::function<absl::StatusOr<StressResult>(const StressConfig& config)>;

// Whether what was started in an open loop ended as fast as it came, and
// whether a unit at the end still took about as long as one where there is
// little to do (`unloaded`).
LimitStep JudgeStep(StressResult result, absl::Duration unloaded);

// Steps the rate up and down around what a closed loop reaches, and halves the
// interval between what is sustained and what is not until it is within 5 %.
// Errors are those of `run`. Blocks.
absl::StatusOr<Limit> FindLimit(const StressConfig& config, const RunStep& run);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_FIND_LIMIT_H_
