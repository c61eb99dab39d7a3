// What an instance lets others see: key-values, custom status, its log.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/e2e/runtime/fixture.h"
#include "tests/e2e/runtime/steps.h"

namespace duroxide::e2e {
namespace {

using runtime::Orchestration;
using runtime::OrchestrationContext;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using StateTest = RuntimeTest;
DUROXIDE_ON_EACH_ENGINE(StateTest);

// --- Counters in key-values.

// Counts one up in each execution.
Orchestration<std::string> Counter(OrchestrationContext& ctx,
                                   std::string limit) {
  const std::string before = ctx.GetKeyValue("count").value_or("0");
  int count = 0;
  if (!absl::SimpleAtoi(before, &count)) co_return absl::InternalError(before);
  ctx.SetKeyValue("count", absl::StrCat(count + 1));
  ctx.SetKeyValue(absl::StrCat("seen ", count), "");
  if (absl::StrCat(count + 1) == limit) {
    ctx.ClearKeyValue("seen 0");
    co_return absl::StrCat("counted to ", limit);
  }
  co_return co_await ctx.ContinueAsNew(limit);
}

TEST_P(StateTest, ACounterGoesOnOverExecutions) {
  functions_.Orchestration("Counter", Counter);
  Start();
  EXPECT_EQ(Output("Counter", "3"), "counted to 3");
  EXPECT_EQ(*client().GetKeyValue("Counter", "count"), "3");
  EXPECT_EQ(*client().GetKeyValue("Counter", "other"), std::nullopt);
  EXPECT_THAT(
      *client().ListKeyValues("Counter"),
      ElementsAre(Pair("count", "3"), Pair("seen 1", ""), Pair("seen 2", "")));
}

// Takes orders by a queue, answers by key-values.
Orchestration<std::string> Adder(OrchestrationContext& ctx,
                                 std::string /*input*/) {
  int sum = 0;
  for (int request = 1;; ++request) {
    const std::string message = co_await ctx.DequeueEvent("add");
    int number = 0;
    if (!absl::SimpleAtoi(message, &number)) break;
    sum += number;
    ctx.SetKeyValue(absl::StrCat("response-", request), absl::StrCat(sum));
  }
  ctx.ClearKeyValues();
  co_return absl::StrCat(sum);
}

TEST_P(StateTest, RequestsAreAnsweredByKeyValues) {
  functions_.Orchestration("Adder", Adder);
  Start();
  StartInstance("Adder");
  int sum = 0;
  for (int i = 1; i <= 3; ++i) {
    EXPECT_TRUE(client().EnqueueEvent("Adder", "add", absl::StrCat(i)).ok());
    const auto response =
        client().WaitForKeyValue("Adder", absl::StrCat("response-", i), kLong);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(*response, absl::StrCat(sum += i));
  }
  EXPECT_TRUE(client().EnqueueEvent("Adder", "add", "end").ok());
  EXPECT_EQ(WaitForOutput("Adder"), "6");
  EXPECT_THAT(*client().ListKeyValues("Adder"), IsEmpty());
}

Orchestration<std::string> Spy(OrchestrationContext& ctx,
                               std::string instance) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> count,
                      co_await ctx.GetKeyValueOf(instance, "count"));
  ASSIGN_OR_CO_RETURN(std::optional<std::string> none,
                      co_await ctx.GetKeyValueOf(instance, "none"));
  co_return absl::StrCat(count.value_or("?"), " ", none.value_or("nothing"));
}

TEST_P(StateTest, OthersKeyValuesCanBeRead) {
  functions_.Orchestration("Counter", Counter).Orchestration("Spy", Spy);
  Start();
  Output("Counter", "2");
  EXPECT_EQ(Output("Spy", "Counter"), "2 nothing");
}

// --- Custom status.

Orchestration<std::string> Progress(OrchestrationContext& ctx,
                                    std::string /*input*/) {
  for (const char* step : {"one", "two", "three"}) {
    ctx.SetCustomStatus(step);
    co_await ctx.DequeueEvent("next");
  }
  ctx.ResetCustomStatus();
  co_await ctx.DequeueEvent("next");
  ctx.SetCustomStatus("last words");
  co_return "done";
}

TEST_P(StateTest, EachCustomStatusIsSeen) {
  functions_.Orchestration("Progress", Progress);
  Start();
  StartInstance("Progress");
  uint64_t version = 0;
  for (const char* step : {"one", "two", "three"}) {
    const auto status =
        client().WaitForStatusChange("Progress", version, kLong);
    ASSERT_TRUE(status.ok()) << status.status();
    EXPECT_EQ(status->custom_status, step);
    EXPECT_EQ(status->custom_status_version, ++version);
    EXPECT_TRUE(client().EnqueueEvent("Progress", "next", "").ok());
  }
  const auto cleared = client().WaitForStatusChange("Progress", version, kLong);
  ASSERT_TRUE(cleared.ok()) << cleared.status();
  EXPECT_EQ(cleared->custom_status, std::nullopt);
  EXPECT_TRUE(client().EnqueueEvent("Progress", "next", "").ok());
  const runtime::InstanceStatus end = WaitFor("Progress");
  EXPECT_EQ(end.custom_status, "last words");
  EXPECT_EQ(end.custom_status_version, version + 2);
}

// --- Logs.

class Lines final : public runtime::TraceSink {
 public:
  bool Enabled(runtime::TraceLevel /*level*/) const override { return true; }
  void Write(const runtime::TraceLine& line) override {
    for (const auto& [name, value] : line.fields) {
      if (name == "instance") {
        lines_.Add(absl::StrCat(value, ": ", line.message));
      }
    }
  }

  // How often `line` was written.
  long Count(const std::string& line) const {
    const auto all = lines_.all();
    return std::count(all.begin(), all.end(), line);
  }

 private:
  Steps lines_;
};

Orchestration<std::string> Talk(OrchestrationContext& ctx,
                                std::string /*input*/) {
  for (int i = 0; i < 3; ++i) {
    ctx.Trace(runtime::TraceLevel::kInfo, absl::StrCat("before ", i));
    co_await ctx.ScheduleTimer(absl::Milliseconds(1));
  }
  co_return "said";
}

TEST_P(StateTest, ReplaysAreSilent) {
  functions_.Orchestration("Talk", Talk);
  runtime::RuntimeOptions options = TestOptions();
  options.kept_executions = 0;
  const auto lines = std::make_shared<Lines>();
  auto runtime =
      runtime::Runtime::Start(Connect(), functions_.orchestrations,
                              functions_.activities, options, {.log = lines});
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(Output("Talk"), "said");
  (*runtime)->Shutdown(absl::Seconds(1));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(lines->Count(absl::StrCat("Talk: before ", i)), 1);
  }
}

}  // namespace
}  // namespace duroxide::e2e
