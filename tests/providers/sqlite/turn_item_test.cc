// The item that a fetch gives: FETCH-4, FETCH-8.

#include <gtest/gtest.h>

#include <string>

#include "providers/sqlite/deletion.h"
#include "providers/sqlite/history.h"
#include "providers/sqlite/instances.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

class TurnItem : public RoomTest {
 protected:
  // The item of the next instance, where a message may have so many bytes.
  v1::LockedOrchestrationItem FetchUpTo(uint64_t max_bytes) {
    const auto turn =
        LockNextTurn(db(), kStore, FetchTurns(), max_bytes, NowUs());
    EXPECT_TRUE(turn.has_value());
    const auto item = ReadTurn(db(), *turn, FetchTurns(), max_bytes);
    EXPECT_TRUE(item.ok()) << item.status();
    return (*item).value();
  }
};

TEST_F(TurnItem, ANewInstanceIsDescribedByItsStart) {
  v1::WorkItem start = Start("a");
  start.mutable_start_orchestration()->set_version("2.1.0");
  Enqueue(Raised("a", "before"), 50);
  Enqueue(start, 100);
  const v1::OrchestrationItem item = MustFetch(NowUs()).item();
  EXPECT_EQ(item.orchestration_name(), "ProcessOrder");
  EXPECT_EQ(item.version(), "2.1.0");
  EXPECT_EQ(item.execution_id(), 1u);
  EXPECT_EQ(item.history_size(), 0);
  EXPECT_EQ(item.kv_snapshot_size(), 0);
  EXPECT_FALSE(item.has_history_error());
}

TEST_F(TurnItem, OrByItsContinueAsNew) {
  Enqueue(ContinueAsNew("a"), 100);
  const v1::OrchestrationItem item = MustFetch(NowUs()).item();
  EXPECT_EQ(item.orchestration_name(), "ProcessOrder");
  EXPECT_EQ(item.version(), "unknown");
  EXPECT_EQ(item.execution_id(), 1u);
}

TEST_F(TurnItem, TheRecordCountsOnceItIsThere) {
  MakeInstance("a");
  v1::WorkItem start = Start("a");
  start.mutable_start_orchestration()->set_orchestration("Another");
  start.mutable_start_orchestration()->set_version("9.9.9");
  Enqueue(start, 100);
  const v1::OrchestrationItem item = MustFetch(NowUs()).item();
  EXPECT_EQ(item.orchestration_name(), "ProcessOrder");
  EXPECT_EQ(item.version(), "1.0.0");
}

TEST_F(TurnItem, WithoutARecordNothingIsKnownOfAnInstance) {
  v1::AppendHistoryRequest append;
  append.set_instance("a");
  append.set_execution_id(1);
  *append.add_events() = Scheduled(1);
  ASSERT_TRUE(AppendOutsideTurn(db(), kStore, append).ok());
  Enqueue(Raised("a", ""), 100);
  const v1::OrchestrationItem item = MustFetch(NowUs()).item();
  EXPECT_EQ(item.orchestration_name(), "");
  EXPECT_EQ(item.version(), "unknown");
  EXPECT_EQ(item.history_size(), 1);
}

TEST_F(TurnItem, HoldsTheCurrentExecutionsHistoryOnly) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(1, "old");
  TakeTurn(ack, "a");
  ack.set_execution_id(2);
  *ack.mutable_history_delta(0) = Scheduled(2, "new, second");
  *ack.add_history_delta() = Scheduled(1, "new, first");
  TakeTurn(ack, "a");
  Enqueue(Raised("a", ""), 100);
  const v1::OrchestrationItem item = MustFetch(NowUs()).item();
  EXPECT_EQ(item.execution_id(), 2u);
  ASSERT_EQ(item.history_size(), 2);
  EXPECT_EQ(item.history(0).activity_scheduled().input(), "new, first");
  EXPECT_EQ(item.history(1).activity_scheduled().input(), "new, second");
}

TEST_F(TurnItem, ACorruptHistoryIsToldInTheItem) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(1);
  *ack.add_history_delta() = Scheduled(2);
  TakeTurn(ack, "a");
  db().Run("UPDATE history SET data = ? WHERE event_id = 2", Blob{"\xff"});
  Enqueue(Raised("a", "message"), 100);
  const int64_t now_us = NowUs();
  const v1::LockedOrchestrationItem locked = MustFetch(now_us);
  EXPECT_NE(locked.item().history_error().find("event 2"), std::string::npos);
  EXPECT_EQ(locked.item().history_size(), 0) << "no half of a history";
  EXPECT_EQ(locked.item().messages_size(), 1);
  EXPECT_FALSE(Fetch(now_us)) << "it is locked";
  EXPECT_EQ(MustFetch(now_us + kHourUs).attempt_count(), 2u) << "and counted";
}

TEST_F(TurnItem, AHistoryThatFitsNoMessageIsToldInTheItem) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(1, std::string(5000, 'x'));
  TakeTurn(ack, "a");
  Enqueue(Raised("a", "message"), 100);
  const v1::OrchestrationItem item = FetchUpTo(5000).item();
  EXPECT_NE(item.history_error().find("does not fit"), std::string::npos);
  EXPECT_EQ(item.history_size(), 0);
  EXPECT_EQ(item.messages_size(), 1);
}

