#ifndef DUROXIDE_BENCH_STOCK_H_
#define DUROXIDE_BENCH_STOCK_H_

// What a database holds when a measurement begins.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/messages.h"

namespace duroxide::bench {

enum class Stock {
  kEmpty,
  // Activities of known instances, ready.
  kActivities,
  // The same, all of them locked.
  kHeldActivities,
  // Instances whose two activities are completed, ready for their second turn.
  kTurns,
  // The same, all of them locked.
  kHeldTurns,
  // 100,000 messages in either queue, for as many instances.
  kQueued,
  // 100,000 instances that have ended.
  kFinished,
  // 10,000 messages in either queue that become visible in an hour.
  kDelayed,
};

// Makes the database `file`, with `size` items where the stock gives no number,
// by the rooms of the engine alone. Returns what is locked.
absl::StatusOr<std::vector<Held>> MakeStock(const std::string& file,
                                            Stock stock, int size);

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_STOCK_H_
