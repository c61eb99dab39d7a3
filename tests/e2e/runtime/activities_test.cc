// Activities one after the other: hello, control flow, loops, errors and their
// compensation, retry policies.

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
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
using runtime::Backoff;
using runtime::Orchestration;
using runtime::OrchestrationContext;
using runtime::RetryPolicy;
using ::testing::ElementsAre;

using ActivitiesTest = RuntimeTest;
DUROXIDE_ON_EACH_ENGINE(ActivitiesTest);

// --- Hello.

Orchestration<std::string> Hello(OrchestrationContext& ctx, std::string name) {
  ASSIGN_OR_CO_RETURN(std::string greeting,
                      co_await ctx.ScheduleActivity("Greet", name));
  co_return greeting;
}

absl::StatusOr<std::string> Greet(ActivityContext& /*context*/,
                                  std::string name) {
  return absl::StrCat("Hello, ", name, "!");
}

TEST_P(ActivitiesTest, Hello) {
  functions_.Orchestration("Hello", Hello).Activity("Greet", Greet);
  Start();
  EXPECT_EQ(Output("Hello", "Rust"), "Hello, Rust!");
}

TEST_P(ActivitiesTest, AnyTextGoesThrough) {
  functions_.Orchestration("Hello", Hello).Activity("Greet", Greet);
  Start();
  EXPECT_EQ(Output("Hello", "\"\\\n\t \xf0\x9f\x9a\x80"),
            "Hello, \"\\\n\t \xf0\x9f\x9a\x80!");
}

// What an activity knows of itself.
TEST_P(ActivitiesTest, AnActivityKnowsWhichItIs) {
  functions_.Orchestration("Hello", Hello)
      .Activity("Greet",
                [](ActivityContext& context,
                   const std::string& /*name*/) -> absl::StatusOr<std::string> {
                  const runtime::ActivityInfo& info = context.info();
                  return absl::StrCat(info.instance, " ", info.execution_id,
                                      " ", info.activity_id, " ", info.name,
                                      " ", info.orchestration_name, " ",
                                      info.orchestration_version, " ",
                                      info.attempt);
                });
  Start();
  EXPECT_EQ(Output("Hello"), "Hello 1 2 Greet Hello 1.0.0 1");
}

TEST_P(ActivitiesTest, AnAsyncActivityNeedsNoThread) {
  functions_.Orchestration("Hello", Hello)
      .AsyncActivity("Greet",
                     [](const std::shared_ptr<ActivityContext>& /*context*/,
                        const std::string& name, runtime::ActivityDone done) {
                       std::thread([name, done = std::move(done)]() mutable {
                         std::move(done)("Later, " + name);
                       }).detach();
                     });
  Start();
  EXPECT_EQ(Output("Hello", "C++"), "Later, C++");
}

// --- Control flow.

Orchestration<std::string> Branch(OrchestrationContext& ctx,
                                  std::string /*input*/) {
  ASSIGN_OR_CO_RETURN(std::string flag,
                      co_await ctx.ScheduleActivity("GetFlag", ""));
  const std::string chosen = flag == "yes" ? "SayYes" : "SayNo";
  ASSIGN_OR_CO_RETURN(std::string said,
                      co_await ctx.ScheduleActivity(chosen, ""));
  co_return said;
}

TEST_P(ActivitiesTest, ControlFlowGoesWithResults) {
  functions_.Orchestration("Branch", Branch);
  for (const char* reply : {"yes", "no"}) {
    functions_.Activity(reply == std::string("yes") ? "SayYes" : "SayNo",
                        [reply](ActivityContext&, const std::string&)
                            -> absl::StatusOr<std::string> { return reply; });
  }
  functions_.Activity(
      "GetFlag",
      [](ActivityContext&, const std::string&) -> absl::StatusOr<std::string> {
        return "no";
      });
  Start();
  EXPECT_EQ(Output("Branch"), "no");
}

// --- Loops.

Orchestration<std::string> Accumulate(OrchestrationContext& ctx,
                                      std::string text) {
  for (int i = 0; i < 5; ++i) {
    ASSIGN_OR_CO_RETURN(
        text, co_await ctx.ScheduleActivity("Append", absl::StrCat(text, i)));
  }
  co_return text;
}

TEST_P(ActivitiesTest, LoopsGoThroughActivities) {
  functions_.Orchestration("Accumulate", Accumulate)
      .Activity("Append",
                [](ActivityContext&, const std::string& text)
                    -> absl::StatusOr<std::string> { return text + ","; });
  Start();
  EXPECT_EQ(Output("Accumulate", ">"), ">0,1,2,3,4,");
}

