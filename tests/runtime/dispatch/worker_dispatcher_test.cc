#include "runtime/dispatch/worker_dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {
namespace {

using ::testing::HasSubstr;

v1::LockedWorkItem Activity(const std::string& name, uint64_t id,
                            uint32_t attempt = 1) {
  v1::LockedWorkItem locked;
  locked.set_lock_token("lock-" + std::to_string(id));
  locked.set_attempt_count(attempt);
  v1::ActivityExecuteItem& item =
      *locked.mutable_item()->mutable_activity_execute();
  item.set_instance("order-1");
  item.set_execution_id(2);
  item.set_id(id);
  item.set_name(name);
  item.set_input("input");
  return locked;
}

v1::LockedWorkItem OfSession(v1::LockedWorkItem locked,
                             const std::string& session) {
  locked.mutable_item()->mutable_activity_execute()->set_session_id(session);
  return locked;
}

v1::FetchWorkItemsResponse These(const std::vector<v1::LockedWorkItem>& items) {
  v1::FetchWorkItemsResponse response;
  for (const v1::LockedWorkItem& item : items) *response.add_items() = item;
  return response;
}

class WorkerDispatcherTest : public DispatchTest {
 protected:
  WorkerDispatcherTest() {
    options_.worker_concurrency = 4;
    options_.min_poll_interval = absl::Milliseconds(1);
    names_.Learn("order-1", 2, "Order", "1.2.0");
  }
  ~WorkerDispatcherTest() override { End(); }

  // As the destructor of a runtime does. What activities use lives until then.
  void End() {
    if (!dispatcher_) return;
    acks_.AnswerAll();
    abandons_.AnswerAll();
    renewals_.AnswerAll();
    dispatcher_->StopFetching();
    dispatcher_->CancelAll();
    dispatcher_->GiveUpAll();
    EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
    environment_.calls.WaitUntilNone(absl::InfiniteDuration());
    environment_.timers.Stop();
    dispatcher_.reset();
  }

  void Start() {
    dispatcher_.emplace(WorkerDispatcher::Parts{
        .environment = environment_,
        .options = options_,
        .activities = activities_,
        .names = names_,
        .client = std::make_shared<Client>(fake_, "store"),
        .owner = "me"});
    dispatcher_->Start();
  }

  void Add(const std::string& name, BlockingActivity activity) {
    ASSERT_TRUE(activities_.Add(name, std::move(activity)).ok());
  }
  void AddAsync(const std::string& name, AsyncActivity activity) {
    ASSERT_TRUE(activities_.AddAsync(name, std::move(activity)).ok());
  }

