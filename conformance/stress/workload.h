#ifndef DUROXIDE_CONFORMANCE_STRESS_WORKLOAD_H_
#define DUROXIDE_CONFORMANCE_STRESS_WORKLOAD_H_

// How a scenario declares itself: one file of conformance/stress/scenarios.
//
//   class ParallelOrchestrations : public Workload { ... };
//
//   STRESS_SCENARIO(parallel_orchestrations,
//                   .summary = "Fans out to activities and joins them.",
//                   .make = Make<ParallelOrchestrations>);
//
// A workload is set up, run and checked. It says what a unit of its load is,
// begins units when it is told to, and proves after the load that none of it
// was lost or done twice. Pace, time and figures are not its business.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "conformance/stress/check/findings.h"
#include "conformance/stress/stage.h"
#include "conformance/stress/stress_config.h"
#include "conformance/stress/stress_result.h"
#include "runtime/registry.h"
#include "runtime/runtime_options.h"

namespace duroxide::stress {

// Its methods are called in this order, by one thread at a time; what it
// registers runs on many.
class Workload {
 public:
  virtual ~Workload() = default;

  // Adds its orchestrations and activities. `stage` outlives them.
  virtual absl::Status Register(Stage& stage,
                                runtime::OrchestrationRegistry& orchestrations,
                                runtime::ActivityRegistry& activities);

  // Prepares the store, before any runtime works on it. Not measured.
  virtual absl::Status SetUp(Stage& stage);

  // The runtimes that work on the load; Register is called for each of them.
  // One as it is, where the scenario needs no others.
  virtual std::vector<runtime::RuntimeOptions> Runtimes(
      const runtime::RuntimeOptions& base) {
    return {base};
  }

  // Begins unit `n`, counted from 0, and returns at once: the unit ends when
  // Stage::End is called for it. Units that are instances begin with
  // Stage::Start, which sees to their end.
  virtual void Begin(Stage& stage, uint64_t n) = 0;

  // All units have ended or were given up, or the load was interrupted; the
  // runtimes still work. Ends what waits for further units, and waits until it
  // has ended. Not measured.
  virtual absl::Status WindDown(Stage& /*stage*/) { return absl::OkStatus(); }

  // After that: no runtime works any more. Adds what is wrong. An error where
  // it could not look.
  virtual absl::Status Check(Stage& stage, Findings& findings) = 0;

  // Figures of its own.
  virtual std::vector<Measure> Measures(const StressResult& result);
};

// How units are begun.
enum class Pace {
  // As the config says: a closed or an open loop.
  kLoop,
  // All of a fixed number are begun in order before the runtimes start, as a
  // part of the set-up; the load is their end.
  kBacklog,
};

struct ScenarioTraits {
  // One line for the list, and what it shows about a provider.
  std::string_view summary = {};
  std::string_view shows = {};
  Pace pace = Pace::kLoop;
  // False where the load is on the queues themselves.
  bool runtime = true;
  // Capabilities without which it cannot be run.
  std::vector<v1::Capability> needs = {};
  // Changes the defaults to those of the scenario; what the user sets goes
  // before. May be empty.
  std::function<void(StressConfig&)> defaults = {};
  std::function<std::unique_ptr<Workload>(const StressConfig&)> make = {};
};

struct Scenario {
  std::string_view name;
  ScenarioTraits traits;
};

// All scenarios of the program, by name. Call it only after static
// initialisation.
std::span<const Scenario> Scenarios();

// nullptr where there is none of this name.
const Scenario* FindScenario(std::string_view name);

// Adds a scenario. Only the macro calls it, before main.
bool RegisterScenario(Scenario added);

// For ScenarioTraits::make.
template <typename T>
std::unique_ptr<Workload> Make(const StressConfig& config) {
  return std::make_unique<T>(config);
}

}  // namespace duroxide::stress

#define STRESS_SCENARIO(scenario_name, ...)                       \
  [[maybe_unused]] static const bool registered_##scenario_name = \
      ::duroxide::stress::RegisterScenario(                       \
          {.name = #scenario_name, .traits = {__VA_ARGS__}})

#endif  // DUROXIDE_CONFORMANCE_STRESS_WORKLOAD_H_
