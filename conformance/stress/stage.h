#ifndef DUROXIDE_CONFORMANCE_STRESS_STAGE_H_
#define DUROXIDE_CONFORMANCE_STRESS_STAGE_H_

// What a workload works with: the store, the clock, the ledgers.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "conformance/stress/effects.h"
#include "conformance/stress/stress_config.h"
#include "conformance/stress/stress_result.h"
#include "providers/provider.h"
#include "runtime/activity_context.h"
#include "runtime/client.h"
#include "runtime/registry.h"

namespace duroxide::stress {

// How an instance is to be started.
struct InstanceStart {
  std::string instance;
  std::string orchestration;
  std::string input = {};
};

// Thread-safe. Nothing of it blocks but the client.
class Stage {
 public:
  virtual ~Stage() = default;

  virtual const StressConfig& config() const = 0;

  // The provider; its calls are counted among the load's. In requests,
  // `store` is to be set to store().
  virtual Provider& provider() = 0;
  virtual const std::string& store() const = 0;
  virtual runtime::Client& client() = 0;
  // Every instance's id begins so, for stores that others use, too.
  virtual const std::string& prefix() const = 0;

  // Starts the instance that is unit `n`. Its end is the unit's: completed, or
  // failed with the category of its error. A start that the provider refuses
  // fails it, too.
  virtual void Start(uint64_t n, InstanceStart start) = 0;

  // Unit `n` has ended. Once for each; a unit that has ended or was given up
  // is not counted again.
  virtual void End(uint64_t n, Outcome outcome,
                   std::string_view error = "") = 0;

  // How many units were begun.
  virtual uint64_t begun() const = 0;
  // How unit `n` ended; nothing where it has not, or was given up.
  virtual std::optional<Outcome> OutcomeOf(uint64_t n) const = 0;

  // What activities did, and what was done in place of one (queue level).
  virtual Effects& effects() = 0;
  // Counts activities towards the figures where no runtime does.
  virtual void CountActivities(uint64_t count) = 0;

  // Calls `then` after `delay`, on a thread of the stage that `then` must not
  // block.
  virtual void After(absl::Duration delay, absl::AnyInvocable<void()> then) = 0;

  // Stops when the run is interrupted.
  virtual const std::stop_token& stop() const = 0;
};

// Sees to an activity that takes Stage::config's activity_delay without a
// thread, counts its effect and returns its input: "Task".
absl::Status AddTask(Stage& stage, runtime::ActivityRegistry& activities);

// The same under another name, and with something to be done when it begins.
// `begin` must not block; it outlives the load, and may be empty.
absl::Status AddNotedTask(
    Stage& stage, std::string name,
    std::function<void(const runtime::ActivityInfo&)> begin,
    runtime::ActivityRegistry& activities);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_STAGE_H_
