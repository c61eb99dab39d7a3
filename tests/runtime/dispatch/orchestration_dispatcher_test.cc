#include "runtime/dispatch/orchestration_dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/replay/execution.h"
#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::LockedOrchestrationItem Instance(const std::string& id) {
  v1::LockedOrchestrationItem locked;
  locked.set_lock_token("lock of " + id);
  locked.set_attempt_count(1);
  v1::OrchestrationItem& item = *locked.mutable_item();
  item.set_instance(id);
  item.set_execution_id(1);
  item.set_orchestration_name("Order");
  item.set_version("1.0.0");
  item.add_messages()->mutable_cancel_instance()->set_instance(id);
  return locked;
}

v1::FetchOrchestrationItemsResponse These(
    const std::vector<v1::LockedOrchestrationItem>& items) {
  v1::FetchOrchestrationItemsResponse response;
  for (const auto& item : items) *response.add_items() = item;
  return response;
}

OrchestrationFunction NeverRun() {
  return [](OrchestrationContext&,
            const std::string&) -> Orchestration<std::string> { co_return ""; };
}

// Turns that the test decides.
class OrchestrationDispatcherTest : public DispatchTest {
 protected:
  OrchestrationDispatcherTest() {
    options_.orchestration_concurrency = 4;
    options_.min_poll_interval = absl::Milliseconds(1);
    options_.fetch_ahead = absl::ZeroDuration();
  }
  ~OrchestrationDispatcherTest() override { End(); }

  // As the destructor of a runtime does. What turns use lives until then.
  void End() {
    if (!dispatcher_) return;
    acks_.AnswerAll();
    abandons_.AnswerAll();
    renewals_.AnswerAll();
    dispatcher_->StopFetching();
    dispatcher_->GiveUpAll();
    EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
    environment_.calls.WaitUntilNone(absl::InfiniteDuration());
    environment_.timers.Stop();
    dispatcher_.reset();
  }

  void Start() {
    dispatcher_.emplace(OrchestrationDispatcher::Parts{
        .environment = environment_,
        .options = options_,
        .names = names_,
        .take =
            [this](const v1::LockedOrchestrationItem& locked, absl::Time,
                   KeptExecution kept) {
              return turn_(locked, std::move(kept));
            },
        .supported = {.min = {0, 0, 0}, .max = {0, 1, 29}}});
    dispatcher_->Start();
  }

  TurnOutcome Acked() {
    TurnOutcome outcome;
    v1::AckOrchestrationItemRequest ack;
    ack.set_execution_id(1);
    outcome.commit = ack;
    outcome.facts.orchestration = "Order";
    outcome.facts.version = "1.0.0";
    outcome.facts.execution_id = 1;
    return outcome;
  }
  KeptExecution Kept(const std::string& instance) {
    return KeptExecution(new Execution({.instance = instance,
                                        .execution_id = 1,
                                        .orchestration = "Order",
                                        .version = "1.0.0"},
                                       function_));
  }

  RuntimeOptions options_;
  const OrchestrationFunction function_ = NeverRun();
  std::function<TurnOutcome(const v1::LockedOrchestrationItem&, KeptExecution)>
      turn_ = [this](const v1::LockedOrchestrationItem&, KeptExecution) {
        return Acked();
      };
  OrchestrationNames names_{environment_, true};
  HeldCalls<v1::FetchOrchestrationItemsRequest,
            v1::FetchOrchestrationItemsResponse>
      fetches_{*fake_, "FetchOrchestrationItems"};
  HeldCalls<v1::AckOrchestrationItemRequest, v1::AckOrchestrationItemResponse>
      acks_{*fake_, "AckOrchestrationItem"};
  HeldCalls<v1::AbandonOrchestrationItemRequest,
            v1::AbandonOrchestrationItemResponse>
      abandons_{*fake_, "AbandonOrchestrationItem"};
  HeldCalls<v1::RenewOrchestrationItemLockRequest,
            v1::RenewOrchestrationItemLockResponse>
      renewals_{*fake_, "RenewOrchestrationItemLock"};
  std::optional<OrchestrationDispatcher> dispatcher_;
};

