// A rolling upgrade: workers with an older and a newer version side by side,
// and instances that live through it.

#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/e2e/runtime/fixture.h"

namespace duroxide::e2e {
namespace {

using runtime::Orchestration;
using runtime::OrchestrationContext;

// Waits in its middle, so that an upgrade can come between.
Orchestration<std::string> First(OrchestrationContext& ctx,
                                 std::string /*input*/) {
  ctx.SetCustomStatus("waiting");
  const std::string go = co_await ctx.ScheduleWait("go");
  co_return absl::StrCat("first in ", ctx.version());
}

// What was before would not fit its history.
Orchestration<std::string> Second(OrchestrationContext& ctx,
                                  std::string /*input*/) {
  co_await ctx.ScheduleTimer(absl::Milliseconds(1));
  ctx.SetCustomStatus("waiting");
  const std::string go = co_await ctx.ScheduleWait("go");
  co_return absl::StrCat("second in ", ctx.version());
}

// Continues as new with each "go".
Orchestration<std::string> FirstEternal(OrchestrationContext& ctx,
                                        std::string input) {
  const std::string go = co_await ctx.DequeueEvent("go");
  co_return co_await ctx.ContinueAsNew(absl::StrCat(input, "1"));
}
Orchestration<std::string> SecondEternal(OrchestrationContext& ctx,
                                         std::string input) {
  const std::string go = co_await ctx.DequeueEvent("go");
  if (go == "end") co_return input;
  co_return co_await ctx.ContinueAsNew(absl::StrCat(input, "2"));
}

class VersioningTest : public RuntimeTest {
 protected:
  VersioningTest() {
    before_.Orchestration("Order", "1.0.0", First)
        .Orchestration("Eternal", "1.0.0", FirstEternal);
    after_ = before_;
    after_.Orchestration("Order", "2.0.0", Second)
        .Orchestration("Eternal", "2.0.0", SecondEternal);
  }

  void Go(const std::string& instance) {
    WaitForCustomStatus(instance, "waiting");
    EXPECT_TRUE(client().RaiseEvent(instance, "go", "").ok());
  }

  Functions before_;
  Functions after_;
};
DUROXIDE_ON_EACH_ENGINE(VersioningTest);

TEST_P(VersioningTest, WhatWasBegunEndsInItsVersion) {
  auto older = StartRuntime(before_);
  EXPECT_TRUE(client().Start("old", "Order", "").ok());
  WaitForCustomStatus("old", "waiting");
  // The upgrade rolls: both are there, then the newer one alone.
  const auto newer = StartRuntime(after_);
  older->Shutdown(absl::Seconds(1));
  older.reset();
  EXPECT_TRUE(client().Start("new", "Order", "").ok());
  Go("old");
  Go("new");
  EXPECT_EQ(WaitForOutput("old"), "first in 1.0.0");
  EXPECT_EQ(WaitForOutput("new"), "second in 2.0.0");
}

TEST_P(VersioningTest, WhatOneWorkerDoesNotKnowAnotherTakes) {
  runtime::RuntimeOptions options = TestOptions();
  // However often it goes to the wrong one.
  options.max_attempts = 100'000;
  const auto older = StartRuntime(before_, options);
  EXPECT_TRUE(client().Start("new", "Order", "", {.version = "2.0.0"}).ok());
  const auto newer = StartRuntime(after_, options);
  Go("new");
  EXPECT_EQ(WaitForOutput("new"), "second in 2.0.0");
}

TEST_P(VersioningTest, AClientMayAskForAVersion) {
  const auto newer = StartRuntime(after_);
  EXPECT_TRUE(client().Start("old", "Order", "", {.version = "1.0.0"}).ok());
  Go("old");
  EXPECT_EQ(WaitForOutput("old"), "first in 1.0.0");
}

TEST_P(VersioningTest, APolicyHoldsTheVersionBack) {
  after_.UseVersion("Order", "1.0.0");
  const auto newer = StartRuntime(after_);
  EXPECT_TRUE(client().Start("old", "Order", "").ok());
  Go("old");
  EXPECT_EQ(WaitForOutput("old"), "first in 1.0.0");
}

TEST_P(VersioningTest, ContinueAsNewTakesTheNewerVersion) {
  auto older = StartRuntime(before_);
  StartInstance("Eternal");
  EXPECT_TRUE(client().EnqueueEvent("Eternal", "go", "on").ok());
  while (Executions("Eternal") < 2) std::this_thread::yield();
  older->Shutdown(absl::Seconds(1));
  older.reset();

  const auto newer = StartRuntime(after_);
  // Ends the execution that the older version has begun.
  EXPECT_TRUE(client().EnqueueEvent("Eternal", "go", "on").ok());
  EXPECT_TRUE(client().EnqueueEvent("Eternal", "go", "on").ok());
  EXPECT_TRUE(client().EnqueueEvent("Eternal", "go", "end").ok());
  EXPECT_EQ(WaitForOutput("Eternal"), "112");
}

}  // namespace
}  // namespace duroxide::e2e
