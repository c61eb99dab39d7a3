#ifndef DUROXIDE_CONFORMANCE_STRESS_CONTESTANTS_H_
#define DUROXIDE_CONFORMANCE_STRESS_CONTESTANTS_H_

// Who takes part in a comparison.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/stress/keep/results.h"
#include "conformance/stress_plan.h"
#include "conformance/stress_target.h"

namespace duroxide::conformance {

struct PlannedContestant {
  std::string name;
  // Of the provider in results; empty is what it says of itself.
  std::string provider_name = {};
  // Runs that are kept; nothing where it is to be run.
  std::optional<stress::RunFilter> kept = std::nullopt;
  StressTargetOptions target = {};
  PlannedLoad load = {};
};

// The contestants that the texts of CompareOptions::targets name, each in each
// of the loads. INVALID_ARGUMENT, with what to write, where a text is wrong, a
// name stands twice, or there are fewer than two contestants.
absl::StatusOr<std::vector<PlannedContestant>> PlanContestants(
    std::span<const std::string> targets, std::span<const PlannedLoad> loads);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STRESS_CONTESTANTS_H_
