#ifndef DUROXIDE_CONFORMANCE_REPLAY_REPLAY_REPORT_H_
#define DUROXIDE_CONFORMANCE_REPLAY_REPLAY_REPORT_H_

#include <cstddef>
#include <ostream>

#include "conformance/replay/replayer.h"
#include "conformance/replay/transcript.pb.h"
#include "conformance/style.h"

namespace duroxide::conformance {

// How many of the answers differ from those of the transcript.
size_t CountDifferent(const Replay& replay);

// Writes a line for each call with its times, and what differs in its answer.
void WriteReplay(std::ostream& out,
                 const transcript::v1::Transcript& transcript,
                 const Replay& replay, const Style& style);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPLAY_REPLAY_REPORT_H_
