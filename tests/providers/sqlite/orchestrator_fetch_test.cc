// Which instance a fetch gives, and with which messages (FETCH-1 to FETCH-6).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;

class OrchestratorFetch : public RoomTest {
 protected:
  // The instances that are given out from now on, in their order.
  std::vector<std::string> FetchAll(int64_t now_us) {
    std::vector<std::string> instances;
    while (auto item = Fetch(now_us)) {
      instances.push_back(item->item().instance());
    }
    return instances;
  }

  int64_t Messages() {
    return db().Number("SELECT count(*) FROM messages").value_or(-1);
  }
  int64_t Instances() {
    return db().Number("SELECT count(*) FROM instances").value_or(-1);
  }
};

TEST_F(OrchestratorFetch, NoWorkIsNothing) { EXPECT_FALSE(Fetch(NowUs())); }

TEST_F(OrchestratorFetch, OneInstanceHasOneHolder) {
  Enqueue(Start("a"), 100);
  Enqueue(Start("b"), 200);
  EXPECT_EQ(MustFetch(1000).item().instance(), "a");
  Enqueue(Raised("a", "while locked"), 50);
  EXPECT_EQ(MustFetch(1000).item().instance(), "b")
      << "another instance is not affected";
  EXPECT_FALSE(Fetch(1000));
}

TEST_F(OrchestratorFetch, EachLockHasATokenOfItsOwn) {
  std::set<std::string> tokens;
  for (int i = 0; i < 20; ++i) {
    Enqueue(Start("order-" + std::to_string(i)), 1);
    tokens.insert(MustFetch(1000).lock_token());
  }
  EXPECT_EQ(tokens.size(), 20u);
}

TEST_F(OrchestratorFetch, TheBatchIsWhatIsVisibleInTheOrderOfEnqueueing) {
  Enqueue(Start("a"), 300);
  Enqueue(Raised("a", "first"), 200);
  Enqueue(Queued("a", "second"), 100);
  Enqueue(Raised("a", "not yet"), 5000);
  EXPECT_THAT(TextsOf(MustFetch(1000).item()),
              ElementsAre("start", "first", "second"));
}

TEST_F(OrchestratorFetch, WhatArrivesLaterSurvivesTheTurn) {
  const int64_t now_us = NowUs();
  Enqueue(Start("a"), 100);
  Enqueue(Raised("a", "delayed"), now_us + kHourUs);
  const v1::LockedOrchestrationItem first = MustFetch(now_us);
  // Visible for longer than what was fetched, and yet not part of it.
  Enqueue(Raised("a", "later"), 50);
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, first.lock_token());
  *ack.mutable_metadata() = Recorded();
  ASSERT_TRUE(AckTurn(db(), kStore, ack).ok());
  EXPECT_THAT(TextsOf(MustFetch(NowUs()).item()), ElementsAre("later"));
  EXPECT_EQ(Messages(), 2);
}

TEST_F(OrchestratorFetch, TheLongestWaitComesFirst) {
  Enqueue(Start("young"), 300);
  Enqueue(Start("old"), 100);
  Enqueue(Start("middle"), 200);
  EXPECT_THAT(FetchAll(1000), ElementsAre("old", "middle", "young"));
}

TEST_F(OrchestratorFetch, TheOldestMessageCountsNotTheNewest) {
  Enqueue(Start("a"), 200);
  Enqueue(Start("b"), 300);
  MakeInstance("known");
  Enqueue(Raised("known", "new"), 400);
  Enqueue(Raised("known", "old"), 100);
  EXPECT_THAT(FetchAll(1000), ElementsAre("known", "a", "b"));
}

TEST_F(OrchestratorFetch, TiesGoByEnqueueing) {
  for (const char* id : {"c", "a", "b"}) Enqueue(Start(id), 100);
  EXPECT_THAT(FetchAll(1000), ElementsAre("c", "a", "b"));
}

TEST_F(OrchestratorFetch, ADelayedMessageWaitsFromWhenItIsVisible) {
  Enqueue(Start("delayed"), 500);
  Enqueue(Start("early"), 400);
  Enqueue(Start("late"), 600);
  EXPECT_THAT(FetchAll(450), ElementsAre("early"));
  EXPECT_THAT(FetchAll(1000), ElementsAre("delayed", "late"));
}

TEST_F(OrchestratorFetch, ATimerThatIsEnqueuedIsAMessageLikeAnother) {
  MakeInstance("a");
  const int64_t now_us = NowUs();
  Enqueue(Fires("a", static_cast<uint64_t>(now_us + kHourUs)), now_us);
  EXPECT_TRUE(Fetch(now_us)) << "only an ack's timer waits for its moment";
}

TEST_F(OrchestratorFetch, AnEmptiedInstanceWaitsAnewWithItsNextMessage) {
  MakeInstance("a");
  EXPECT_FALSE(Fetch(NowUs()));
  Enqueue(Raised("a", "again"), 100);
  EXPECT_THAT(TextsOf(MustFetch(1000).item()), ElementsAre("again"));
}

TEST_F(OrchestratorFetch, AStrayMessageWaitsForItsStart) {
  Enqueue(Done("a", 7), 100);
  EXPECT_FALSE(Fetch(1000));
  EXPECT_EQ(db().Number("SELECT attempts FROM messages"), 0);
  EXPECT_EQ(db().Number("SELECT count(*) FROM instances"
                        " WHERE locked_until_us IS NULL"),
            1);
  Enqueue(Start("a"), 200);
  const v1::LockedOrchestrationItem item = MustFetch(1000);
  EXPECT_THAT(TextsOf(item.item()), ElementsAre("done", "start"));
  EXPECT_EQ(item.attempt_count(), 1u) << "waiting was no attempt";
}

