// The code of docs/write-an-orchestration.md, compiled and run. A test checks
// that the guide's blocks are in this file, or in the examples, as they are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "providers/sqlite/sqlite_provider.h"
#include "runtime/activity_context.h"
#include "runtime/client.h"
#include "runtime/orchestration_context.h"
#include "runtime/runtime.h"
#include "runtime/trace_log.h"
#include "runtime/typed.h"

namespace duroxide::runtime {
namespace {

// --- Activities.

constexpr int kParts = 3;
void EncodePart(const std::string& /*film*/, int /*part*/) {}

absl::StatusOr<std::string> Encode(ActivityContext& context, std::string film) {
  for (int part = 0; part < kParts; ++part) {
    if (context.IsCancelled()) return absl::CancelledError("not wanted");
    context.Trace(TraceLevel::kInfo, absl::StrCat("part ", part));
    EncodePart(film, part);
  }
  return film + ".mp4";
}

// What an asynchronous activity may be made of: something that calls back.
void Lookup(std::string host, absl::AnyInvocable<void(std::string)> then) {
  std::thread([host = std::move(host), then = std::move(then)]() mutable {
    then("127.0.0.1 " + host);
  }).detach();
}

void Resolve(std::shared_ptr<ActivityContext> context, std::string host,
             ActivityDone done) {
  Lookup(std::move(host),
         [context, done = std::move(done)](std::string address) mutable {
           done(std::move(address));
         });
}

Orchestration<std::string> Publish(OrchestrationContext& ctx,
                                   std::string film) {
  ASSIGN_OR_CO_RETURN(std::string file,
                      co_await ctx.ScheduleActivity("Encode", film));
  ASSIGN_OR_CO_RETURN(std::string address,
                      co_await ctx.ScheduleActivity("Resolve", "localhost"));
  co_return absl::StrCat(file, " at ", address);
}

// --- Errors.

Orchestration<std::string> Persist(OrchestrationContext& ctx,
                                   std::string input) {
  const RetryPolicy policy =
      RetryPolicy(5)
          .WithBackoff(Backoff::Exponential(absl::Milliseconds(100), 2,
                                            absl::Seconds(10)))
          .WithTotalTimeout(absl::Minutes(5));
  ASSIGN_OR_CO_RETURN(std::string saved, co_await ctx.ScheduleActivityWithRetry(
                                             "Save", input, policy));
  co_return saved;
}

// --- Waiting.

Orchestration<std::string> Remind(OrchestrationContext& ctx,
                                  std::string appointment) {
  auto cancelled = ctx.ScheduleWait("cancelled");
  auto time = ctx.ScheduleTimer(absl::Milliseconds(1));
  auto first = co_await ctx.Select(std::move(cancelled), std::move(time));
  if (first.index() == 0) {
    co_return absl::StrCat("cancelled: ", std::get<0>(first));
  }
  co_return absl::StrCat("it is time for ", appointment);
}

// --- Queues and continue-as-new.

Orchestration<std::string> Account(OrchestrationContext& ctx,
                                   std::string balance) {
  const std::string amount = co_await ctx.DequeueEvent("bookings");
  if (amount == "close") co_return balance;
  int before = 0;
  int change = 0;
  if (!absl::SimpleAtoi(balance, &before) ||
      !absl::SimpleAtoi(amount, &change)) {
    co_return absl::InvalidArgumentError(amount);
  }
  co_return co_await ctx.ContinueAsNew(absl::StrCat(before + change));
}

// --- Children.

Orchestration<std::string> Shout(OrchestrationContext& /*ctx*/,
                                 std::string text) {
  co_return absl::AsciiStrToUpper(text);
}

Orchestration<std::string> Announce(OrchestrationContext& ctx,
                                    std::string text) {
  const ChildOptions options = ChildOptions().WithInstance("loud");
  ASSIGN_OR_CO_RETURN(std::string loud, co_await ctx.ScheduleSubOrchestration(
                                            "Shout", text, options));
  // Nobody waits for this one.
  ctx.StartDetached("Shout", "echo", text);
  // A part of this orchestration, in its own history: no child.
  ASSIGN_OR_CO_RETURN(std::string again, co_await Shout(ctx, text));
  co_return loud + again;
}

// --- What others see.

Orchestration<std::string> Import(OrchestrationContext& ctx,
                                  std::string /*input*/) {
  ctx.SetCustomStatus("reading");
  ctx.SetKeyValue("rows", "0");
  for (int row = 1; row <= 3; ++row) {
    ASSIGN_OR_CO_RETURN(std::string read,
                        co_await ctx.ScheduleActivity("Read", ""));
    ctx.SetKeyValue("rows", absl::StrCat(row));
  }
  ctx.SetCustomStatus("done");
  co_return "3 rows";
}

// --- Routing.

Orchestration<std::string> Train(OrchestrationContext& ctx, std::string model) {
  const ActivityOptions on_gpu =
      ActivityOptions().WithTag("gpu").OnSession("training of " + model);
  ASSIGN_OR_CO_RETURN(std::string loaded,
                      co_await ctx.ScheduleActivity("Load", model, on_gpu));
  // On the same worker, which has it in memory.
  ASSIGN_OR_CO_RETURN(std::string trained,
                      co_await ctx.ScheduleActivity("Fit", loaded, on_gpu));
  co_return trained;
}

RuntimeOptions GpuWorker() {
  RuntimeOptions options;
  options.tag_filter.set_mode(v1::TagFilter::MODE_DEFAULT_AND);
  options.tag_filter.add_tags("gpu");
  options.node_id = "gpu-1";
  return options;
}

// --- Versions.

Orchestration<std::string> ShipV1(OrchestrationContext& /*ctx*/,
                                  std::string /*input*/) {
  co_return "by post";
}
Orchestration<std::string> ShipV2(OrchestrationContext& /*ctx*/,
                                  std::string /*input*/) {
  co_return "by courier";
}

absl::Status RegisterBoth(OrchestrationRegistry& orchestrations) {
  absl::Status status = orchestrations.Add("Ship", "1.0.0", ShipV1);
  status.Update(orchestrations.Add("Ship", "2.0.0", ShipV2));
  return status;
}

absl::Status HoldBack(OrchestrationRegistry& orchestrations) {
  return orchestrations.UseVersion("Ship", "1.0.0");
}

// --- g++ 12.

Orchestration<std::string> ForGcc(OrchestrationContext& ctx,
                                  std::string input) {
  // A named variable for what is awaited ...
  const ActivityOptions options = ActivityOptions().WithTag("any");
  auto saved = co_await ctx.ScheduleActivity("Save", input, options);
  // ... and another for what comes of it, before any condition.
  if (!saved.ok()) co_return saved.status();
  co_return *saved;
}

// --- The test.

class WriteAnOrchestrationTest : public testing::Test {
 protected:
  WriteAnOrchestrationTest() {
    auto provider = sqlite::OpenSqliteProvider({.database = ":memory:"});
    EXPECT_TRUE(provider.ok()) << provider.status();
    provider_ = *std::move(provider);
    client_ = std::make_unique<Client>(provider_);
  }

