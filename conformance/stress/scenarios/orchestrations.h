#ifndef DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_ORCHESTRATIONS_H_
#define DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_ORCHESTRATIONS_H_

// Orchestrations that several scenarios run. Each proves in its result that
// what it waited for came, and came in its place.

#include <string>

#include "absl/status/status.h"
#include "conformance/stress/stage.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"
#include "runtime/registry.h"

namespace duroxide::stress {

// Schedules as many activities "Task" as its input says, and waits for all.
inline constexpr char kFanOut[] = "FanOut";
runtime::Orchestration<std::string> FanOut(runtime::OrchestrationContext& ctx,
                                           std::string tasks);

// One activity "Task" after the other, all in a session of the instance's own.
inline constexpr char kSessionChain[] = "SessionChain";
runtime::Orchestration<std::string> SessionChain(
    runtime::OrchestrationContext& ctx, std::string tasks);

// One activity "Task" in each execution, and as many executions as its input
// says.
inline constexpr char kLoop[] = "Loop";
runtime::Orchestration<std::string> Loop(runtime::OrchestrationContext& ctx,
                                         std::string left);

// Waits for as many events as its input says, one after the other. Each is
// raised by an activity "Signal" while the instance waits for it.
inline constexpr char kSignals[] = "Signals";
inline constexpr char kSignalName[] = "signal";
runtime::Orchestration<std::string> Signals(runtime::OrchestrationContext& ctx,
                                            std::string count);

// As many children as its input says, each a FanOut of two.
inline constexpr char kFamily[] = "Family";
runtime::Orchestration<std::string> Family(runtime::OrchestrationContext& ctx,
                                           std::string children);

// A timer of as many milliseconds as its input says, a custom status and a
// key-value.
inline constexpr char kNap[] = "Nap";
runtime::Orchestration<std::string> Nap(runtime::OrchestrationContext& ctx,
                                        std::string milliseconds);

// "0,1,2" for 3: what FanOut, SessionChain and Signals return.
std::string CountUpTo(int count);

// "Signal": raises the event kSignalName for its own instance, with its input.
// Its effect is counted when the provider has the event.
absl::Status AddSignal(Stage& stage, runtime::ActivityRegistry& activities);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_ORCHESTRATIONS_H_