TEST_F(OrchestratorFetch, AContinueAsNewStartsAnInstanceToo) {
  Enqueue(Raised("a", "early"), 100);
  Enqueue(ContinueAsNew("a"), 200);
  EXPECT_THAT(TextsOf(MustFetch(1000).item()),
              ElementsAre("early", "continue"));
}

TEST_F(OrchestratorFetch, ADelayedStartHoldsTheRestBack) {
  const int64_t now_us = NowUs();
  Enqueue(Raised("a", "early"), 100);
  Enqueue(Start("a"), now_us + kHourUs);
  EXPECT_FALSE(Fetch(now_us));
  EXPECT_THAT(TextsOf(MustFetch(now_us + kHourUs).item()),
              ElementsAre("early", "start"));
}

TEST_F(OrchestratorFetch, WhatWaitedForADelayedStartHasKeptItsPlace) {
  const int64_t now_us = NowUs();
  Enqueue(Start("a"), now_us + kHourUs);
  Enqueue(Raised("a", "early"), 100);
  Enqueue(Start("b"), 200);
  Enqueue(Start("c"), now_us + 2 * kHourUs);
  // Visible before its start, but not yet when that was enqueued.
  Enqueue(Raised("c", "late"), now_us + kHourUs / 2);
  EXPECT_THAT(FetchAll(now_us + 2 * kHourUs), ElementsAre("a", "b", "c"));
}

TEST_F(OrchestratorFetch, ADelayedStartIsBehindWhatCouldBeGivenBefore) {
  const int64_t now_us = NowUs();
  Enqueue(Start("a"), now_us + kHourUs);
  Enqueue(Raised("a", "early"), 100);
  Enqueue(Start("b"), 200);
  EXPECT_THAT(FetchAll(now_us), ElementsAre("b"));
  EXPECT_THAT(FetchAll(now_us + kHourUs), ElementsAre("a", "b"))
      << "the lock of b has run out";
}

TEST_F(OrchestratorFetch, AStrayThatIsDelayedWaitsToo) {
  const int64_t now_us = NowUs();
  Enqueue(Raised("a", "delayed"), now_us + kHourUs);
  EXPECT_FALSE(Fetch(now_us + 2 * kHourUs));
  EXPECT_EQ(Messages(), 1);
  Enqueue(Start("a"), now_us);
  EXPECT_THAT(TextsOf(MustFetch(now_us + 2 * kHourUs).item()),
              ElementsAre("delayed", "start"));
}

TEST_F(OrchestratorFetch, StraysDoNotStarveOthers) {
  const absl::Status filled = InSavepoint(db(), [this] {
    for (int i = 0; i < 1000; ++i) {
      Enqueue(Done("stray-" + std::to_string(i), 1), 1);
    }
    Enqueue(Start("a"), 100);
    return absl::OkStatus();
  });
  ASSERT_TRUE(filled.ok()) << filled;
  EXPECT_THAT(FetchAll(1000), ElementsAre("a"));
  EXPECT_EQ(Messages(), 1001) << "every stray is still there";
}

TEST_F(OrchestratorFetch, QueueMessagesForNobodyAreDropped) {
  Enqueue(Queued("nobody", "one"), 100);
  Enqueue(Queued("nobody", "two"), 200);
  EXPECT_FALSE(Fetch(1000));
  EXPECT_EQ(Messages(), 0);
  EXPECT_EQ(Instances(), 0) << "no trace of the instance is left";
}

TEST_F(OrchestratorFetch, QueueMessagesNotYetVisibleAreNotDropped) {
  const int64_t now_us = NowUs();
  Enqueue(Queued("nobody", "now"), 100);
  Enqueue(Queued("nobody", "later"), now_us + kHourUs);
  EXPECT_FALSE(Fetch(now_us));
  EXPECT_EQ(Messages(), 1);
  Enqueue(Start("nobody"), now_us);
  EXPECT_THAT(TextsOf(MustFetch(now_us + kHourUs).item()),
              ElementsAre("later", "start"));
}

TEST_F(OrchestratorFetch, QueueMessagesBesideAnyOtherAreKept) {
  Enqueue(Queued("a", "note"), 100);
  Enqueue(Done("a", 7), 200);
  EXPECT_FALSE(Fetch(1000));
  EXPECT_EQ(Messages(), 2);
  Enqueue(Start("a"), 300);
  EXPECT_THAT(TextsOf(MustFetch(1000).item()),
              ElementsAre("note", "done", "start"));
}

TEST_F(OrchestratorFetch, AQueueMessageOfAKnownInstanceIsGiven) {
  MakeInstance("a");
  Enqueue(Queued("a", "note"), 100);
  EXPECT_THAT(TextsOf(MustFetch(1000).item()), ElementsAre("note"));
}

TEST_F(OrchestratorFetch, AHistoryWithoutARecordMakesAnInstanceKnown) {
  v1::AppendHistoryRequest append;
  append.set_instance("a");
  append.set_execution_id(1);
  *append.add_events() = Scheduled(1);
  Enqueue(Done("a", 1), 100);
  ASSERT_FALSE(Fetch(1000));
  ASSERT_TRUE(AppendOutsideTurn(db(), kStore, append).ok());
  EXPECT_THAT(TextsOf(MustFetch(1000).item()), ElementsAre("done"));
}

TEST_F(OrchestratorFetch, StoresShareNoMessages) {
  const int64_t other = AddStore();
  Enqueue(Start("a"), 100);
  EXPECT_FALSE(Fetch(1000, other));
  Enqueue(Start("a"), 100, other);
  EXPECT_TRUE(Fetch(1000, other));
  EXPECT_TRUE(Fetch(1000)) << "one store's lock is none in the other";
}

}  // namespace
}  // namespace duroxide::sqlite
