// Tries of an activity. Written for g++ 12, too: each await has a statement of
// its own, and nothing that is awaited is an aggregate.

#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/orchestration_context.h"

namespace duroxide::runtime {
namespace {

// One try, which takes no longer than the policy says. `timed_out` tells
// whether it did.
Orchestration<std::string> Try(OrchestrationContext& ctx, std::string name,
                               std::string input, RetryPolicy policy,
                               ActivityOptions options, bool& timed_out) {
  auto activity = ctx.ScheduleActivity(name, input, options);
  if (!policy.try_timeout().has_value()) {
    absl::StatusOr<std::string> result = co_await std::move(activity);
    co_return result;
  }
  auto timer = ctx.ScheduleTimer(*policy.try_timeout());
  auto either = ctx.Select(std::move(activity), std::move(timer));
  auto first = co_await std::move(either);
  timed_out = first.index() == 1;
  if (timed_out) {
    co_return absl::DeadlineExceededError("timeout: activity timed out");
  }
  co_return std::get<0>(std::move(first));
}

Orchestration<std::string> TryAll(OrchestrationContext& ctx, std::string name,
                                  std::string input, RetryPolicy policy,
                                  ActivityOptions options) {
  for (uint32_t attempt = 1;; ++attempt) {
    bool timed_out = false;
    auto one = Try(ctx, name, input, policy, options, timed_out);
    absl::StatusOr<std::string> result = co_await std::move(one);
    if (result.ok() || timed_out || attempt >= policy.max_attempts()) {
      co_return result;
    }
    ctx.Trace(TraceLevel::kWarning,
              absl::StrCat("activity ", name, " failed in attempt ", attempt,
                           " of ", policy.max_attempts(), ": ",
                           std::string(result.status().message())));
    const absl::Duration delay = policy.backoff().Delay(attempt);
    if (delay > absl::ZeroDuration()) {
      auto timer = ctx.ScheduleTimer(delay);
      co_await std::move(timer);
    }
  }
}

}  // namespace

Orchestration<std::string> OrchestrationContext::ScheduleActivityWithRetry(
    std::string name, std::string input, RetryPolicy policy,
    ActivityOptions options) {
  auto tries = TryAll(*this, name, input, policy, options);
  if (!policy.total_timeout().has_value()) {
    absl::StatusOr<std::string> result = co_await std::move(tries);
    co_return result;
  }
  auto timer = ScheduleTimer(*policy.total_timeout());
  auto either = Select(std::move(tries), std::move(timer));
  auto first = co_await std::move(either);
  const bool timed_out = first.index() == 1;
  if (timed_out) {
    co_return absl::DeadlineExceededError("timeout: retries timed out");
  }
  co_return std::get<0>(std::move(first));
}

}  // namespace duroxide::runtime
