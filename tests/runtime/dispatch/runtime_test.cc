#include "runtime/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "providers/sqlite/sqlite_provider.h"
#include "runtime/activity_context.h"
#include "runtime/client.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"
#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {
namespace {

using ::testing::HasSubstr;

Orchestration<std::string> CallOnce(OrchestrationContext& context,
                                    std::string input) {
  const absl::StatusOr<std::string> result =
      co_await context.ScheduleActivity("Work", input);
  co_return result;
}

Orchestration<std::string> CallFiveTimes(OrchestrationContext& context,
                                         std::string input) {
  for (int i = 0; i < 5; ++i) {
    absl::StatusOr<std::string> result =
        co_await context.ScheduleActivity("Work", input);
    if (!result.ok()) co_return result.status();
    input = *std::move(result) + "!";
  }
  co_return input;
}

class RuntimeTest : public ::testing::Test {
 protected:
  RuntimeTest() {
    auto opened = sqlite::OpenSqliteProvider({.database = ":memory:"});
    EXPECT_TRUE(opened.ok()) << opened.status();
    provider_ = *std::move(opened);
    EXPECT_TRUE(orchestrations_.Add("CallOnce", CallOnce).ok());
    EXPECT_TRUE(orchestrations_.Add("CallFiveTimes", CallFiveTimes).ok());
  }

  std::unique_ptr<Runtime> Start(ActivityRegistry activities,
                                 const RuntimeOptions& options = {}) {
    auto runtime =
        Runtime::Start(provider_, orchestrations_, std::move(activities),
                       options, {.log = recorder_, .metrics = recorder_});
    EXPECT_TRUE(runtime.ok()) << runtime.status();
    return *std::move(runtime);
  }

  static ActivityRegistry Working() {
    return With([](ActivityContext&, std::string input) { return input; });
  }
  static ActivityRegistry With(BlockingActivity work) {
    ActivityRegistry activities;
    EXPECT_TRUE(activities.Add("Work", std::move(work)).ok());
    return activities;
  }
  static ActivityRegistry WithAsync(AsyncActivity work) {
    ActivityRegistry activities;
    EXPECT_TRUE(activities.AddAsync("Work", std::move(work)).ok());
    return activities;
  }

  Client Connect() { return Client(provider_); }

  void Begin(const std::string& instance, const std::string& orchestration) {
    EXPECT_TRUE(Connect().Start(instance, orchestration, "input").ok());
  }
  std::string ResultOf(const std::string& instance) {
    const auto status = Connect().WaitForCompletion(instance, absl::Minutes(4));
    EXPECT_TRUE(status.ok()) << status.status();
    return status.ok() ? status->output + status->error_text : "";
  }

  std::shared_ptr<Provider> provider_;
  OrchestrationRegistry orchestrations_;
  const std::shared_ptr<Recorder> recorder_ = std::make_shared<Recorder>();
};

TEST_F(RuntimeTest, RunsAnOrchestrationToItsEnd) {
  const auto runtime = Start(Working());
  Begin("a", "CallFiveTimes");
  EXPECT_EQ(ResultOf("a"), "input!!!!!");
}

TEST_F(RuntimeTest, RunsManyAtATime) {
  RuntimeOptions options;
  options.orchestration_concurrency = 8;
  options.worker_concurrency = 16;
  const auto runtime = Start(
      WithAsync([](const std::shared_ptr<ActivityContext>&, std::string input,
                   ActivityDone done) { done(std::move(input)); }),
      options);
  for (int i = 0; i < 100; ++i) Begin(std::to_string(i), "CallFiveTimes");
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ResultOf(std::to_string(i)), "input!!!!!");
  }
}

TEST_F(RuntimeTest, ManyMayShareAStore) {
  std::vector<std::unique_ptr<Runtime>> runtimes;
  for (int i = 0; i < 3; ++i) runtimes.push_back(Start(Working()));
  for (int i = 0; i < 30; ++i) Begin(std::to_string(i), "CallFiveTimes");
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(ResultOf(std::to_string(i)), "input!!!!!");
  }
}

TEST_F(RuntimeTest, TurnsAndActivitiesMayBeTakenByDifferentOnes) {
  RuntimeOptions turns;
  turns.worker_concurrency = 0;
  RuntimeOptions work;
  work.orchestration_concurrency = 0;
  const auto orchestrator = Start(Working(), turns);
  std::string orchestration;  // of the activity's one run
  const auto worker =
      Start(With([&orchestration](ActivityContext& context, std::string input) {
              orchestration = context.info().orchestration_name + " " +
                              context.info().orchestration_version;
              return input;
            }),
            work);
  Begin("a", "CallOnce");
  EXPECT_EQ(ResultOf("a"), "input");
  worker->Shutdown(absl::ZeroDuration());
  EXPECT_EQ(orchestration, "CallOnce 1.0.0")
      << "the worker has taken no turn of it, and asks the provider";
}

TEST_F(RuntimeTest, AnActivityHasAClient) {
  const auto runtime =
      Start(With([](ActivityContext& context,
                    const std::string&) -> absl::StatusOr<std::string> {
        if (context.info().instance == "child") return "of the child";
        const absl::Status started =
            context.client()->Start("child", "CallOnce", "");
        if (!started.ok()) return started;
        return "started";
      }));
  Begin("a", "CallOnce");
  EXPECT_EQ(ResultOf("a"), "started");
  EXPECT_EQ(ResultOf("child"), "of the child");
}

