#ifndef DUROXIDE_CONFORMANCE_REPLAY_REPLAYER_H_
#define DUROXIDE_CONFORMANCE_REPLAY_REPLAYER_H_

// Sends the calls of a transcript again.

#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/interval.h"
#include "conformance/replay/compare.h"
#include "conformance/replay/transcript.pb.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// A call that was sent again.
struct ReplayedCall {
  // As it was sent now.
  std::shared_ptr<const google::protobuf::Message> request;
  Moment sent;
  Moment received;
  NewAnswer answer;
  // See DifferencesOf.
  std::vector<std::string> differences;
};

struct Replay {
  Moment began;
  // By send time, as in the transcript; fewer where `interrupted`.
  std::vector<ReplayedCall> calls;
  bool interrupted = false;
};

// Sends the calls as PlanOf has them, in a fresh store that is dropped at the
// end, with everything that the first provider made up put into the words of
// this one. `transcript` comes from ParseTranscript. An error where no store
// can be made. A stop ends it; calls under way are waited for. Blocks.
absl::StatusOr<Replay> SendAgain(const transcript::v1::Transcript& transcript,
                                 Provider& provider,
                                 const std::stop_token& stop);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPLAY_REPLAYER_H_