TEST_F(OrchestrationDispatcherTest, AsksForWhatTheOptionsWant) {
  options_.orchestrator_lock_timeout = absl::Seconds(7);
  options_.long_poll_timeout = absl::Seconds(9);
  Start();
  const v1::FetchOrchestrationItemsRequest request = fetches_.Next()->request();
  EXPECT_EQ(request.store(), "store");
  EXPECT_EQ(request.lock_timeout().seconds(), 7);
  EXPECT_EQ(request.poll_timeout().seconds(), 9);
  EXPECT_EQ(request.max_items(), 4);
  ASSERT_EQ(request.filter().supported_versions_size(), 1);
  EXPECT_EQ(request.filter().supported_versions(0).max().minor(), 1);
  EXPECT_EQ(request.filter().supported_versions(0).max().patch(), 29);
}

TEST_F(OrchestrationDispatcherTest, ATurnIsCommittedWithItsLock) {
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  const auto ack = acks_.Next();
  EXPECT_EQ(ack->request().store(), "store");
  EXPECT_EQ(ack->request().lock_token(), "lock of a");
  EXPECT_FALSE(ack->request().request_id().empty());
  ack->Answer(absl::OkStatus());
  recorder_->WaitFor("turn of Order");
}

TEST_F(OrchestrationDispatcherTest, NothingWaitsForAnAck) {
  options_.orchestration_concurrency = 100;
  Start();
  std::vector<v1::LockedOrchestrationItem> items;
  for (int i = 0; i < 100; ++i) items.push_back(Instance(std::to_string(i)));
  fetches_.Next()->Answer(These(items));
  std::vector<decltype(acks_.Next())> waiting;
  for (int i = 0; i < 100; ++i) waiting.push_back(acks_.Next());
  // Other turns may be taken meanwhile.
  fetches_.Next()->Answer(These({Instance("another")}));
  EXPECT_EQ(acks_.Next()->request().lock_token(), "lock of another");
}

TEST_F(OrchestrationDispatcherTest, FetchesAheadWhereTurnsAreShort) {
  options_.orchestration_concurrency = 1;
  options_.fetch_ahead = absl::Minutes(1);
  Start();
  const auto first = fetches_.Next();
  EXPECT_EQ(first->request().max_items(), 1) << "nothing is known yet";
  first->Answer(These({Instance("a")}));
  acks_.Next();
  EXPECT_GE(fetches_.Next()->request().max_items(), 32u);
}

TEST_F(OrchestrationDispatcherTest, WhatWaitsTooLongForItsTurnGoesBack) {
  options_.orchestration_concurrency = 1;
  options_.fetch_ahead = absl::Milliseconds(1);
  Signal given_back;
  turn_ = [&](const v1::LockedOrchestrationItem&, KeptExecution) {
    given_back.Wait();
    return Acked();
  };
  Start();
  fetches_.Next()->Answer(These({Instance("a"), Instance("b")}));
  const auto abandon = abandons_.Next();
  EXPECT_EQ(abandon->request().lock_token(), "lock of b");
  EXPECT_TRUE(abandon->request().ignore_attempt());
  abandon->Answer(absl::OkStatus());
  given_back.Set();
  EXPECT_EQ(acks_.Next()->request().lock_token(), "lock of a");
}

TEST_F(OrchestrationDispatcherTest, ABusyStoreIsSentTheSameCommitAgain) {
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  const auto first = acks_.Next();
  first->Answer(Busy());
  const auto second = acks_.Next();
  EXPECT_EQ(second->request().SerializeAsString(),
            first->request().SerializeAsString());
  second->Answer(absl::OkStatus());
  recorder_->WaitFor("turn of Order");
}

TEST_F(OrchestrationDispatcherTest, ATurnWhoseLockIsLostIsDropped) {
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  acks_.Next()->Answer(Lost());
  recorder_->WaitFor("Turn is dropped");
  EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()))
      << "its slot is free";
  EXPECT_EQ(abandons_.count(), 0);
  EXPECT_EQ(acks_.count(), 1);
}

