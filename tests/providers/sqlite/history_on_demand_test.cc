// Items whose history is left out: FETCH-9.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

class HistoryOnDemand : public RoomTest {
 protected:
  // Makes "a" with events up to `last`, and a message for it.
  void MakeWithEvents(uint64_t last) {
    v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
    *ack.mutable_metadata() = Recorded();
    for (uint64_t id = 1; id <= last; ++id) {
      *ack.add_history_delta() = Scheduled(id, "charge the card");
    }
    TakeTurn(ack, "a");
    Enqueue(Raised("a", ""), 100);
  }

  // The next item, of a caller that wants so many events at most, in a message
  // of so many bytes.
  v1::OrchestrationItem FetchWith(uint32_t max_inline_events,
                                  uint64_t max_bytes = 1 << 20) {
    v1::FetchOrchestrationItemsRequest request = FetchTurns();
    request.set_max_inline_events(max_inline_events);
    const auto turn = LockNextTurn(db(), kStore, request, max_bytes, NowUs());
    EXPECT_TRUE(turn.has_value());
    const auto item = ReadTurn(db(), *turn, request, max_bytes);
    EXPECT_TRUE(item.ok()) << item.status();
    return (*item).value().item();
  }
};

TEST_F(HistoryOnDemand, ALongerOneIsLeftOut) {
  MakeWithEvents(3);
  const v1::OrchestrationItem item = FetchWith(2);
  EXPECT_TRUE(item.history_omitted());
  EXPECT_EQ(item.history_size(), 0);
  EXPECT_EQ(item.last_event_id(), 3u);
  EXPECT_EQ(item.last_event().activity_scheduled().input(), "charge the card");
  EXPECT_EQ(item.last_event().event_id(), 3u);
  EXPECT_EQ(item.messages_size(), 1);
  EXPECT_EQ(item.orchestration_name(), "ProcessOrder");
}

TEST_F(HistoryOnDemand, OneThatIsAsLongAsItMayBeIsNot) {
  MakeWithEvents(3);
  const v1::OrchestrationItem item = FetchWith(3);
  EXPECT_FALSE(item.history_omitted());
  EXPECT_EQ(item.history_size(), 3);
  EXPECT_EQ(item.last_event_id(), 3u);
  EXPECT_FALSE(item.has_last_event());
}

TEST_F(HistoryOnDemand, NoneIsLeftOutUnasked) {
  MakeWithEvents(3);
  const v1::OrchestrationItem item = MustFetch(NowUs()).item();
  EXPECT_EQ(item.history_size(), 3);
  EXPECT_EQ(item.last_event_id(), 3u);
}

TEST_F(HistoryOnDemand, WithoutEventsTheLastIdIs0) {
  Enqueue(Start("a"), 100);
  const v1::OrchestrationItem item = FetchWith(0);
  EXPECT_FALSE(item.history_omitted());
  EXPECT_TRUE(item.has_last_event_id());
  EXPECT_EQ(item.last_event_id(), 0u);
}

TEST_F(HistoryOnDemand, ACorruptOneIsNotLookedAt) {
  MakeWithEvents(3);
  db().Run("UPDATE history SET data = ?", Blob{"\xff"});
  const v1::OrchestrationItem item = FetchWith(2);
  EXPECT_TRUE(item.history_omitted());
  EXPECT_FALSE(item.has_history_error());
  EXPECT_EQ(item.last_event_id(), 3u);
  EXPECT_FALSE(item.has_last_event()) << "it cannot be read back";
}

TEST_F(HistoryOnDemand, ItsSizeDoesNotMatter) {
  MakeWithEvents(200);
  const v1::OrchestrationItem item = FetchWith(2, 1000);
  EXPECT_TRUE(item.history_omitted());
  EXPECT_FALSE(item.has_history_error());
  EXPECT_TRUE(item.has_last_event());
}

TEST_F(HistoryOnDemand, ALastEventThatFitsNoMessageIsLeftOutToo) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(1, std::string(2000, 'x'));
  TakeTurn(ack, "a");
  Enqueue(Raised("a", ""), 100);
  const v1::OrchestrationItem item = FetchWith(0, 1000);
  EXPECT_TRUE(item.history_omitted());
  EXPECT_FALSE(item.has_history_error());
  EXPECT_EQ(item.last_event_id(), 1u);
  EXPECT_FALSE(item.has_last_event());
}

}  // namespace
}  // namespace duroxide::sqlite
