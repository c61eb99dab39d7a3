// Fetches that wait, one step of the writer at a time (WIRE-5).

#include "providers/sqlite/long_polls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "providers/sqlite/moment.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr QueueKey kTurns = {kStore, Queue::kOrchestrator};
constexpr QueueKey kWork = {kStore, Queue::kWorker};
constexpr QueueKey kElsewhere = {kStore + 1, Queue::kOrchestrator};

// Remembers the last number of waits on each queue.
class WaitsObserver : public EngineObserver {
 public:
  void OnCommit(int64_t, absl::Duration) override {}
  void OnLongPollsWaiting(Queue queue, int64_t waiting) override {
    waits[queue] = waiting;
  }
  void OnLocksExpired(Queue, int64_t) override {}

  std::map<Queue, int64_t> waits;
};

class LongPollsTest : public RoomTest {
 protected:
  LongPollsTest() : polls_(/*shared_file=*/true, NextDue(), &observer_) {
    polls_.set_post(
        [this](CommitQueue::Task task) { posted_.push_back(std::move(task)); });
  }

  LongPolls::NextDue NextDue() {
    return [this](Connection&, const QueueKey& queue) {
      const auto due = due_us_.find(queue);
      return due == due_us_.end() ? kNeverUs : due->second;
    };
  }

  // A fetch that takes one of the items of its shape. Its end stands in
  // `ended_` under its name.
  std::shared_ptr<sqlite::Fetch> Wait(const std::string& name,
                                      const QueueKey& queue = kTurns,
                                      const std::string& shape = "") {
    auto fetch = std::make_shared<sqlite::Fetch>();
    fetch->queue = queue;
    fetch->shape = shape;
    fetch->deadline = absl::Now() + absl::Hours(1);
    fetch->stop = stop_[name].get_token();
    fetch->attempt = [this, name, shape](Connection&) -> absl::StatusOr<bool> {
      tried_.push_back(name);
      if (items_[shape] == 0) return false;
      --items_[shape];
      return true;
    };
    fetch->finish = [this, name](const absl::Status& status) {
      ended_.emplace_back(name, status.code());
    };
    return fetch;
  }
  void AddWait(const std::string& name, const QueueKey& queue = kTurns,
               const std::string& shape = "") {
    polls_.Add(db(), Wait(name, queue, shape));
  }

  // What the writer does around a transaction. Returns whether one was wanted.
  bool Round(bool others_wrote = false,
             const absl::Status& commit = absl::OkStatus()) {
    std::vector<CommitQueue::Task> posted = std::move(posted_);
    posted_.clear();
    for (CommitQueue::Task& task : posted) task();
    std::vector<CommitQueue::Finish> at_once;
    const bool wanted = polls_.Prepare(others_wrote, at_once);
    for (CommitQueue::Finish& finish : at_once) finish(absl::OkStatus());
    if (!wanted) return false;
    std::vector<CommitQueue::Finish> finished;
    db().Run("BEGIN IMMEDIATE");
    polls_.BeforeCommit(db(), finished);
    if (commit.ok()) {
      db().Run("COMMIT");
    } else {
      db().Run("ROLLBACK");
      polls_.AfterRollback();
    }
    for (CommitQueue::Finish& finish : finished) finish(commit);
    return true;
  }
  bool TouchAndRound(const QueueKey& queue) {
    polls_.Touch(queue);
    return Round();
  }

  std::vector<std::string> Ended() {
    std::vector<std::string> names;
    for (const auto& [name, code] : ended_) names.push_back(name);
    return names;
  }

  std::map<QueueKey, int64_t> due_us_;
  std::map<std::string, int> items_;
  std::map<std::string, std::stop_source> stop_;
  std::vector<std::string> tried_;
  std::vector<std::pair<std::string, absl::StatusCode>> ended_;
  std::vector<CommitQueue::Task> posted_;
  WaitsObserver observer_;
  LongPolls polls_;
};

