#ifndef DUROXIDE_CONFORMANCE_MODEL_OPERATION_H_
#define DUROXIDE_CONFORMANCE_MODEL_OPERATION_H_

// What can be done with the two queues, one step at a time.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace duroxide::conformance::model {

enum class Action {
  // The orchestrator queue.
  kEnqueueStart,
  kEnqueueEvent,
  kFetch,
  kAck,
  kAbandon,
  kRenew,
  // The worker queue.
  kEnqueueActivity,
  kFetchActivity,
  kAckActivity,
  kAbandonActivity,
  kRenewActivity,
  // Until all short locks have run out and all delays are over. Time passes in
  // no other way.
  kWait,
};

// One step. Each action looks at some of the fields.
struct Operation {
  bool operator==(const Operation&) const = default;

  Action action = Action::kWait;
  // Enqueue, and what an ack enqueues: for which instance.
  char instance = 'a';
  // Ack, abandon, renew: which of the locks that this queue gave, counted back
  // from the latest; more than there are begins again with the latest.
  size_t lock = 0;
  // Fetch, renew: true for a lock that does not run out, false for a short one.
  bool lasting = false;
  // Enqueue of an event, abandon: hidden until the next wait.
  bool delayed = false;
  // Abandon: takes the attempt back.
  bool ignore_attempt = false;
  // Ack of a turn: also enqueues an event and an activity. Ack of an activity:
  // with a completion.
  bool enqueues = false;
};

// For people: "abandon the lock before the latest, delayed".
std::string TextOf(const Operation& operation);

// True for what is done with a lock: ack, abandon, renew.
bool NeedsLock(const Operation& operation);

// True where a short lock or a delay begins with it.
bool BeginsShortTime(const Operation& operation);

// Which queues operations are about.
enum class Scope { kOrchestratorQueue, kWorkerQueue, kBothQueues };

// Operations by chance, always the same ones for a seed.
std::vector<Operation> RandomOperations(uint64_t seed, size_t count,
                                        Scope scope);

}  // namespace duroxide::conformance::model

#endif  // DUROXIDE_CONFORMANCE_MODEL_OPERATION_H_
