#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "providers/await.h"
#include "providers/endpoint.h"
#include "providers/errors.h"
#include "providers/remote/remote_provider.h"
#include "server/server.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temp_dir.h"

namespace duroxide::remote {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;
using testing_support::FakeProvider;
using testing_support::TempDir;

std::unique_ptr<server::ProviderServer> Serve(
    Provider& provider, const std::string& listen = "127.0.0.1:0") {
  server::ServerOptions options;
  options.listen = listen;
  options.test_service = true;
  auto server = server::StartServer(provider, options);
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

RemoteOptions FastRetries(const std::string& endpoint) {
  RemoteOptions options;
  options.endpoint = endpoint;
  options.retry.initial_backoff = absl::Milliseconds(1);
  options.retry.max_backoff = absl::Milliseconds(5);
  return options;
}

std::unique_ptr<Provider> Connect(const RemoteOptions& options) {
  auto provider = MakeRemoteProvider(options);
  EXPECT_TRUE(provider.ok()) << provider.status();
  return *std::move(provider);
}

absl::Status Busy() { return MakeError(v1::ERROR_REASON_STORE_BUSY, "busy"); }

// Fails the first `failures` calls and answers the rest.
FakeProvider::Handler FailFirst(int failures) {
  auto left = std::make_shared<std::atomic<int>>(failures);
  return [left](const CallContext&, const google::protobuf::Message&,
                google::protobuf::Message*, Provider::Done done) {
    std::move(done)(left->fetch_sub(1) > 0 ? Busy() : absl::OkStatus());
  };
}

v1::AckWorkItemRequest Ack() {
  v1::AckWorkItemRequest request;
  request.set_lock_token("token");
  return request;
}

v1::FetchWorkItemsRequest LongFetch() {
  v1::FetchWorkItemsRequest request;
  request.mutable_lock_timeout()->set_seconds(1);
  request.mutable_poll_timeout()->set_seconds(3600);
  return request;
}

class RemoteTest : public testing::Test {
 protected:
  FakeProvider fake_;
  std::unique_ptr<server::ProviderServer> server_ = Serve(fake_);
  RemoteOptions options_ = FastRetries(server_->endpoint());
};

TEST_F(RemoteTest, CarriesRequestAndReply) {
  v1::GetKvValueResponse reply;
  reply.set_value("");
  fake_.Answer("GetKvValue", reply);
  auto remote = Connect(options_);
  v1::GetKvValueRequest request;
  request.set_instance("i");
  request.set_key("k\n\xc3\xa9");

  const auto response = Await(*remote, &Provider::GetKvValue, request);

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->has_value());
  const auto requests = fake_.Requests("GetKvValue");
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0]->SerializeAsString(), request.SerializeAsString());
}

TEST_F(RemoteTest, WorksOverAUnixSocket) {
  const TempDir dir;
  auto server = Serve(fake_, "unix:" + dir.File("s"));
  auto remote = Connect(FastRetries(server->endpoint()));
  const auto response =
      Await(*remote, &Provider::GetProviderInfo, v1::GetProviderInfoRequest());
  EXPECT_TRUE(response.ok()) << response.status();
}

TEST_F(RemoteTest, GivesTheErrorAsItWasSent) {
  fake_.Answer("AckWorkItem", MakeError(v1::ERROR_REASON_LOCK_LOST, "gone"));
  auto remote = Connect(options_);
  const absl::Status status =
      Await(*remote, &Provider::AckWorkItem, Ack()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "gone");
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(DetailOf(status).operation(), "AckWorkItem");
}

TEST_F(RemoteTest, RetriesAReadThatMaySucceed) {
  fake_.Handle("ReadHistory", FailFirst(3));
  auto remote = Connect(options_);
  v1::ReadHistoryRequest request;
  request.set_instance("i");
  EXPECT_TRUE(Await(*remote, &Provider::ReadHistory, request).ok());
  EXPECT_THAT(fake_.Requests("ReadHistory"), SizeIs(4));
}

