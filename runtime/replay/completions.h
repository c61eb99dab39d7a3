#ifndef DUROXIDE_RUNTIME_REPLAY_COMPLETIONS_H_
#define DUROXIDE_RUNTIME_REPLAY_COMPLETIONS_H_

// What a fetched message becomes in the history.

#include <cstdint>
#include <optional>

#include "duroxide/provider/v1/event.pb.h"
#include "duroxide/provider/v1/work_item.pb.h"
#include "runtime/replay/history_index.h"

namespace duroxide::runtime {

struct Received {
  // What goes into the history, without the fields that the history gives it.
  // std::nullopt where the message says nothing new: a completion of an earlier
  // execution, or one that is there already.
  std::optional<provider::v1::Event> event;
  // Set where the orchestration cannot go on: it does not see such errors.
  std::optional<provider::v1::ErrorDetails> fatal;
};

// `index` is the history up to here, with what messages before this one have
// become. Not for messages that begin an execution.
Received Receive(const provider::v1::WorkItem& message,
                 const HistoryIndex& index, uint64_t execution_id);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_COMPLETIONS_H_
