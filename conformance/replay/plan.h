#ifndef DUROXIDE_CONFORMANCE_REPLAY_PLAN_H_
#define DUROXIDE_CONFORMANCE_REPLAY_PLAN_H_

// When the calls of a transcript are sent again: in their order, those that
// overlapped overlapping, and with the same gaps.

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "conformance/replay/transcript.pb.h"

namespace duroxide::conformance {

// A time after something that another call did.
struct Gap {
  bool operator==(const Gap&) const = default;

  // Its index in the transcript.
  size_t call;
  absl::Duration after;
};

// When one call is sent: when all that was answered before it is answered, and
// not before the gaps are over.
struct Step {
  bool operator==(const Step&) const = default;

  // The calls that were answered before this one was sent, but for those that
  // were before an earlier one.
  std::vector<size_t> newly_answered;
  // Since the last of these answers.
  std::optional<Gap> since_answer;
  // Since the last send of those calls that were still under way.
  std::optional<Gap> since_send;
};

// A step for each call.
std::vector<Step> PlanOf(const transcript::v1::Transcript& transcript);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPLAY_PLAN_H_
