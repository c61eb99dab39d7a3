// Load with an orchestration of one's own: half a second of it, on a store that
// is gone with the process. `duroxide-compat stress` does the same with
// scenarios that are there.

#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "conformance/stress/stress_test.h"
#include "providers/sqlite/sqlite_provider.h"
#include "runtime/activity_context.h"
#include "runtime/orchestration_context.h"

namespace {

using duroxide::Provider;
using duroxide::runtime::ActivityContext;
using duroxide::runtime::ActivityRegistry;
using duroxide::runtime::Orchestration;
using duroxide::runtime::OrchestrationContext;
using duroxide::runtime::OrchestrationRegistry;
using duroxide::stress::RunStressTest;
using duroxide::stress::StressConfig;
using duroxide::stress::StressResult;
using duroxide::stress::StressTest;

absl::StatusOr<std::string> Charge(ActivityContext& /*context*/,
                                   std::string order) {
  return "receipt of " + order;
}

Orchestration<std::string> ProcessOrder(OrchestrationContext& ctx,
                                        std::string order) {
  ASSIGN_OR_CO_RETURN(std::string receipt,
                      co_await ctx.ScheduleActivity("Charge", order));
  co_return receipt;
}

absl::StatusOr<StressResult> RunLoad() {
  auto opened = duroxide::sqlite::OpenSqliteProvider({.database = ":memory:"});
  if (!opened.ok()) return opened.status();
  const std::shared_ptr<Provider> provider = *std::move(opened);

  OrchestrationRegistry orchestrations;
  ActivityRegistry activities;
  absl::Status status = orchestrations.Add("ProcessOrder", ProcessOrder);
  status.Update(activities.Add("Charge", Charge));
  if (!status.ok()) return status;

  StressConfig config;
  config.duration = absl::Milliseconds(500);
  config.warm_up = absl::Milliseconds(100);
  StressTest test;
  test.orchestration = "ProcessOrder";
  test.input = [](uint64_t n) { return "order-" + std::to_string(n); };
  return RunStressTest(config, provider, activities, orchestrations, test);
}

}  // namespace

int main() {
  const absl::StatusOr<StressResult> result = RunLoad();
  if (!result.ok()) {
    std::cerr << result.status() << "\n";
    return 1;
  }
  std::cout << result->success_rate() << " % of the orders were processed\n";
  // The figures differ from machine to machine.
  std::cerr << result->orchestrations_per_second() << " a second, "
            << absl::ToDoubleMilliseconds(result->latency.Percentile(0.99))
            << " ms at most for 99 of 100\n";
  return result->sound() ? 0 : 1;
}
