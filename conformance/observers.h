#ifndef DUROXIDE_CONFORMANCE_OBSERVERS_H_
#define DUROXIDE_CONFORMANCE_OBSERVERS_H_

#include <string>
#include <vector>

#include "conformance/scheduler.h"
#include "conformance/session.h"

namespace duroxide::conformance {

// Passes on what it hears, in the order in which they were added. Those that
// are added outlive it, and are added before the run.
class Observers final : public RunObserver, public CallObserver {
 public:
  void AddForCases(RunObserver& observer) { cases_.push_back(&observer); }
  void AddForCalls(CallObserver& observer) { calls_.push_back(&observer); }

  void OnCaseStarted(const Case& started) override {
    for (RunObserver* observer : cases_) observer->OnCaseStarted(started);
  }
  void OnCaseEnded(const CaseResult& result) override {
    for (RunObserver* observer : cases_) observer->OnCaseEnded(result);
  }
  void OnCall(const std::string& case_id, const CallRecord& call) override {
    for (CallObserver* observer : calls_) observer->OnCall(case_id, call);
  }

 private:
  std::vector<RunObserver*> cases_;
  std::vector<CallObserver*> calls_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_OBSERVERS_H_