  void Add(const std::string& name, OrchestrationFunction function) {
    const absl::Status status = orchestrations_.Add(name, std::move(function));
    EXPECT_TRUE(status.ok()) << status;
  }
  void Add(const std::string& name, BlockingActivity activity) {
    const absl::Status status = activities_.Add(name, std::move(activity));
    EXPECT_TRUE(status.ok()) << status;
  }
  // An activity that gives its input back.
  void AddEcho(const std::string& name) {
    Add(name,
        [](ActivityContext&, const std::string& input)
            -> absl::StatusOr<std::string> { return input; });
  }

  void Start(const RuntimeOptions& options = RuntimeOptions()) {
    auto runtime =
        Runtime::Start(provider_, orchestrations_, activities_, options);
    EXPECT_TRUE(runtime.ok()) << runtime.status();
    runtime_ = *std::move(runtime);
  }

  std::string OutputOf(std::string_view instance) {
    const auto status = client_->WaitForCompletion(instance, absl::Minutes(4));
    EXPECT_TRUE(status.ok()) << status.status();
    if (!status.ok()) return "";
    EXPECT_EQ(status->error_text, "");
    return status->output;
  }
  std::string Run(std::string_view orchestration, std::string_view input) {
    const absl::Status status =
        client_->Start(orchestration, orchestration, input);
    EXPECT_TRUE(status.ok()) << status;
    return OutputOf(orchestration);
  }