  RuntimeOptions options_;
  ActivityRegistry activities_;
  OrchestrationNames names_{environment_, true};
  HeldCalls<v1::FetchWorkItemsRequest, v1::FetchWorkItemsResponse> fetches_{
      *fake_, "FetchWorkItems"};
  HeldCalls<v1::AckWorkItemRequest, v1::AckWorkItemResponse> acks_{
      *fake_, "AckWorkItem"};
  HeldCalls<v1::AbandonWorkItemRequest, v1::AbandonWorkItemResponse> abandons_{
      *fake_, "AbandonWorkItem"};
  HeldCalls<v1::RenewWorkItemLockRequest, v1::RenewWorkItemLockResponse>
      renewals_{*fake_, "RenewWorkItemLock"};
  std::optional<WorkerDispatcher> dispatcher_;
};

absl::StatusOr<std::string> Echo(ActivityContext&, std::string input) {
  return input;
}

TEST_F(WorkerDispatcherTest, AsksForWhatTheOptionsWant) {
  options_.worker_lock_timeout = absl::Seconds(7);
  options_.long_poll_timeout = absl::Seconds(9);
  options_.session_lock_timeout = absl::Seconds(11);
  options_.tag_filter.set_mode(v1::TagFilter::MODE_TAGS);
  options_.tag_filter.add_tags("gpu");
  Start();
  const v1::FetchWorkItemsRequest request = fetches_.Next()->request();
  EXPECT_EQ(request.store(), "store");
  EXPECT_EQ(request.lock_timeout().seconds(), 7);
  EXPECT_EQ(request.poll_timeout().seconds(), 9);
  EXPECT_EQ(request.max_items(), 4);
  EXPECT_EQ(request.session().owner_id(), "me");
  EXPECT_EQ(request.session().lock_timeout().seconds(), 11);
  EXPECT_EQ(request.tag_filter().tags(0), "gpu");
}

TEST_F(WorkerDispatcherTest, NothingIsFetchedForAFilterThatTakesNothing) {
  options_.tag_filter.set_mode(v1::TagFilter::MODE_NONE);
  Start();
  EXPECT_EQ(fetches_.count(), 0);
}

TEST_F(WorkerDispatcherTest, AResultIsStored) {
  Add("Echo", Echo);
  Start();
  fetches_.Next()->Answer(These({Activity("Echo", 5)}));
  const auto ack = acks_.Next();
  EXPECT_EQ(ack->request().lock_token(), "lock-5");
  EXPECT_FALSE(ack->request().request_id().empty());
  const auto& completed = ack->request().completion().activity_completed();
  EXPECT_EQ(completed.instance(), "order-1");
  EXPECT_EQ(completed.execution_id(), 2);
  EXPECT_EQ(completed.id(), 5);
  EXPECT_EQ(completed.result(), "input");
  ack->Answer(absl::OkStatus());
  recorder_->WaitFor("Echo ended with 0");
}

TEST_F(WorkerDispatcherTest, AnActivityKnowsWhatItIs) {
  Signal done;
  AddAsync("Look", [&done](std::shared_ptr<ActivityContext> context,
                           const std::string&, ActivityDone on_done) {
    EXPECT_EQ(context->info().instance, "order-1");
    EXPECT_EQ(context->info().execution_id, 2);
    EXPECT_EQ(context->info().activity_id, 3);
    EXPECT_EQ(context->info().orchestration_name, "Order");
    EXPECT_EQ(context->info().orchestration_version, "1.2.0");
    EXPECT_EQ(context->info().attempt, 2);
    EXPECT_EQ(context->info().session_id, "session");
    EXPECT_EQ(context->info().tag, std::nullopt);
    EXPECT_EQ(context->info().worker_id, "work-0-me");
    EXPECT_NE(context->client(), nullptr);
    on_done("");
    done.Set();
  });
  Start();
  fetches_.Next()->Answer(
      These({OfSession(Activity("Look", 3, 2), "session")}));
  done.Wait();
  acks_.Next()->Answer(absl::OkStatus());
  End();
}

TEST_F(WorkerDispatcherTest, AnErrorIsTheActivitysOwn) {
  Add("Fail", [](ActivityContext&, const std::string&) {
    return absl::NotFoundError("no such order");
  });
  Start();
  fetches_.Next()->Answer(These({Activity("Fail", 5)}));
  const auto ack = acks_.Next();
  const auto& failed = ack->request().completion().activity_failed();
  EXPECT_TRUE(failed.details().application().has_activity_failed());
  EXPECT_EQ(failed.details().application().message(), "no such order");
  ack->Answer(absl::OkStatus());
  recorder_->WaitFor("Fail ended with 1");
}

TEST_F(WorkerDispatcherTest, SoIsWhatItThrows) {
  Add("Throw",
      [](ActivityContext&, const std::string&) -> absl::StatusOr<std::string> {
        throw std::runtime_error("thrown");
      });
  Add("ThrowNumber",
      [](ActivityContext&, const std::string&) -> absl::StatusOr<std::string> {
        throw 3;
      });
  AddAsync("ThrowAsync",
           [](const std::shared_ptr<ActivityContext>&, const std::string&,
              ActivityDone) { throw std::runtime_error("thrown early"); });
  Start();
  for (const auto& [name, message] :
       {std::pair("Throw", "thrown"), std::pair("ThrowNumber", "exception"),
        std::pair("ThrowAsync", "thrown early")}) {
    fetches_.Next()->Answer(These({Activity(name, 5)}));
    const auto ack = acks_.Next();
    EXPECT_THAT(ack->request()
                    .completion()
                    .activity_failed()
                    .details()
                    .application()
                    .message(),
                HasSubstr(message));
    ack->Answer(absl::OkStatus());
  }
}

TEST_F(WorkerDispatcherTest, AnAsyncActivityThatGivesNoResultHasFailed) {
  AddAsync("Forget", [](const std::shared_ptr<ActivityContext>&,
                        const std::string&, const ActivityDone&) {});
  Start();
  fetches_.Next()->Answer(These({Activity("Forget", 5)}));
  EXPECT_EQ(acks_.Next()
                ->request()
                .completion()
                .activity_failed()
                .details()
                .application()
                .message(),
            "the activity gave no result");
}

TEST_F(WorkerDispatcherTest, ABusyStoreIsGivenTheSameResultAgain) {
  Add("Echo", Echo);
  Start();
  fetches_.Next()->Answer(These({Activity("Echo", 5)}));
  const auto first = acks_.Next();
  first->Answer(Busy());
  const auto second = acks_.Next();
  EXPECT_EQ(second->request().request_id(), first->request().request_id());
  second->Answer(absl::OkStatus());
  recorder_->WaitFor("Echo ended with 0");
}

TEST_F(WorkerDispatcherTest, AResultWhoseLockIsLostIsDropped) {
  Add("Echo", Echo);
  Start();
  fetches_.Next()->Answer(These({Activity("Echo", 5)}));
  acks_.Next()->Answer(Lost());
  recorder_->WaitFor("Echo ended with 4");
  EXPECT_EQ(abandons_.count(), 0);
}

TEST_F(WorkerDispatcherTest, AResultThatIsRefusedIsTriedByAnother) {
  Add("Echo", Echo);
  Start();
  fetches_.Next()->Answer(These({Activity("Echo", 5)}));
  acks_.Next()->Answer(Broken());
  const auto abandon = abandons_.Next();
  EXPECT_EQ(abandon->request().lock_token(), "lock-5");
  EXPECT_EQ(abandon->request().delay().nanos(), 100'000'000);
  EXPECT_FALSE(abandon->request().ignore_attempt());
  abandon->Answer(absl::OkStatus());
  recorder_->WaitFor("Echo ended with 2");
}

TEST_F(WorkerDispatcherTest, WhatIsFetchedTooOftenIsPoison) {
  Add("Echo", Echo);
  options_.max_attempts = 3;
  Start();
  fetches_.Next()->Answer(These({Activity("Echo", 5, 4)}));
  const auto ack = acks_.Next();
  const v1::PoisonError& poison =
      ack->request().completion().activity_failed().details().poison();
  EXPECT_EQ(poison.attempt_count(), 4);
  EXPECT_EQ(poison.max_attempts(), 3);
  EXPECT_EQ(poison.activity().activity_name(), "Echo");
  EXPECT_EQ(poison.activity().activity_id(), 5);
  EXPECT_THAT(poison.message(), HasSubstr("order-1"));
  ack->Answer(absl::OkStatus());
  recorder_->WaitFor("Echo ended with 3");
}

TEST_F(WorkerDispatcherTest, WhatIsNotRegisteredWaitsLongerEachTime) {
  options_.unregistered_backoff.base = absl::Seconds(2);
  Start();
  fetches_.Next()->Answer(These({Activity("Nobody", 5, 3)}));
  const auto abandon = abandons_.Next();
  EXPECT_EQ(abandon->request().delay().seconds(), 8);
  EXPECT_FALSE(abandon->request().ignore_attempt());
  recorder_->WaitFor("Activity is not registered");
}

TEST_F(WorkerDispatcherTest, ASlotIsFreeOnceTheResultIsStored) {
  Add("Echo", Echo);
  options_.worker_concurrency = 1;
  Start();
  fetches_.Next()->Answer(These({Activity("Echo", 5)}));
  const auto ack = acks_.Next();
  EXPECT_EQ(fetches_.count(), 1);
  ack->Answer(absl::OkStatus());
  EXPECT_EQ(fetches_.Next()->request().max_items(), 1);
}

TEST_F(WorkerDispatcherTest, AThousandAsyncActivitiesWaitWithoutAThread) {
  std::mutex mutex;
  std::vector<ActivityDone> waiting;
  Signal all;
  AddAsync("Wait", [&](const std::shared_ptr<ActivityContext>&,
                       const std::string&, ActivityDone done) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::move(done));
    if (waiting.size() == 1000) all.Set();
  });
  options_.worker_concurrency = 1000;
  options_.max_sessions = 1000;
  Start();
  std::vector<v1::LockedWorkItem> items;
  for (int i = 1; i <= 1000; ++i) items.push_back(Activity("Wait", i));
  const auto fetch = fetches_.Next();
  EXPECT_EQ(fetch->request().max_items(), 1000);
  fetch->Answer(These(items));
  all.Wait();
  for (ActivityDone& done : waiting) done("done");
  for (int i = 0; i < 1000; ++i) acks_.Next()->Answer(absl::OkStatus());
  End();
}

