#ifndef DUROXIDE_CONFORMANCE_RUN_CASE_H_
#define DUROXIDE_CONFORMANCE_RUN_CASE_H_

// Runs one case to a verdict.

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

#include "absl/time/time.h"
#include "conformance/case.h"
#include "conformance/link.h"
#include "conformance/quiet_gate.h"
#include "conformance/result.h"
#include "conformance/room.h"
#include "conformance/session.h"

namespace duroxide::conformance {

// What the runs of all cases share.
struct RunOptions {
  // Outlives the run.
  Rooms* rooms = nullptr;
  // What the provider said of itself.
  v1::GetProviderInfoResponse info = {};
  absl::Duration lock_timeout = absl::Seconds(1);
  // See SessionOptions.
  absl::Duration at_once = AtOnceFor(absl::ZeroDuration());
  ProviderClock clock = {};
  // Hears of all calls; outlives the run, may be null.
  CallObserver* calls = nullptr;
  // The longest that one attempt at a case may take.
  absl::Duration case_timeout = CaseTimeoutFor(absl::ZeroDuration());
  // Capabilities that a case needs must be declared: it fails where it would be
  // skipped.
  bool require_capabilities = false;
  // The longest time that the runner itself stood still since a moment
  // (StallWatch); may be empty.
  std::function<absl::Duration(Moment since)> longest_stall = {};
  // Where cases run side by side: what has no verdict yet is run again in
  // quiet. Outlives the run, may be null.
  QuietGate* gate = nullptr;
  // Ends the run.
  std::stop_token stop = {};
};

// Runs `to_run` in a room of its own, in which `seed` decides what is left to
// chance. Skips it where the provider does not declare what it needs or no room
// is fit for it. Where the runner is too slow for a verdict, runs the case
// again, up to three times, with all times doubled each time; then it is
// inconclusive. A failure while the runner itself stood still is no verdict
// either. Where an answer was late or did not come, runs the case again, too:
// it fails where that is so in three attempts. std::nullopt where the run was
// interrupted.
//
// Blocks. Throws nothing.
std::optional<CaseResult> RunCase(const Case& to_run, uint64_t seed,
                                  const RunOptions& options);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_RUN_CASE_H_
