#ifndef DUROXIDE_BENCH_REPORT_H_
#define DUROXIDE_BENCH_REPORT_H_

// What was measured, for people and for programs.

#include <map>
#include <ostream>
#include <string>

#include "bench/sample.h"

namespace duroxide::bench {

// Under what circumstances: what, and what it is here.
using Circumstances = std::map<std::string, std::string>;

// A table of medians, and how the wire compares with its limits.
void WriteTable(const Results& results, const Circumstances& circumstances,
                std::ostream& out);

// All samples of all rounds.
void WriteJson(const Results& results, const Circumstances& circumstances,
               std::ostream& out);

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_REPORT_H_
