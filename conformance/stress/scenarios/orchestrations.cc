#include "conformance/stress/scenarios/orchestrations.h"

#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "conformance/stress/ask.h"
#include "runtime/activity_context.h"

namespace duroxide::stress {
namespace {

using runtime::DurableFuture;
using runtime::Orchestration;
using runtime::OrchestrationContext;
using Result = absl::StatusOr<std::string>;

absl::Status NoNumber(const std::string& input) {
  return absl::InvalidArgumentError(
      absl::StrCat("the input \"", input, "\" is no number"));
}

absl::Status OutOfPlace(const std::string& got, const std::string& expected) {
  return absl::DataLossError(
      absl::StrCat("got \"", got, "\" in the place of \"", expected, "\""));
}

// That the n-th result is the n-th input.
absl::Status InOrder(const std::vector<Result>& results) {
  for (size_t i = 0; i < results.size(); ++i) {
    if (!results[i].ok()) return results[i].status();
    const std::string expected = std::to_string(i);
    if (*results[i] != expected) return OutOfPlace(*results[i], expected);
  }
  return absl::OkStatus();
}

}  // namespace

std::string CountUpTo(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ",", i);
  }
  return text;
}

Orchestration<std::string> FanOut(OrchestrationContext& ctx,
                                  std::string tasks) {
  int count = 0;
  if (!absl::SimpleAtoi(tasks, &count)) co_return NoNumber(tasks);
  std::vector<DurableFuture<Result>> scheduled;
  scheduled.reserve(count);
  for (int i = 0; i < count; ++i) {
    scheduled.push_back(ctx.ScheduleActivity("Task", std::to_string(i)));
  }
  const std::vector<Result> results = co_await ctx.Join(std::move(scheduled));
  if (absl::Status in_order = InOrder(results); !in_order.ok()) {
    co_return in_order;
  }
  co_return CountUpTo(count);
}

Orchestration<std::string> SessionChain(OrchestrationContext& ctx,
                                        std::string tasks) {
  int count = 0;
  if (!absl::SimpleAtoi(tasks, &count)) co_return NoNumber(tasks);
  const runtime::ActivityOptions in_session =
      runtime::ActivityOptions().OnSession(ctx.instance_id());
  for (int i = 0; i < count; ++i) {
    const std::string expected = std::to_string(i);
    ASSIGN_OR_CO_RETURN(
        const std::string got,
        co_await ctx.ScheduleActivity("Task", expected, in_session));
    if (got != expected) co_return OutOfPlace(got, expected);
  }
  co_return CountUpTo(count);
}

Orchestration<std::string> Loop(OrchestrationContext& ctx, std::string left) {
  int count = 0;
  if (!absl::SimpleAtoi(left, &count)) co_return NoNumber(left);
  ASSIGN_OR_CO_RETURN(const std::string got,
                      co_await ctx.ScheduleActivity("Task", left));
  if (got != left) co_return OutOfPlace(got, left);
  if (count > 1) {
    const absl::Status again =
        co_await ctx.ContinueAsNew(std::to_string(count - 1));
    co_return again;
  }
  co_return std::to_string(ctx.execution_id());
}

Orchestration<std::string> Signals(OrchestrationContext& ctx,
                                   std::string count) {
  int events = 0;
  if (!absl::SimpleAtoi(count, &events)) co_return NoNumber(count);
  for (int i = 0; i < events; ++i) {
    const std::string expected = std::to_string(i);
    DurableFuture<std::string> event = ctx.ScheduleWait(kSignalName);
    // Committed together with the wait: the event cannot come before it.
    DurableFuture<Result> raising = ctx.ScheduleActivity("Signal", expected);
    const std::tuple<std::string, Result> both =
        co_await ctx.Join(std::move(event), std::move(raising));
    const Result& raised = std::get<1>(both);
    if (!raised.ok()) co_return raised.status();
    const std::string& got = std::get<0>(both);
    if (got != expected) co_return OutOfPlace(got, expected);
  }
  co_return CountUpTo(events);
}

Orchestration<std::string> Family(OrchestrationContext& ctx,
                                  std::string children) {
  int count = 0;
  if (!absl::SimpleAtoi(children, &count)) co_return NoNumber(children);
  std::vector<DurableFuture<Result>> scheduled;
  scheduled.reserve(count);
  for (int i = 0; i < count; ++i) {
    scheduled.push_back(ctx.ScheduleSubOrchestration(kFanOut, "2"));
  }
  const std::vector<Result> results = co_await ctx.Join(std::move(scheduled));
  for (const Result& result : results) {
    if (!result.ok()) co_return result.status();
    if (*result != CountUpTo(2)) co_return OutOfPlace(*result, CountUpTo(2));
  }
  co_return std::to_string(results.size());
}

Orchestration<std::string> Nap(OrchestrationContext& ctx,
                               std::string milliseconds) {
  int time = 0;
  if (!absl::SimpleAtoi(milliseconds, &time)) co_return NoNumber(milliseconds);
  ctx.SetCustomStatus("asleep");
  co_await ctx.ScheduleTimer(absl::Milliseconds(time));
  ctx.SetKeyValue("slept", milliseconds);
  ctx.SetCustomStatus("awake");
  const std::optional<std::string> slept = ctx.GetKeyValue("slept");
  co_return slept.value_or("not at all");
}

absl::Status AddSignal(Stage& stage, runtime::ActivityRegistry& activities) {
  return activities.AddAsync(
      "Signal", [&stage](std::shared_ptr<runtime::ActivityContext> context,
                         std::string input, runtime::ActivityDone done) {
        v1::EnqueueOrchestratorItemRequest request;
        auto& event = *request.mutable_item()->mutable_external_raised();
        event.set_instance(context->info().instance);
        event.set_name(kSignalName);
        event.set_data(std::move(input));
        Send(stage, &Provider::EnqueueOrchestratorItem, std::move(request),
             [&stage, context = std::move(context), done = std::move(done)](
                 const absl::Status& status,
                 const v1::EnqueueOrchestratorItemResponse&) mutable {
               if (!status.ok()) return std::move(done)(status);
               stage.effects().Count(context->info());
               std::move(done)(std::string());
             });
      });
}

}  // namespace duroxide::stress