// --- Lost locks.

TEST_F(WorkerDispatcherTest, ALostLockCancelsTheActivityAndDropsItsResult) {
  Add("Wait",
      [](ActivityContext& context,
         const std::string&) -> absl::StatusOr<std::string> {
        Signal cancelled;
        const std::stop_callback on_stop(context.cancelled(),
                                         [&] { cancelled.Set(); });
        cancelled.Wait();
        return "too late";
      });
  options_.worker_lock_timeout = absl::Milliseconds(100);
  Start();
  fetches_.Next()->Answer(These({Activity("Wait", 5)}));
  renewals_.Next()->Answer(Lost());
  recorder_->WaitFor("Wait ended with 4");
  EXPECT_EQ(acks_.count(), 0);
}

TEST_F(WorkerDispatcherTest,
       AfterTheGraceTheSlotIsFreeWhateverTheActivityDoes) {
  Signal go_on;
  Add("Stubborn",
      [&](ActivityContext&, const std::string&) -> absl::StatusOr<std::string> {
        go_on.Wait();
        return "";
      });
  Add("Echo", Echo);
  options_.worker_concurrency = 1;
  options_.worker_lock_timeout = absl::Milliseconds(100);
  options_.activity_cancellation_grace = absl::Milliseconds(10);
  Start();
  fetches_.Next()->Answer(These({Activity("Stubborn", 5)}));
  renewals_.Next()->Answer(Lost());
  recorder_->WaitFor("Stubborn ended with 4");
  // The thread is taken, and yet there is one for the next.
  fetches_.Next()->Answer(These({Activity("Echo", 6)}));
  EXPECT_EQ(acks_.Next()->request().lock_token(), "lock-6");
  go_on.Set();
  End();
}

