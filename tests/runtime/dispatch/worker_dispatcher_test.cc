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

#include "tests/runtime/dispatch/worker_dispatcher_fixture.h"

namespace duroxide::runtime {
namespace {

using ::testing::HasSubstr;

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
