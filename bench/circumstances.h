#ifndef DUROXIDE_BENCH_CIRCUMSTANCES_H_
#define DUROXIDE_BENCH_CIRCUMSTANCES_H_

#include <string>

#include "bench/report.h"

namespace duroxide::bench {

// What the machine is and the programs are; `folder` is where databases lie.
// Names no host and no path.
Circumstances FindCircumstances(const std::string& folder);

// True where what is written to `folder` never reaches a disk, so that nothing
// measured there is durable.
bool IsInMemory(const std::string& folder);

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_CIRCUMSTANCES_H_