TEST_F(RemoteTest, GivesUpAfterMaxAttempts) {
  fake_.Answer("ReadHistory", Busy());
  options_.retry.max_attempts = 3;
  auto remote = Connect(options_);
  const auto response =
      Await(*remote, &Provider::ReadHistory, v1::ReadHistoryRequest());
  EXPECT_EQ(ReasonOf(response.status()), v1::ERROR_REASON_STORE_BUSY);
  EXPECT_THAT(fake_.Requests("ReadHistory"), SizeIs(3));
}

TEST_F(RemoteTest, NeverRetriesWhatIsPermanent) {
  fake_.Answer("ReadHistory",
               MakeError(v1::ERROR_REASON_HISTORY_CORRUPT, "unreadable"));
  auto remote = Connect(options_);
  EXPECT_FALSE(
      Await(*remote, &Provider::ReadHistory, v1::ReadHistoryRequest()).ok());
  EXPECT_THAT(fake_.Requests("ReadHistory"), SizeIs(1));
}

TEST_F(RemoteTest, NeverRetriesAMutationWithoutARequestId) {
  fake_.Handle("AckWorkItem", FailFirst(1));
  auto remote = Connect(options_);
  EXPECT_FALSE(Await(*remote, &Provider::AckWorkItem, Ack()).ok());
  EXPECT_THAT(fake_.Requests("AckWorkItem"), SizeIs(1));
}

TEST_F(RemoteTest, RetriesAMutationWithTheIdThatItHas) {
  fake_.Handle("AckWorkItem", FailFirst(2));
  options_.add_request_ids = true;
  auto remote = Connect(options_);
  v1::AckWorkItemRequest request = Ack();
  request.set_request_id("mine");
  EXPECT_TRUE(Await(*remote, &Provider::AckWorkItem, request).ok());
  const auto requests = fake_.Requests("AckWorkItem");
  ASSERT_THAT(requests, SizeIs(3));
  for (const auto& sent : requests) {
    EXPECT_EQ(sent->SerializeAsString(), request.SerializeAsString());
  }
}

TEST_F(RemoteTest, AddsOneIdForAllTriesOfACallAndAnotherForTheNext) {
  fake_.Handle("AckWorkItem", FailFirst(2));
  options_.add_request_ids = true;
  auto remote = Connect(options_);
  const v1::AckWorkItemRequest request = Ack();
  EXPECT_TRUE(Await(*remote, &Provider::AckWorkItem, request).ok());
  EXPECT_TRUE(Await(*remote, &Provider::AckWorkItem, request).ok());

  std::vector<std::string> ids;
  for (const auto& sent : fake_.Requests("AckWorkItem")) {
    ids.push_back(
        static_cast<const v1::AckWorkItemRequest&>(*sent).request_id());
  }
  ASSERT_THAT(ids, SizeIs(4));
  EXPECT_THAT(ids, Each(SizeIs(36)));
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_EQ(ids[0], ids[2]);
  EXPECT_NE(ids[0], ids[3]);
  // The text begins with the time, so that stores append it to their index.
  EXPECT_LE(ids[0].substr(0, 13), ids[3].substr(0, 13));
  EXPECT_FALSE(request.has_request_id());
}

TEST_F(RemoteTest, NeverRetriesAFetch) {
  fake_.Answer("FetchWorkItems", Busy());
  options_.add_request_ids = true;
  auto remote = Connect(options_);
  EXPECT_FALSE(Await(*remote, &Provider::FetchWorkItems, LongFetch()).ok());
  EXPECT_THAT(fake_.Requests("FetchWorkItems"), SizeIs(1));
}

TEST_F(RemoteTest, AStoppedFetchEndsWithNoItems) {
  fake_.Hold("FetchWorkItems");
  auto remote = Connect(options_);
  std::stop_source stop;
  auto response = std::async(std::launch::async, [&] {
    return Await(*remote, &Provider::FetchWorkItems, LongFetch(),
                 {.stop = stop.get_token()});
  });
  fake_.WaitForHeld(1);
  stop.request_stop();
  const auto ended = response.get();
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_THAT(ended->items(), SizeIs(0));
  fake_.WaitForStop();
}

