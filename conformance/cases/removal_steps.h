#ifndef DUROXIDE_CONFORMANCE_CASES_REMOVAL_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_REMOVAL_STEPS_H_

// Steps of cases about the deletion of instances and the pruning of executions.
// A step with a plain name must succeed and fails the case where it does not.

#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/fixture.h"

namespace duroxide::conformance {

using InstanceIds = std::vector<std::string>;

// Which instances. Absent criteria are left out of the request.
struct Instances {
  std::optional<InstanceIds> ids = std::nullopt;
  std::optional<uint64_t> completed_before_ms = std::nullopt;
  std::optional<uint32_t> limit = std::nullopt;
};

// Which executions.
struct Executions {
  std::optional<uint32_t> keep_last = std::nullopt;
  std::optional<uint64_t> completed_before_ms = std::nullopt;
};

// What a removal says that it removed, to compare with IsMessage.
struct Counts {
  uint64_t instances = 0;
  uint64_t executions = 0;
  uint64_t events = 0;
  uint64_t messages = 0;
};
v1::DeletionResult Deleted(const Counts& counts);
// Here `instances` are those that were looked at.
v1::PruneResult Pruned(const Counts& counts);

// A root and its tree.
v1::DeletionResult Delete(
    Fixture& t, std::string_view instance, bool force = false,
    std::source_location where = std::source_location::current());
absl::StatusOr<v1::DeletionResult> TryDelete(Fixture& t,
                                             std::string_view instance,
                                             bool force = false);

// Just these.
v1::DeletionResult DeleteNamed(
    Fixture& t, const InstanceIds& instances, bool force = false,
    std::source_location where = std::source_location::current());
absl::StatusOr<v1::DeletionResult> TryDeleteNamed(Fixture& t,
                                                  const InstanceIds& instances,
                                                  bool force = false);

// Terminal roots and their trees.
v1::DeletionResult DeleteByFilter(
    Fixture& t, const Instances& instances = {},
    std::source_location where = std::source_location::current());

v1::PruneResult Prune(
    Fixture& t, std::string_view instance, const Executions& executions = {},
    std::source_location where = std::source_location::current());
v1::PruneResult PruneByFilter(
    Fixture& t, const Instances& instances, const Executions& executions = {},
    std::source_location where = std::source_location::current());

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_REMOVAL_STEPS_H_
