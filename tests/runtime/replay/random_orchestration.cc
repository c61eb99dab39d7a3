#include "tests/runtime/replay/random_orchestration.h"

#include <cstdint>
#include <random>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"

namespace duroxide::runtime {
namespace {

using Text = Orchestration<std::string>;

// How deep parts are nested.
constexpr int kDeepest = 3;

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  // 0 up to, not including, `sides`.
  int Roll(int sides) {
    // Not a distribution: those differ between libraries.
    return static_cast<int>(engine_() % static_cast<uint64_t>(sides));
  }
  std::string Name() { return Roll(2) == 0 ? "a" : "b"; }
  std::string Value() { return absl::StrCat(Roll(1000)); }
  uint64_t Seed() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

std::string TextOf(const absl::StatusOr<std::string>& result) {
  if (result.ok()) return *result;
  return absl::StrCat("!", std::string(result.status().message()));
}

// One of the futures that has a result of its own.
DurableFuture<absl::StatusOr<std::string>> SomeFuture(OrchestrationContext& ctx,
                                                      Dice& dice) {
  using Result = absl::StatusOr<std::string>;
  switch (dice.Roll(5)) {
    case 0: {
      ActivityOptions options;
      if (dice.Roll(4) == 0) options = options.OnSession("s");
      if (dice.Roll(4) == 0) options = options.WithTag("t");
      return ctx.ScheduleActivity("Do", dice.Value(), options);
    }
    case 1:
      return ctx.ScheduleTimer(absl::Seconds(dice.Roll(5)))
          .Map([](std::monostate) -> Result { return "fired"; });
    case 2:
      return ctx.ScheduleWait(dice.Name()).Map([](std::string event) -> Result {
        return event;
      });
    case 3:
      return ctx.DequeueEvent(dice.Name()).Map([](std::string message) {
        return Result(message);
      });
    default:
      return ctx.ScheduleSubOrchestration("Child", dice.Value());
  }
}

void SomeCall(OrchestrationContext& ctx, Dice& dice) {
  switch (dice.Roll(7)) {
    case 0:
      return ctx.SetKeyValue(dice.Name(), dice.Value());
    case 1:
      return ctx.ClearKeyValue(dice.Name());
    case 2:
      return ctx.ClearKeyValues();
    case 3:
      return ctx.SetCustomStatus(dice.Value());
    case 4:
      return ctx.ResetCustomStatus();
    case 5:
      return ctx.StartDetached("Other", absl::StrCat("other-", dice.Value()),
                               "");
    default:
      ctx.PruneKeyValues(absl::FromUnixSeconds(dice.Roll(20)));
  }
}

Text Steps(OrchestrationContext& ctx, uint64_t seed, int depth) {
  Dice dice(seed);
  std::string got;
  const int steps = 1 + dice.Roll(4);
  for (int step = 0; step < steps; ++step) {
    const int kind = dice.Roll(depth < kDeepest ? 7 : 4);
    if (kind == 0) {
      SomeCall(ctx, dice);
    } else if (kind == 1) {
      auto future = SomeFuture(ctx, dice);
      auto result = co_await std::move(future);
      absl::StrAppend(&got, TextOf(result), ";");
    } else if (kind == 2) {
      auto one = SomeFuture(ctx, dice);
      auto two = SomeFuture(ctx, dice);
      auto race = ctx.Select(std::move(one), std::move(two));
      auto first = co_await std::move(race);
      const std::string text = first.index() == 0 ? TextOf(std::get<0>(first))
                                                  : TextOf(std::get<1>(first));
      absl::StrAppend(&got, first.index(), text, ";");
    } else if (kind == 3) {
      std::vector<DurableFuture<absl::StatusOr<std::string>>> all;
      const int count = 1 + dice.Roll(4);
      for (int i = 0; i < count; ++i) all.push_back(SomeFuture(ctx, dice));
      auto joined = ctx.Join(std::move(all));
      auto results = co_await std::move(joined);
      for (const auto& result : results) {
        absl::StrAppend(&got, TextOf(result), ",");
      }
    } else if (kind == 4) {
      auto part = Steps(ctx, dice.Seed(), depth + 1);
      auto result = co_await std::move(part);
      absl::StrAppend(&got, "(", TextOf(result), ")");
    } else if (kind == 5) {
      auto part = Steps(ctx, dice.Seed(), depth + 1);
      auto other = SomeFuture(ctx, dice);
      auto race = ctx.Select(std::move(part), std::move(other));
      auto first = co_await std::move(race);
      absl::StrAppend(&got, "select", first.index(), ";");
    } else {
      auto one = Steps(ctx, dice.Seed(), depth + 1);
      auto two = Steps(ctx, dice.Seed(), depth + 1);
      auto both = ctx.Join(std::move(one), std::move(two));
      auto results = co_await std::move(both);
      absl::StrAppend(&got, "[", TextOf(std::get<0>(results)), "|",
                      TextOf(std::get<1>(results)), "]");
    }
    for (const auto& [key, value] : ctx.ListKeyValues()) {
      absl::StrAppend(&got, key, value);
    }
    absl::StrAppend(&got, ctx.custom_status().value_or("-"));
  }
  if (dice.Roll(8) == 0) co_return absl::AbortedError(got);
  co_return got;
}

}  // namespace

Text RandomOrchestration(OrchestrationContext& ctx, std::string seed) {
  const uint64_t number = std::stoull(seed);
  auto steps = Steps(ctx, number, 0);
  absl::StatusOr<std::string> result = co_await std::move(steps);
  // Some go on, and with them what is left in the queues.
  const bool goes_on = number % 3 == 0 && ctx.execution_id() < 3;
  if (goes_on) co_return co_await ctx.ContinueAsNew(absl::StrCat(number / 3));
  co_return result;
}

}  // namespace duroxide::runtime