TEST_F(RemoteTest, AFetchThatIsStoppedBeforeItBeganIsNotSent) {
  auto remote = Connect(options_);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(Await(*remote, &Provider::FetchWorkItems, LongFetch(),
                    {.stop = stop.get_token()})
                  .ok());
  EXPECT_THAT(fake_.Requests("FetchWorkItems"), SizeIs(0));
}

TEST_F(RemoteTest, OtherCallsDoNotLookAtStop) {
  auto remote = Connect(options_);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(
      Await(*remote, &Provider::AckWorkItem, Ack(), {.stop = stop.get_token()})
          .ok());
  EXPECT_THAT(fake_.Requests("AckWorkItem"), SizeIs(1));
}

TEST_F(RemoteTest, TheCallersDeadlineEndsAFetch) {
  fake_.Hold("FetchWorkItems");
  auto remote = Connect(options_);
  // The deadline may pass before the fetch has come to the server.
  absl::Duration limit = absl::Milliseconds(50);
  do {
    const auto response = Await(*remote, &Provider::FetchWorkItems, LongFetch(),
                                {.deadline = absl::Now() + limit});
    EXPECT_EQ(response.status().code(), absl::StatusCode::kDeadlineExceeded);
    limit *= 2;
  } while (fake_.Requests("FetchWorkItems").empty());
  fake_.WaitForStop();
}

TEST_F(RemoteTest, ASendTakesNoLongerThanCallTimeout) {
  fake_.HoldStubbornly("AckWorkItem");
  options_.call_timeout = absl::Milliseconds(50);
  auto remote = Connect(options_);
  const auto response = Await(*remote, &Provider::AckWorkItem, Ack());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kDeadlineExceeded);
  fake_.Release(v1::AckWorkItemResponse());
}

TEST_F(RemoteTest, TheServerLearnsPollTimePlusCallTime) {
  std::promise<absl::Time> deadline;
  fake_.Handle("FetchWorkItems",
               [&](const CallContext& context, const google::protobuf::Message&,
                   google::protobuf::Message*, Provider::Done done) {
                 deadline.set_value(context.deadline);
                 std::move(done)(absl::OkStatus());
               });
  options_.call_timeout = absl::Seconds(100);
  auto remote = Connect(options_);
  const absl::Time before = absl::Now();
  ASSERT_TRUE(Await(*remote, &Provider::FetchWorkItems, LongFetch()).ok());
  // gRPC sends timeouts in whole units, rounded up.
  EXPECT_THAT(deadline.get_future().get() - before,
              AllOf(Gt(absl::Seconds(3690)), Le(absl::Seconds(3800))));
}

