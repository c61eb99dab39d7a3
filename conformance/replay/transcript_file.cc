#include "conformance/replay/transcript_file.h"

#include <vector>

#include "conformance/durations.h"
#include "conformance/replay/methods.h"
#include "conformance/text.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

using google::protobuf::TextFormat;

void FillError(const absl::Status& status, transcript_v1::Error& error) {
  error.set_code(absl::StatusCodeToString(status.code()));
  const std::string message(status.message());
  if (!HasDetail(status)) {
    error.set_message(message);
    return;
  }
  *error.mutable_detail() = DetailOf(status);
  if (error.detail().message() != message) error.set_message(message);
}

void FillCall(const CallRecord& from, Moment began, transcript_v1::Call& call) {
  const auto since_began = [began](Moment moment) {
    return ToProto(absl::FromChrono(moment - began));
  };
  call.set_method(from.method);
  *call.mutable_sent() = since_began(from.sent);
  *call.mutable_received() = since_began(from.received);
  if (from.timeout != absl::InfiniteDuration()) {
    *call.mutable_timeout() = ToProto(from.timeout);
  }
  if (from.cancelled) *call.mutable_cancelled() = since_began(*from.cancelled);
  call.mutable_request()->PackFrom(*from.request);
  if (from.status.ok() && from.response != nullptr) {
    call.mutable_response()->PackFrom(*from.response);
  } else {
    FillError(from.status, *call.mutable_error());
  }
}

// Keeps the first thing that the parser finds wrong.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber /*column*/,
                const std::string& message) override {
    if (first_.empty()) first_ = Concat("line ", line + 1, ": ", message);
  }
  const std::string& first() const { return first_; }

 private:
  std::string first_;
};

// What is wrong with a call; empty where nothing is.
std::string ProblemOf(const transcript_v1::Call& call) {
  const Method* method = FindMethod(call.method());
  if (method == nullptr) {
    return Concat("there is no method \"", call.method(), "\"");
  }
  if (Unpacked(call.request(), *method->request) == nullptr) {
    return Concat("the request is none of ", call.method());
  }
  if (call.has_error()) return "";
  if (Unpacked(call.response(), *method->response) == nullptr) {
    return Concat("the response is none of ", call.method());
  }
  return "";
}

}  // namespace

transcript_v1::Transcript MakeTranscript(
    const CaseResult& result, const v1::GetProviderInfoResponse& provider,
    absl::Time provider_began, const std::string& tool_version) {
  transcript_v1::Transcript transcript;
  transcript.set_format_version(kTranscriptVersion);
  transcript.set_case_(result.of->id());
  if (result.failure) {
    transcript.set_expected(Printable(result.failure->expected));
    transcript.set_seen(Printable(result.failure->seen));
  }
  transcript.set_tool_version(tool_version);
  *transcript.mutable_provider() = provider;
  transcript.set_store(result.store);
  transcript.set_began_at_ms(
      static_cast<uint64_t>(absl::ToUnixMillis(provider_began)));
  for (const CallRecord& call : result.calls) {
    FillCall(call, result.began, *transcript.add_calls());
  }
  return transcript;
}

std::string TranscriptText(const transcript_v1::Transcript& transcript) {
  TextFormat::Printer printer;
  printer.SetExpandAny(true);
  std::string text;
  printer.PrintToString(transcript, &text);
  return Concat(
      "# proto-file: conformance/replay/transcript.proto\n"
      "# proto-message: duroxide.transcript.v1.Transcript\n"
      "#\n"
      "# The calls of a failed case. To send them again:\n"
      "#   duroxide-compat replay THIS-FILE --endpoint ENDPOINT\n",
      text);
}

absl::StatusOr<transcript_v1::Transcript> ParseTranscript(
    std::string_view text) {
  transcript_v1::Transcript transcript;
  FirstError error;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(std::string(text), &transcript)) {
    return absl::InvalidArgumentError(
        Concat("is no transcript: ", error.first()));
  }
  if (transcript.format_version() != kTranscriptVersion) {
    return absl::InvalidArgumentError(
        Concat("has format_version ", transcript.format_version(),
               "; this program reads ", kTranscriptVersion));
  }
  for (int i = 0; i < transcript.calls_size(); ++i) {
    if (const std::string problem = ProblemOf(transcript.calls(i));
        !problem.empty()) {
      return absl::InvalidArgumentError(Concat("call ", i + 1, ": ", problem));
    }
  }
  return transcript;
}

}  // namespace duroxide::conformance
