#ifndef DUROXIDE_CONFORMANCE_STRESS_STRESS_TEST_H_
#define DUROXIDE_CONFORMANCE_STRESS_STRESS_TEST_H_

// Load on a provider, from a program of one's own.
//
//   OrchestrationRegistry orchestrations;
//   ActivityRegistry activities;
//   ...
//   StressTest test{.orchestration = "ProcessOrder", .input = "{}"};
//   ASSIGN_OR_RETURN(StressResult result,
//                    RunStressTest(StressConfig(), provider,
//                                  std::move(activities),
//                                  std::move(orchestrations), test));

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/stress/measure/processes.h"
#include "conformance/stress/stress_config.h"
#include "conformance/stress/stress_result.h"
#include "conformance/stress/workload.h"
#include "providers/provider.h"
#include "runtime/registry.h"
#include "runtime/runtime.h"

namespace duroxide::stress {

// Hears of a load while it goes on. Called by one thread at a time, but by any
// of the load's; must not block.
class LoadObserver {
 public:
  virtual ~LoadObserver() = default;

  virtual void OnBegin(const StressResult& /*settings*/) {}
  // Each second before and after the load, while nothing is measured: what goes
  // on in a few words, and since when.
  virtual void OnAside(const StressResult& /*settings*/,
                       std::string_view /*doing*/, absl::Duration /*since*/) {}
  virtual void OnStarted(uint64_t /*in_flight*/) {}
  virtual void OnEnded(Outcome /*outcome*/, absl::Duration /*latency*/,
                       uint64_t /*in_flight*/) {}
  virtual void OnActivity() {}
  virtual void OnCall(std::string_view /*method*/,
                      const absl::Status& /*status*/,
                      absl::Duration /*elapsed*/) {}
  // Each second and at the end of the load: the figures so far, without
  // histograms of calls.
  virtual void OnTick(const StressResult& /*so_far*/) {}
  virtual void OnEnd(const StressResult& /*result*/) {}
};

struct LoadOptions {
  // The result's name of the provider; without one what it says of itself.
  std::string provider_name = {};
  // The store, where it is not to be one of the load's own.
  std::optional<std::string> store = std::nullopt;
  // Watched besides this process.
  std::vector<WatchedProcess> processes = {};
  // Outlive the load.
  std::vector<LoadObserver*> observers = {};
  // Also told of the runtime's work; may be null.
  std::shared_ptr<runtime::RuntimeObserver> runtime_metrics = nullptr;
  // Ends the load early and in order: what is under way is given up.
  std::stop_token stop = {};
};

// Runs a scenario on a provider: set-up, load, check. A store of its own is
// dropped at the end; where the provider has none (ISOLATED_STORES), instances
// get a prefix of their own and stay.
//
// Blocks. Errors: INVALID_ARGUMENT where the config makes no sense,
// FAILED_PRECONDITION where the provider lacks what the scenario needs or
// speaks another version of the contract, CANCELLED where it was stopped, and
// the provider's where the set-up or the check could not be done. Failures of
// units are part of the result.
absl::StatusOr<StressResult> RunScenario(const Scenario& scenario,
                                         const StressConfig& config,
                                         std::shared_ptr<Provider> provider,
                                         const LoadOptions& options = {});

// Which orchestration a load of one's own starts, again and again.
struct StressTest {
  std::string name = "custom";
  std::string orchestration;
  // The input of the n-th instance; empty is "".
  std::function<std::string(uint64_t n)> input = {};
};

// The same with orchestrations and activities of one's own. The check proves
// that each instance ended once and well and that its history is well formed;
// what activities do outside is theirs to count. Errors as of RunScenario.
absl::StatusOr<StressResult> RunStressTest(
    const StressConfig& config, std::shared_ptr<Provider> provider,
    const runtime::ActivityRegistry& activities,
    const runtime::OrchestrationRegistry& orchestrations,
    const StressTest& test, const LoadOptions& options = {});

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_STRESS_TEST_H_
