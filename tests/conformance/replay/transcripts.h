#ifndef DUROXIDE_TESTS_CONFORMANCE_REPLAY_TRANSCRIPTS_H_
#define DUROXIDE_TESTS_CONFORMANCE_REPLAY_TRANSCRIPTS_H_

// Transcripts for tests, made call by call.

#include "absl/time/time.h"
#include "conformance/durations.h"
#include "conformance/replay/transcript_file.h"

namespace duroxide::conformance {

// A call that succeeded. Times in milliseconds since the begin.
template <typename Request, typename Response>
transcript_v1::Call CallOf(const Request& request, const Response& response,
                           double sent_ms, double received_ms) {
  transcript_v1::Call call;
  const std::string& type = request.GetDescriptor()->name();
  call.set_method(type.substr(0, type.size() - std::string("Request").size()));
  *call.mutable_sent() = ToProto(absl::Milliseconds(1) * sent_ms);
  *call.mutable_received() = ToProto(absl::Milliseconds(1) * received_ms);
  call.mutable_request()->PackFrom(request);
  call.mutable_response()->PackFrom(response);
  return call;
}

// A call that failed.
template <typename Request>
transcript_v1::Call FailedCallOf(const Request& request,
                                 const std::string& code,
                                 v1::ErrorReason reason) {
  transcript_v1::Call call = CallOf(request, v1::ReadHistoryResponse(), 1, 2);
  call.mutable_error()->set_code(code);
  call.mutable_error()->mutable_detail()->set_reason(reason);
  return call;
}

template <typename... Call>
transcript_v1::Transcript TranscriptWith(const Call&... calls) {
  transcript_v1::Transcript transcript;
  transcript.set_format_version(kTranscriptVersion);
  transcript.set_case_("category/name");
  transcript.set_store("store-then");
  ((*transcript.add_calls() = calls), ...);
  return transcript;
}

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_REPLAY_TRANSCRIPTS_H_
