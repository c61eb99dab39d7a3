// Each scenario, small, on the SQLite engine: it does something, all of it ends
// well, and its check finds nothing. And each against providers that are at
// fault, whose runs are found wrong.

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/stress/check/kinds.h"
#include "conformance/stress/scenarios/payload.h"
#include "conformance/stress/stress_test.h"
#include "conformance/stress/workload.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "providers/sqlite/sqlite_provider.h"
#include "tests/conformance/fault_hooks.h"

namespace duroxide::stress {
namespace {

using conformance::FaultHooks;
using conformance::FaultyProvider;
using conformance::On;
using conformance::Send;
using Message = FaultHooks::Message;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The scenario's own settings, made small.
StressConfig SmallConfig(const Scenario& scenario) {
  StressConfig config;
  if (scenario.traits.defaults) scenario.traits.defaults(config);
  config.duration = absl::Milliseconds(300);
  config.warm_up = absl::ZeroDuration();
  config.max_concurrent = std::min(config.max_concurrent, 8);
  config.count = std::min<uint64_t>(config.count, 60);
  config.tasks_per_instance = std::min(config.tasks_per_instance, 20);
  config.payload.small_kb = 1;
  config.payload.medium_kb = 2;
  config.payload.large_kb = 4;
  return config;
}

std::unique_ptr<Provider> OpenStore() {
  auto opened =
      sqlite::OpenSqliteProvider({.database = ":memory:", .test_hooks = true});
  EXPECT_TRUE(opened.ok()) << opened.status();
  return *std::move(opened);
}

std::vector<std::string> KindsOf(const StressResult& result) {
  std::vector<std::string> kinds;
  for (const Finding& finding : result.findings) kinds.push_back(finding.kind);
  return kinds;
}

std::string Told(const StressResult& result) {
  std::string text;
  for (const Finding& finding : result.findings) {
    absl::StrAppend(&text, finding.kind, " ", finding.count, ": ",
                    finding.example, "\n");
  }
  for (const std::string& error : result.errors) {
    absl::StrAppend(&text, error, "\n");
  }
  return text;
}

class ScenarioTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, EndsWellAndItsCheckFindsNothing) {
  const Scenario* scenario = FindScenario(GetParam());
  ASSERT_NE(scenario, nullptr);
  const auto result =
      RunScenario(*scenario, SmallConfig(*scenario), OpenStore());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->sound()) << Told(*result);
  EXPECT_GT(result->outcomes.completed(), 0);
  EXPECT_EQ(result->outcomes.failed(), 0) << Told(*result);
  EXPECT_GT(result->activities, 0);
  EXPECT_THAT(result->findings, IsEmpty()) << Told(*result);
  for (const Measure& measure : result->measures) {
    EXPECT_FALSE(measure.help.empty()) << measure.name;
    EXPECT_GE(measure.value, 0) << measure.name;
  }
}

TEST_P(ScenarioTest, SaysWhatItIs) {
  const Scenario* scenario = FindScenario(GetParam());
  ASSERT_NE(scenario, nullptr);
  EXPECT_FALSE(scenario->traits.summary.empty());
  EXPECT_FALSE(scenario->traits.shows.empty());
  StressConfig config;
  if (scenario->traits.defaults) scenario->traits.defaults(config);
  EXPECT_TRUE(Validate(config).ok()) << Validate(config);
  EXPECT_EQ(scenario->traits.pace == Pace::kBacklog, config.count > 0);
}

const std::string kAll[] = {"backlog",
                            "continue_as_new",
                            "hot_instance",
                            "large_payload",
                            "long_history",
                            "mixed",
                            "parallel_orchestrations",
                            "queues",
                            "sessions",
                            "signals",
                            "tags",
                            "timers"};

INSTANTIATE_TEST_SUITE_P(Scenarios, ScenarioTest, ::testing::ValuesIn(kAll),
                         [](const auto& test) { return test.param; });

TEST(ScenariosTest, AreAllTested) {
  std::vector<std::string> names;
  for (const Scenario& scenario : Scenarios()) {
    names.emplace_back(scenario.name);
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(kAll));
}

