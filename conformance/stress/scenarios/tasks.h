#ifndef DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_TASKS_H_
#define DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_TASKS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "conformance/stress/stage.h"
#include "runtime/activity_context.h"
#include "runtime/registry.h"

namespace duroxide::stress {

// As AddTask of stage.h, under another name, and with something to be done when
// it begins. `begin` must not block; it outlives the load.
absl::Status AddNotedTask(
    Stage& stage, std::string name,
    std::function<void(const runtime::ActivityInfo&)> begin,
    runtime::ActivityRegistry& activities);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_TASKS_H_
