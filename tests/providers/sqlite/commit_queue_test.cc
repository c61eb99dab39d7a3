#include "providers/sqlite/commit_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <mutex>
#include <string>
#include <vector>

#include "providers/errors.h"
#include "providers/sqlite/database.h"
#include "tests/providers/sqlite/raw_database.h"
#include "tests/support/temp_dir.h"

namespace duroxide::sqlite {
namespace {

namespace v1 = ::duroxide::provider::v1;
using ::testing::ElementsAre;

// Remembers how many requests went with each commit.
class CountingObserver : public EngineObserver {
 public:
  void OnCommit(int64_t requests, absl::Duration) override {
    const std::lock_guard lock(mutex_);
    commits_.push_back(requests);
  }
  void OnLongPollsWaiting(Queue, int64_t) override {}
  void OnLocksExpired(Queue, int64_t) override {}

  std::vector<int64_t> commits() const {
    const std::lock_guard lock(mutex_);
    return commits_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<int64_t> commits_;
};

// Does what a test tells it; else nothing.
class ScriptedCompanion : public CommitQueue::Companion {
 public:
  absl::Time NextRun() override { return next_run; }
  bool Prepare(bool others_wrote,
               std::vector<CommitQueue::Finish>& finished) override {
    next_run = absl::InfiniteFuture();
    return prepare && prepare(others_wrote, finished);
  }
  void BeforeCommit(Connection& connection,
                    std::vector<CommitQueue::Finish>& finished) override {
    if (before_commit) before_commit(connection, finished);
  }
  void AfterRollback() override { ++rollbacks; }

  // For the writer's thread, once the queue runs.
  absl::Time next_run = absl::InfiniteFuture();
  int rollbacks = 0;
  std::function<bool(bool, std::vector<CommitQueue::Finish>&)> prepare;
  std::function<void(Connection&, std::vector<CommitQueue::Finish>&)>
      before_commit;
};

class CommitQueueTest : public ::testing::Test {
 protected:
  CommitQueueTest() : raw_(dir_.File("test.db")) {}

  // Starts the queue on a table of numbers. Answers are told on its thread.
  void Start(absl::Duration busy_timeout = absl::Seconds(30)) {
    auto connection = OpenForWriting(dir_.File("test.db"), busy_timeout);
    ASSERT_TRUE(connection.ok()) << connection.status();
    (*connection)
        ->RunScript(
            "PRAGMA foreign_keys = ON;"
            "CREATE TABLE numbers (n INTEGER PRIMARY KEY,"
            " of INTEGER REFERENCES numbers (n) DEFERRABLE INITIALLY "
            "DEFERRED)");
    queue_ = std::make_unique<CommitQueue>(
        *std::move(connection), [](CommitQueue::Task task) { task(); },
        &companion_, &observer_);
  }

  std::future<absl::Status> Submit(CommitQueue::Work work) {
    auto promise = std::make_shared<std::promise<absl::Status>>();
    std::future<absl::Status> outcome = promise->get_future();
    queue_->Submit(std::move(work), [promise](absl::Status status) {
      promise->set_value(std::move(status));
    });
    return outcome;
  }
  std::future<absl::Status> SubmitInsert(int64_t n) {
    return Submit([n](Connection& db) {
      db.Run("INSERT INTO numbers VALUES (?, NULL)", n);
      return absl::OkStatus();
    });
  }

  // Keeps the writer busy until the gate is opened, so that what is submitted
  // meanwhile goes into one transaction.
  class Gate {
   public:
    explicit Gate(CommitQueueTest& test) {
      std::latch entered(1);
      closed_ = test.Submit([&](Connection&) {
        entered.count_down();
        open_.get_future().wait();
        return absl::OkStatus();
      });
      entered.wait();
    }
    void Open() {
      open_.set_value();
      EXPECT_TRUE(closed_.get().ok());
    }

   private:
    std::promise<void> open_;
    std::future<absl::Status> closed_;
  };

  std::vector<std::string> Numbers() {
    return raw_.Column("SELECT n FROM numbers ORDER BY n");
  }

