// What comes of orchestrations does not depend on what happens meanwhile:
// runtimes and providers are killed and started again, replies get lost, and
// every instance ends as it does when nothing happens, with the same history.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/runtime/fixture.h"
#include "tests/e2e/runtime/lossy_provider.h"
#include "tests/e2e/runtime/random_program.h"

namespace duroxide::e2e {
namespace {

constexpr int kInstances = 24;
constexpr int kDisturbances = 12;

runtime::RuntimeOptions Options() {
  runtime::RuntimeOptions options = TestOptions();
  // What a killed runtime held is soon free again.
  options.orchestrator_lock_timeout = absl::Seconds(2);
  options.worker_lock_timeout = absl::Seconds(2);
  options.session_lock_timeout = absl::Seconds(2);
  options.node_id = "node";
  // However often it is fetched, it is nobody's fault here.
  options.max_attempts = 1'000'000;
  return options;
}

// What an event says, without when, and without ids, which go by the order in
// which activities that run side by side end.
std::string Told(const v1::Event& event) {
  v1::Event bare = event;
  bare.clear_event_id();
  bare.clear_source_event_id();
  bare.clear_timestamp_ms();
  if (bare.has_timer_created()) bare.mutable_timer_created()->Clear();
  if (bare.has_timer_fired()) bare.mutable_timer_fired()->Clear();
  if (bare.has_key_value_set()) {
    bare.mutable_key_value_set()->clear_last_updated_at_ms();
  }
  if (bare.has_sub_orchestration_scheduled()) {
    bare.mutable_sub_orchestration_scheduled()->clear_instance();
  }
  return bare.ShortDebugString();
}

// True for the results of what is different each time.
bool IsSystemResult(const v1::Event& event,
                    const std::vector<v1::Event>& history) {
  if (!event.has_activity_completed()) return false;
  return history[event.source_event_id() - 1]
      .activity_scheduled()
      .name()
      .starts_with(runtime::kReservedActivityPrefix);
}

class DisturbanceTest : public RuntimeTest {
 protected:
  // What the history says, in any order.
  std::vector<std::string> Story(const std::string& instance) {
    const std::vector<v1::Event> history = History(instance);
    std::vector<std::string> story;
    for (size_t i = 0; i < history.size(); ++i) {
      EXPECT_EQ(history[i].event_id(), i + 1);
      v1::Event event = history[i];
      event.clear_instance_id();
      if (IsSystemResult(event, history)) {
        event.mutable_activity_completed()->clear_result();
      }
      story.push_back(Told(event));
    }
    std::sort(story.begin(), story.end());
    return story;
  }

  void StartAll(const std::string& prefix) {
    for (int i = 0; i < kInstances; ++i) {
      const std::string instance = absl::StrCat(prefix, i);
      ASSERT_TRUE(client().Start(instance, "Program", absl::StrCat(i)).ok());
      for (int message = 0; message < 3; ++message) {
        ASSERT_TRUE(client()
                        .EnqueueEvent(instance, "inbox",
                                      absl::StrCat("message ", message))
                        .ok());
      }
    }
  }

  std::unique_ptr<runtime::Runtime> StartLossy(const Functions& functions,
                                               uint64_t seed) {
    auto runtime = runtime::Runtime::Start(LossyProvider(Connect(), seed),
                                           functions.orchestrations,
                                           functions.activities, Options());
    EXPECT_TRUE(runtime.ok()) << runtime.status();
    return *std::move(runtime);
  }
};

DUROXIDE_ON_EACH_ENGINE(DisturbanceTest);

TEST_P(DisturbanceTest, ChangesNothing) {
  AddRandomProgram(functions_);
  {
    const auto undisturbed = StartRuntime(functions_, Options());
    StartAll("calm-");
    for (int i = 0; i < kInstances; ++i) {
      WaitForOutput(absl::StrCat("calm-", i));
    }
  }

  std::mt19937_64 engine(20261123);
  StartAll("wild-");
  auto runtime = StartLossy(functions_, engine());
  for (int i = 0; i < kDisturbances; ++i) {
    // Somewhere in the next instance's life.
    const std::string instance = absl::StrCat("wild-", engine() % kInstances);
    const size_t events = History(instance).size();
    const auto some_more = [&] {
      const auto status = client().GetStatus(instance);
      return (status.ok() && status->IsTerminal()) ||
             History(instance).size() > events;
    };
    while (!some_more()) absl::SleepFor(absl::Milliseconds(1));
    if (engine() % 2 == 0) {
      server_->Kill();
      server_ = StartProvider(GetParam(), dir_);
      server_->endpoint();
    } else {
      runtime.reset();
      runtime = StartLossy(functions_, engine());
    }
  }
  for (int i = 0; i < kInstances; ++i) {
    SCOPED_TRACE(i);
    const std::string calm = absl::StrCat("calm-", i);
    const std::string wild = absl::StrCat("wild-", i);
    EXPECT_EQ(WaitForOutput(wild), WaitForOutput(calm));
    EXPECT_EQ(Story(wild), Story(calm));
  }
}

}  // namespace
}  // namespace duroxide::e2e
