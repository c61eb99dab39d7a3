#ifndef DUROXIDE_CONFORMANCE_STRESS_KEEP_RECORD_H_
#define DUROXIDE_CONFORMANCE_STRESS_KEEP_RECORD_H_

// A run as it is kept and shown: its result, and all that must be known to hold
// it beside another.

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/stress/keep/machine.h"
#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// A threshold that was asked for.
struct KeptThreshold {
  // "p99_ms < 200"
  std::string text;
  bool met = false;
  // What the figure was, with its unit; where nobody can say, why.
  std::string seen;
};

// What the figures say about the cause of a bad result.
struct KeptExplanation {
  // What is the matter, in a line, and what shows it, a sentence each.
  std::string title;
  std::vector<std::string> seen;
  std::vector<std::string> likely_causes;
  std::vector<std::string> next_steps;
};

struct RunRecord {
  // The number under which it is kept; 0 where it is not.
  int64_t id = 0;
  StressResult result;
  // Of what was tested: a commit of git or another name of the version. Empty
  // where nobody said.
  std::string commit;
  // The tested folder had changes that no commit has.
  bool modified = false;
  // Of duroxide-compat.
  std::string tool_version;
  Machine machine;
  // Runs of one `compare` share a name; empty for runs of their own.
  std::string comparison;
  // Of that comparison, from 1.
  int round = 0;
  std::vector<KeptThreshold> thresholds;
  std::vector<KeptExplanation> explanations;

  bool thresholds_met() const {
    for (const KeptThreshold& threshold : thresholds) {
      if (!threshold.met) return false;
    }
    return true;
  }
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_KEEP_RECORD_H_
