#ifndef DUROXIDE_CONFORMANCE_STRESS_CHECK_INSTANCES_H_
#define DUROXIDE_CONFORMANCE_STRESS_CHECK_INSTANCES_H_

// What a store must hold after a load, instance by instance.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "conformance/stress/check/findings.h"
#include "conformance/stress/check/history.h"
#include "conformance/stress/stage.h"
#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// One execution's history, as the provider gave it.
struct ReadExecution {
  std::string_view instance;
  uint64_t execution_id = 1;
  const Events& events;
};

struct InstanceCheck {
  // Activities count what they do in Stage::effects(). False where they are
  // the user's own.
  bool effects = true;
  // Whatever is scheduled is also waited for, so that it has a completion when
  // the execution has ended well.
  bool all_awaited = true;
  // Nobody but the load and its instances' parents starts instances whose ids
  // begin with the stage's prefix.
  bool all_known = true;
  // How many instances are looked at at a time.
  int in_flight = 64;
  // Looks further into each history. Called on many threads.
  std::function<void(const ReadExecution& read, Findings& findings)> also = {};
};

// An instance that the load has started.
struct StartedInstance {
  std::string instance;
  // How the load has seen it end: nothing where it was given up.
  std::optional<Outcome> outcome;
};

// Compares the started instances, their children and all their executions with
// what the store has of them. Found are:
//  - instances that are lost, stuck, or ended otherwise than the load has seen,
//    and ones in the store that begin with the stage's prefix and that nobody
//    has started;
//  - histories that are not well formed (check/history.h), or that disagree
//    with the status;
//  - activities that completed and were done twice or never, and ones that were
//    done and that no history knows.
// Where the provider has no ADMIN, the histories have to say all.
//
// Blocks. An error where the provider could not be asked.
absl::Status CheckInstances(Stage& stage, std::vector<StartedInstance> started,
                            Findings& findings,
                            const InstanceCheck& check = {});

// The same where each unit is an instance.
absl::Status CheckInstances(
    Stage& stage, const std::function<std::string(uint64_t n)>& instance_of,
    Findings& findings, const InstanceCheck& check = {});

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_CHECK_INSTANCES_H_
