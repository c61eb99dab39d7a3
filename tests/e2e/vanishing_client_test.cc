// Clients that are gone before there is work for them.

#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <memory>
#include <stop_token>
#include <string>

#include "absl/time/clock.h"
#include "conformance/builders.h"
#include "providers/await.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/server_process.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::e2e {
namespace {

using conformance::ActivityItem;
using conformance::StartItem;
using testing_support::ChildProcess;
using testing_support::TempDir;

// What a client leaves behind depends on how far the server is when work comes.
constexpr int kRounds = 20;

// Far longer than any wake-up, sanitizers included.
constexpr absl::Duration kHang = absl::Minutes(2);

class VanishingClientTest : public testing::Test {
 protected:
  // A client in a process of its own that waits by now.
  std::unique_ptr<ChildProcess> StartWaiting(const std::string& queue) {
    auto client = std::make_unique<ChildProcess>(
        DUROXIDE_WAITING_CLIENT_PROGRAM,
        std::vector<std::string>{server_.endpoint(), queue});
    server_.WaitForLongPolls(queue, 1);
    return client;
  }

  static void KillAndWait(ChildProcess& client) {
    client.Signal(SIGKILL);
    EXPECT_EQ(client.Wait(), -SIGKILL);
  }

  // What is enqueued now goes to the next fetch, as if nobody had seen it.
  // Locks last longer than the test: had the gone client one, the fetch would
  // end with nothing.
  void ExpectTurnForTheNext(int round) {
    const std::string instance = "instance-" + std::to_string(round);
    ASSERT_TRUE(Enqueue(*provider_, StartItem(instance)).ok());
    const auto held = TakeTurn(*provider_, {.poll = kHang});
    EXPECT_EQ(held.item().instance(), instance);
    EXPECT_EQ(held.attempt_count(), 1);
  }
  void ExpectWorkForTheNext() {
    ASSERT_TRUE(Enqueue(*provider_, ActivityItem("i", 1)).ok());
    const auto held = TakeWork(*provider_, {.poll = kHang});
    EXPECT_EQ(held.attempt_count(), 1);
    EXPECT_TRUE(
        Await(*provider_, &Provider::AckWorkItem, AckWork(held.lock_token()))
            .ok());
  }

  const TempDir dir_;
  ServerProcess server_{dir_.File("db"), kAnyPort};
  const std::unique_ptr<Provider> provider_ = Connect(server_.endpoint());
};

TEST_F(VanishingClientTest, AKilledProcessTakesNoActivity) {
  for (int round = 0; round < kRounds; ++round) {
    KillAndWait(*StartWaiting("worker"));
    ExpectWorkForTheNext();
  }
}

TEST_F(VanishingClientTest, AKilledProcessTakesNoInstance) {
  for (int round = 0; round < kRounds; ++round) {
    KillAndWait(*StartWaiting("orchestrator"));
    ExpectTurnForTheNext(round);
  }
}

TEST_F(VanishingClientTest, ACancelledFetchTakesNoActivity) {
  for (int round = 0; round < kRounds; ++round) {
    // With a channel of its own, so that the cancellation and what is enqueued
    // thereafter run a race.
    const auto client = Connect(server_.endpoint());
    std::stop_source stop;
    auto fetch = std::async(std::launch::async, [&] {
      return Await(*client, &Provider::FetchWorkItems,
                   FetchWork({.poll = absl::Hours(1)}),
                   {.stop = stop.get_token()});
    });
    server_.WaitForLongPolls("worker", 1);
    stop.request_stop();
    const auto ended = fetch.get();
    ASSERT_TRUE(ended.ok()) << ended.status();
    EXPECT_EQ(ended->items_size(), 0);
    ExpectWorkForTheNext();
  }
}

TEST_F(VanishingClientTest, AFetchWhoseDeadlinePassedTakesNoActivity) {
  for (int round = 0; round < kRounds; ++round) {
    const auto ended =
        Await(*provider_, &Provider::FetchWorkItems,
              FetchWork({.poll = absl::Hours(1)}),
              {.deadline = absl::Now() + absl::Milliseconds(20)});
    if (ended.ok()) {
      EXPECT_EQ(ended->items_size(), 0);
    } else {
      EXPECT_EQ(ended.status().code(), absl::StatusCode::kDeadlineExceeded);
    }
    ExpectWorkForTheNext();
  }
}

}  // namespace
}  // namespace duroxide::e2e
