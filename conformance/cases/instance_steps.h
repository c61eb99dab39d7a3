#ifndef DUROXIDE_CONFORMANCE_CASES_INSTANCE_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_INSTANCE_STEPS_H_

// Steps of cases about the administration: instances as they are made and as
// they are seen. Each fails the case where the provider does not do its part.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/fixture.h"

namespace duroxide::conformance {

// The request of a method that asks for an instance and nothing else.
template <typename Request>
Request Asking(std::string_view instance) {
  Request request;
  request.set_instance(std::string(instance));
  return request;
}

// --- Making instances. All need a store in which no other instance can be
// fetched.

// What an instance may be besides its id.
struct NewInstance {
  v1::OrchestrationStatus status = v1::ORCHESTRATION_STATUS_COMPLETED;
  std::optional<std::string> parent = std::nullopt;
};

// Makes `instance` by one turn: one execution with one event and, where it has
// ended, the output "done".
void MakeInstance(Fixture& t, std::string_view instance,
                  const NewInstance& options = {});

// Makes `instance` with executions 1 to `count` of one event each. All have
// continued as new but the last one, which has this status.
void MakeExecutions(
    Fixture& t, std::string_view instance, uint64_t count,
    v1::OrchestrationStatus last = v1::ORCHESTRATION_STATUS_COMPLETED);

// --- Looking at them.

// The instances in this state, from all pages.
std::vector<std::string> InstancesIn(Fixture& t,
                                     v1::OrchestrationStatus status);

// The direct children of an instance, from all pages.
std::vector<std::string> ChildrenOf(Fixture& t, std::string_view instance);

std::optional<std::string> ParentOf(Fixture& t, std::string_view instance);

// An instance and all below it.
std::vector<std::string> TreeOf(Fixture& t, std::string_view instance);

v1::SystemMetrics MetricsOf(Fixture& t);

v1::QueueDepths Depths(uint64_t orchestrator, uint64_t worker);

// All that can be read of an instance that has a record, one line for each
// thing; equal where nothing has changed.
using Traces = std::vector<std::string>;
Traces TracesOf(Fixture& t, std::string_view instance);

// Nothing can be read of `instance` any more.
void ExpectGone(Fixture& t, std::string_view instance);

// --- Time.

// Waits until the provider's clock has moved on. Returns a moment that comes
// after all that has happened, and not after anything that is still to come.
uint64_t NextMoment(Fixture& t);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_INSTANCE_STEPS_H_
