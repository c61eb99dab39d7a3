// What a server makes of calls.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "providers/await.h"
#include "providers/errors.h"
#include "server/call_observer.h"
#include "tests/server/raw_channel.h"
#include "tests/server/server_fixture.h"
#include "tests/support/fake_provider.h"

namespace duroxide::server {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using testing_support::FakeProvider;
using testing_support::RawAnswer;
using testing_support::RawChannel;

constexpr const char* kAdminService =
    "duroxide.provider.v1.ProviderAdminService";
constexpr const char* kTestService =
    "duroxide.provider.testing.v1.ProviderTestService";

// Remembers what a server tells.
class Recorder final : public CallObserver {
 public:
  void OnStarted(const google::protobuf::MethodDescriptor& method) override {
    const std::lock_guard lock(mutex_);
    events_.push_back("started " + method.name());
  }
  void OnHandled(const HandledCall& call) override {
    const std::lock_guard lock(mutex_);
    events_.push_back("handled " + call.method.name() + " " +
                      std::string(call.status.ok()
                                      ? "OK"
                                      : ReasonName(ReasonOf(call.status))) +
                      " " + call.request.GetDescriptor()->name());
    EXPECT_GE(call.elapsed, absl::ZeroDuration());
  }
  std::vector<std::string> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> events_;
};

template <typename Request, typename Response>
void ExpectServed(Provider& remote, FakeProvider& fake,
                  void (Provider::*method)(const CallContext&, const Request*,
                                           Response*, Provider::Done)) {
  Request request;
  // Every request but those to stores that come and go names a store.
  const auto* store = Request::descriptor()->FindFieldByName("store");
  if (store != nullptr) {
    Request::GetReflection()->SetString(&request, store, "s");
  }
  const auto response = Await(remote, method, request);
  EXPECT_TRUE(response.ok()) << response.status();
  std::string name = Request::descriptor()->name();
  name.resize(name.size() - std::string("Request").size());
  const auto requests = fake.Requests(name);
  ASSERT_THAT(requests, SizeIs(1)) << name;
  EXPECT_EQ(requests[0]->SerializeAsString(), request.SerializeAsString());
}

TEST_F(ServerTest, ServesEveryMethod) {
  Start({.test_service = true});
  const auto serves = [&](auto... method) {
    (ExpectServed(*remote_, fake_, method), ...);
  };
  serves(&Provider::GetProviderInfo, &Provider::FetchOrchestrationItems,
         &Provider::AckOrchestrationItem, &Provider::AbandonOrchestrationItem,
         &Provider::RenewOrchestrationItemLock,
         &Provider::EnqueueOrchestratorItem, &Provider::EnqueueWorkItem,
         &Provider::FetchWorkItems, &Provider::AckWorkItem,
         &Provider::AbandonWorkItem, &Provider::RenewWorkItemLock,
         &Provider::RenewSessionLocks, &Provider::CleanupOrphanedSessions,
         &Provider::ReadHistory, &Provider::AppendHistory,
         &Provider::GetCustomStatus, &Provider::GetKvValue,
         &Provider::ListKvValues, &Provider::GetInstanceStats,
         &Provider::ListInstances, &Provider::ListExecutions,
         &Provider::GetLatestExecution, &Provider::GetInstanceInfo,
         &Provider::GetExecutionInfo, &Provider::GetSystemMetrics,
         &Provider::GetQueueDepths, &Provider::ListChildren,
         &Provider::GetParent, &Provider::GetInstanceTree,
         &Provider::DeleteInstance, &Provider::DeleteInstances,
         &Provider::DeleteInstancesByFilter, &Provider::PruneExecutions,
         &Provider::PruneExecutionsByFilter, &Provider::CreateStore,
         &Provider::DropStore, &Provider::CorruptInstanceHistory,
         &Provider::GetMaxAttemptCount);
}

TEST_F(ServerTest, AnErrorLeavesWithItsOperationAndReason) {
  Start();
  fake_.Answer("AckWorkItem", MakeError(v1::ERROR_REASON_LOCK_LOST, "gone"));
  const auto response =
      Await(*remote_, &Provider::AckWorkItem, v1::AckWorkItemRequest());
  EXPECT_EQ(ReasonOf(response.status()), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(DetailOf(response.status()).operation(), "AckWorkItem");
}

TEST_F(ServerTest, TheCallersDeadlineReachesTheProvider) {
  Start();
  std::promise<absl::Time> seen;
  fake_.Handle("GetProviderInfo",
               [&](const CallContext& context, const google::protobuf::Message&,
                   google::protobuf::Message*, Provider::Done done) {
                 seen.set_value(context.deadline);
                 std::move(done)(absl::OkStatus());
               });
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  ASSERT_TRUE(Await(*remote_, &Provider::GetProviderInfo,
                    v1::GetProviderInfoRequest(), {.deadline = deadline})
                  .ok());
  const absl::Duration difference = seen.get_future().get() - deadline;
  EXPECT_LT(absl::AbsDuration(difference), absl::Seconds(5));
}

TEST_F(ServerTest, WithoutADeadlineThereIsNone) {
  Start();
  std::promise<absl::Time> seen;
  fake_.Handle("GetProviderInfo",
               [&](const CallContext& context, const google::protobuf::Message&,
                   google::protobuf::Message*, Provider::Done done) {
                 seen.set_value(context.deadline);
                 std::move(done)(absl::OkStatus());
               });
  RawChannel channel(server_->endpoint());
  channel.Call(std::string("/") + kProviderService + "/GetProviderInfo", "");
  EXPECT_EQ(seen.get_future().get(), absl::InfiniteFuture());
}

TEST_F(ServerTest, BytesThatAreNoRequestAreRefusedWithAReason) {
  Start();
  RawChannel channel(server_->endpoint());
  const std::string method =
      std::string("/") + kProviderService + "/GetKvValue";
  // Field 1, the store, with text that is not UTF-8; then no message at all.
  for (const std::string& bytes :
       {std::string("\x0a\x01\xff"), std::string("\xff\xff\xff")}) {
    const absl::Status status = FromWire(channel.Call(method, bytes).status);
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_INVALID_REQUEST) << status;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_THAT(fake_.Requests("GetKvValue"), SizeIs(0));
}

TEST_F(ServerTest, ARequestThatIsTooLargeChangesNothing) {
  Start({.max_message_bytes = 1000});
  v1::EnqueueWorkItemRequest request;
  request.mutable_item()->mutable_activity_execute()->set_input(
      std::string(1000, 'x'));
  const auto response = Await(*remote_, &Provider::EnqueueWorkItem, request);
  EXPECT_EQ(ReasonOf(response.status()), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
  EXPECT_EQ(response.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(IsRetryable(response.status()));
  EXPECT_THAT(fake_.Requests("EnqueueWorkItem"), SizeIs(0));
}

TEST_F(ServerTest, ARequestOfTheLargestSizeIsServed) {
  v1::GetKvValueRequest request;
  request.set_key(std::string(900, 'k'));
  Start({.max_message_bytes = request.ByteSizeLong()});
  EXPECT_TRUE(Await(*remote_, &Provider::GetKvValue, request).ok());
}

TEST_F(ServerTest, MessagesLargerThanGrpcsOwnDefaultPass) {
  Start();
  v1::GetKvValueResponse reply;
  reply.set_value(std::string(size_t{32} << 20, 'v'));
  fake_.Answer("GetKvValue", reply);
  v1::GetKvValueRequest request;
  request.set_key(std::string(size_t{32} << 20, 'k'));
  const auto response = Await(*remote_, &Provider::GetKvValue, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->value().size(), reply.value().size());
}

TEST_F(ServerTest, AReplyThatIsTooLargeHasAReason) {
  Start({.max_message_bytes = 1000});
  v1::GetKvValueResponse reply;
  reply.set_value(std::string(1000, 'v'));
  fake_.Answer("GetKvValue", reply);
  const auto response =
      Await(*remote_, &Provider::GetKvValue, v1::GetKvValueRequest());
  EXPECT_EQ(ReasonOf(response.status()), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
}

TEST_F(ServerTest, AFetchWhoseReplyIsTooLargeGivesEverythingBackFirst) {
  Start({.max_message_bytes = 1000});
  fake_.Answer("FetchWorkItems", TwoItems(600));
  const auto response = Await(*remote_, &Provider::FetchWorkItems, LongFetch());
  EXPECT_EQ(ReasonOf(response.status()), v1::ERROR_REASON_MESSAGE_TOO_LARGE);
  EXPECT_EQ(fake_.Requests("AbandonWorkItem").size(), 2u);
  EXPECT_EQ(GivenBack(2), (std::set<std::string>{"a", "b"}));
}

TEST_F(ServerTest, TheTestServiceIsAbsentUnlessItIsAskedFor) {
  Start();
  const auto response =
      Await(*remote_, &Provider::CreateStore, testing_v1::CreateStoreRequest());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ReasonOf(response.status()), v1::ERROR_REASON_CAPABILITY_ABSENT);
  EXPECT_THAT(fake_.Requests("CreateStore"), SizeIs(0));
  EXPECT_THAT(RawChannel(server_->endpoint()).ReflectedServices(),
              Not(Contains(kTestService)));
}

TEST_F(ServerTest, HealthKnowsEachService) {
  Start({.test_service = true});
  RawChannel channel(server_->endpoint());
  for (const char* service :
       {"", kProviderService, kAdminService, kTestService}) {
    EXPECT_EQ(channel.Health(service), kServing) << service;
  }
  EXPECT_EQ(channel.Health("nobody"), -grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerTest, ReflectionListsTheServices) {
  Start({.test_service = true});
  EXPECT_THAT(
      RawChannel(server_->endpoint()).ReflectedServices(),
      UnorderedElementsAre(kProviderService, kAdminService, kTestService));
}

TEST_F(ServerTest, AnUnknownMethodHasAReason) {
  Start();
  const absl::Status status =
      FromWire(RawChannel(server_->endpoint())
                   .Call(std::string("/") + kProviderService + "/Bogus", "")
                   .status);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_CAPABILITY_ABSENT);
  EXPECT_EQ(DetailOf(status).operation(), "Bogus");
}

TEST_F(ServerTest, TellsTheObserverOfEachCall) {
  Recorder recorder;
  Start({.max_message_bytes = 1000, .observer = &recorder});
  fake_.Answer("AckWorkItem", MakeError(v1::ERROR_REASON_LOCK_LOST, "gone"));
  fake_.Answer("GetKvValue", absl::UnknownError("no reason"));
  (void)Await(*remote_, &Provider::ReadHistory, v1::ReadHistoryRequest());
  (void)Await(*remote_, &Provider::AckWorkItem, v1::AckWorkItemRequest());
  (void)Await(*remote_, &Provider::GetKvValue, v1::GetKvValueRequest());
  EXPECT_THAT(recorder.events(),
              ElementsAre("started ReadHistory",
                          "handled ReadHistory OK ReadHistoryRequest",
                          "started AckWorkItem",
                          "handled AckWorkItem LOCK_LOST AckWorkItemRequest",
                          "started GetKvValue",
                          "handled GetKvValue INTERNAL GetKvValueRequest"));
  server_.reset();  // before the recorder
}

}  // namespace
}  // namespace duroxide::server
