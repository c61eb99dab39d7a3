// Orchestrations made of others: fan-out, children, detached starts,
// continue-as-new.

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/e2e/runtime/fixture.h"

namespace duroxide::e2e {
namespace {

using runtime::ActivityContext;
using runtime::ChildOptions;
using runtime::DurableFuture;
using runtime::Orchestration;
using runtime::OrchestrationContext;
using ::testing::HasSubstr;

using CompositionTest = RuntimeTest;
DUROXIDE_ON_EACH_ENGINE(CompositionTest);

// --- Fan-out and fan-in.

constexpr int kBranches = 50;

Orchestration<std::string> FanOut(OrchestrationContext& ctx,
                                  std::string /*input*/) {
  std::vector<DurableFuture<absl::StatusOr<std::string>>> squares;
  for (int i = 0; i < kBranches; ++i) {
    squares.push_back(ctx.ScheduleActivity("Square", absl::StrCat(i)));
  }
  const auto results = co_await ctx.Join(std::move(squares));
  int sum = 0;
  for (const auto& result : results) {
    int square = 0;
    if (!result.ok()) co_return result.status();
    if (!absl::SimpleAtoi(*result, &square)) {
      co_return absl::InternalError(*result);
    }
    sum += square;
  }
  co_return absl::StrCat(sum);
}

TEST_P(CompositionTest, ManyActivitiesAtOnce) {
  functions_.Orchestration("FanOut", FanOut)
      .Activity("Square",
                [](ActivityContext&,
                   const std::string& input) -> absl::StatusOr<std::string> {
                  int number = 0;
                  if (!absl::SimpleAtoi(input, &number)) {
                    return absl::InvalidArgumentError(input);
                  }
                  return absl::StrCat(number * number);
                });
  Start();
  EXPECT_EQ(Output("FanOut"), "40425");
}

// --- Children.

Orchestration<std::string> Upper(OrchestrationContext& /*ctx*/,
                                 std::string text) {
  if (text.empty()) co_return absl::InvalidArgumentError("nothing to say");
  for (char& c : text) c = absl::ascii_toupper(c);
  co_return text;
}

Orchestration<std::string> Chorus(OrchestrationContext& ctx, std::string text) {
  auto derived = ctx.ScheduleSubOrchestration("Upper", text);
  auto named = ctx.ScheduleSubOrchestration("Upper", absl::StrCat(text, text),
                                            ChildOptions().WithInstance("duo"));
  auto both = co_await ctx.Join(std::move(derived), std::move(named));
  ASSIGN_OR_CO_RETURN(std::string solo, std::get<0>(std::move(both)));
  ASSIGN_OR_CO_RETURN(std::string duo, std::get<1>(std::move(both)));
  co_return absl::StrCat(solo, " ", duo);
}

TEST_P(CompositionTest, ChildrenAnswerTheirParent) {
  functions_.Orchestration("Upper", Upper).Orchestration("Chorus", Chorus);
  Start();
  EXPECT_EQ(Output("Chorus", "la"), "LA LALA");
  EXPECT_EQ(WaitForOutput("duo"), "LALA");
  EXPECT_EQ(WaitForOutput("Chorus::sub::2"), "LA");
}

TEST_P(CompositionTest, AChildsErrorIsItsParents) {
  functions_.Orchestration("Upper", Upper).Orchestration("Chorus", Chorus);
  Start();
  EXPECT_EQ(Failure("Chorus"), "nothing to say");
}

// --- Detached starts.

Orchestration<std::string> Launch(OrchestrationContext& ctx, std::string text) {
  ctx.StartDetached("Upper", "launched", text);
  co_return "gone";
}

TEST_P(CompositionTest, WhatIsStartedDetachedGoesItsOwnWay) {
  functions_.Orchestration("Upper", Upper).Orchestration("Launch", Launch);
  Start();
  EXPECT_EQ(Output("Launch", "up"), "gone");
  EXPECT_EQ(WaitForOutput("launched"), "UP");
  v1::GetParentRequest request;
  request.set_instance("launched");
  const auto parent = client().Call(&Provider::GetParent, request);
  ASSERT_TRUE(parent.ok()) << parent.status();
  EXPECT_FALSE(parent->has_parent_instance_id());
}

// --- Continue as new.

Orchestration<std::string> CountDown(OrchestrationContext& ctx,
                                     std::string left) {
  int number = 0;
  if (!absl::SimpleAtoi(left, &number)) {
    co_return absl::InvalidArgumentError(left);
  }
  if (number == 0) {
    co_return absl::StrCat("liftoff in execution ", ctx.execution_id());
  }
  co_return co_await ctx.ContinueAsNew(absl::StrCat(number - 1));
}

TEST_P(CompositionTest, ContinueAsNewBeginsANewHistory) {
  functions_.Orchestration("CountDown", CountDown);
  Start();
  EXPECT_EQ(Output("CountDown", "20"), "liftoff in execution 21");
  EXPECT_EQ(Executions("CountDown"), 21);
  EXPECT_EQ(History("CountDown").size(), 2U);
}

// A child that continues as new still answers its parent.
Orchestration<std::string> Commander(OrchestrationContext& ctx,
                                     std::string count) {
  ASSIGN_OR_CO_RETURN(std::string report, co_await ctx.ScheduleSubOrchestration(
                                              "CountDown", count));
  co_return report;
}

TEST_P(CompositionTest, AChildMayContinueAsNew) {
  functions_.Orchestration("CountDown", CountDown)
      .Orchestration("Commander", Commander);
  Start();
  EXPECT_EQ(Output("Commander", "3"), "liftoff in execution 4");
}

// --- What comes from outside.

Orchestration<std::string> Identify(OrchestrationContext& ctx,
                                    std::string /*input*/) {
  ASSIGN_OR_CO_RETURN(std::string guid, co_await ctx.NewGuid());
  ASSIGN_OR_CO_RETURN(absl::Time now, co_await ctx.UtcNow());
  // Replayed from here on: both must be what they were.
  ASSIGN_OR_CO_RETURN(std::string echo,
                      co_await ctx.ScheduleSubOrchestration(
                          "Upper", absl::StrCat(guid, absl::FormatTime(now))));
  ASSIGN_OR_CO_RETURN(
      std::string expected,
      co_await Upper(ctx, absl::StrCat(guid, absl::FormatTime(now))));
  co_return echo == expected ? "the same" : absl::StrCat(echo, "?", expected);
}

TEST_P(CompositionTest, GuidAndTimeAreTheSameInEachReplay) {
  functions_.Orchestration("Upper", Upper).Orchestration("Identify", Identify);
  runtime::RuntimeOptions options = TestOptions();
  options.kept_executions = 0;
  Start(options);
  EXPECT_EQ(Output("Identify"), "the same");
}

}  // namespace
}  // namespace duroxide::e2e