TEST_F(WorkerDispatcherTest, WhatWaitsForAThreadIsNotRunOnceItsLockIsLost) {
  Signal go_on;
  Signal begun;
  Add("First",
      [&](ActivityContext&, const std::string&) -> absl::StatusOr<std::string> {
        begun.Set();
        go_on.Wait();
        return "";
      });
  Add("Second",
      [](ActivityContext&, const std::string&) -> absl::StatusOr<std::string> {
        ADD_FAILURE() << "it must not run";
        return "";
      });
  options_.blocking_threads = 1;
  options_.worker_lock_timeout = absl::Milliseconds(200);
  Start();
  fetches_.Next()->Answer(These({Activity("First", 5)}));
  begun.Wait();
  fetches_.Next()->Answer(These({Activity("Second", 6)}));
  for (bool lost = false; !lost;) {
    const auto renewal = renewals_.Next();
    lost = renewal->request().lock_token() == "lock-6";
    renewal->Answer(lost ? Lost() : absl::OkStatus());
  }
  recorder_->WaitFor("Second ended with 4");
  go_on.Set();
  End();
}

// --- Sessions.

TEST_F(WorkerDispatcherTest, NoMoreSessionsAreClaimedThanThereIsRoomFor) {
  std::vector<ActivityDone> waiting;
  std::mutex mutex;
  Signal both;
  AddAsync("Wait", [&](const std::shared_ptr<ActivityContext>&,
                       const std::string&, ActivityDone done) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::move(done));
    if (waiting.size() == 2) both.Set();
  });
  options_.max_sessions = 2;
  Start();
  const auto fetch = fetches_.Next();
  EXPECT_EQ(fetch->request().max_items(), 2);
  fetch->Answer(These({OfSession(Activity("Wait", 5), "a"),
                       OfSession(Activity("Wait", 6), "b")}));
  both.Wait();
  const auto without = fetches_.Next();
  EXPECT_FALSE(without->request().has_session());
  EXPECT_EQ(without->request().max_items(), 2);
  // Once a session has ended, the fetch that waits for others makes room for
  // one that takes sessions.
  waiting[0]("done");
  acks_.Next()->Answer(absl::OkStatus());
  const auto again = fetches_.Next();
  EXPECT_TRUE(without->stop().stop_requested());
  EXPECT_TRUE(again->request().has_session());
  waiting[1]("done");
  acks_.Next()->Answer(absl::OkStatus());
  End();
}

TEST_F(WorkerDispatcherTest, ASessionTooManyIsGivenBackUnharmed) {
  std::vector<ActivityDone> waiting;
  AddAsync("Wait",
           [&](const std::shared_ptr<ActivityContext>&, const std::string&,
               ActivityDone done) { waiting.push_back(std::move(done)); });
  options_.max_sessions = 1;
  Start();
  fetches_.Next()->Answer(These({OfSession(Activity("Wait", 5), "a"),
                                 OfSession(Activity("Wait", 6), "b")}));
  const auto abandon = abandons_.Next();
  EXPECT_EQ(abandon->request().lock_token(), "lock-6");
  EXPECT_EQ(abandon->request().delay().nanos(), 100'000'000);
  EXPECT_TRUE(abandon->request().ignore_attempt());
  abandon->Answer(absl::OkStatus());
  End();
}

