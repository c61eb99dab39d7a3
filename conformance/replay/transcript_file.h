#ifndef DUROXIDE_CONFORMANCE_REPLAY_TRANSCRIPT_FILE_H_
#define DUROXIDE_CONFORMANCE_REPLAY_TRANSCRIPT_FILE_H_

// Transcripts as files; transcript.proto has their format.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "conformance/replay/transcript.pb.h"
#include "conformance/result.h"

namespace duroxide::conformance {

namespace transcript_v1 = ::duroxide::transcript::v1;

// The version of the format that this program writes and reads.
inline constexpr uint32_t kTranscriptVersion = 1;

// The calls of a failed case. `provider_began` is what the provider's clock
// showed when the case began.
transcript_v1::Transcript MakeTranscript(
    const CaseResult& result, const v1::GetProviderInfoResponse& provider,
    absl::Time provider_began, const std::string& tool_version);

// The text of a file, with a heading for people.
std::string TranscriptText(const transcript_v1::Transcript& transcript);

// The transcript of a file's text. INVALID_ARGUMENT, with the line or the call,
// where it is none, is of another version, or has a call that is none of the
// contract's.
absl::StatusOr<transcript_v1::Transcript> ParseTranscript(
    std::string_view text);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPLAY_TRANSCRIPT_FILE_H_