TEST_F(OrchestrationDispatcherTest, ALockIsRenewedWhileItsTurnIsTaken) {
  Signal renewed;
  turn_ = [&](const v1::LockedOrchestrationItem&, KeptExecution) {
    renewed.Wait();
    return Acked();
  };
  options_.orchestrator_lock_timeout = absl::Seconds(2);
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  const auto renewal = renewals_.Next();
  EXPECT_EQ(renewal->request().lock_token(), "lock of a");
  renewal->Answer(absl::OkStatus());
  renewed.Set();
  acks_.Next()->Answer(absl::OkStatus());
  End();
}

TEST_F(OrchestrationDispatcherTest, NothingIsSentOnceTheLockIsKnownToBeLost) {
  Signal lost;
  turn_ = [&](const v1::LockedOrchestrationItem&, KeptExecution) {
    lost.Wait();
    return Acked();
  };
  options_.orchestrator_lock_timeout = absl::Milliseconds(100);
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  renewals_.Next()->Answer(Lost());
  lost.Set();
  EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
  End();
  EXPECT_EQ(acks_.count(), 0);
}

TEST_F(OrchestrationDispatcherTest, AnAbandonmentIsSent) {
  turn_ = [](const v1::LockedOrchestrationItem&, KeptExecution) {
    TurnOutcome outcome;
    outcome.commit =
        Abandonment{.delay = absl::Seconds(4), .why = "not registered"};
    return outcome;
  };
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  const auto abandon = abandons_.Next();
  EXPECT_EQ(abandon->request().lock_token(), "lock of a");
  EXPECT_EQ(abandon->request().delay().seconds(), 4);
  EXPECT_FALSE(abandon->request().ignore_attempt());
  recorder_->WaitFor("Orchestration is given back: not registered");
}

TEST_F(OrchestrationDispatcherTest, TracesOfTheTurnAreWritten) {
  turn_ = [this](const v1::LockedOrchestrationItem&, KeptExecution) {
    TurnOutcome outcome = Acked();
    outcome.traces.push_back({.message = "hello from the orchestration"});
    return outcome;
  };
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  recorder_->WaitFor("hello from the orchestration");
}

TEST_F(OrchestrationDispatcherTest, ATurnThatIsRefusedFailsItsInstance) {
  Start();
  v1::LockedOrchestrationItem locked = Instance("a");
  v1::Event& started = *locked.mutable_item()->add_history();
  started.set_event_id(1);
  started.mutable_orchestration_started()->set_name("Order");
  fetches_.Next()->Answer(These({locked}));
  acks_.Next()->Answer(Broken());
  const auto failure = acks_.Next();
  EXPECT_EQ(failure->request().lock_token(), "lock of a");
  ASSERT_EQ(failure->request().history_delta_size(), 1);
  const v1::Event& event = failure->request().history_delta(0);
  EXPECT_EQ(event.event_id(), 2);
  EXPECT_EQ(event.orchestration_failed().details().infrastructure().message(),
            "the store is broken");
  failure->Answer(absl::OkStatus());
  recorder_->WaitFor("Orchestration failed: the store is broken");
}

TEST_F(OrchestrationDispatcherTest, WhereThatIsRefusedTooItIsGivenBack) {
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  acks_.Next()->Answer(Broken());
  acks_.Next()->Answer(Broken());
  const auto abandon = abandons_.Next();
  EXPECT_EQ(abandon->request().delay().nanos(), 50'000'000);
  EXPECT_FALSE(abandon->request().ignore_attempt());
  recorder_->WaitFor("no turn of Order");
}

TEST_F(OrchestrationDispatcherTest, AKeptExecutionThatIsRefusedIsReplayed) {
  turn_ = [this](const v1::LockedOrchestrationItem&, KeptExecution) {
    TurnOutcome outcome = Acked();
    outcome.facts.resumed = true;
    outcome.next = Kept("a");
    return outcome;
  };
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  acks_.Next()->Answer(Broken());
  EXPECT_FALSE(abandons_.Next()->request().ignore_attempt());
  EXPECT_EQ(acks_.count(), 1) << "no failure is written";
}

