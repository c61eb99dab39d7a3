#ifndef DUROXIDE_TESTS_RUNTIME_REPLAY_STORY_ORCHESTRATIONS_H_
#define DUROXIDE_TESTS_RUNTIME_REPLAY_STORY_ORCHESTRATIONS_H_

#include "runtime/registry.h"

namespace duroxide::runtime {

// The orchestrations that the stories under tests/golden/replay are about.
OrchestrationRegistry StoryOrchestrations();

}  // namespace duroxide::runtime

#endif  // DUROXIDE_TESTS_RUNTIME_REPLAY_STORY_ORCHESTRATIONS_H_
