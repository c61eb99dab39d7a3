#ifndef DUROXIDE_RUNTIME_REPLAY_START_H_
#define DUROXIDE_RUNTIME_REPLAY_START_H_

// Which execution a fetched item is about.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "duroxide/provider/v1/orchestration.pb.h"
#include "runtime/registry.h"
#include "runtime/replay/history_index.h"

namespace duroxide::runtime {

struct Beginning {
  // The turn begins an execution, and `started` is its first event, but for the
  // version.
  bool begins = false;
  // It is not the instance's first one.
  bool continues = false;
  // The execution that the history is of has ended.
  bool ended = false;

  uint64_t execution_id = 1;
  // Empty where neither history nor messages tell.
  std::string name;
  // std::nullopt where the registry's policy decides.
  std::optional<std::string> version;
  provider::v1::OrchestrationStarted started;
  // The messages that do not begin anything. They belong to the item.
  std::vector<const provider::v1::WorkItem*> messages;
};

// `item` outlives what is returned. `kept`, where it is not null, is what the
// item's history says, and that is not looked at: of an execution that began
// and has not ended.
Beginning BeginningOf(const provider::v1::OrchestrationItem& item,
                      const HistoryIndex* kept = nullptr);

// The function to run. std::nullopt where it is not registered.
std::optional<VersionedFunctions<OrchestrationFunction>::Entry> Resolve(
    const OrchestrationRegistry& orchestrations, const Beginning& beginning);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_START_H_
