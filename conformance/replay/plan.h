#ifndef DUROXIDE_CONFORMANCE_REPLAY_PLAN_H_
#define DUROXIDE_CONFORMANCE_REPLAY_PLAN_H_

// When the calls of a transcript are sent again: in their order, those that
// overlapped overlapping, and none sooner after an earlier one than it was.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "conformance/replay/transcript.pb.h"

namespace duroxide::conformance {

// When one call is sent.
struct Step {
  bool operator==(const Step&) const = default;

  // The calls that had been answered before it was sent, but for those that
  // had been before an earlier one.
  std::vector<size_t> answered;
  // When it was sent, since the case began.
  absl::Duration sent;
};

// A step for each call.
std::vector<Step> PlanOf(const transcript::v1::Transcript& transcript);

// By how much a replay is behind the times of its transcript. It never catches
// up: a lock that a call took, or a delay that it began, then lasts for as long
// as it did, seen from every later call.
class Lag {
 public:
  // What happened at `then` in the transcript happens at `now`; both since the
  // begin.
  void Note(absl::Duration then, absl::Duration now) {
    behind_ = std::max(behind_, now - then);
  }

  // When what happened at `then` is to happen.
  absl::Duration TimeFor(absl::Duration then) const { return then + behind_; }

 private:
  absl::Duration behind_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPLAY_PLAN_H_