// --- What Start refuses.

TEST_F(RuntimeTest, OptionsThatMakeNoSenseAreRefused) {
  RuntimeOptions options;
  options.worker_lock_timeout = absl::ZeroDuration();
  const auto runtime = Runtime::Start(provider_, {}, {}, options);
  EXPECT_EQ(runtime.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(runtime.status().message(), HasSubstr("worker_lock_timeout"));
}

TEST_F(RuntimeTest, AnUnknownStoreIsRefused) {
  const auto runtime = Runtime::Start(provider_, {}, {}, {.store = "nowhere"});
  EXPECT_EQ(ReasonOf(runtime.status()), v1::ERROR_REASON_STORE_NOT_FOUND);
}

TEST_F(RuntimeTest, AnotherVersionOfTheContractIsRefused) {
  const auto fake = std::make_shared<testing_support::FakeProvider>();
  v1::GetProviderInfoResponse info;
  info.set_contract_version("2.0");
  fake->Answer("GetProviderInfo", info);
  const auto runtime = Runtime::Start(fake, {}, {}, {});
  EXPECT_EQ(runtime.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(runtime.status().message(), HasSubstr("2.0"));
}

TEST_F(RuntimeTest, AProviderThatIsNotThereIsToldOf) {
  const auto fake = std::make_shared<testing_support::FakeProvider>();
  fake->Answer("GetProviderInfo", absl::UnavailableError("nobody there"));
  EXPECT_EQ(Runtime::Start(fake, {}, {}, {}).status().message(),
            "nobody there");
}

// --- Shutdown.

TEST_F(RuntimeTest, AnIdleOneIsShutDownAtOnceAndTakesNothingAnyMore) {
  // A long poll would last much longer than this test may.
  RuntimeOptions options;
  options.long_poll_timeout = absl::Hours(1);
  const auto first = Start(Working(), options);
  first->Shutdown(absl::Hours(1));
  first->Shutdown(absl::Hours(1));
  Begin("a", "CallOnce");
  const auto second = Start(Working());
  EXPECT_EQ(ResultOf("a"), "input");
}

TEST_F(RuntimeTest, ItMayBeShutDownFromManyThreads) {
  const auto runtime = Start(Working());
  Begin("a", "CallFiveTimes");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { runtime->Shutdown(absl::Hours(1)); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto second = Start(Working());
  EXPECT_EQ(ResultOf("a"), "input!!!!!");
}

TEST_F(RuntimeTest, AnActivityThatEndsInItsGraceIsStored) {
  Signal begun;
  const auto runtime =
      Start(With([&](ActivityContext& context, const std::string&) {
        begun.Set();
        Signal told;
        const std::stop_callback on_stop(context.cancelled(),
                                         [&] { told.Set(); });
        told.Wait();
        return "in time";
      }));
  Begin("a", "CallOnce");
  begun.Wait();
  runtime->Shutdown(absl::Hours(1));
  const auto second =
      Start(With([](ActivityContext&, const std::string&) { return "again"; }));
  EXPECT_EQ(ResultOf("a"), "in time");
}

TEST_F(RuntimeTest, AnotherTakesOverWhatHasNotEndedWithItsAttemptsUnharmed) {
  Signal begun;
  ActivityDone never;
  auto first = Start(WithAsync([&](const std::shared_ptr<ActivityContext>&,
                                   const std::string&, ActivityDone done) {
    never = std::move(done);
    begun.Set();
  }));
  Begin("a", "CallOnce");
  begun.Wait();
  first->Shutdown(absl::ZeroDuration());
  const auto second =
      Start(With([](ActivityContext& context, const std::string&) {
        return "attempt " + std::to_string(context.info().attempt);
      }));
  EXPECT_EQ(ResultOf("a"), "attempt 1");
  first = nullptr;
  never("too late");
}

TEST_F(RuntimeTest, ItsEndIsAShutdownToo) {
  Signal begun;
  {
    const auto first =
        Start(With([&](ActivityContext& context,
                       const std::string&) -> absl::StatusOr<std::string> {
          begun.Set();
          Signal told;
          const std::stop_callback on_stop(context.cancelled(),
                                           [&] { told.Set(); });
          told.Wait();
          return absl::CancelledError("told to end");
        }));
    Begin("a", "CallOnce");
    begun.Wait();
  }
  const auto second =
      Start(With([](ActivityContext& context, const std::string&) {
        return "attempt " + std::to_string(context.info().attempt);
      }));
  EXPECT_EQ(ResultOf("a"), "attempt 1");
}

TEST_F(RuntimeTest, AnInstanceGoesOnWhereItsRuntimeWasShutDown) {
  Begin("a", "CallFiveTimes");
  const auto ended = [this] {
    return Connect().GetStatus("a").value().IsTerminal();
  };
  for (int i = 0; i < 5 && !ended(); ++i) {
    std::atomic<bool> worked = false;
    const auto runtime = Start(With([&](ActivityContext&, std::string input) {
      worked = true;
      return input;
    }));
    // One may have come farther than that, so that the last turn is all that
    // is left for the next.
    while (!worked && !ended()) std::this_thread::yield();
    runtime->Shutdown(absl::Hours(1));
  }
  const auto last = Start(Working());
  EXPECT_EQ(ResultOf("a"), "input!!!!!");
}

}  // namespace
}  // namespace duroxide::runtime
