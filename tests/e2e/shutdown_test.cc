// SIGTERM while calls and waits are under way.

#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "providers/await.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/load_fixture.h"

namespace duroxide::e2e {
namespace {

constexpr int kWaits = 20;

// How often the moment of the signal is tried.
constexpr int kShutdowns = 10;

class ShutdownTest : public LoadFixture {
 protected:
  const std::string listen_ = "unix:" + dir_.File("socket");
};

TEST_F(ShutdownTest, WaitingFetchesReturnEmpty) {
  auto server = Start(listen_);
  const auto provider = Connect(server->endpoint());
  std::vector<std::future<int>> fetches;
  const auto wait = [&](auto method, const auto& request) {
    fetches.push_back(std::async(std::launch::async, [=, &provider] {
      const auto response = Await(*provider, method, request);
      EXPECT_TRUE(response.ok()) << response.status();
      return response.ok() ? response->items_size() : -1;
    }));
  };
  const FetchOptions options = {.poll = absl::Hours(1)};
  for (int i = 0; i < kWaits; ++i) {
    wait(&Provider::FetchWorkItems, FetchWork(options));
    wait(&Provider::FetchOrchestrationItems, FetchTurns(options));
  }
  server->WaitForLongPolls("worker", kWaits);
  server->WaitForLongPolls("orchestrator", kWaits);
  server->Signal(SIGTERM);
  for (std::future<int>& items : fetches) EXPECT_EQ(items.get(), 0);
  EXPECT_EQ(server->WaitForExit(), 0);
}

TEST_F(ShutdownTest, EveryCallThatIsDoneGetsItsAnswer) {
  auto server = Start(listen_);
  for (int i = 0; i < kShutdowns && !HasFailure(); ++i) {
    LoadOptions options = NextLoad();
    options.end_busy = true;
    {
      const auto provider = Connect(server->endpoint());
      const Load load({provider.get()}, records_, options);
      ASSERT_TRUE(records_.ledger.WaitForAcknowledged(SomeOperations()));
      server->Signal(SIGTERM);
      EXPECT_EQ(server->WaitForExit(), 0);
    }
    NoteEnd(options);
    server = Start(listen_);
    EXPECT_EQ(Audit(*Connect(server->endpoint())), 0)
        << "operations were done and their callers did not hear of it";
  }
  FinishAndJudge(*Connect(server->endpoint()));
  EndAndCheckFile(*server);
}

}  // namespace
}  // namespace duroxide::e2e