TEST(ScenariosTest, AreInTheGuide) {
  const std::ifstream file(DUROXIDE_STRESS_GUIDE);
  std::ostringstream guide;
  guide << file.rdbuf();
  for (const Scenario& scenario : Scenarios()) {
    EXPECT_THAT(guide.str(), HasSubstr(absl::StrCat(
                                 "\n### ", std::string(scenario.name), "\n")));
  }
}

class AsideLog final : public LoadObserver {
 public:
  void OnAside(const StressResult& /*settings*/, std::string_view doing,
               absl::Duration /*since*/) override {
    told.emplace_back(doing);
  }
  std::vector<std::string> told;
};

TEST(ScenariosTest, TellWhatGoesOnBesideTheLoad) {
  const Scenario* scenario = FindScenario("backlog");
  ASSERT_NE(scenario, nullptr);
  AsideLog log;
  const auto result = RunScenario(*scenario, SmallConfig(*scenario),
                                  OpenStore(), {.observers = {&log}});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(log.told, Contains("60 of 60 queued"));
  EXPECT_THAT(log.told, Contains("checking"));
}

TEST(ScenariosTest, RefuseAProviderWhoseMessagesAreTooSmall) {
  for (const char* name : {"large_payload", "long_history"}) {
    const Scenario* scenario = FindScenario(name);
    ASSERT_NE(scenario, nullptr);
    StressConfig config;
    scenario->traits.defaults(config);
    auto opened = sqlite::OpenSqliteProvider({.database = ":memory:",
                                              .max_message_bytes = 1 << 20,
                                              .test_hooks = true});
    ASSERT_TRUE(opened.ok()) << opened.status();
    const auto result = RunScenario(*scenario, config, *std::move(opened));
    EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition)
        << result.status();
    EXPECT_THAT(std::string(result.status().message()),
                HasSubstr("max_message_bytes"));
  }
}

TEST(PayloadTest, SaysItselfWhatItMustBe) {
  for (const int kb : {0, 1, 10, 100}) {
    std::string payload = MakePayload(7, kb);
    if (kb > 0) {
      EXPECT_EQ(payload.size(), kb * 1024);
    }
    EXPECT_EQ(SeedOf(payload), 7);
    EXPECT_TRUE(IsPayload(payload));
    EXPECT_FALSE(IsPayload(payload + "x"));
    EXPECT_FALSE(IsPayload(payload.substr(0, payload.size() - 1)));
    payload.back() ^= 1;
    EXPECT_FALSE(IsPayload(payload));
  }
  EXPECT_NE(MakePayload(7, 1).substr(10), MakePayload(8, 1).substr(10));
  EXPECT_FALSE(IsPayload(""));
  EXPECT_FALSE(IsPayload("no payload"));
  EXPECT_FALSE(IsPayload("1:2000000000:"));
}

// A provider that is at fault, and what a load of one scenario must find.
struct Fault {
  std::string name;
  std::string scenario;
  std::string kind;
  // Whether the fault holds units up until they are given up.
  bool holds_up;
  FaultHooks (*hooks)();

  friend void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.name;
  }
};

// True the `n`-th time it is asked.
class Once {
 public:
  explicit Once(int n) : left_(n) {}
  bool operator()() { return --left_ == 0; }

 private:
  std::atomic<int> left_;
};

// Says OK to a start, and has forgotten it.
FaultHooks LosesAStart() {
  auto now = std::make_shared<Once>(3);
  return {.before = [now](Provider&, Message& message) {
    On<v1::EnqueueOrchestratorItemRequest>(message, [&](auto& request) {
      // Goes to nobody: a queue message without an instance is dropped.
      if (request.item().has_start_orchestration() && (*now)()) {
        auto& nobody = *request.mutable_item()->mutable_queue_message();
        nobody.set_instance("nobody");
        nobody.set_name("queue");
      }
    });
  }};
}

