#ifndef DUROXIDE_PROVIDERS_OBSERVER_H_
#define DUROXIDE_PROVIDERS_OBSERVER_H_

// What an engine tells of itself while it works; a server turns it into
// metrics.

#include <cstdint>

#include "absl/time/time.h"

namespace duroxide {

// The two queues of the contract.
enum class Queue { kOrchestrator, kWorker };

// Receives an engine's events. The calls come from the engine's own threads, on
// its hot path: an implementation must be thread-safe and must not block.
class EngineObserver {
 public:
  virtual ~EngineObserver() = default;

  // A transaction that carried `requests` requests was committed in `elapsed`,
  // from its begin to the moment when it was durable.
  virtual void OnCommit(int64_t requests, absl::Duration elapsed) = 0;

  // The number of fetches that wait for work on `queue` is now `waiting`.
  virtual void OnLongPollsWaiting(Queue queue, int64_t waiting) = 0;

  // `count` locks on `queue` ran out and their items became visible again.
  virtual void OnLocksExpired(Queue queue, int64_t count) = 0;
};

}  // namespace duroxide

#endif  // DUROXIDE_PROVIDERS_OBSERVER_H_
