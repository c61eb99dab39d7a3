#ifndef DUROXIDE_CONFORMANCE_STRESS_LOAD_RECORDER_H_
#define DUROXIDE_CONFORMANCE_STRESS_LOAD_RECORDER_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "conformance/stress/load/units.h"
#include "conformance/stress/stress_result.h"
#include "runtime/runtime_observer.h"

namespace duroxide::stress {

// An execution that will not go on has been committed.
using InstanceEnded = std::function<void(
    std::string_view instance, Outcome outcome, std::string_view error)>;

// Hears of all that a runtime does during a load. Thread-safe.
class Recorder final : public runtime::RuntimeObserver {
 public:
  struct Listener {
    std::function<void()> activity;
    std::function<void(std::string_view method, const absl::Status& status,
                       absl::Duration elapsed)>
        call;
  };

  // `next` hears of everything, too; may be null. `units` outlives this.
  Recorder(Units& units, InstanceEnded ended, Listener listener,
           std::shared_ptr<runtime::RuntimeObserver> next);
  ~Recorder() override;

  void OnTurn(const runtime::CommittedTurn& turn) override;
  void OnTurnNotCommitted(const runtime::TurnFacts& facts) override;
  void OnActivity(const runtime::FinishedActivity& activity) override;
  void OnOrchestrationsFetched(int count) override;
  void OnActivitiesFetched(int count) override;
  void OnProviderCall(std::string_view method, const absl::Status& status,
                      absl::Duration elapsed) override;
  void OnSystemMetrics(const provider::v1::SystemMetrics& metrics) override;
  void OnQueueDepths(const provider::v1::QueueDepths& depths) override;

  std::map<std::string, CallFigures> Calls() const;

 private:
  struct Method;

  Method& MethodNamed(std::string_view name);

  Units& units_;
  const InstanceEnded ended_;
  const Listener listener_;
  const std::shared_ptr<runtime::RuntimeObserver> next_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Method>, std::less<>> methods_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_LOAD_RECORDER_H_