// Says OK to the result of an activity, and has forgotten it.
FaultHooks LosesACompletion() {
  auto now = std::make_shared<Once>(5);
  return {.before = [now](Provider&, Message& message) {
    On<v1::AckWorkItemRequest>(message, [&](auto& request) {
      if ((*now)()) request.clear_completion();
    });
  }};
}

// Gives an activity out again after its result was stored.
FaultHooks DoesAnActivityTwice() {
  struct State {
    std::mutex mutex;
    std::map<std::string, v1::WorkItem> held;
    Once now{4};
  };
  auto state = std::make_shared<State>();
  return {.before =
              [state](Provider& working, Message& message) {
                On<v1::AckWorkItemRequest>(message, [&](auto& request) {
                  if (!state->now()) return;
                  v1::EnqueueWorkItemRequest again;
                  again.set_store(request.store());
                  {
                    const std::lock_guard lock(state->mutex);
                    *again.mutable_item() = state->held[request.lock_token()];
                  }
                  Send(working, &Provider::EnqueueWorkItem, std::move(again));
                });
              },
          .after =
              [state](const Message&, Message& message, absl::Status&) {
                On<v1::FetchWorkItemsResponse>(message, [&](auto& fetched) {
                  const std::lock_guard lock(state->mutex);
                  for (const auto& locked : fetched.items()) {
                    state->held[locked.lock_token()] = locked.item();
                  }
                });
              }};
}

// Leaves an event out of a history that it stores.
FaultHooks DropsAnEvent() {
  auto now = std::make_shared<Once>(2);
  return {.before = [now](Provider&, Message& message) {
    On<v1::AckOrchestrationItemRequest>(message, [&](auto& request) {
      auto& delta = *request.mutable_history_delta();
      for (int i = 0; i < delta.size(); ++i) {
        // The runtime goes on from what it has kept, and misses nothing.
        if (delta[i].has_orchestration_completed() && i > 0 && (*now)()) {
          delta.DeleteSubrange(i - 1, 1);
          return;
        }
      }
    });
  }};
}

// Ends an instance with another result than its history has.
FaultHooks ChangesAnOutput() {
  auto now = std::make_shared<Once>(2);
  return {.before = [now](Provider&, Message& message) {
    On<v1::AckOrchestrationItemRequest>(message, [&](auto& request) {
      if (request.metadata().has_output() && (*now)()) {
        request.mutable_metadata()->set_output("something else");
      }
    });
  }};
}

// Ends an instance with another result than it had, in its history as well.
FaultHooks ChangesAResult() {
  auto now = std::make_shared<Once>(2);
  return {.before = [now](Provider&, Message& message) {
    On<v1::AckOrchestrationItemRequest>(message, [&](auto& request) {
      for (v1::Event& event : *request.mutable_history_delta()) {
        if (!event.has_orchestration_completed() || !(*now)()) continue;
        event.mutable_orchestration_completed()->set_output("something else");
        request.mutable_metadata()->set_output("something else");
      }
    });
  }};
}

// Says OK to a message for a queue, and has forgotten it.
FaultHooks LosesAMessage() {
  auto now = std::make_shared<Once>(4);
  return {.before = [now](Provider&, Message& message) {
    On<v1::EnqueueOrchestratorItemRequest>(message, [&](auto& request) {
      if (request.item().has_queue_message() && (*now)()) {
        request.mutable_item()->mutable_queue_message()->set_instance("nobody");
      }
    });
  }};
}

// Delivers a message of a queue twice. The instance then ends before it has
// taken its last one.
FaultHooks DoublesAMessage() {
  auto now = std::make_shared<Once>(4);
  return {.before = [now](Provider& working, Message& message) {
    On<v1::EnqueueOrchestratorItemRequest>(message, [&](auto& request) {
      if (request.item().has_queue_message() && (*now)()) {
        v1::EnqueueOrchestratorItemRequest again = request;
        again.clear_request_id();
        Send(working, &Provider::EnqueueOrchestratorItem, std::move(again));
      }
    });
  }};
}