  std::shared_ptr<Provider> provider_;
  OrchestrationRegistry orchestrations_;
  ActivityRegistry activities_;
  std::unique_ptr<Client> client_;
  std::unique_ptr<Runtime> runtime_;
};

TEST_F(WriteAnOrchestrationTest, Activities) {
  Add("Publish", Publish);
  Add("Encode", Encode);
  ASSERT_TRUE(activities_.AddAsync("Resolve", Resolve).ok());
  Start();
  EXPECT_EQ(Run("Publish", "film"), "film.mp4 at 127.0.0.1 localhost");
}

TEST_F(WriteAnOrchestrationTest, Errors) {
  Add("Persist", Persist);
  AddEcho("Save");
  Start();
  EXPECT_EQ(Run("Persist", "text"), "text");
}

TEST_F(WriteAnOrchestrationTest, Waiting) {
  Add("Remind", Remind);
  Start();
  EXPECT_EQ(Run("Remind", "lunch"), "it is time for lunch");
}

TEST_F(WriteAnOrchestrationTest, Queues) {
  Add("Account", Account);
  Start();
  EXPECT_TRUE(client_->Start("Account", "Account", "10").ok());
  for (const char* message : {"5", "-3", "close"}) {
    EXPECT_TRUE(client_->EnqueueEvent("Account", "bookings", message).ok());
  }
  EXPECT_EQ(OutputOf("Account"), "12");
}

TEST_F(WriteAnOrchestrationTest, Children) {
  Add("Shout", Shout);
  Add("Announce", Announce);
  Start();
  EXPECT_EQ(Run("Announce", "hey"), "HEYHEY");
  EXPECT_EQ(OutputOf("loud"), "HEY");
  EXPECT_EQ(OutputOf("echo"), "HEY");
}

TEST_F(WriteAnOrchestrationTest, WhatOthersSee) {
  Add("Import", Import);
  AddEcho("Read");
  Start();
  Client& client = *client_;
  EXPECT_EQ(Run("Import", ""), "3 rows");
  absl::StatusOr<InstanceStatus> status = client.GetStatus("Import");
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->custom_status, "done");
  auto rows = client.WaitForKeyValue("Import", "rows", absl::Seconds(10));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(*rows, "3");
}

TEST_F(WriteAnOrchestrationTest, Routing) {
  Add("Train", Train);
  AddEcho("Load");
  AddEcho("Fit");
  Start(GpuWorker());
  EXPECT_EQ(Run("Train", "model"), "model");
}

TEST_F(WriteAnOrchestrationTest, Versions) {
  ASSERT_TRUE(RegisterBoth(orchestrations_).ok());
  Start();
  Client& client = *client_;
  EXPECT_EQ(Run("Ship", ""), "by courier");
  absl::Status status =
      client.Start("order-7", "Ship", "", {.version = "1.0.0"});
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(OutputOf("order-7"), "by post");
}

TEST_F(WriteAnOrchestrationTest, AVersionHeldBack) {
  ASSERT_TRUE(RegisterBoth(orchestrations_).ok());
  ASSERT_TRUE(HoldBack(orchestrations_).ok());
  Start();
  EXPECT_EQ(Run("Ship", ""), "by post");
}

TEST_F(WriteAnOrchestrationTest, ForGcc) {
  Add("ForGcc", ForGcc);
  AddEcho("Save");
  RuntimeOptions options;
  options.tag_filter.set_mode(v1::TagFilter::MODE_ANY);
  Start(options);
  EXPECT_EQ(Run("ForGcc", "text"), "text");
}

TEST_F(WriteAnOrchestrationTest, AWorkersLog) {
  Add("Shout", Shout);
  const std::shared_ptr<TraceSink> log =
      MakeTraceLog(TraceFormat::kJson, TraceLevel::kInfo);
  auto runtime = Runtime::Start(provider_, orchestrations_, activities_,
                                RuntimeOptions(), {.log = log});
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(Run("Shout", "hey"), "HEY");
  (*runtime)->Shutdown(/*grace=*/absl::Seconds(30));
}

TEST_F(WriteAnOrchestrationTest, Administration) {
  Add("Shout", Shout);
  Start();
  Run("Shout", "hey");
  Client& client = *client_;
  v1::ListInstancesRequest request;
  request.set_status(v1::ORCHESTRATION_STATUS_COMPLETED);
  absl::StatusOr<v1::ListInstancesResponse> completed =
      client.Call(&Provider::ListInstances, request);
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_THAT(completed->instance_ids(), testing::ElementsAre("Shout"));
}

}  // namespace
}  // namespace duroxide::runtime