TEST_F(LongPollsTest, NobodyWaitsNothingHappens) {
  EXPECT_EQ(polls_.NextRun(), absl::InfiniteFuture());
  EXPECT_FALSE(TouchAndRound(kTurns)) << "no transaction for nobody";
}

TEST_F(LongPollsTest, FirstComeFirstServed) {
  for (const char* name : {"a", "b", "c"}) AddWait(name);
  items_[""] = 2;
  EXPECT_TRUE(TouchAndRound(kTurns));
  EXPECT_THAT(Ended(), ElementsAre("a", "b"));
  items_[""] = 1;
  TouchAndRound(kTurns);
  EXPECT_THAT(Ended(), ElementsAre("a", "b", "c"));
}

TEST_F(LongPollsTest, AfterOneFindsNothingItsShapeIsNotTried) {
  for (const char* name : {"a", "b", "c"}) AddWait(name);
  TouchAndRound(kTurns);
  EXPECT_THAT(tried_, ElementsAre("a"));
  EXPECT_THAT(Ended(), ElementsAre());
}

TEST_F(LongPollsTest, WhatRanOutIsFreedOnceBeforeAllTries) {
  std::vector<QueueKey> freed;
  polls_.set_free_expired([&](Connection&, const QueueKey& queue) {
    freed.push_back(queue);
    items_["red"] = 2;
  });
  AddWait("a", kWork, "red");
  AddWait("b", kWork, "red");
  AddWait("c", kWork, "green");
  TouchAndRound(kWork);
  EXPECT_THAT(freed, ElementsAre(kWork));
  EXPECT_THAT(Ended(), ElementsAre("a", "b"));
}

TEST_F(LongPollsTest, WhereFreeingFailsTheQueueIsTriedAgain) {
  bool fails = true;
  polls_.set_free_expired([&](Connection& db, const QueueKey&) {
    if (fails) db.Run("DELETE FROM nowhere");
  });
  AddWait("a");
  items_[""] = 1;
  TouchAndRound(kTurns);
  EXPECT_THAT(tried_, ElementsAre());
  EXPECT_LT(polls_.NextRun(), absl::Now() + absl::Seconds(1));
  fails = false;
  Round();
  EXPECT_THAT(Ended(), ElementsAre("a"));
}

TEST_F(LongPollsTest, OneShapeDoesNotHoldAnotherBack) {
  AddWait("a", kWork, "red");
  AddWait("b", kWork, "green");
  AddWait("c", kWork, "red");
  items_["green"] = 1;
  TouchAndRound(kWork);
  EXPECT_THAT(Ended(), ElementsAre("b"));
  items_["red"] = 2;
  TouchAndRound(kWork);
  EXPECT_THAT(Ended(), ElementsAre("b", "a", "c"));
}

TEST_F(LongPollsTest, TellsWhoWaits) {
  EXPECT_FALSE(polls_.AnyWaiting(kWork, "red"));
  AddWait("a", kWork, "red");
  EXPECT_TRUE(polls_.AnyWaiting(kWork, "red"));
  EXPECT_FALSE(polls_.AnyWaiting(kWork, "green"));
  EXPECT_FALSE(polls_.AnyWaiting(kTurns, "red"));
  items_["red"] = 1;
  TouchAndRound(kWork);
  EXPECT_FALSE(polls_.AnyWaiting(kWork, "red"));
}

TEST_F(LongPollsTest, OnlyTheTouchedQueueIsTried) {
  AddWait("turn");
  AddWait("work", kWork);
  AddWait("elsewhere", kElsewhere);
  TouchAndRound(kWork);
  EXPECT_THAT(tried_, ElementsAre("work"));
  tried_.clear();
  polls_.TouchStore(kStore);
  Round();
  EXPECT_THAT(tried_, ElementsAre("turn", "work"));
  tried_.clear();
  EXPECT_FALSE(Round()) << "a touch is good once";
}