// Changes a letter of a result.
FaultHooks ChangesAPayload() {
  auto now = std::make_shared<Once>(4);
  return {.before = [now](Provider&, Message& message) {
    On<v1::AckWorkItemRequest>(message, [&](auto& request) {
      auto& done = *request.mutable_completion()->mutable_activity_completed();
      if ((*now)()) done.mutable_result()->back() ^= 1;
    });
  }};
}

// Gives untagged workers what is tagged, and the other way round.
FaultHooks IgnoresTags() {
  return {.before = [](Provider&, Message& message) {
    On<v1::FetchWorkItemsRequest>(message, [](auto& request) {
      request.mutable_tag_filter()->Clear();
      request.mutable_tag_filter()->set_mode(v1::TagFilter::MODE_ANY);
    });
  }};
}

// Forgets to whom a session belongs: each fetch is an owner of its own, and all
// sessions are free at once.
FaultHooks ForgetsSessions() {
  return {.before = [](Provider&, Message& message) {
    On<v1::FetchWorkItemsRequest>(message, [](auto& request) {
      request.mutable_session()->set_owner_id("everybody");
    });
  }};
}

// Timers are due before their time.
FaultHooks FiresTimersEarly() {
  return {.before = [](Provider&, Message& message) {
    On<v1::AckOrchestrationItemRequest>(message, [](auto& request) {
      for (auto& item : *request.mutable_orchestrator_items()) {
        if (!item.has_timer_fired()) continue;
        // The event keeps its time: it is the message that comes too early.
        item.mutable_timer_fired()->set_fire_at_ms(1);
      }
    });
  }};
}

class FaultTest : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultTest, IsFound) {
  const Scenario* scenario = FindScenario(GetParam().scenario);
  ASSERT_NE(scenario, nullptr);
  StressConfig config = SmallConfig(*scenario);
  // Timers that are far from due when they are set, also on a slow machine.
  if (scenario->name == "timers") config.duration = absl::Seconds(3);
  if (GetParam().holds_up) config.wait_timeout = absl::Seconds(2);
  const auto working = OpenStore();
  const auto result = RunScenario(
      *scenario, config,
      std::make_shared<FaultyProvider>(*working, GetParam().hooks()));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->sound());
  EXPECT_THAT(KindsOf(*result), Contains(GetParam().kind)) << Told(*result);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultTest,
    ::testing::Values(Fault{"LosesAStart", "parallel_orchestrations",
                            "lost_instance", true, LosesAStart},
                      Fault{"LosesAStartOfABacklog", "backlog", "lost_instance",
                            true, LosesAStart},
                      Fault{"LosesACompletion", "parallel_orchestrations",
                            "stuck_instance", true, LosesACompletion},
                      Fault{"LosesACompletionAtTheQueues", "queues",
                            "stuck_instance", true, LosesACompletion},
                      Fault{"DoesAnActivityTwice", "parallel_orchestrations",
                            "effect_twice", false, DoesAnActivityTwice},
                      Fault{"DropsAnEvent", "parallel_orchestrations",
                            "event_missing", false, DropsAnEvent},
                      Fault{"DropsAnEventAtTheQueues", "queues",
                            "event_missing", false, DropsAnEvent},
                      Fault{"ChangesAnOutput", "parallel_orchestrations",
                            "status_differs", false, ChangesAnOutput},
                      Fault{"ChangesAResult", "parallel_orchestrations",
                            "wrong_output", false, ChangesAResult},
                      Fault{"LosesAMessage", "hot_instance", "message_lost",
                            true, LosesAMessage},
                      Fault{"DoublesAMessage", "hot_instance", "message_twice",
                            true, DoublesAMessage},
                      Fault{"ChangesAPayload", "large_payload",
                            "payload_changed", false, ChangesAPayload},
                      Fault{"IgnoresTags", "tags", "wrong_worker", false,
                            IgnoresTags},
                      Fault{"ForgetsSessions", "sessions", "session_split",
                            false, ForgetsSessions},
                      Fault{"FiresTimersEarly", "timers", "timer_early", false,
                            FiresTimersEarly}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace duroxide::stress
