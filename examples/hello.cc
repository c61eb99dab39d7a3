// The smallest whole program: one orchestration, one activity, and a store that
// is gone with the process.

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/sqlite/sqlite_provider.h"
#include "runtime/activity_context.h"
#include "runtime/client.h"
#include "runtime/orchestration_context.h"
#include "runtime/runtime.h"

namespace {

using duroxide::Provider;
using duroxide::runtime::ActivityContext;
using duroxide::runtime::ActivityRegistry;
using duroxide::runtime::Client;
using duroxide::runtime::Orchestration;
using duroxide::runtime::OrchestrationContext;
using duroxide::runtime::OrchestrationRegistry;
using duroxide::runtime::Runtime;
using duroxide::runtime::RuntimeOptions;

// Does the work: may block, fail, and do as it likes.
absl::StatusOr<std::string> Greet(ActivityContext& /*context*/,
                                  std::string name) {
  return "Hello, " + name + "!";
}

// Says what is to be done, and survives whatever happens to the process.
Orchestration<std::string> Hello(OrchestrationContext& ctx, std::string name) {
  ASSIGN_OR_CO_RETURN(std::string greeting,
                      co_await ctx.ScheduleActivity("Greet", name));
  co_return greeting;
}

absl::StatusOr<std::string> SayHello() {
  auto opened = duroxide::sqlite::OpenSqliteProvider({.database = ":memory:"});
  if (!opened.ok()) return opened.status();
  const std::shared_ptr<Provider> provider = *std::move(opened);

  OrchestrationRegistry orchestrations;
  ActivityRegistry activities;
  absl::Status status = orchestrations.Add("Hello", Hello);
  status.Update(activities.Add("Greet", Greet));
  if (!status.ok()) return status;
  auto runtime =
      Runtime::Start(provider, orchestrations, activities, RuntimeOptions());
  if (!runtime.ok()) return runtime.status();

  Client client(provider);
  status = client.Start("hello-1", "Hello", "world");
  if (!status.ok()) return status;
  auto ended = client.WaitForCompletion("hello-1", absl::Minutes(1));
  if (!ended.ok()) return ended.status();
  return ended->output;
}

}  // namespace

int main() {
  const absl::StatusOr<std::string> greeting = SayHello();
  if (!greeting.ok()) {
    std::cerr << greeting.status() << "\n";
    return 1;
  }
  std::cout << *greeting << "\n";
  return 0;
}
