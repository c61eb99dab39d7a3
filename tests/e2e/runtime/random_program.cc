#include "tests/e2e/runtime/random_program.h"

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/activity_context.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::e2e {
namespace {

using runtime::ActivityContext;
using runtime::ActivityOptions;
using runtime::Backoff;
using runtime::DurableFuture;
using runtime::OrchestrationContext;
using runtime::RetryPolicy;
using Text = runtime::Orchestration<std::string>;

constexpr int kMessages = 3;

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  // Not a distribution: those differ between libraries.
  int Roll(int sides) {
    return static_cast<int>(engine_() % static_cast<uint64_t>(sides));
  }

 private:
  std::mt19937_64 engine_;
};

std::string TextOf(const absl::StatusOr<std::string>& result) {
  if (result.ok()) return *result;
  return absl::StrCat("!", std::string(result.status().message()));
}

Text FanOut(OrchestrationContext& ctx, int branches) {
  std::vector<DurableFuture<absl::StatusOr<std::string>>> all;
  for (int i = 0; i < branches; ++i) {
    ActivityOptions options;
    if (i % 2 == 1) options = options.OnSession("one");
    all.push_back(ctx.ScheduleActivity("Do", absl::StrCat(i), options));
  }
  auto joined = ctx.Join(std::move(all));
  auto results = co_await std::move(joined);
  std::string text;
  for (const auto& result : results)
    absl::StrAppend(&text, TextOf(result), ",");
  co_return text;
}

// An activity against a timer that is far away.
Text ActivityWins(OrchestrationContext& ctx, std::string input) {
  auto activity = ctx.ScheduleActivity("Do", input);
  auto timer = ctx.ScheduleTimer(absl::Hours(24));
  auto race = ctx.Select(std::move(activity), std::move(timer));
  auto first = co_await std::move(race);
  co_return std::get<0>(first);
}

// A timer against an event that never comes.
Text TimerWins(OrchestrationContext& ctx) {
  auto never = ctx.ScheduleWait("never");
  auto timer = ctx.ScheduleTimer(absl::Milliseconds(5));
  auto race = ctx.Select(std::move(never), std::move(timer));
  auto first = co_await std::move(race);
  co_return absl::StrCat("timer ", first.index());
}

Text Program(OrchestrationContext& ctx, std::string seed) {
  Dice dice(std::stoull(seed));
  std::string got;
  int messages = 0;
  const int steps = 4 + dice.Roll(5);
  for (int step = 0; step < steps; ++step) {
    const int kind = dice.Roll(10);
    if (kind == 0 && messages < kMessages) {
      ++messages;
      std::string message = co_await ctx.DequeueEvent("inbox");
      absl::StrAppend(&got, message, ";");
    } else if (kind == 1) {
      auto part = FanOut(ctx, 1 + dice.Roll(6));
      auto result = co_await std::move(part);
      absl::StrAppend(&got, TextOf(result), ";");
    } else if (kind == 2) {
      auto part = ActivityWins(ctx, absl::StrCat(dice.Roll(100)));
      auto result = co_await std::move(part);
      absl::StrAppend(&got, TextOf(result), ";");
    } else if (kind == 3) {
      auto part = TimerWins(ctx);
      auto result = co_await std::move(part);
      absl::StrAppend(&got, TextOf(result), ";");
    } else if (kind == 4) {
      auto child = co_await ctx.ScheduleSubOrchestration(
          "Child", absl::StrCat(dice.Roll(100)));
      absl::StrAppend(&got, TextOf(child), ";");
    } else if (kind == 5) {
      const std::string key = absl::StrCat("k", dice.Roll(3));
      ctx.SetKeyValue(key, absl::StrCat(dice.Roll(100)));
      absl::StrAppend(&got, ctx.ListKeyValues().size(), " keys;");
    } else if (kind == 6) {
      ctx.SetCustomStatus(absl::StrCat("step ", step));
    } else if (kind == 7) {
      RetryPolicy policy =
          RetryPolicy(2).WithBackoff(Backoff::Fixed(absl::Milliseconds(5)));
      auto result = co_await ctx.ScheduleActivityWithRetry("Do", "13", policy);
      absl::StrAppend(&got, TextOf(result), ";");
    } else if (kind == 8) {
      auto guid = co_await ctx.NewGuid();
      auto now = co_await ctx.UtcNow();
      absl::StrAppend(&got, guid.ok() && now.ok() ? "system;" : "no system;");
    } else {
      auto result =
          co_await ctx.ScheduleActivity("Do", absl::StrCat(dice.Roll(100)));
      absl::StrAppend(&got, TextOf(result), ";");
    }
  }
  for (; messages < kMessages; ++messages) {
    std::string message = co_await ctx.DequeueEvent("inbox");
    absl::StrAppend(&got, message, ";");
  }
  co_return got;
}

// Answers in its second or third execution.
Text Child(OrchestrationContext& ctx, std::string input) {
  auto did = co_await ctx.ScheduleActivity("Do", input);
  const bool goes_on = ctx.execution_id() < 2 + input.size() % 2;
  if (goes_on) co_return co_await ctx.ContinueAsNew(input);
  co_return absl::StrCat("child ", TextOf(did));
}

}  // namespace

void AddRandomProgram(Functions& functions) {
  functions.Orchestration("Program", Program)
      .Orchestration("Child", Child)
      .Activity("Do",
                [](ActivityContext&,
                   const std::string& input) -> absl::StatusOr<std::string> {
                  if (absl::EndsWith(input, "3")) {
                    return absl::AbortedError(absl::StrCat("not ", input));
                  }
                  return absl::StrCat("did ", input);
                });
}

}  // namespace duroxide::e2e
