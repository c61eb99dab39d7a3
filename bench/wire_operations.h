#ifndef DUROXIDE_BENCH_WIRE_OPERATIONS_H_
#define DUROXIDE_BENCH_WIRE_OPERATIONS_H_

// What is done through a Provider, over and over.

#include <atomic>
#include <memory>
#include <vector>

#include "bench/closed_loop.h"
#include "bench/messages.h"
#include "providers/provider.h"

namespace duroxide::bench {

// Locked items, each handed out once. Thread-safe.
class Supply {
 public:
  explicit Supply(const std::vector<Held>& items) : items_(items) {}
  // Null where none is left.
  const Held* Take() {
    const size_t place = next_++;
    return place < items_.size() ? &items_[place] : nullptr;
  }

 private:
  const std::vector<Held>& items_;
  std::atomic<size_t> next_ = 0;
};

// What an operation works with. `lane` makes its instances its own.
struct Lane {
  Provider& provider;
  Supply& supply;
  int lane;
};

enum class Work {
  kInfo,         // GetProviderInfo, which touches no storage
  kEnqueue,      // a start, for a new instance each time
  kAckActivity,  // of an activity that is locked already
  kFetchAndAckActivity,
  kAckTurn,  // of an instance that is locked already
  kFetchAndAckTurn,
  kActivityCycle,  // enqueue, fetch and ack: as much comes as goes
  kTurnCycle,      // the same with instances of one turn
};
std::unique_ptr<Operation> MakeOperation(Work work, const Lane& lane);

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_WIRE_OPERATIONS_H_