TEST_F(RemoteTest, RefusesARequestThatIsTooLargeWithoutSendingIt) {
  options_.max_message_bytes = 1000;
  auto remote = Connect(options_);
  v1::GetKvValueRequest request;
  request.set_key(std::string(1000, 'k'));
  const auto response = Await(*remote, &Provider::GetKvValue, request);
  EXPECT_EQ(ReasonOf(response.status()), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
  EXPECT_FALSE(IsRetryable(response.status()));
  EXPECT_THAT(fake_.Requests("GetKvValue"), SizeIs(0));
}

TEST_F(RemoteTest, RefusesAReplyThatIsTooLarge) {
  v1::GetKvValueResponse reply;
  reply.set_value(std::string(1000, 'v'));
  fake_.Answer("GetKvValue", reply);
  options_.max_message_bytes = 1000;
  auto remote = Connect(options_);
  const auto response =
      Await(*remote, &Provider::GetKvValue, v1::GetKvValueRequest());
  EXPECT_EQ(ReasonOf(response.status()), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
  EXPECT_THAT(fake_.Requests("GetKvValue"), SizeIs(1));
}

TEST_F(RemoteTest, GivesBackWhatIsTooLargeToDeliver) {
  v1::FetchWorkItemsResponse reply;
  for (const char* token : {"a", "b"}) {
    auto* item = reply.add_items();
    item->set_lock_token(token);
    item->mutable_item()->mutable_activity_execute()->set_input(
        std::string(1000, 'x'));
  }
  fake_.Answer("FetchWorkItems", reply);
  options_.max_message_bytes = 1000;
  auto remote = Connect(options_);
  const auto response = Await(*remote, &Provider::FetchWorkItems, LongFetch());
  EXPECT_EQ(ReasonOf(response.status()), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
  std::set<std::string> given_back;
  for (const auto& sent : fake_.Requests("AbandonWorkItem")) {
    const auto& abandon = static_cast<const v1::AbandonWorkItemRequest&>(*sent);
    EXPECT_TRUE(abandon.ignore_attempt());
    given_back.insert(abandon.lock_token());
  }
  EXPECT_EQ(given_back, (std::set<std::string>{"a", "b"}));
}

TEST(RemoteProviderTest, ASilentEndpointIsUnavailable) {
  const TempDir dir;
  auto remote = Connect(FastRetries("unix:" + dir.File("nobody")));
  const auto response =
      Await(*remote, &Provider::GetProviderInfo, v1::GetProviderInfoRequest());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(IsRetryable(response.status()));
  EXPECT_FALSE(HasDetail(response.status()));
}

TEST(RemoteProviderTest, FindsAServerThatWasRestarted) {
  const TempDir dir;
  const std::string listen = "unix:" + dir.File("s");
  FakeProvider fake;
  auto server = Serve(fake, listen);
  RemoteOptions options = FastRetries(listen);
  options.retry.max_attempts = 10'000;
  auto remote = Connect(options);
  const v1::GetProviderInfoRequest request;
  ASSERT_TRUE(Await(*remote, &Provider::GetProviderInfo, request).ok());
  server.reset();

  auto answer = std::async(std::launch::async, [&] {
    return Await(*remote, &Provider::GetProviderInfo, request);
  });
  server = Serve(fake, listen);
  EXPECT_TRUE(answer.get().ok());
}

// The connections of this process to `port`, as the kernel lists them: local
// and remote address, then the state, where 01 is established.
int ConnectionsTo(const std::string& port) {
  int found = 0;
  for (const char* table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream lines(table);
    std::string line;
    while (std::getline(lines, line)) {
      const std::vector<std::string> fields =
          absl::StrSplit(line, ' ', absl::SkipEmpty());
      if (fields.size() > 3 && fields[3] == "01" &&
          absl::EndsWith(fields[2], port)) {
        ++found;
      }
    }
  }
  return found;
}

TEST_F(RemoteTest, CallsGoOverAllConnectionsInTurn) {
  const std::string port =
      absl::StrFormat(":%04X", ParseEndpoint(server_->endpoint()).value().port);
  options_.connections = 3;
  auto remote = Connect(options_);
  for (const int connections : {1, 2, 3, 3, 3}) {
    ASSERT_TRUE(
        Await(*remote, &Provider::GetProviderInfo, v1::GetProviderInfoRequest())
            .ok());
    EXPECT_EQ(ConnectionsTo(port), connections);
  }
}

TEST(RemoteProviderTest, SoManyConnectionsAreRefused) {
  for (const int connections : {-1, 0, 65}) {
    RemoteOptions options;
    options.endpoint = "localhost:50051";
    options.connections = connections;
    const auto provider = MakeRemoteProvider(options);
    EXPECT_EQ(provider.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(provider.status().message()),
                HasSubstr(absl::StrCat("connections is ", connections)));
  }
}

TEST(RemoteProviderTest, AMalformedEndpointIsRefused) {
  for (const char* endpoint :
       {"", "localhost", "localhost:", ":50051", "localhost:http",
        "localhost:70000", "localhost:0", "::1:50051", "unix:"}) {
    RemoteOptions options;
    options.endpoint = endpoint;
    const auto provider = MakeRemoteProvider(options);
    EXPECT_EQ(provider.status().code(), absl::StatusCode::kInvalidArgument)
        << endpoint;
    EXPECT_THAT(std::string(provider.status().message()), HasSubstr(endpoint));
  }
}

}  // namespace
}  // namespace duroxide::remote