TEST_F(TurnItem, SoIsOneThatFitsNotWithItsMessages) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(1, std::string(3000, 'x'));
  TakeTurn(ack, "a");
  Enqueue(Raised("a", std::string(3000, 'y')), 100);
  const v1::LockedOrchestrationItem locked = FetchUpTo(5000);
  EXPECT_TRUE(locked.item().has_history_error());
  EXPECT_EQ(locked.item().messages_size(), 1);
  EXPECT_LE(locked.ByteSizeLong(), 5000u);
}

TEST_F(TurnItem, KeyValuesAreLeftOutLast) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_COMPLETED);
  *ack.add_history_delta() = SetKey(1, "cart", std::string(3000, 'x'));
  TakeTurn(ack, "a");
  Enqueue(Raised("a", std::string(3000, 'y')), 100);
  const v1::LockedOrchestrationItem locked = FetchUpTo(5000);
  EXPECT_TRUE(locked.item().has_history_error());
  EXPECT_EQ(locked.item().kv_snapshot_size(), 0);
  EXPECT_EQ(locked.item().messages_size(), 1);
  EXPECT_LE(locked.ByteSizeLong(), 5000u);
}

TEST_F(TurnItem, ABatchEndsBeforeWhatDoesNotFit) {
  MakeInstance("a");
  for (const char* data : {"1", "2", "3"}) {
    Enqueue(Raised("a", std::string(2000, *data)), 100);
  }
  // Later in the order, and small: it does not go before the third.
  Enqueue(Raised("a", "4"), 100);
  const v1::LockedOrchestrationItem first = FetchUpTo(5000);
  EXPECT_LE(first.ByteSizeLong(), 5000u);
  EXPECT_FALSE(first.item().has_history_error());
  ASSERT_EQ(first.item().messages_size(), 2);
  EXPECT_EQ(first.item().messages(1).external_raised().data()[0], '2');
  EXPECT_EQ(first.attempt_count(), 1u);

  ASSERT_TRUE(AckTurn(db(), kStore, AckTurnOf(1, first.lock_token())).ok());
  const v1::LockedOrchestrationItem rest = FetchUpTo(5000);
  ASSERT_EQ(rest.item().messages_size(), 2);
  EXPECT_EQ(rest.item().messages(0).external_raised().data()[0], '3');
  EXPECT_EQ(rest.attempt_count(), 1u) << "as if it had come later";
}

TEST_F(TurnItem, HistoryAndKeyValuesTakeTheirRoom) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_COMPLETED);
  *ack.add_history_delta() = SetKey(1, "cart", std::string(1000, 'x'));
  TakeTurn(ack, "a");
  for (const char* data : {"1", "2"}) {
    Enqueue(Raised("a", std::string(1500, *data)), 100);
  }
  // One value as an event and as what it has left.
  const v1::LockedOrchestrationItem locked = FetchUpTo(5000);
  EXPECT_FALSE(locked.item().has_history_error());
  EXPECT_EQ(locked.item().history_size(), 1);
  EXPECT_EQ(locked.item().kv_snapshot_size(), 1);
  EXPECT_EQ(locked.item().messages_size(), 1);
}

TEST_F(TurnItem, AHistoryThatDoesNotFitTakesNone) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(1, std::string(6000, 'x'));
  TakeTurn(ack, "a");
  for (const char* data : {"1", "2"}) {
    Enqueue(Raised("a", std::string(1500, *data)), 100);
  }
  const v1::LockedOrchestrationItem locked = FetchUpTo(5000);
  EXPECT_TRUE(locked.item().has_history_error());
  EXPECT_EQ(locked.item().messages_size(), 2);
}

TEST_F(TurnItem, ANewInstanceIsNotGivenWithoutItsStart) {
  Enqueue(Raised("a", std::string(1000, '1')), 100);
  Enqueue(Raised("a", std::string(1000, '2')), 100);
  Enqueue(Start("a"), 100);
  Enqueue(Raised("a", "3"), 100);
  const v1::LockedOrchestrationItem locked = FetchUpTo(2000);
  EXPECT_EQ(locked.item().orchestration_name(), "ProcessOrder");
  EXPECT_EQ(locked.item().messages_size(), 3);
}

TEST_F(TurnItem, NothingIsReadOfAnInstanceThatIsGone) {
  MakeInstance("a");
  Enqueue(Raised("a", ""), 100);
  const auto turn = LockNextTurn(db(), kStore, FetchTurns(), 1 << 20, NowUs());
  ASSERT_TRUE(turn);
  v1::DeleteInstanceRequest request;
  request.set_instance("a");
  request.set_force(true);
  v1::DeletionResult result;
  ASSERT_TRUE(DeleteTree(db(), kStore, request, result).ok());
  const auto item = ReadTurn(db(), *turn, FetchTurns(), 1 << 20);
  ASSERT_TRUE(item.ok()) << item.status();
  EXPECT_FALSE(item->has_value());
}

}  // namespace
}  // namespace duroxide::sqlite
