#include "server/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "prometheus/text_serializer.h"
#include "providers/await.h"
#include "providers/errors.h"
#include "providers/remote/remote_provider.h"
#include "server/metrics_endpoint.h"
#include "server/queue_depths.h"
#include "server/server.h"
#include "tests/support/fake_provider.h"
#include "tests/support/http_get.h"

namespace duroxide::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::FakeProvider;
using testing_support::HttpGet;

std::string Text(const prometheus::Collectable& source) {
  return prometheus::TextSerializer().Serialize(source.Collect());
}

int PortOf(const std::string& address) {
  return std::stoi(address.substr(address.rfind(':') + 1));
}

constexpr const char* kAckLabels =
    R"(grpc_method="AckWorkItem",)"
    R"(grpc_service="duroxide.provider.v1.ProviderService",)"
    R"(grpc_type="unary")";

TEST(MetricsTest, CountsCallsByMethodAndCode) {
  FakeProvider fake;
  Metrics metrics("1.2.3", "fake");
  auto server = *StartServer(
      fake,
      {.listen = "127.0.0.1:0", .test_service = true, .observer = &metrics});
  auto remote = *remote::MakeRemoteProvider({.endpoint = server->endpoint()});
  const v1::AckWorkItemRequest request;
  ASSERT_TRUE(Await(*remote, &Provider::AckWorkItem, request).ok());
  fake.Answer("AckWorkItem", MakeError(v1::ERROR_REASON_LOCK_LOST, "gone"));
  ASSERT_FALSE(Await(*remote, &Provider::AckWorkItem, request).ok());
  ASSERT_FALSE(Await(*remote, &Provider::AckWorkItem, request).ok());
  // The other services have their names too.
  ASSERT_TRUE(
      Await(*remote, &Provider::ListInstances, v1::ListInstancesRequest())
          .ok());
  ASSERT_TRUE(
      Await(*remote, &Provider::CreateStore, testing_v1::CreateStoreRequest())
          .ok());

  const std::string labels = kAckLabels;
  const std::string text = Text(*metrics.registry());
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("grpc_server_started_total{" + labels + "} 3\n"),
            HasSubstr(R"(grpc_server_handled_total{grpc_code="OK",)" + labels +
                      "} 1\n"),
            HasSubstr(
                R"(grpc_server_handled_total{grpc_code="FailedPrecondition",)" +
                labels + "} 2\n"),
            HasSubstr("grpc_server_handling_seconds_count{" + labels + "} 3\n"),
            HasSubstr("grpc_server_handling_seconds_bucket{" + labels +
                      ",le=\"0.0001\"}"),
            HasSubstr("grpc_server_handling_seconds_bucket{" + labels +
                      ",le=\"30\"} 3\n"),
            HasSubstr(R"(service="duroxide.provider.v1.ProviderAdminService")"),
            HasSubstr(
                R"(e="duroxide.provider.testing.v1.ProviderTestService")")));
}

TEST(MetricsTest, CountsWhatTheEngineTells) {
  Metrics metrics("1.2.3", "fake");
  metrics.OnCommit(3, absl::Milliseconds(2));
  metrics.OnLongPollsWaiting(Queue::kOrchestrator, 7);
  metrics.OnLongPollsWaiting(Queue::kWorker, 2);
  metrics.OnLocksExpired(Queue::kWorker, 4);
  EXPECT_THAT(
      Text(*metrics.registry()),
      AllOf(HasSubstr("duroxide_provider_commit_batch_size_sum 3"),
            HasSubstr("duroxide_provider_commit_batch_size_bucket{le=\"4\"} 1"),
            HasSubstr("duroxide_provider_commit_seconds_sum 0.002"),
            HasSubstr("long_polls_waiting{queue=\"orchestrator\"} 7"),
            HasSubstr("long_polls_waiting{queue=\"worker\"} 2"),
            HasSubstr("lock_expiries_total{queue=\"orchestrator\"} 0"),
            HasSubstr("lock_expiries_total{queue=\"worker\"} 4"),
            HasSubstr("duroxide_provider_build_info{engine=\"fake\",version="
                      "\"1.2.3\"} 1")));
}

TEST(QueueDepthsTest, AsksTheProviderAtEachScrape) {
  FakeProvider fake;
  const QueueDepths depths(fake);
  v1::GetQueueDepthsResponse response;
  response.mutable_depths()->set_orchestrator_queue(5);
  response.mutable_depths()->set_worker_queue(6);
  fake.Answer("GetQueueDepths", response);
  EXPECT_THAT(
      Text(depths),
      AllOf(
          HasSubstr("duroxide_provider_queue_depth{queue=\"orchestrator\"} 5"),
          HasSubstr("duroxide_provider_queue_depth{queue=\"worker\"} 6")));
}

TEST(QueueDepthsTest, AProviderThatFailsOrHangsGivesNone) {
  FakeProvider fake;
  {
    const QueueDepths depths(fake);
    fake.Answer("GetQueueDepths", MakeError(v1::ERROR_REASON_STORE_BUSY, "b"));
    EXPECT_EQ(Text(depths), "");
    fake.HoldStubbornly("GetQueueDepths");
    EXPECT_EQ(Text(depths), "");
    fake.Release(v1::GetQueueDepthsResponse());
  }
}

TEST(MetricsEndpointTest, ServesAllSourcesOverHttp) {
  FakeProvider fake;
  const Metrics metrics("1.2.3", "fake");
  const auto endpoint = MetricsEndpoint::Start(
      "127.0.0.1:0", {metrics.registry(), std::make_shared<QueueDepths>(fake)});
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  EXPECT_THAT(
      HttpGet(PortOf((*endpoint)->address()), "/metrics"),
      AllOf(HasSubstr("200 OK"), HasSubstr("duroxide_provider_build_info"),
            HasSubstr("duroxide_provider_queue_depth")));
}

TEST(MetricsEndpointTest, SaysWhyItCannotListen) {
  const auto first = MetricsEndpoint::Start("127.0.0.1:0", {});
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = MetricsEndpoint::Start((*first)->address(), {});
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use"));
  EXPECT_EQ(MetricsEndpoint::Start("unix:s", {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace duroxide::server