// --- Kept executions.

class KeepingTest : public OrchestrationDispatcherTest {
 protected:
  KeepingTest() {
    turn_ = [this](const v1::LockedOrchestrationItem& locked,
                   KeptExecution kept) {
      {
        const std::lock_guard lock(mutex_);
        if (kept != nullptr) kept_.push_back(kept->info().instance);
      }
      TurnOutcome outcome = Acked();
      outcome.next = Kept(locked.item().instance());
      return outcome;
    };
  }

  // A turn of the instance, from its fetch to the answer to its ack.
  void Turn(const std::string& instance, const absl::Status& answer) {
    fetches_.Next()->Answer(These({Instance(instance)}));
    acks_.Next()->Answer(answer);
  }
  std::vector<std::string> kept() {
    const std::lock_guard lock(mutex_);
    return kept_;
  }

  std::mutex mutex_;
  std::vector<std::string> kept_;
};

TEST_F(KeepingTest, AnExecutionIsThereForTheNextTurn) {
  Start();
  Turn("a", absl::OkStatus());
  Turn("a", absl::OkStatus());
  EXPECT_THAT(kept(), ::testing::ElementsAre("a"));
}

TEST_F(KeepingTest, OnlyOfTurnsThatWereCommitted) {
  Start();
  Turn("a", Lost());
  Turn("a", absl::OkStatus());
  EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(KeepingTest, NoMoreThanTheOptionsWant) {
  options_.kept_executions = 1;
  Start();
  Turn("a", absl::OkStatus());
  Turn("b", absl::OkStatus());
  Turn("a", absl::OkStatus());
  EXPECT_THAT(kept(), IsEmpty());
  Turn("a", absl::OkStatus());
  EXPECT_THAT(kept(), ::testing::ElementsAre("a"));
}

TEST_F(KeepingTest, NoneWhereTheOptionsWantNone) {
  options_.kept_executions = 0;
  Start();
  Turn("a", absl::OkStatus());
  Turn("a", absl::OkStatus());
  EXPECT_THAT(kept(), IsEmpty());
}

// --- Shutdown.

TEST_F(OrchestrationDispatcherTest, WhatArrivesAfterTheEndIsGivenBack) {
  fake_->HoldStubbornly("FetchOrchestrationItems");
  Start();
  fake_->WaitForHeld(1);
  dispatcher_->StopFetching();
  fake_->Release(These({Instance("a")}));
  const auto abandon = abandons_.Next();
  EXPECT_TRUE(abandon->request().ignore_attempt());
  abandon->Answer(absl::OkStatus());
  EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
}

TEST_F(OrchestrationDispatcherTest, TurnsUnderWayAreFinished) {
  Signal begun;
  Signal go_on;
  turn_ = [&](const v1::LockedOrchestrationItem&, KeptExecution) {
    begun.Set();
    go_on.Wait();
    return Acked();
  };
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  begun.Wait();
  dispatcher_->StopFetching();
  EXPECT_FALSE(dispatcher_->WaitUntilIdle(absl::ZeroDuration()));
  go_on.Set();
  acks_.Next()->Answer(absl::OkStatus());
  EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
  End();
}

TEST_F(OrchestrationDispatcherTest, ATurnThatDoesNotEndIsGivenBackUnharmed) {
  Signal begun;
  Signal go_on;
  turn_ = [&](const v1::LockedOrchestrationItem&, KeptExecution) {
    begun.Set();
    go_on.Wait();
    return Acked();
  };
  Start();
  fetches_.Next()->Answer(These({Instance("a")}));
  begun.Wait();
  dispatcher_->StopFetching();
  dispatcher_->GiveUpAll();
  const auto abandon = abandons_.Next();
  EXPECT_TRUE(abandon->request().ignore_attempt());
  abandon->Answer(absl::OkStatus());
  EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
  go_on.Set();
  End();
  EXPECT_EQ(acks_.count(), 0);
}

}  // namespace
}  // namespace duroxide::runtime
