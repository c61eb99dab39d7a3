#ifndef DUROXIDE_TESTS_E2E_LEDGER_H_
#define DUROXIDE_TESTS_E2E_LEDGER_H_

// What a provider must hold, by the answers that its clients got.
//
// Every request that changes something is an operation with an effect, which
// happens as a whole or not at all. Its answer tells which. Where there was no
// answer, what the provider turns out to hold tells, at an audit; everything
// else must then be in step with it.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "providers/provider.h"
#include "tests/e2e/faults.h"

namespace duroxide::e2e {

// A message of either queue, as its bytes. Clients make no two that are equal.
using MessageBytes = std::string;

// An execution's events by id, each as its bytes.
using History = std::map<uint64_t, std::string>;
History HistoryOf(const google::protobuf::RepeatedPtrField<v1::Event>& events);

// What a request does.
struct Effect {
  std::vector<MessageBytes> removes;
  std::vector<MessageBytes> adds;
  std::string instance;  // whose history grows, if any
  History events;
};
Effect EffectOfEnqueue(const v1::WorkItem& item);
Effect EffectOfAck(const v1::LockedOrchestrationItem& held,
                   const v1::AckOrchestrationItemRequest& ack);
Effect EffectOfAck(const v1::LockedWorkItem& held,
                   const v1::AckWorkItemRequest& ack);

enum class Outcome { kDone, kNotDone, kUnknown };

// What a provider holds: messages of both queues, and histories by instance.
struct Holding {
  std::set<MessageBytes> messages;
  std::map<std::string, History> histories;
};

// Thread-safe.
class Ledger {
 public:
  using Operation = size_t;

  // `faults` gets what goes against the contract.
  explicit Ledger(Faults& faults) : faults_(faults) {}

  // Before a request is sent, and after its answer.
  Operation Begin(Effect effect);
  void End(Operation operation, Outcome outcome);

  // A fetch that was sent at `asked` gave these messages.
  void Given(const v1::WorkItem& message, absl::Time asked);

  // Blocks until `count` more operations are acknowledged. False where that
  // takes so long that clients or server must hang.
  bool WaitForAcknowledged(int64_t count);

  // Messages that are there, as far as is known.
  int64_t Backlog() const;
  // Blocks until there are none; false as above.
  bool WaitForEmptyQueues();

  // The instances that operations since the last audit were to change.
  std::set<std::string> TouchedInstances() const;

  // Compares with what the provider holds while no client is at work: all
  // messages, and the histories of the touched instances at least. Settles what
  // was never answered; returns how many of these turned out to be done.
  int Audit(const Holding& found);

  // Of all operations that were done, as of the last audit.
  std::set<std::string> Instances() const;
  std::set<MessageBytes> EverEnqueued() const;

 private:
  // All of these with mutex_ held.
  void Apply(const Effect& effect);
  bool TurnsOutDone(const Effect& effect, const Holding& found) const;
  int Settle(const Holding& found);
  void CompareMessages(const std::set<MessageBytes>& found);
  void CompareHistories(const std::map<std::string, History>& found);

  Faults& faults_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Operation next_operation_ = 0;
  std::map<Operation, Effect> open_;  // without an answer
  int64_t acknowledged_ = 0;
  // How often each message was added, less how often it was removed.
  std::map<MessageBytes, int> balance_;
  int64_t backlog_ = 0;
  std::map<MessageBytes, absl::Time> gone_since_;
  std::set<MessageBytes> ever_sent_;
  std::set<MessageBytes> ever_enqueued_;
  std::set<std::string> touched_;
  std::map<std::string, History> histories_;
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_LEDGER_H_
