#include "tests/runtime/replay/story_orchestrations.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

// Each await has a statement of its own: these run with g++ 12, too.

namespace duroxide::runtime {
namespace {

using Text = Orchestration<std::string>;
using Context = OrchestrationContext;

Text Echo(Context&, std::string input) { co_return input; }

Text OneActivity(Context& ctx, std::string input) {
  auto charged = co_await ctx.ScheduleActivity("Charge", input);
  co_return charged;
}

Text TwoActivities(Context& ctx, std::string input) {
  ASSIGN_OR_CO_RETURN(std::string charged,
                      co_await ctx.ScheduleActivity("Charge", input));
  ASSIGN_OR_CO_RETURN(std::string shipped,
                      co_await ctx.ScheduleActivity("Ship", charged));
  co_return shipped;
}

Text Compensate(Context& ctx, std::string input) {
  auto charged = co_await ctx.ScheduleActivity("Charge", input);
  if (charged.ok()) co_return "paid";
  auto refunded = co_await ctx.ScheduleActivity(
      "Refund", std::string(charged.status().message()));
  if (!refunded.ok()) co_return refunded.status();
  co_return absl::AbortedError("not paid");
}

Text SessionAndTag(Context& ctx, std::string input) {
  ActivityOptions options =
      ActivityOptions().OnSession("session-7").WithTag("gpu");
  auto rendered = co_await ctx.ScheduleActivity("Render", input, options);
  co_return rendered;
}

Text Nap(Context& ctx, std::string) {
  co_await ctx.ScheduleTimer(absl::Seconds(30));
  co_return "rested";
}

Text FanOut(Context& ctx, std::string) {
  std::vector<DurableFuture<absl::StatusOr<std::string>>> parts;
  for (int i = 1; i <= 3; ++i) {
    parts.push_back(ctx.ScheduleActivity("Part", absl::StrCat(i)));
  }
  auto results = co_await ctx.Join(std::move(parts));
  std::vector<std::string> good;
  for (auto& result : results) good.push_back(result.value_or("none"));
  co_return absl::StrJoin(good, "+");
}

Text JoinDifferent(Context& ctx, std::string) {
  auto activity = ctx.ScheduleActivity("Charge", "1");
  auto timer = ctx.ScheduleTimer(absl::Seconds(5));
  auto event = ctx.ScheduleWait("approved");
  auto all = ctx.Join(std::move(activity), std::move(timer), std::move(event));
  auto results = co_await std::move(all);
  co_return absl::StrCat(std::get<0>(results).value_or("none"), " ",
                         std::get<2>(results));
}

Text ActivityOrTimer(Context& ctx, std::string) {
  auto activity = ctx.ScheduleActivity("Charge", "1");
  auto timer = ctx.ScheduleTimer(absl::Seconds(5));
  auto race = ctx.Select(std::move(activity), std::move(timer));
  auto first = co_await std::move(race);
  const bool late = first.index() == 1;
  if (late) {
    auto told = co_await ctx.ScheduleActivity("Tell", "late");
    co_return told;
  }
  co_return std::get<0>(first);
}

Text ChildOrEvent(Context& ctx, std::string) {
  auto child = ctx.ScheduleSubOrchestration("Child", "1");
  auto event = ctx.ScheduleWait("enough");
  auto race = ctx.Select(std::move(child), std::move(event));
  auto first = co_await std::move(race);
  const bool enough = first.index() == 1;
  auto told = co_await ctx.ScheduleActivity("Tell", enough ? "enough" : "done");
  co_return told;
}

Text TwoWaits(Context& ctx, std::string) {
  auto one = ctx.ScheduleWait("go");
  auto two = ctx.ScheduleWait("go");
  std::string second = co_await std::move(two);
  std::string first = co_await std::move(one);
  co_return absl::StrCat(first, ",", second);
}

Text WaitOrTimerTwice(Context& ctx, std::string) {
  std::string seen;
  for (int i = 0; i < 2; ++i) {
    auto wait = ctx.ScheduleWait("go");
    auto timer = ctx.ScheduleTimer(absl::Seconds(5));
    auto race = ctx.Select(std::move(wait), std::move(timer));
    auto first = co_await std::move(race);
    const bool event = first.index() == 0;
    absl::StrAppend(&seen, event ? std::get<0>(first) : "timeout", ";");
  }
  co_return seen;
}

Text ThreeMessages(Context& ctx, std::string) {
  std::string all;
  for (int i = 0; i < 3; ++i) {
    std::string message = co_await ctx.DequeueEvent("inbox");
    absl::StrAppend(&all, message, ";");
  }
  co_return all;
}

Text QueueOrTimer(Context& ctx, std::string) {
  auto queue = ctx.DequeueEvent("inbox");
  auto timer = ctx.ScheduleTimer(absl::Seconds(5));
  auto race = ctx.Select(std::move(queue), std::move(timer));
  auto first = co_await std::move(race);
  const bool message = first.index() == 0;
  if (message) co_return std::get<0>(first);
  std::string later = co_await ctx.DequeueEvent("inbox");
  auto told = co_await ctx.ScheduleActivity("Tell", later);
  co_return told;
}

Text Parent(Context& ctx, std::string input) {
  auto child = co_await ctx.ScheduleSubOrchestration("Child", input);
  if (!child.ok()) {
    co_return absl::AbortedError(
        absl::StrCat("child: ", std::string(child.status().message())));
  }
  co_return child;
}

Text ParentOfNamed(Context& ctx, std::string input) {
  ChildOptions options =
      ChildOptions().WithInstance("child-7").WithVersion("2.0.0");
  auto child = co_await ctx.ScheduleSubOrchestration("Child", input, options);
  co_return child;
}

Text Detached(Context& ctx, std::string input) {
  ctx.StartDetached("Audit", "audit-1", input);
  ctx.StartDetached("Audit", "audit-2", input, "2.0.0");
  co_return "started";
}

Text CountDown(Context& ctx, std::string input) {
  const int left = std::stoi(input);
  if (left == 0) co_return "done";
  ctx.SetCustomStatus(absl::StrCat(left, " left"));
  co_return co_await ctx.ContinueAsNew(absl::StrCat(left - 1));
}

Text NextVersion(Context& ctx, std::string) {
  auto unanswered = ctx.DequeueEvent("other");
  auto event = ctx.ScheduleWait("never");
  auto activity = ctx.ScheduleActivity("Charge", "1");
  std::string one = co_await ctx.DequeueEvent("inbox");
  co_return co_await ctx.ContinueAsNew(one, "2.0.0");
}

Text NextVersion2(Context& ctx, std::string input) {
  std::string next = co_await ctx.DequeueEvent("inbox");
  co_return absl::StrCat(input, ",", next);
}

Text KeyValues(Context& ctx, std::string) {
  const int before = std::stoi(ctx.GetKeyValue("count").value_or("0"));
  ctx.SetKeyValue("count", absl::StrCat(before + 1));
  ctx.SetKeyValue("other", "");
  ctx.ClearKeyValue("old");
  co_await ctx.ScheduleTimer(absl::Seconds(1));
  const std::string count = *ctx.GetKeyValue("count");
  ctx.ClearKeyValues();
  co_return count;
}

Text PruneKeys(Context& ctx, std::string) {
  ctx.SetKeyValue("new", "1");
  co_await ctx.ScheduleTimer(absl::Seconds(1));
  const size_t gone = ctx.PruneKeyValues(absl::FromUnixSeconds(1000));
  co_return absl::StrCat(gone, " of ", 3, " gone");
}

Text Status(Context& ctx, std::string) {
  ctx.SetCustomStatus("half");
  co_await ctx.ScheduleTimer(absl::Seconds(1));
  const std::string was = ctx.custom_status().value_or("none");
  ctx.ResetCustomStatus();
  co_return was;
}

Text System(Context& ctx, std::string) {
  ASSIGN_OR_CO_RETURN(std::string guid, co_await ctx.NewGuid());
  ASSIGN_OR_CO_RETURN(absl::Time time, co_await ctx.UtcNow());
  ASSIGN_OR_CO_RETURN(std::optional<std::string> value,
                      co_await ctx.GetKeyValueOf("order-2", "state"));
  co_return absl::StrCat(guid, " ", absl::ToUnixMillis(time), " ",
                         value.value_or("none"));
}

Text Retried(Context& ctx, std::string) {
  RetryPolicy policy =
      RetryPolicy(3).WithBackoff(Backoff::Fixed(absl::Seconds(2)));
  auto result = co_await ctx.ScheduleActivityWithRetry("Charge", "1", policy);
  co_return result;
}

Text RetriedInTime(Context& ctx, std::string) {
  RetryPolicy policy = RetryPolicy(3)
                           .WithBackoff(Backoff::None())
                           .WithTryTimeout(absl::Seconds(5))
                           .WithTotalTimeout(absl::Seconds(8));
  auto result = co_await ctx.ScheduleActivityWithRetry("Charge", "1", policy);
  co_return result;
}

Text Talkative(Context& ctx, std::string) {
  ctx.Trace(TraceLevel::kInfo, "begins");
  auto charged = co_await ctx.ScheduleActivity("Charge", "1");
  ctx.Trace(TraceLevel::kWarning, charged.value_or("not charged"));
  co_await ctx.ScheduleTimer(absl::Seconds(1));
  ctx.Trace(TraceLevel::kInfo, "ends");
  co_return "said";
}

Text Throws(Context& ctx, std::string) {
  auto charged = co_await ctx.ScheduleActivity("Charge", "1");
  throw std::runtime_error("no such thing");
}

// A part of an orchestration that is one itself.
Text Charged(Context& ctx, std::string amount) {
  auto checked = co_await ctx.ScheduleActivity("Check", amount);
  if (!checked.ok()) co_return checked.status();
  auto charged = co_await ctx.ScheduleActivity("Charge", amount);
  co_return charged;
}

Text Parts(Context& ctx, std::string) {
  auto one = Charged(ctx, "1");
  auto two = Charged(ctx, "2");
  auto both = ctx.Join(std::move(one), std::move(two));
  auto results = co_await std::move(both);
  co_return absl::StrCat(std::get<0>(results).value_or("none"), " ",
                         std::get<1>(results).value_or("none"));
}

Text LongStatus(Context& ctx, std::string) {
  ctx.SetCustomStatus(std::string(300 * 1024, 's'));
  co_await ctx.ScheduleTimer(absl::Seconds(1));
  co_return "";
}

Text ManyKeys(Context& ctx, std::string) {
  for (int i = 0; i < 101; ++i) ctx.SetKeyValue(absl::StrCat("k", i), "v");
  co_return "";
}

}  // namespace

OrchestrationRegistry StoryOrchestrations() {
  OrchestrationRegistry registry;
  const auto add = [&registry](std::string name, OrchestrationFunction function,
                               std::string_view version = "1.0.0") {
    const absl::Status added =
        registry.Add(std::move(name), version, std::move(function));
    if (!added.ok()) throw std::logic_error(added.ToString());
  };
  add("Echo", Echo);
  add("OneActivity", OneActivity);
  add("TwoActivities", TwoActivities);
  add("Compensate", Compensate);
  add("SessionAndTag", SessionAndTag);
  add("Nap", Nap);
  add("FanOut", FanOut);
  add("JoinDifferent", JoinDifferent);
  add("ActivityOrTimer", ActivityOrTimer);
  add("ChildOrEvent", ChildOrEvent);
  add("TwoWaits", TwoWaits);
  add("WaitOrTimerTwice", WaitOrTimerTwice);
  add("ThreeMessages", ThreeMessages);
  add("QueueOrTimer", QueueOrTimer);
  add("Parent", Parent);
  add("ParentOfNamed", ParentOfNamed);
  add("Detached", Detached);
  add("CountDown", CountDown);
  add("NextVersion", NextVersion);
  add("NextVersion", NextVersion2, "2.0.0");
  add("KeyValues", KeyValues);
  add("PruneKeys", PruneKeys);
  add("Status", Status);
  add("System", System);
  add("Retried", Retried);
  add("RetriedInTime", RetriedInTime);
  add("Talkative", Talkative);
  add("Throws", Throws);
  add("Parts", Parts);
  add("LongStatus", LongStatus);
  add("ManyKeys", ManyKeys);
  return registry;
}

}  // namespace duroxide::runtime