// --- Shutdown.

TEST_F(WorkerDispatcherTest, WhatArrivesAfterTheEndIsGivenBack) {
  Add("Echo", Echo);
  fake_->HoldStubbornly("FetchWorkItems");
  Start();
  fake_->WaitForHeld(1);
  dispatcher_->StopFetching();
  fake_->Release(These({Activity("Echo", 5)}));
  const auto abandon = abandons_.Next();
  EXPECT_TRUE(abandon->request().ignore_attempt());
  abandon->Answer(absl::OkStatus());
  EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
}

TEST_F(WorkerDispatcherTest, AtTheEndActivitiesAreToldAndResultsAreStored) {
  Add("Finish",
      [](ActivityContext& context,
         const std::string&) -> absl::StatusOr<std::string> {
        Signal told;
        const std::stop_callback on_stop(context.cancelled(),
                                         [&] { told.Set(); });
        told.Wait();
        return "finished";
      });
  Start();
  fetches_.Next()->Answer(These({Activity("Finish", 5)}));
  recorder_->WaitFor("Activity begins");
  dispatcher_->StopFetching();
  dispatcher_->CancelAll();
  const auto ack = acks_.Next();
  EXPECT_EQ(ack->request().completion().activity_completed().result(),
            "finished");
  ack->Answer(absl::OkStatus());
  EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
}

TEST_F(WorkerDispatcherTest, AnActivityThatGivesUpAtTheEndIsForAnother) {
  Add("GiveUp",
      [](ActivityContext& context,
         const std::string&) -> absl::StatusOr<std::string> {
        Signal told;
        const std::stop_callback on_stop(context.cancelled(),
                                         [&] { told.Set(); });
        told.Wait();
        return absl::CancelledError("told to end");
      });
  Start();
  fetches_.Next()->Answer(These({Activity("GiveUp", 5)}));
  recorder_->WaitFor("Activity begins");
  dispatcher_->StopFetching();
  dispatcher_->CancelAll();
  const auto abandon = abandons_.Next();
  EXPECT_TRUE(abandon->request().ignore_attempt());
  abandon->Answer(absl::OkStatus());
  EXPECT_EQ(acks_.count(), 0);
}

TEST_F(WorkerDispatcherTest, AtTheEndWhatWaitsForAThreadIsGivenBack) {
  Signal go_on;
  Signal begun;
  Add("First",
      [&](ActivityContext&, const std::string&) -> absl::StatusOr<std::string> {
        begun.Set();
        go_on.Wait();
        return "";
      });
  options_.blocking_threads = 1;
  Start();
  fetches_.Next()->Answer(These({Activity("First", 5), Activity("First", 6)}));
  begun.Wait();
  // The next fetch is sent when the answer to the first has been taken.
  fetches_.Next();
  dispatcher_->StopFetching();
  dispatcher_->CancelAll();
  EXPECT_EQ(abandons_.Next()->request().lock_token(), "lock-6");
  go_on.Set();
  acks_.Next()->Answer(absl::OkStatus());
  End();
}

TEST_F(WorkerDispatcherTest, AfterTheGraceWhatRunsIsGivenBackAndIgnored) {
  Signal go_on;
  Signal returned;
  ActivityDone late;
  Add("Stubborn",
      [&](ActivityContext&, const std::string&) -> absl::StatusOr<std::string> {
        go_on.Wait();
        return "too late";
      });
  AddAsync("Never", [&](const std::shared_ptr<ActivityContext>&,
                        const std::string&, ActivityDone done) {
    late = std::move(done);
    returned.Set();
  });
  Start();
  fetches_.Next()->Answer(
      These({Activity("Stubborn", 5), Activity("Never", 6)}));
  returned.Wait();
  recorder_->WaitFor("Activity begins");
  // Both run, or wait; either way they are given back unharmed.
  dispatcher_->StopFetching();
  dispatcher_->CancelAll();
  dispatcher_->GiveUpAll();
  for (int i = 0; i < 2; ++i) {
    const auto abandon = abandons_.Next();
    EXPECT_TRUE(abandon->request().ignore_attempt());
    abandon->Answer(absl::OkStatus());
  }
  EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
  go_on.Set();
  dispatcher_.reset();
  // Nobody is there any more.
  late("too late");
  EXPECT_EQ(acks_.count(), 0);
}

}  // namespace
}  // namespace duroxide::runtime
