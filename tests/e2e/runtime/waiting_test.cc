// Waiting: timers, timeouts with Select, external events, queues.

#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/activity_context.h"
#include "tests/e2e/runtime/fixture.h"
#include "tests/e2e/runtime/steps.h"

namespace duroxide::e2e {
namespace {

using runtime::ActivityContext;
using runtime::Orchestration;
using runtime::OrchestrationContext;

using WaitingTest = RuntimeTest;
DUROXIDE_ON_EACH_ENGINE(WaitingTest);

// --- Timers and timeouts.

constexpr absl::Duration kSoon = absl::Milliseconds(20);

Orchestration<std::string> Sleep(OrchestrationContext& ctx, std::string input) {
  ASSIGN_OR_CO_RETURN(absl::Time before, co_await ctx.UtcNow());
  co_await ctx.ScheduleTimer(kSoon);
  ASSIGN_OR_CO_RETURN(absl::Time after, co_await ctx.UtcNow());
  if (after - before < kSoon) co_return absl::InternalError("too early");
  co_return input;
}

TEST_P(WaitingTest, ATimerFiresNotTooEarly) {
  functions_.Orchestration("Sleep", Sleep);
  Start();
  EXPECT_EQ(Output("Sleep", "rested"), "rested");
}

Orchestration<std::string> Limited(OrchestrationContext& ctx,
                                   std::string limit) {
  absl::Duration duration;
  if (!absl::ParseDuration(limit, &duration)) {
    co_return absl::InvalidArgumentError(limit);
  }
  auto work = ctx.ScheduleActivity("Work", "");
  auto timeout = ctx.ScheduleTimer(duration);
  auto first = co_await ctx.Select(std::move(work), std::move(timeout));
  if (first.index() == 1) co_return absl::DeadlineExceededError("too slow");
  co_return std::get<0>(std::move(first));
}

TEST_P(WaitingTest, WhatIsInTimeWins) {
  functions_.Orchestration("Limited", Limited)
      .Activity("Work",
                [](ActivityContext&, const std::string&)
                    -> absl::StatusOr<std::string> { return "done"; });
  Start();
  EXPECT_EQ(Output("Limited", "1h"), "done");
}

TEST_P(WaitingTest, WhatIsTooSlowIsCancelled) {
  Steps cancelled;
  functions_.Orchestration("Limited", Limited)
      .Activity("Work",
                [&](ActivityContext& context,
                    const std::string&) -> absl::StatusOr<std::string> {
                  // Ends where it is no longer wanted, and only then.
                  std::mutex mutex;
                  std::condition_variable_any never;
                  std::unique_lock lock(mutex);
                  never.wait(lock, context.cancelled(), [] { return false; });
                  cancelled.Add("Work");
                  return absl::CancelledError("not wanted");
                });
  Start();
  EXPECT_EQ(Failure("Limited", "20ms"), "too slow");
  cancelled.WaitFor(1);
}

// --- External events.

Orchestration<std::string> Approve(OrchestrationContext& ctx,
                                   std::string order) {
  // Whoever decides sees by it that the wait is there.
  ctx.SetCustomStatus("waiting");
  const std::string decision = co_await ctx.ScheduleWait("decision");
  co_return absl::StrCat(order, " is ", decision);
}

TEST_P(WaitingTest, AnExternalEventIsGivenToWhoWaits) {
  functions_.Orchestration("Approve", Approve);
  Start();
  StartInstance("Approve", "order-1");
  WaitForCustomStatus("Approve", "waiting");
  EXPECT_TRUE(client().RaiseEvent("Approve", "other", "no").ok());
  EXPECT_TRUE(client().RaiseEvent("Approve", "decision", "approved").ok());
  EXPECT_EQ(WaitForOutput("Approve"), "order-1 is approved");
}

Orchestration<std::string> TwoApprovals(OrchestrationContext& ctx,
                                        std::string /*input*/) {
  auto one = ctx.ScheduleWait("decision");
  auto two = ctx.ScheduleWait("decision");
  ctx.SetCustomStatus("waiting");
  auto both = co_await ctx.Join(std::move(one), std::move(two));
  co_return absl::StrCat(std::get<0>(both), ", ", std::get<1>(both));
}

TEST_P(WaitingTest, WaitsAreServedInTheirOrder) {
  functions_.Orchestration("TwoApprovals", TwoApprovals);
  Start();
  StartInstance("TwoApprovals");
  WaitForCustomStatus("TwoApprovals", "waiting");
  EXPECT_TRUE(client().RaiseEvent("TwoApprovals", "decision", "first").ok());
  EXPECT_TRUE(client().RaiseEvent("TwoApprovals", "decision", "second").ok());
  EXPECT_EQ(WaitForOutput("TwoApprovals"), "first, second");
}

// --- Queues.

// Takes a message in each execution, until one says "end".
Orchestration<std::string> Inbox(OrchestrationContext& ctx, std::string seen) {
  const std::string message = co_await ctx.DequeueEvent("inbox");
  if (message == "end") co_return seen;
  co_return co_await ctx.ContinueAsNew(absl::StrCat(seen, message, ";"));
}

TEST_P(WaitingTest, AQueueKeepsItsOrderOverExecutions) {
  functions_.Orchestration("Inbox", Inbox);
  StartInstance("Inbox");
  constexpr int kMessages = 10;
  std::string all;
  for (int i = 0; i < kMessages; ++i) {
    EXPECT_TRUE(client().EnqueueEvent("Inbox", "inbox", absl::StrCat(i)).ok());
    all += absl::StrCat(i, ";");
  }
  EXPECT_TRUE(client().EnqueueEvent("Inbox", "inbox", "end").ok());
  // All are there when it begins: those that an execution leaves go along.
  Start();
  EXPECT_EQ(WaitForOutput("Inbox"), all);
  EXPECT_EQ(Executions("Inbox"), kMessages + 1);
}

TEST_P(WaitingTest, AQueueIsThereBeforeAnyoneWaits) {
  functions_.Orchestration("Inbox", Inbox);
  Start();
  StartInstance("Inbox");
  EXPECT_TRUE(client().EnqueueEvent("Inbox", "inbox", "a").ok());
  EXPECT_TRUE(client().EnqueueEvent("Inbox", "outbox", "lost").ok());
  EXPECT_TRUE(client().EnqueueEvent("Inbox", "inbox", "end").ok());
  EXPECT_EQ(WaitForOutput("Inbox"), "a;");
}

}  // namespace
}  // namespace duroxide::e2e
