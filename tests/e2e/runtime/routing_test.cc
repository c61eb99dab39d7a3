// Which worker runs an activity: tags and sessions.

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/activity_context.h"
#include "tests/e2e/runtime/fixture.h"

namespace duroxide::e2e {
namespace {

using runtime::ActivityContext;
using runtime::ActivityOptions;
using runtime::Orchestration;
using runtime::OrchestrationContext;
using runtime::RuntimeOptions;
using v1::TagFilter;

class RoutingTest : public RuntimeTest {
 protected:
  // Starts a worker whose activity Where tells `name`.
  std::unique_ptr<runtime::Runtime> StartWorker(const std::string& name,
                                                RuntimeOptions options) {
    Functions functions = functions_;
    functions.Activity(
        "Where",
        [name](ActivityContext& context,
               const std::string& /*input*/) -> absl::StatusOr<std::string> {
          return absl::StrCat(name, context.info().tag.value_or(""),
                              context.info().session_id.value_or(""));
        });
    return StartRuntime(functions, options);
  }

  static RuntimeOptions WithTags(TagFilter::Mode mode,
                                 const std::vector<std::string>& tags) {
    RuntimeOptions options = TestOptions();
    options.tag_filter.set_mode(mode);
    for (const std::string& tag : tags) options.tag_filter.add_tags(tag);
    return options;
  }
};
DUROXIDE_ON_EACH_ENGINE(RoutingTest);

Orchestration<std::string> Tagged(OrchestrationContext& ctx,
                                  std::string /*input*/) {
  auto plain = ctx.ScheduleActivity("Where", "");
  const ActivityOptions on_gpu = ActivityOptions().WithTag("gpu");
  auto gpu = ctx.ScheduleActivity("Where", "", on_gpu);
  auto both = co_await ctx.Join(std::move(plain), std::move(gpu));
  ASSIGN_OR_CO_RETURN(std::string first, std::get<0>(std::move(both)));
  ASSIGN_OR_CO_RETURN(std::string second, std::get<1>(std::move(both)));
  co_return absl::StrCat(first, " ", second);
}

TEST_P(RoutingTest, TagsNameTheWorker) {
  functions_.Orchestration("Tagged", Tagged);
  const auto plain = StartWorker("plain ", TestOptions());
  const auto gpu = StartWorker("on ", WithTags(TagFilter::MODE_TAGS, {"gpu"}));
  EXPECT_EQ(Output("Tagged"), "plain  on gpu");
}

TEST_P(RoutingTest, AWorkerMayTakeBoth) {
  functions_.Orchestration("Tagged", Tagged);
  // Takes turns, and no activity.
  const auto turns =
      StartRuntime(functions_, WithTags(TagFilter::MODE_NONE, {}));
  const auto both =
      StartWorker("both ", WithTags(TagFilter::MODE_DEFAULT_AND, {"gpu"}));
  EXPECT_EQ(Output("Tagged"), "both  both gpu");
}

// The activities of a session, one after the other, among others without one.
Orchestration<std::string> InSession(OrchestrationContext& ctx,
                                     std::string session) {
  std::set<std::string> workers;
  for (int i = 0; i < 10; ++i) {
    const ActivityOptions options = ActivityOptions().OnSession(session);
    auto bound = ctx.ScheduleActivity("Where", "", options);
    auto free = ctx.ScheduleActivity("Where", "");
    auto both = co_await ctx.Join(std::move(bound), std::move(free));
    ASSIGN_OR_CO_RETURN(std::string worker, std::get<0>(std::move(both)));
    workers.insert(worker);
  }
  co_return absl::StrJoin(workers, " ");
}

TEST_P(RoutingTest, ASessionStaysWithItsWorker) {
  functions_.Orchestration("InSession", InSession);
  std::vector<std::unique_ptr<runtime::Runtime>> workers;
  for (const char* name : {"a:", "b:", "c:"}) {
    RuntimeOptions options = TestOptions();
    options.node_id = name;
    workers.push_back(StartWorker(name, options));
  }
  EXPECT_THAT(Output("InSession", "s"), testing::AnyOf("a:s", "b:s", "c:s"));
}

// The owner has a name that outlives its process.
TEST_P(RoutingTest, ASessionIsThereAfterARestart) {
  functions_.Orchestration("InSession", InSession);
  RuntimeOptions options = TestOptions();
  options.node_id = "node";
  // Nobody else may take the session in the time of this test.
  options.session_lock_timeout = absl::Minutes(10);
  {
    const auto worker = StartWorker("before:", options);
    EXPECT_EQ(Output("InSession", "s"), "before:s");
    worker->Shutdown(absl::Seconds(1));
  }
  const auto worker = StartWorker("after:", options);
  EXPECT_TRUE(client().Start("again", "InSession", "s").ok());
  EXPECT_EQ(WaitForOutput("again"), "after:s");
}

}  // namespace
}  // namespace duroxide::e2e
