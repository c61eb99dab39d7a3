#ifndef DUROXIDE_CONFORMANCE_STRESS_COMPARE_ROUNDS_H_
#define DUROXIDE_CONFORMANCE_STRESS_COMPARE_ROUNDS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/stress/compare/comparison.h"

namespace duroxide::stress {

// Runs one contestant once; `round` counts from 1.
using RunOnce =
    std::function<absl::StatusOr<RunRecord>(size_t contestant, int round)>;

// Runs all contestants, one after the other, round by round: A B A B. What goes
// on beside on the machine then falls on all of them and not on one. The first
// error ends it; the runs before are lost with it, unless `run` keeps them.
absl::StatusOr<std::vector<Contestant>> RunRounds(
    const std::vector<std::string>& names, int rounds, const RunOnce& run);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_COMPARE_ROUNDS_H_
