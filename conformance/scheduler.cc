#include "conformance/scheduler.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "conformance/ledger.h"
#include "conformance/quiet_gate.h"

namespace duroxide::conformance {
namespace {

// The runs to come, and the results so far. Thread-safe.
class Queue {
 public:
  Queue(Plan plan, RunObserver& observer)
      : plan_(std::move(plan)), observer_(observer) {}

  // The next run, or none.
  std::optional<PlannedRun> Next(const std::stop_token& stop) {
    std::lock_guard lock(mutex_);
    if (stop.stop_requested()) {
      // Nothing is left undone where there is nothing to do any more.
      interrupted_ = interrupted_ || plan_.Next(Now()).has_value();
      return std::nullopt;
    }
    std::optional<PlannedRun> next = plan_.Next(Now());
    if (next) observer_.OnCaseStarted(*next->of);
    return next;
  }

  // A run has ended; without a result where it was interrupted.
  void End(std::optional<CaseResult> result) {
    std::lock_guard lock(mutex_);
    if (!result) {
      interrupted_ = true;
      return;
    }
    observer_.OnCaseEnded(*result);
    ledger_.Add(*std::move(result));
  }

  // Only after all threads have ended.
  RunResult Take() {
    RunResult run;
    run.cases = ledger_.Take();
    run.selected = plan_.size();
    run.interrupted = interrupted_;
    return run;
  }

 private:
  std::mutex mutex_;
  Plan plan_;
  RunObserver& observer_;
  Ledger ledger_;
  bool interrupted_ = false;
};

}  // namespace

RunResult RunCases(Plan plan, int jobs, const RunOptions& options,
                   RunObserver& observer) {
  const Moment began = Now();
  Queue queue(std::move(plan), observer);
  QuietGate gate;
  RunOptions gated = options;
  gated.gate = &gate;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < jobs; ++i) {
      threads.emplace_back([&] {
        while (const auto next = queue.Next(gated.stop)) {
          queue.End(RunCase(*next->of, next->seed, gated));
        }
      });
    }
  }
  RunResult run = queue.Take();
  run.elapsed = absl::FromChrono(Now() - began);
  return run;
}

}  // namespace duroxide::conformance