TEST_F(LongPollsTest, AnotherProcessesWriteTouchesAll) {
  AddWait("turn");
  AddWait("work", kWork);
  EXPECT_TRUE(Round(/*others_wrote=*/true));
  EXPECT_THAT(tried_, ElementsAre("turn", "work"));
}

TEST_F(LongPollsTest, WhileSomebodyWaitsOthersAreLookedFor) {
  AddWait("a");
  EXPECT_LE(polls_.NextRun(), absl::Now() + absl::Milliseconds(50));
  LongPolls alone(/*shared_file=*/false, NextDue(), nullptr);
  alone.Add(db(), Wait("b"));
  EXPECT_GT(alone.NextRun(), absl::Now() + absl::Minutes(50));
}

TEST_F(LongPollsTest, WhatIsDueIsTriedThen) {
  due_us_[kTurns] = NowUs() - 1;
  AddWait("a");
  EXPECT_LE(polls_.NextRun(), absl::Now());
  due_us_.clear();
  items_[""] = 1;
  EXPECT_TRUE(Round());
  EXPECT_THAT(Ended(), ElementsAre("a"));
}

TEST_F(LongPollsTest, WhatIsDueLaterIsNotTriedYet) {
  due_us_[kTurns] = NowUs() + kHourUs;
  AddWait("a");
  EXPECT_FALSE(Round());
  EXPECT_THAT(tried_, ElementsAre());
}

TEST_F(LongPollsTest, TheNextMomentIsAskedForAfterEachTry) {
  AddWait("a");
  due_us_[kTurns] = NowUs() - 1;
  TouchAndRound(kTurns);
  EXPECT_LE(polls_.NextRun(), absl::Now());
}

TEST_F(LongPollsTest, ADeadlineEndsTheWaitWithoutATry) {
  auto late = Wait("late");
  late->deadline = absl::Now() - absl::Seconds(1);
  polls_.Add(db(), late);
  AddWait("patient");
  items_[""] = 2;
  EXPECT_FALSE(Round());
  EXPECT_THAT(ended_, ElementsAre(Pair("late", absl::StatusCode::kOk)));
  EXPECT_EQ(items_[""], 2) << "nothing was taken";
}

TEST_F(LongPollsTest, TheNextDeadlineIsARun) {
  LongPolls alone(/*shared_file=*/false, NextDue(), nullptr);
  auto first = Wait("first");
  auto second = Wait("second");
  second->deadline = first->deadline - absl::Minutes(1);
  alone.Add(db(), first);
  alone.Add(db(), second);
  EXPECT_EQ(alone.NextRun(), second->deadline);
}

TEST_F(LongPollsTest, AStopEndsTheWait) {
  AddWait("a");
  AddWait("b");
  stop_["a"].request_stop();
  EXPECT_THAT(Ended(), ElementsAre()) << "handed over to the writer";
  Round();
  EXPECT_THAT(ended_, ElementsAre(Pair("a", absl::StatusCode::kOk)));
  items_[""] = 1;
  TouchAndRound(kTurns);
  EXPECT_THAT(Ended(), ElementsAre("a", "b"));
}

TEST_F(LongPollsTest, AStopBeforeTheWaitEndsItToo) {
  stop_["a"].request_stop();
  AddWait("a");
  Round();
  EXPECT_THAT(Ended(), ElementsAre("a"));
}

TEST_F(LongPollsTest, WhoWasStoppedTakesNothing) {
  AddWait("gone");
  AddWait("here");
  stop_["gone"].request_stop();
  items_[""] = 1;
  // In the transaction that runs before the stop has reached the writer.
  std::vector<CommitQueue::Task> delayed = std::move(posted_);
  posted_.clear();
  TouchAndRound(kTurns);
  EXPECT_THAT(tried_, ElementsAre("here"));
  EXPECT_THAT(Ended(), ElementsAre("gone", "here"));
  for (CommitQueue::Task& task : delayed) task();
  Round();
  EXPECT_EQ(ended_.size(), 2u) << "each ends once";
}

