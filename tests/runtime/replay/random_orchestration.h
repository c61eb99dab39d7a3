#ifndef DUROXIDE_TESTS_RUNTIME_REPLAY_RANDOM_ORCHESTRATION_H_
#define DUROXIDE_TESTS_RUNTIME_REPLAY_RANDOM_ORCHESTRATION_H_

#include <string>

#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::runtime {

// Uses all that a context has, in an order that follows from its input, a
// number, and from nothing else. Events and queues have the names "a" and "b".
// Ends with a text that tells what it got.
Orchestration<std::string> RandomOrchestration(OrchestrationContext& ctx,
                                               std::string seed);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_TESTS_RUNTIME_REPLAY_RANDOM_ORCHESTRATION_H_
