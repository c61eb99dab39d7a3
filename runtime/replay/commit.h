#ifndef DUROXIDE_RUNTIME_REPLAY_COMMIT_H_
#define DUROXIDE_RUNTIME_REPLAY_COMMIT_H_

// What the provider is to commit after a turn (ACK-1).

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "runtime/limits.h"
#include "runtime/replay/execution.h"

namespace duroxide::runtime {

// The parent that a child answers.
struct ParentLink {
  std::string instance;
  uint64_t event_id = 0;
  uint64_t execution_id = 1;
};

std::optional<ParentLink> ParentOf(
    const provider::v1::OrchestrationStarted& started);

// The full instance id of a child: derived ids stand behind their parent's.
std::string ChildInstance(const std::string& parent, const std::string& child);

// Why the turn goes beyond a limit; std::nullopt where it does not.
std::optional<std::string> LimitProblem(const Progress& progress,
                                        size_t key_values,
                                        const Limits& limits);

// The ack of a turn, but for store, lock token and request id. Writes the
// events that end the execution, where it ends, to its history.
provider::v1::AckOrchestrationItemRequest MakeCommit(Execution& execution,
                                                     Progress& progress,
                                                     const Limits& limits,
                                                     absl::Time now);

// The message that tells the parent how the child has ended.
provider::v1::WorkItem ChildCompleted(const ParentLink& parent,
                                      std::string result);
provider::v1::WorkItem ChildFailed(const ParentLink& parent,
                                   provider::v1::ErrorDetails details);

// What the provider is to note of the execution: of its beginning and its end,
// where the delta has them.
provider::v1::ExecutionMetadata MetadataOf(const Events& delta);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_COMMIT_H_
