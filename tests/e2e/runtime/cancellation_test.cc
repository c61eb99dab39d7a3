// Cancellation: of an instance, and of all that it has begun.

#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "runtime/activity_context.h"
#include "tests/e2e/runtime/fixture.h"
#include "tests/e2e/runtime/steps.h"

namespace duroxide::e2e {
namespace {

using runtime::ActivityContext;
using runtime::ActivityDone;
using runtime::ChildOptions;
using runtime::Orchestration;
using runtime::OrchestrationContext;

class CancellationTest : public RuntimeTest {
 protected:
  // Cancels the instance and waits until it has failed of it.
  void Cancel(const std::string& instance) {
    EXPECT_TRUE(client().Cancel(instance, "changed my mind").ok());
    const runtime::InstanceStatus status = WaitFor(instance);
    EXPECT_EQ(status.state, runtime::InstanceStatus::State::kFailed);
    EXPECT_EQ(status.error_text, "canceled: changed my mind");
    EXPECT_EQ(status.error.application().cancelled().reason(),
              "changed my mind");
  }
};
DUROXIDE_ON_EACH_ENGINE(CancellationTest);

Orchestration<std::string> Wait(OrchestrationContext& ctx,
                                std::string /*input*/) {
  ctx.SetCustomStatus("waiting");
  const std::string never = co_await ctx.ScheduleWait("never");
  co_return never;
}

TEST_P(CancellationTest, AnInstanceThatWaitsIsCancelled) {
  functions_.Orchestration("Wait", Wait);
  Start();
  StartInstance("Wait");
  WaitForCustomStatus("Wait", "waiting");
  Cancel("Wait");
}

Orchestration<std::string> Parent(OrchestrationContext& ctx,
                                  std::string /*input*/) {
  ASSIGN_OR_CO_RETURN(std::string never,
                      co_await ctx.ScheduleSubOrchestration(
                          "Wait", "", ChildOptions().WithInstance("child")));
  co_return never;
}

TEST_P(CancellationTest, ChildrenGoWithTheirParent) {
  functions_.Orchestration("Wait", Wait).Orchestration("Parent", Parent);
  Start();
  StartInstance("Parent");
  WaitForCustomStatus("child", "waiting");
  Cancel("Parent");
  EXPECT_THAT(WaitForFailure("child"), testing::StartsWith("canceled: "));
}

Orchestration<std::string> Work(OrchestrationContext& ctx,
                                std::string /*input*/) {
  ASSIGN_OR_CO_RETURN(std::string never,
                      co_await ctx.ScheduleActivity("Endless", ""));
  co_return never;
}

TEST_P(CancellationTest, ActivitiesAreToldToEnd) {
  Steps began;
  Steps told;
  functions_.Orchestration("Work", Work)
      .AsyncActivity("Endless", [&](std::shared_ptr<ActivityContext> context,
                                    const std::string&, ActivityDone done) {
        began.Add("Endless");
        std::thread([&told, context = std::move(context),
                     done = std::move(done)]() mutable {
          Steps stopped;
          const std::stop_callback on_stop(context->cancelled(),
                                           [&] { stopped.Add(""); });
          stopped.WaitFor(1);
          std::move(done)(absl::CancelledError("told to"));
          told.Add("Endless");
        }).detach();
      });
  Start();
  StartInstance("Work");
  began.WaitFor(1);
  Cancel("Work");
  told.WaitFor(1);
}

TEST_P(CancellationTest, WhatHasEndedIsNotCancelled) {
  functions_.Orchestration("Wait", Wait);
  Start();
  StartInstance("Wait");
  WaitForCustomStatus("Wait", "waiting");
  EXPECT_TRUE(client().RaiseEvent("Wait", "never", "after all").ok());
  EXPECT_EQ(WaitForOutput("Wait"), "after all");
  EXPECT_TRUE(client().Cancel("Wait", "too late").ok());
  // One that comes behind it has gone through the same queue.
  EXPECT_TRUE(client().Start("other", "Wait", "").ok());
  WaitForCustomStatus("other", "waiting");
  EXPECT_EQ(WaitForOutput("Wait"), "after all");
}

}  // namespace
}  // namespace duroxide::e2e
