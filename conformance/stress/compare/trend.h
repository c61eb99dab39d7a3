#ifndef DUROXIDE_CONFORMANCE_STRESS_COMPARE_TREND_H_
#define DUROXIDE_CONFORMANCE_STRESS_COMPARE_TREND_H_

// How the figures of one load went over time.

#include <optional>
#include <string>
#include <vector>

#include "conformance/stress/compare/comparison.h"
#include "conformance/stress/keep/record.h"

namespace duroxide::stress {

// The runs of one state of what was tested: those that follow each other at one
// commit, and those of one comparison; each by itself where the folder had
// changes or nobody named a commit.
struct TrendPoint {
  // "1a2b3c4", "1a2b3c4 with changes, 11-23 15:17", or the time where there is
  // no commit.
  std::string name;
  // At least one, oldest first.
  std::vector<RunRecord> runs;
};

// The same load on the same provider and machine.
struct TrendLine {
  std::string scenario;
  std::string provider;
  StressConfig config;
  Machine machine;
  // At least one, oldest first.
  std::vector<TrendPoint> points;
  // The last against the one before; nothing where there is only one.
  std::optional<Contrast> change;
  // The commits in between, newest first; nothing where git does not know.
  std::optional<std::vector<std::string>> commits;
};

// For people: "parallel_orchestrations 2/2 on sqlite (activity delay 0)".
std::string TitleOf(const TrendLine& line);

// All lines that the runs make, by scenario, provider and settings. `runs` are
// oldest first. The repository is asked for commits; empty is the working
// folder.
std::vector<TrendLine> TrendsOf(const std::vector<RunRecord>& runs,
                                const std::string& repository);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_COMPARE_TREND_H_
