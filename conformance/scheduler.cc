#include "conformance/scheduler.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

#include "conformance/run_case.h"

namespace duroxide::conformance {
namespace {

// The cases that wait to be run, and the results so far.
class Queue {
 public:
  Queue(const std::vector<const Case*>& cases, RunObserver& observer)
      : cases_(cases), observer_(observer) {}

  // The next case, or null where there is none.
  const Case* Next(const std::stop_token& stop) {
    std::lock_guard lock(mutex_);
    if (next_ == cases_.size() || stop.stop_requested()) return nullptr;
    observer_.OnCaseStarted(*cases_[next_]);
    return cases_[next_++];
  }

  void End(CaseResult result) {
    std::lock_guard lock(mutex_);
    observer_.OnCaseEnded(result);
    results_.push_back(std::move(result));
  }

  // By category and name. Only after all threads have ended.
  std::vector<CaseResult> TakeResults() {
    std::sort(results_.begin(), results_.end(),
              [](const CaseResult& a, const CaseResult& b) {
                return std::tie(a.of->category, a.of->name) <
                       std::tie(b.of->category, b.of->name);
              });
    return std::move(results_);
  }

 private:
  const std::vector<const Case*>& cases_;
  RunObserver& observer_;
  std::mutex mutex_;
  size_t next_ = 0;
  std::vector<CaseResult> results_;
};

}  // namespace

RunResult RunCases(const std::vector<const Case*>& cases, int jobs,
                   const SessionOptions& options, RunObserver& observer) {
  const Moment began = Now();
  Queue queue(cases, observer);
  {
    std::vector<std::jthread> threads;
    const size_t count = std::min(static_cast<size_t>(jobs), cases.size());
    for (size_t i = 0; i < count; ++i) {
      threads.emplace_back([&] {
        while (const Case* next = queue.Next(options.stop)) {
          if (std::optional<CaseResult> result = RunCase(*next, options)) {
            queue.End(*std::move(result));
          }
        }
      });
    }
  }
  RunResult run;
  run.cases = queue.TakeResults();
  run.selected = cases.size();
  run.interrupted = run.cases.size() < cases.size();
  run.elapsed = absl::FromChrono(Now() - began);
  return run;
}

}  // namespace duroxide::conformance
