// A thousand fetches that wait at once on one server.

#include <gtest/gtest.h>

#include <condition_variable>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "conformance/builders.h"
#include "providers/await.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/latencies.h"
#include "tests/e2e/server_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::e2e {
namespace {

using testing_support::TempDir;

constexpr int kFetches = 1'000;
constexpr int kMostThreads = 16;

// A fetch that is under way, and its answer.
template <typename Request, typename Response>
class Waiting {
 public:
  using Method = void (Provider::*)(const CallContext&, const Request*,
                                    Response*, Provider::Done);

  void Begin(Provider& provider, Method method, Request request) {
    request_ = std::move(request);
    (provider.*method)({}, &request_, &response_, [this](absl::Status status) {
      const std::lock_guard lock(mutex_);
      answered_ = absl::Now();
      status_ = std::move(status);
      ended_.notify_all();
    });
  }

  // Blocks until the answer is there.
  void Wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return answered_ > absl::InfinitePast(); });
  }

  // Once it is there.
  const absl::Status& status() const { return status_; }
  const Response& response() const { return response_; }
  absl::Time answered() const { return answered_; }

 private:
  Request request_;
  Response response_;
  std::mutex mutex_;
  std::condition_variable ended_;
  absl::Status status_;
  absl::Time answered_ = absl::InfinitePast();
};

using WaitingForWork =
    Waiting<v1::FetchWorkItemsRequest, v1::FetchWorkItemsResponse>;
using WaitingForTurn = Waiting<v1::FetchOrchestrationItemsRequest,
                               v1::FetchOrchestrationItemsResponse>;

std::string TagOf(int i) { return absl::StrCat("tag-", i); }

class LongPollsTest : public testing::Test {
 protected:
  std::vector<WaitingForWork> WaitForTaggedWork() {
    std::vector<WaitingForWork> fetches(kFetches);
    for (int i = 0; i < kFetches; ++i) {
      fetches[static_cast<size_t>(i)].Begin(
          *provider_, &Provider::FetchWorkItems,
          FetchWork({.poll = absl::Minutes(30), .tag = TagOf(i)}));
    }
    server_.WaitForLongPolls("worker", kFetches);
    WaitForFewThreads();
    return fetches;
  }

  // gRPC starts a thread now and then that soon ends again.
  void WaitForFewThreads() {
    while (server_.ThreadCount() > kMostThreads) std::this_thread::yield();
    std::cout << "the server has " << server_.ThreadCount() << " threads"
              << std::endl;
  }

  static v1::WorkItem TaggedActivity(int i) {
    return conformance::ActivityItem("i", static_cast<uint64_t>(i) + 1,
                                     {.tag = TagOf(i)});
  }

  // The fetch was given the activity with its own tag.
  static void ExpectOwnWork(const WaitingForWork& fetch, int i) {
    ASSERT_TRUE(fetch.status().ok()) << fetch.status();
    ASSERT_EQ(fetch.response().items_size(), 1);
    EXPECT_EQ(fetch.response().items(0).item().activity_execute().tag(),
              TagOf(i));
    EXPECT_EQ(fetch.response().items(0).attempt_count(), 1);
  }

  const TempDir dir_;
  ServerProcess server_{dir_.File("db"), kAnyPort};
  const std::unique_ptr<Provider> provider_ = Connect(server_.endpoint());
};

TEST_F(LongPollsTest, EachWakesByItsOwnWorkOneByOne) {
  auto fetches = WaitForTaggedWork();
  Latencies latencies;
  for (int i = kFetches - 1; i >= 0; --i) {
    WaitingForWork& fetch = fetches[static_cast<size_t>(i)];
    const absl::Time begin = absl::Now();
    ASSERT_TRUE(Enqueue(*provider_, TaggedActivity(i)).ok());
    fetch.Wait();
    latencies.Add(fetch.answered() - begin);
    ExpectOwnWork(fetch, i);
  }
  latencies.Print("from an enqueue to the fetch that waits for its tag");
  WaitForFewThreads();
}

TEST_F(LongPollsTest, EachWakesByItsOwnWorkAllAtOnce) {
  auto fetches = WaitForTaggedWork();
  std::vector<Waiting<v1::EnqueueWorkItemRequest, v1::EnqueueWorkItemResponse>>
      enqueues(kFetches);
  const absl::Time begin = absl::Now();
  for (int i = 0; i < kFetches; ++i) {
    enqueues[static_cast<size_t>(i)].Begin(
        *provider_, &Provider::EnqueueWorkItem, EnqueueWork(TaggedActivity(i)));
  }
  Latencies latencies;
  for (int i = 0; i < kFetches; ++i) {
    enqueues[static_cast<size_t>(i)].Wait();
    WaitingForWork& fetch = fetches[static_cast<size_t>(i)];
    fetch.Wait();
    latencies.Add(fetch.answered() - begin);
    ExpectOwnWork(fetch, i);
  }
  latencies.Print("from the first of 1000 enqueues at once to each fetch");
  WaitForFewThreads();
}

TEST_F(LongPollsTest, EachInstanceWakesOneFetchForTurns) {
  std::vector<WaitingForTurn> fetches(kFetches);
  for (WaitingForTurn& fetch : fetches) {
    fetch.Begin(*provider_, &Provider::FetchOrchestrationItems,
                FetchTurns({.poll = absl::Minutes(30)}));
  }
  server_.WaitForLongPolls("orchestrator", kFetches);
  WaitForFewThreads();
  std::map<std::string, absl::Time> begins;
  for (int i = 0; i < kFetches; ++i) {
    const std::string instance = absl::StrCat("instance-", i);
    begins[instance] = absl::Now();
    ASSERT_TRUE(Enqueue(*provider_, conformance::StartItem(instance)).ok());
  }
  Latencies latencies;
  for (WaitingForTurn& fetch : fetches) {
    fetch.Wait();
    ASSERT_TRUE(fetch.status().ok()) << fetch.status();
    ASSERT_EQ(fetch.response().items_size(), 1);
    const auto begin = begins.find(fetch.response().items(0).item().instance());
    ASSERT_NE(begin, begins.end()) << "given to two fetches";
    latencies.Add(fetch.answered() - begin->second);
    begins.erase(begin);
  }
  latencies.Print("from the start of an instance to a fetch that waits");
  WaitForFewThreads();
}

}  // namespace
}  // namespace duroxide::e2e
