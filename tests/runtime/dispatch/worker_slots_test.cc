// Which activities run, which wait for a slot, and whose sessions they are of.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/runtime/dispatch/worker_dispatcher_fixture.h"

namespace duroxide::runtime {
namespace {

using WorkerSlotsTest = WorkerDispatcherTest;

TEST_F(WorkerSlotsTest, ASlotIsFreeWhileTheResultIsStored) {
  Add("Echo", Echo);
  options_.worker_concurrency = 1;
  Start();
  fetches_.Next()->Answer(These({Activity("Echo", 5)}));
  const auto ack = acks_.Next();
  const auto next = fetches_.Next();
  EXPECT_EQ(next->request().max_items(), 1u);
  next->Answer(These({Activity("Echo", 6)}));
  EXPECT_EQ(acks_.Next()->request().completion().activity_completed().id(), 6u);
}

TEST_F(WorkerSlotsTest, FetchesAheadWhereActivitiesAreShort) {
  Add("Echo", Echo);
  options_.worker_concurrency = 1;
  options_.fetch_ahead = absl::Minutes(1);
  options_.max_sessions = 100;
  Start();
  const auto first = fetches_.Next();
  EXPECT_EQ(first->request().max_items(), 1u) << "nothing is known yet";
  first->Answer(These({Activity("Echo", 5)}));
  acks_.Next();
  EXPECT_GE(fetches_.Next()->request().max_items(), 32u);
}

TEST_F(WorkerSlotsTest, NoMoreRunAtATimeThanThereAreSlots) {
  std::mutex mutex;
  std::deque<ActivityDone> running;
  AddAsync("Wait", [&](const std::shared_ptr<ActivityContext>&,
                       const std::string&, ActivityDone done) {
    const std::lock_guard lock(mutex);
    running.push_back(std::move(done));
  });
  options_.worker_concurrency = 1;
  options_.fetch_ahead = absl::Minutes(1);
  Start();
  fetches_.Next()->Answer(These({Activity("Wait", 5), Activity("Wait", 6)}));
  for (uint64_t id : {5, 6}) {
    ActivityDone done;
    while (!done) {
      const std::lock_guard lock(mutex);
      if (running.empty()) continue;
      ASSERT_EQ(running.size(), 1u);
      done = std::move(running.front());
      running.pop_front();
    }
    std::move(done)("done");
    EXPECT_EQ(acks_.Next()->request().completion().activity_completed().id(),
              id);
  }
}

TEST_F(WorkerSlotsTest, WhatWaitsTooLongForASlotGoesBack) {
  std::promise<ActivityDone> running;
  AddAsync("Wait",
           [&](const std::shared_ptr<ActivityContext>&, const std::string&,
               ActivityDone done) { running.set_value(std::move(done)); });
  options_.worker_concurrency = 1;
  options_.fetch_ahead = absl::Milliseconds(1);
  Start();
  fetches_.Next()->Answer(These({Activity("Wait", 5), Activity("Wait", 6)}));
  const auto abandon = abandons_.Next();
  EXPECT_TRUE(abandon->request().ignore_attempt());
  abandon->Answer(absl::OkStatus());
  running.get_future().get()("done");
  EXPECT_EQ(acks_.Next()->request().completion().activity_completed().id(), 5u);
}

TEST_F(WorkerSlotsTest, AThousandAsyncActivitiesWaitWithoutAThread) {
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

TEST_F(WorkerSlotsTest, NoMoreSessionsAreClaimedThanThereIsRoomFor) {
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
  // It waits for a moment only. Once a session has ended, the next one takes
  // sessions.
  EXPECT_EQ(without->request().poll_timeout().seconds(), 0);
  waiting[0]("done");
  acks_.Next()->Answer(absl::OkStatus());
  EXPECT_FALSE(without->stop().stop_requested())
      << "what is given just then would be lost";
  without->Answer(These({}));
  const auto again = fetches_.Next();
  EXPECT_TRUE(again->request().has_session());
  waiting[1]("done");
  acks_.Next()->Answer(absl::OkStatus());
  End();
}

TEST_F(WorkerSlotsTest, ASessionTooManyIsGivenBackUnharmed) {
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

}  // namespace
}  // namespace duroxide::runtime
