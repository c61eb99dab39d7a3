#ifndef DUROXIDE_CONFORMANCE_STRESS_COMPARE_TABLE_H_
#define DUROXIDE_CONFORMANCE_STRESS_COMPARE_TABLE_H_

// The table of the provider testing guide, with the same columns and more.

#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "conformance/stress/keep/record.h"
#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// The guide's columns, and then p50, p99 and "1/Throughput", which upstream
// calls average latency. "Avg Latency" is the mean of the latencies.
std::vector<std::string> TableHeadings();

// A row; the provider's cell is `name`.
std::vector<std::string> TableCells(const std::string& name,
                                    const StressResult& result);

struct Table {
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;
};

// A row for each run; with the scenario where there are several. The provider's
// cell is as the result has it.
Table TableOf(std::span<const RunRecord> runs);

// Columns beside each other, names to the left, figures to the right.
// What is in the cells is made printable.
void WriteTable(std::ostream& out, std::span<const std::string> headings,
                std::span<const std::vector<std::string>> rows);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_COMPARE_TABLE_H_