TEST_F(LongPollsTest, EndAllEndsEveryWait) {
  AddWait("turn");
  AddWait("work", kWork, "red");
  polls_.EndAll();
  EXPECT_EQ(polls_.NextRun(), absl::InfinitePast()) << "told at once";
  Round();
  EXPECT_THAT(ended_, ElementsAre(Pair("turn", absl::StatusCode::kOk),
                                  Pair("work", absl::StatusCode::kOk)));
  EXPECT_EQ(polls_.NextRun(), absl::InfiniteFuture());
  EXPECT_FALSE(polls_.open()) << "nobody may wait any more";
}

TEST_F(LongPollsTest, AFailedTryEndsTheWaitAndUndoesItself) {
  auto failing = Wait("failing");
  failing->attempt = [](Connection& db) -> absl::StatusOr<bool> {
    db.Run("DELETE FROM stores");
    return absl::DataLossError("broken");
  };
  polls_.Add(db(), failing);
  AddWait("next");
  items_[""] = 1;
  TouchAndRound(kTurns);
  EXPECT_THAT(ended_, ElementsAre(Pair("failing", absl::StatusCode::kDataLoss),
                                  Pair("next", absl::StatusCode::kOk)));
  EXPECT_EQ(db().Number("SELECT count(*) FROM stores"), 1);
}

TEST_F(LongPollsTest, AFailedStatementEndsTheWaitToo) {
  auto failing = Wait("failing");
  failing->attempt = [](Connection& db) -> absl::StatusOr<bool> {
    db.Run("DELETE FROM nowhere");
    return false;
  };
  polls_.Add(db(), failing);
  TouchAndRound(kTurns);
  EXPECT_THAT(ended_,
              ElementsAre(Pair("failing", absl::StatusCode::kInternal)));
}

TEST_F(LongPollsTest, WhoFoundSomethingLearnsHowTheCommitEnded) {
  AddWait("a");
  items_[""] = 1;
  polls_.Touch(kTurns);
  Round(false, absl::UnavailableError("disk full"));
  EXPECT_THAT(ended_, ElementsAre(Pair("a", absl::StatusCode::kUnavailable)));
}

TEST_F(LongPollsTest, AfterAFailedCommitTheOthersAreTriedAgain) {
  AddWait("a");
  AddWait("b");
  items_[""] = 1;
  polls_.Touch(kTurns);
  Round(false, absl::UnavailableError("disk full"));
  items_[""] = 1;  // what "a" took is there again
  EXPECT_LT(polls_.NextRun(), absl::Now() + absl::Seconds(1));
  Round();
  EXPECT_THAT(Ended(), ElementsAre("a", "b"));
}

TEST_F(LongPollsTest, ATouchWaitsForATransactionThatWorks) {
  AddWait("a");
  polls_.Touch(kTurns);
  std::vector<CommitQueue::Finish> at_once;
  EXPECT_TRUE(polls_.Prepare(false, at_once));
  // The transaction could not begin, so BeforeCommit was never called.
  EXPECT_LT(polls_.NextRun(), absl::Now() + absl::Seconds(1));
  items_[""] = 1;
  EXPECT_TRUE(Round());
  EXPECT_THAT(Ended(), ElementsAre("a"));
}

TEST_F(LongPollsTest, TheObserverLearnsHowManyWait) {
  AddWait("a");
  AddWait("b");
  AddWait("c", kWork);
  EXPECT_EQ(observer_.waits[Queue::kOrchestrator], 2);
  EXPECT_EQ(observer_.waits[Queue::kWorker], 1);
  polls_.EndAll();
  EXPECT_EQ(observer_.waits[Queue::kOrchestrator], 0);
  EXPECT_EQ(observer_.waits[Queue::kWorker], 0);
}

}  // namespace
}  // namespace duroxide::sqlite