  testing_support::TempDir dir_;
  RawDatabase raw_;
  CountingObserver observer_;
  ScriptedCompanion companion_;
  std::unique_ptr<CommitQueue> queue_;
};

TEST_F(CommitQueueTest, ARequestIsDurableWhenItsCallerLearnsOfIt) {
  Start();
  std::promise<std::vector<std::string>> seen;
  queue_->Submit(
      [](Connection& db) {
        db.Run("INSERT INTO numbers VALUES (7, NULL)");
        return absl::OkStatus();
      },
      [&](const absl::Status&) { seen.set_value(Numbers()); });
  EXPECT_THAT(seen.get_future().get(), ElementsAre("7"));
}

TEST_F(CommitQueueTest, WhatQueuedUpIsOneTransaction) {
  Start();
  Gate gate(*this);
  std::vector<std::future<absl::Status>> outcomes;
  for (int64_t n = 1; n <= 100; ++n) outcomes.push_back(SubmitInsert(n));
  gate.Open();
  for (auto& outcome : outcomes) EXPECT_TRUE(outcome.get().ok());
  queue_.reset();
  EXPECT_THAT(observer_.commits(), ElementsAre(1, 64, 36))
      << "the gate's, and then groups as large as they may be";
  EXPECT_EQ(Numbers().size(), 100u);
}

TEST_F(CommitQueueTest, RequestsRunAndAreToldInTheirOrder) {
  Start();
  std::vector<int> ran;
  std::vector<int> told;
  {
    Gate gate(*this);
    for (int i = 0; i < 10; ++i) {
      queue_->Submit(
          [&ran, i](Connection&) {
            ran.push_back(i);
            return absl::OkStatus();
          },
          [&told, i](const absl::Status&) { told.push_back(i); });
    }
    gate.Open();
  }
  queue_.reset();
  const auto ascending = ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  EXPECT_THAT(ran, ascending);
  EXPECT_THAT(told, ascending);
}

TEST_F(CommitQueueTest, OnesFailureIsItsOwn) {
  Start();
  Gate gate(*this);
  auto first = SubmitInsert(1);
  auto returns_error = Submit([](Connection& db) {
    db.Run("INSERT INTO numbers VALUES (2, NULL)");
    return absl::CancelledError("no");
  });
  auto fails_statement = Submit([](Connection& db) {
    db.Run("INSERT INTO numbers VALUES (3, NULL)");
    db.Run("INSERT INTO numbers VALUES (1, NULL)");
    return absl::OkStatus();
  });
  auto last = SubmitInsert(4);
  gate.Open();
  EXPECT_TRUE(first.get().ok());
  EXPECT_EQ(returns_error.get(), absl::CancelledError("no"));
  EXPECT_FALSE(fails_statement.get().ok());
  EXPECT_TRUE(last.get().ok());
  EXPECT_THAT(Numbers(), ElementsAre("1", "4"));
  queue_.reset();
  EXPECT_THAT(observer_.commits(), ElementsAre(1, 4)) << "one transaction";
}

TEST_F(CommitQueueTest, TheCommitsFailureIsEverybodys) {
  Start();
  Gate gate(*this);
  auto innocent = SubmitInsert(1);
  auto guilty = Submit([](Connection& db) {
    // Refers to what is not there: SQLite finds it at the commit.
    db.Run("INSERT INTO numbers VALUES (2, 99)");
    return absl::OkStatus();
  });
  auto failed_anyway =
      Submit([](Connection&) { return absl::CancelledError("no"); });
  gate.Open();
  const absl::Status commit = guilty.get();
  EXPECT_FALSE(commit.ok());
  EXPECT_EQ(innocent.get(), commit);
  EXPECT_EQ(failed_anyway.get(), commit);
  EXPECT_THAT(Numbers(), ElementsAre());
  EXPECT_TRUE(SubmitInsert(3).get().ok()) << "the next one is not touched";
  EXPECT_THAT(Numbers(), ElementsAre("3"));
}

TEST_F(CommitQueueTest, ATransactionThatSqliteEndedFailsForEverybody) {
  Start();
  Gate gate(*this);
  auto before = SubmitInsert(1);
  auto guilty = Submit([](Connection& db) {
    // As a full disk does: the transaction is gone.
    db.Run("INSERT OR ROLLBACK INTO numbers VALUES (1, NULL)");
    return absl::OkStatus();
  });
  auto after = SubmitInsert(2);
  gate.Open();
  EXPECT_FALSE(before.get().ok());
  EXPECT_FALSE(guilty.get().ok());
  EXPECT_FALSE(after.get().ok()) << "it must not run on its own";
  EXPECT_THAT(Numbers(), ElementsAre());
  EXPECT_TRUE(SubmitInsert(3).get().ok());
}

TEST_F(CommitQueueTest, ABusyStoreIsToldAndForgotten) {
  Start(absl::Milliseconds(1));
  raw_.Run("BEGIN IMMEDIATE");
  std::atomic<bool> ran = false;
  auto busy = Submit([&](Connection&) {
    ran = true;
    return absl::OkStatus();
  });
  EXPECT_EQ(ReasonOf(busy.get()), v1::ERROR_REASON_STORE_BUSY);
  EXPECT_FALSE(ran);
  raw_.Run("COMMIT");
  EXPECT_TRUE(SubmitInsert(1).get().ok());
  queue_.reset();
  EXPECT_THAT(observer_.commits(), ElementsAre(1)) << "only what was committed";
}

TEST_F(CommitQueueTest, WhatWasSubmittedIsFinishedAtTheEnd) {
  Start();
  Gate gate(*this);
  std::vector<std::future<absl::Status>> outcomes;
  for (int64_t n = 1; n <= 200; ++n) outcomes.push_back(SubmitInsert(n));
  gate.Open();
  queue_.reset();
  for (auto& outcome : outcomes) EXPECT_TRUE(outcome.get().ok());
  EXPECT_EQ(Numbers().size(), 200u);
}

TEST_F(CommitQueueTest, ATaskRunsOutsideOfATransaction) {
  Start();
  std::promise<void> ran;
  queue_->Post([&] {
    raw_.Run("BEGIN IMMEDIATE; COMMIT");  // nobody else is writing
    ran.set_value();
  });
  ran.get_future().wait();
  queue_.reset();
  EXPECT_THAT(observer_.commits(), ElementsAre());
}

TEST_F(CommitQueueTest, TheCompanionIsRunWhenItAsksFor) {
  std::promise<void> ran;
  companion_.next_run = absl::Now();
  companion_.prepare = [&](bool, std::vector<CommitQueue::Finish>& finished) {
    finished.push_back([&](const absl::Status& status) {
      EXPECT_TRUE(status.ok());
      ran.set_value();
    });
    return false;
  };
  Start();
  ran.get_future().wait();
  queue_.reset();
  EXPECT_THAT(observer_.commits(), ElementsAre()) << "it wanted none";
}

TEST_F(CommitQueueTest, TheCompanionMayWantATransactionOfItsOwn) {
  std::promise<absl::Status> told;
  companion_.next_run = absl::Now();
  companion_.prepare = [](bool, std::vector<CommitQueue::Finish>&) {
    return true;
  };
  companion_.before_commit = [&](Connection& db,
                                 std::vector<CommitQueue::Finish>& finished) {
    db.Run("INSERT INTO numbers VALUES (5, NULL)");
    finished.push_back(
        [&](absl::Status status) { told.set_value(std::move(status)); });
  };
  Start();
  EXPECT_TRUE(told.get_future().get().ok());
  EXPECT_THAT(Numbers(), ElementsAre("5"));
}

TEST_F(CommitQueueTest, TheCommitsFailureIsTheCompanionsToo) {
  std::vector<absl::StatusCode> told;
  companion_.before_commit = [&](Connection&,
                                 std::vector<CommitQueue::Finish>& finished) {
    finished.push_back(
        [&](const absl::Status& status) { told.push_back(status.code()); });
  };
  Start();
  const absl::Status failed = Submit([](Connection& db) {
                                db.Run("INSERT INTO numbers VALUES (2, 99)");
                                return absl::OkStatus();
                              }).get();
  EXPECT_FALSE(failed.ok());
  EXPECT_TRUE(SubmitInsert(3).get().ok());
  queue_.reset();
  EXPECT_THAT(told, ElementsAre(failed.code(), absl::StatusCode::kOk));
  EXPECT_EQ(companion_.rollbacks, 1);
}

TEST_F(CommitQueueTest, TheCompanionLearnsThatAnotherProcessWrote) {
  std::vector<bool> others_wrote;
  companion_.prepare = [&](bool others, std::vector<CommitQueue::Finish>&) {
    others_wrote.push_back(others);
    return false;
  };
  Start();
  EXPECT_TRUE(SubmitInsert(1).get().ok());
  EXPECT_TRUE(SubmitInsert(2).get().ok());
  raw_.Run("INSERT INTO numbers VALUES (3, NULL)");
  EXPECT_TRUE(SubmitInsert(4).get().ok());
  EXPECT_TRUE(SubmitInsert(5).get().ok());
  queue_.reset();
  EXPECT_THAT(others_wrote, ElementsAre(false, false, true, false));
}

}  // namespace
}  // namespace duroxide::sqlite
