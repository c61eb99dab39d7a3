#include "conformance/replay/transcript_file.h"

#include <memory>
#include <string>

#include "conformance/replay/methods.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/message_differencer.h"
#include "providers/errors.h"
#include "tests/conformance/replay/transcripts.h"
#include "tests/conformance/reports/golden.h"

namespace duroxide::conformance {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;

constexpr Moment kBegan{};

Moment At(int milliseconds) {
  return Add(kBegan, absl::Milliseconds(milliseconds));
}

const Case& SomeCase() {
  static const Case one = {.category = "locking", .name = "exclusive"};
  return one;
}

// A call that worked, one that did not, and one that was given up, with fields
// that are malformed on purpose.
CaseResult SomeResult() {
  auto fetch = std::make_shared<v1::FetchWorkItemsRequest>();
  fetch->set_store("store-17");
  fetch->mutable_lock_timeout()->set_seconds(-1);
  fetch->mutable_lock_timeout()->set_nanos(1);
  auto fetched = std::make_shared<v1::FetchWorkItemsResponse>();
  fetched->add_items()->set_lock_token("ä\x1b\"token\n");
  auto ack = std::make_shared<v1::AckWorkItemRequest>();
  ack->set_lock_token("gone");
  CaseResult result = {.of = &SomeCase(), .verdict = Verdict::kFailed};
  result.failure = Failure{.expected = "no item", .seen = "two\nlines"};
  result.store = "store-17";
  result.began = kBegan;
  result.calls = {
      {.method = "FetchWorkItems",
       .request = fetch,
       .sent = At(1),
       .received = At(20),
       .status = absl::OkStatus(),
       .response = fetched,
       .timeout = absl::Seconds(30)},
      {.method = "AckWorkItem",
       .request = ack,
       .sent = At(21),
       .received = At(22),
       .status = MakeError(v1::ERROR_REASON_LOCK_LOST, "lock_token: gone"),
       .response = nullptr},
      {.method = "FetchWorkItems",
       .request = fetch,
       .sent = At(30),
       .received = At(50),
       .status = absl::CancelledError("given up"),
       .response = nullptr,
       .timeout = absl::Seconds(1),
       .cancelled = At(45)}};
  return result;
}

transcript_v1::Transcript SomeTranscript() {
  v1::GetProviderInfoResponse provider;
  provider.set_name("sample");
  provider.add_capabilities(v1::CAPABILITY_ADMIN);
  return MakeTranscript(SomeResult(), provider,
                        absl::FromUnixMillis(1'795'000'000'123), "1.2.3");
}

std::string ProblemOf(const std::string& text) {
  return std::string(ParseTranscript(text).status().message());
}

TEST(TranscriptFileTest, HasADocumentedFormat) {
  ExpectGolden(TranscriptText(SomeTranscript()), "transcript.txtpb");
}

TEST(TranscriptFileTest, IsReadBackAsItWas) {
  const transcript_v1::Transcript written = SomeTranscript();
  const auto read = ParseTranscript(TranscriptText(written));
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_TRUE(MessageDifferencer::Equals(*read, written));
  EXPECT_EQ(Unpacked(read->calls(0).request(), v1::FetchWorkItemsRequest())
                ->SerializeAsString(),
            SomeResult().calls[0].request->SerializeAsString());
}

TEST(TranscriptFileTest, SaysWhatIsWrong) {
  EXPECT_THAT(ProblemOf("format_version: 1\nnothing_known: 2"),
              HasSubstr("is no transcript: line 2: "));
  EXPECT_EQ(ProblemOf(""), "has format_version 0; this program reads 1");
  EXPECT_EQ(ProblemOf("format_version: 1 calls { method: \"Reboot\" }"),
            "call 1: there is no method \"Reboot\"");
  EXPECT_EQ(ProblemOf("format_version: 1 calls { method: \"ReadHistory\" }"),
            "call 1: the request is none of ReadHistory");
  EXPECT_EQ(ProblemOf("format_version: 1 calls { method: \"ReadHistory\" "
                      "request { [type.googleapis.com/duroxide.provider.v1."
                      "ReadHistoryRequest] {} } }"),
            "call 1: the response is none of ReadHistory");
}

TEST(MethodsTest, KnowsEveryMethodOfTheContract) {
  for (const google::protobuf::FileDescriptor* file :
       {v1::ReadHistoryRequest::descriptor()->file(),
        v1::ListInstancesRequest::descriptor()->file(),
        testing_v1::CreateStoreRequest::descriptor()->file()}) {
    const google::protobuf::ServiceDescriptor& service = *file->service(0);
    for (int i = 0; i < service.method_count(); ++i) {
      const Method* method = FindMethod(service.method(i)->name());
      ASSERT_NE(method, nullptr) << service.method(i)->full_name();
      EXPECT_EQ(method->request->GetDescriptor(),
                service.method(i)->input_type());
      EXPECT_EQ(method->response->GetDescriptor(),
                service.method(i)->output_type());
    }
  }
  EXPECT_EQ(FindMethod("Reboot"), nullptr);
}

}  // namespace
}  // namespace duroxide::conformance
