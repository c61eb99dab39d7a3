#ifndef DUROXIDE_BENCH_LIMITS_H_
#define DUROXIDE_BENCH_LIMITS_H_

// How near the wire comes to what limits it: the empty call and the storage.

#include <string>
#include <vector>

#include "bench/sample.h"

namespace duroxide::bench {

struct Comparison {
  // The scenario of the wire.
  std::string name;
  // Its rate as a share of the slower limit's, compared round by round.
  Spread share;
};

// Compares every wire scenario whose two limits were measured too. 64 in flight
// are compared with 64 empty calls and with groups of 64, and so on.
std::vector<Comparison> CompareWithLimits(const Results& results);

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_LIMITS_H_