// --- Errors and compensation.

Orchestration<std::string> Transfer(OrchestrationContext& ctx,
                                    std::string amount) {
  ASSIGN_OR_CO_RETURN(std::string debit,
                      co_await ctx.ScheduleActivity("Debit", amount));
  const auto credit = co_await ctx.ScheduleActivity("Credit", amount);
  if (credit.ok()) co_return "transferred";
  // The money goes back.
  ASSIGN_OR_CO_RETURN(std::string refund,
                      co_await ctx.ScheduleActivity("Refund", debit));
  co_return absl::StrCat("rolled back: ",
                         std::string(credit.status().message()));
}

class CompensationTest : public RuntimeTest {
 protected:
  // An activity that leaves its trace.
  void Step(const std::string& name, const absl::Status& outcome) {
    functions_.Activity(
        name,
        [this, name, outcome](ActivityContext&, const std::string& input)
            -> absl::StatusOr<std::string> {
          steps_.Add(absl::StrCat(name, " ", input));
          if (!outcome.ok()) return outcome;
          return name + " done";
        });
  }

  Steps steps_;
};
DUROXIDE_ON_EACH_ENGINE(CompensationTest);

TEST_P(CompensationTest, WhatWasDoneIsTakenBack) {
  functions_.Orchestration("Transfer", Transfer);
  Step("Debit", absl::OkStatus());
  Step("Credit", absl::NotFoundError("no such account"));
  Step("Refund", absl::OkStatus());
  Start();
  EXPECT_EQ(Output("Transfer", "5"), "rolled back: no such account");
  EXPECT_THAT(steps_.all(),
              ElementsAre("Debit 5", "Credit 5", "Refund Debit done"));
}

TEST_P(CompensationTest, AnErrorThatNobodyHandlesFailsTheInstance) {
  functions_.Orchestration("Transfer", Transfer);
  Step("Debit", absl::FailedPreconditionError("no funds"));
  Start();
  StartInstance("Transfer", "5");
  const runtime::InstanceStatus status = WaitFor("Transfer");
  EXPECT_EQ(status.state, runtime::InstanceStatus::State::kFailed);
  EXPECT_EQ(status.error_text, "no funds");
  EXPECT_TRUE(status.error.has_application());
  EXPECT_THAT(steps_.all(), ElementsAre("Debit 5"));
}

TEST_P(CompensationTest, WhatAnActivityThrowsIsAnError) {
  functions_.Orchestration("Hello", Hello)
      .Activity("Greet",
                [](ActivityContext&,
                   const std::string&) -> absl::StatusOr<std::string> {
                  throw std::runtime_error("thrown");
                });
  Start();
  EXPECT_THAT(Failure("Hello"), testing::HasSubstr("thrown"));
}

// --- Retry policies.

Orchestration<std::string> Persevere(OrchestrationContext& ctx,
                                     std::string /*input*/) {
  const RetryPolicy policy =
      RetryPolicy(3).WithBackoff(Backoff::Fixed(absl::Milliseconds(1)));
  ASSIGN_OR_CO_RETURN(
      std::string result,
      co_await ctx.ScheduleActivityWithRetry("Flaky", "", policy));
  co_return result;
}

class RetryTest : public RuntimeTest {
 protected:
  RetryTest() {
    functions_.Orchestration("Persevere", Persevere)
        .Activity(
            "Flaky",
            [this](ActivityContext&,
                   const std::string&) -> absl::StatusOr<std::string> {
              const int call = ++calls_;
              if (call <= failures_) {
                return absl::UnavailableError(absl::StrCat("failure ", call));
              }
              return absl::StrCat("success ", call);
            });
  }

  int failures_ = 0;
  std::atomic<int> calls_ = 0;
};
DUROXIDE_ON_EACH_ENGINE(RetryTest);

TEST_P(RetryTest, TriesAgainAfterAFailure) {
  failures_ = 2;
  Start();
  EXPECT_EQ(Output("Persevere"), "success 3");
}

TEST_P(RetryTest, TheLastFailureIsTheError) {
  failures_ = 100;
  Start();
  EXPECT_EQ(Failure("Persevere"), "failure 3");
  EXPECT_EQ(calls_, 3);
}

}  // namespace
}  // namespace duroxide::e2e
