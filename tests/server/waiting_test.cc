// Calls that wait: their end by the caller and by the server's shutdown.

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <iterator>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "providers/await.h"
#include "providers/errors.h"
#include "providers/remote/remote_provider.h"
#include "tests/server/raw_channel.h"
#include "tests/server/server_fixture.h"

namespace duroxide::server {
namespace {

using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using testing_support::RawChannel;

TEST_F(ServerTest, ACancelledFetchIsStopped) {
  Start();
  fake_.Hold("FetchWorkItems");
  std::stop_source stop;
  auto fetch = std::async(std::launch::async, [&] {
    return Await(*remote_, &Provider::FetchWorkItems, LongFetch(),
                 {.stop = stop.get_token()});
  });
  fake_.WaitForHeld(1);
  stop.request_stop();
  fake_.WaitForStop();
  EXPECT_TRUE(fetch.get().ok());
  EXPECT_THAT(fake_.Requests("AbandonWorkItem"), SizeIs(0));
}

TEST_F(ServerTest, WhatWasLockedForACallerThatIsGoneIsGivenBack) {
  Start();
  fake_.HoldStubbornly("FetchWorkItems");
  std::stop_source stop;
  auto fetch = std::async(std::launch::async, [&] {
    return Await(*remote_, &Provider::FetchWorkItems, LongFetch(),
                 {.stop = stop.get_token()});
  });
  fake_.WaitForHeld(1);
  stop.request_stop();
  ASSERT_TRUE(fetch.get().ok());
  fake_.WaitForStop();
  fake_.Release(TwoItems());
  EXPECT_EQ(GivenBack(2), (std::set<std::string>{"a", "b"}));
}

TEST_F(ServerTest, WhatWasDeliveredIsNotGivenBack) {
  Start();
  fake_.Answer("FetchWorkItems", TwoItems());
  const auto response = Await(*remote_, &Provider::FetchWorkItems, LongFetch());
  ASSERT_TRUE(response.ok());
  EXPECT_THAT(response->items(), SizeIs(2));
  server_->Shutdown(absl::InfiniteDuration());
  EXPECT_THAT(fake_.Requests("AbandonWorkItem"), SizeIs(0));
}

TEST_F(ServerTest, ShutdownEndsWaitingFetchesWithNoItems) {
  Start();
  fake_.Hold("FetchWorkItems");
  auto fetch = std::async(std::launch::async, [&] {
    return Await(*remote_, &Provider::FetchWorkItems, LongFetch());
  });
  fake_.WaitForHeld(1);
  server_->Shutdown(absl::InfiniteDuration());
  const auto response = fetch.get();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->items(), SizeIs(0));
}

// A fetch that waits holds no thread: not here, and not in a client.
TEST_F(ServerTest, AThousandWaitingFetchesNeedFewThreads) {
  constexpr int kFetches = 1000;
  Start();
  fake_.Hold("FetchWorkItems");
  std::vector<v1::FetchWorkItemsResponse> responses(kFetches);
  const v1::FetchWorkItemsRequest request = LongFetch();
  std::atomic<int> ended = 0;
  for (auto& response : responses) {
    remote_->FetchWorkItems({}, &request, &response, [&](absl::Status status) {
      EXPECT_TRUE(status.ok()) << status;
      ++ended;
      ended.notify_all();
    });
  }
  fake_.WaitForHeld(kFetches);
  const auto threads =
      std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
  EXPECT_LE(threads, 16);

  server_->Shutdown(absl::InfiniteDuration());
  for (int seen = ended; seen < kFetches; seen = ended) ended.wait(seen);
}

TEST_F(ServerTest, ShutdownLetsAcceptedCallsFinish) {
  Start();
  fake_.HoldStubbornly("AckWorkItem");
  auto ack = std::async(std::launch::async, [&] {
    return Await(*remote_, &Provider::AckWorkItem, v1::AckWorkItemRequest());
  });
  fake_.WaitForHeld(1);
  auto shutdown = std::async(
      std::launch::async, [&] { server_->Shutdown(absl::InfiniteDuration()); });
  // Once it says that it does not serve, the end has begun.
  RawChannel channel(server_->endpoint());
  while (channel.Health("") == kServing) std::this_thread::yield();
  EXPECT_EQ(channel.Health(kProviderService), 2);  // NOT_SERVING

  // What comes now is refused, and may be sent again.
  remote::RemoteOptions options;
  options.endpoint = server_->endpoint();
  options.retry.max_attempts = 1;
  auto other = *remote::MakeRemoteProvider(options);
  absl::Status refused;
  do {
    refused =
        Await(*other, &Provider::GetKvValue, v1::GetKvValueRequest()).status();
  } while (refused.ok());
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_STORE_BUSY);

  fake_.Release(v1::AckWorkItemResponse());
  EXPECT_TRUE(ack.get().ok());
  shutdown.get();
}

TEST_F(ServerTest, ShutdownCancelsWhatIsLeftAfterTheGrace) {
  Start();
  fake_.HoldStubbornly("AckWorkItem");
  auto ack = std::async(std::launch::async, [&] {
    return Await(*remote_, &Provider::AckWorkItem, v1::AckWorkItemRequest());
  });
  fake_.WaitForHeld(1);
  auto shutdown = std::async(std::launch::async,
                             [&] { server_->Shutdown(absl::Milliseconds(1)); });
  EXPECT_FALSE(ack.get().ok());
  fake_.Release(v1::AckWorkItemResponse());
  shutdown.get();
}
}  // namespace
}  // namespace duroxide::server
