#ifndef DUROXIDE_CONFORMANCE_PLAN_H_
#define DUROXIDE_CONFORMANCE_PLAN_H_

// Which cases are run, in which order, and how often.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "conformance/case.h"
#include "conformance/interval.h"

namespace duroxide::conformance {

struct PlanOptions {
  // How often all cases are run.
  int repeat = 1;
  // Repeats them for this long instead, but all of them once at least.
  absl::Duration repeat_for = absl::ZeroDuration();
  // What chance begins with; each round of all cases has the next number.
  uint64_t seed = 1;
  // In another order every round, which the round's number decides.
  bool shuffle = false;
};

// One run to come.
struct PlannedRun {
  const Case* of;
  uint64_t seed;
};

// Hands out the runs, round by round. Not thread-safe.
class Plan {
 public:
  // Time begins now.
  Plan(std::vector<const Case*> cases, const PlanOptions& options);

  // The next one; std::nullopt where there is none any more.
  std::optional<PlannedRun> Next(Moment now);

  // How many cases it has, each counted once.
  size_t size() const { return cases_.size(); }

 private:
  void BeginRound();
  bool Goes(Moment now) const;

  std::vector<const Case*> cases_;
  const PlanOptions options_;
  const Moment end_;
  uint64_t round_ = 0;
  size_t next_ = 0;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_PLAN_H_
