#include "tests/e2e/runtime/workload.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/activity_context.h"
#include "runtime/orchestration_context.h"

namespace duroxide::e2e {
namespace {

using runtime::ActivityContext;
using runtime::DurableFuture;
using runtime::Orchestration;
using runtime::OrchestrationContext;

constexpr int kStops = 3;

absl::StatusOr<std::string> Visit(ActivityContext& /*context*/,
                                  std::string input) {
  return absl::StrCat("visited ", input);
}

Orchestration<std::string> Detour(OrchestrationContext& ctx,
                                  std::string input) {
  ASSIGN_OR_CO_RETURN(std::string visited,
                      co_await ctx.ScheduleActivity("Visit", input));
  co_return absl::StrCat(visited, " on a detour");
}

Orchestration<std::string> Tour(OrchestrationContext& ctx, std::string input) {
  int rounds = 0;
  if (!absl::SimpleAtoi(input, &rounds)) {
    co_return absl::InvalidArgumentError(input);
  }
  std::vector<DurableFuture<absl::StatusOr<std::string>>> visits;
  for (int stop = 0; stop < kStops; ++stop) {
    visits.push_back(ctx.ScheduleActivity("Visit", absl::StrCat(stop)));
  }
  const auto visited = co_await ctx.Join(std::move(visits));
  for (const auto& visit : visited) {
    if (!visit.ok()) co_return visit.status();
  }
  co_await ctx.ScheduleTimer(absl::Milliseconds(5));
  ASSIGN_OR_CO_RETURN(std::string detour,
                      co_await ctx.ScheduleSubOrchestration("Detour", input));
  std::string album = ctx.GetKeyValue("album").value_or("");
  absl::StrAppend(&album, *visited.back(), ", ", detour, ";");
  ctx.SetKeyValue("album", album);
  if (rounds == 0) co_return album;
  co_return co_await ctx.ContinueAsNew(absl::StrCat(rounds - 1));
}

}  // namespace

void AddTour(Functions& functions) {
  functions.Orchestration("Tour", Tour)
      .Orchestration("Detour", Detour)
      .Activity("Visit", Visit);
}

std::string TourOutput(int rounds) {
  std::string album;
  for (int round = rounds; round >= 0; --round) {
    absl::StrAppend(&album, "visited ", kStops - 1, ", visited ", round,
                    " on a detour;");
  }
  return album;
}

}  // namespace duroxide::e2e
