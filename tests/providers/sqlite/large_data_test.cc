// The bytes of large messages, activities and events lie apart from their rows:
// they come back whole, go with their rows, and are not written anew when a row
// changes.

#include "providers/sqlite/large_data.h"

#include <gtest/gtest.h>

#include <string>

#include "providers/errors.h"
#include "providers/sqlite/deletion.h"
#include "providers/sqlite/history.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

constexpr size_t kManyBytes = 100'000;
// What those take at least.
constexpr int64_t kManyPages = 20;

std::string Text(size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i) text += std::to_string(i) + " ";
  text.resize(bytes);
  return text;
}

v1::WorkItem ActivityOf(size_t bytes) {
  v1::WorkItem item = Activity("a", 1);
  item.mutable_activity_execute()->set_input(Text(bytes));
  return item;
}

// An item or an event that has so many bytes as it is stored.
template <typename Make>
auto OfStoredSize(size_t bytes, const Make& make) {
  auto made = make(bytes);
  made = make(bytes - (made.ByteSizeLong() - bytes));
  EXPECT_EQ(made.ByteSizeLong(), bytes);
  return made;
}

class LargeData : public RoomTest {
 protected:
  int64_t LargeMessages() {
    return db().Number("SELECT count(*) FROM large_messages").value_or(-1);
  }
  int64_t LargeActivities() {
    return db().Number("SELECT count(*) FROM large_work_items").value_or(-1);
  }
  int64_t LargeEvents() {
    return db().Number("SELECT count(*) FROM large_events").value_or(-1);
  }

  // The pages of the log that a change takes.
  template <typename Change>
  int64_t PagesOf(const Change& change) {
    db().CountLogPages();
    db().Run("UPDATE stores SET label = 'x' WHERE store_key = 1");
    const int64_t before = db().log_pages();
    EXPECT_TRUE(InSavepoint(db(), [&] {
                  change();
                  return absl::OkStatus();
                }).ok());
    return db().log_pages() - before;
  }

  // Makes "a" with one large event, and its turn over.
  void MakeInstanceWithLargeEvent() {
    v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
    *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_COMPLETED);
    *ack.add_history_delta() = Scheduled(1, Text(kManyBytes));
    Enqueue(Start("a"), 1);
    ack.set_lock_token(MustFetch(NowUs()).lock_token());
    const absl::Status acked = AckTurn(db(), kStore, ack);
    ASSERT_TRUE(acked.ok()) << acked;
  }
};

TEST_F(LargeData, AnActivityComesBackWholeAndGoesWithItsAck) {
  const v1::WorkItem stored = ActivityOf(kManyBytes);
  EnqueueWork(db(), kStore, stored);
  EXPECT_EQ(LargeActivities(), 1);
  const auto item = FetchWork(NowUs());
  ASSERT_TRUE(item);
  EXPECT_EQ(item->item().SerializeAsString(), stored.SerializeAsString());
  v1::AckWorkItemRequest ack;
  ack.set_lock_token(item->lock_token());
  ASSERT_TRUE(AckWork(db(), kStore, ack).ok());
  EXPECT_EQ(LargeActivities(), 0);
}

TEST_F(LargeData, AnActivityGoesWhenItIsCancelled) {
  EnqueueWork(db(), kStore, ActivityOf(kManyBytes));
  v1::ScheduledActivityIdentifier activity;
  activity.set_instance("a");
  activity.set_execution_id(1);
  activity.set_activity_id(1);
  CancelWork(db(), kStore, activity);
  EXPECT_EQ(LargeActivities(), 0);
}

TEST_F(LargeData, AMessageComesBackWholeAndGoesWithItsTurn) {
  Enqueue(Start("a"), 1);
  Enqueue(Raised("a", Text(kManyBytes)), 2);
  EXPECT_EQ(LargeMessages(), 1);
  const v1::LockedOrchestrationItem item = MustFetch(NowUs());
  EXPECT_EQ(TextsOf(item.item()),
            (std::vector<std::string>{"start", Text(kManyBytes)}));
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, item.lock_token());
  *ack.mutable_metadata() = Recorded();
  ASSERT_TRUE(AckTurn(db(), kStore, ack).ok());
  EXPECT_EQ(LargeMessages(), 0);
}

TEST_F(LargeData, AnEventComesBackWholeInItsPlace) {
  MakeInstanceWithLargeEvent();
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(2, "small");
  *ack.add_history_delta() = Scheduled(3, Text(kManyBytes + 1));
  TakeTurn(ack, "a");
  EXPECT_EQ(LargeEvents(), 2);
  Enqueue(Raised("a", ""), 1);
  const v1::LockedOrchestrationItem item = MustFetch(NowUs());
  ASSERT_EQ(item.item().history_size(), 3);
  EXPECT_EQ(item.item().history(0).SerializeAsString(),
            Scheduled(1, Text(kManyBytes)).SerializeAsString());
  EXPECT_EQ(item.item().history(1).activity_scheduled().input(), "small");
  EXPECT_EQ(item.item().history(2).activity_scheduled().input(),
            Text(kManyBytes + 1));
}

TEST_F(LargeData, ALargeLastEventComesWithoutItsHistory) {
  MakeInstanceWithLargeEvent();
  Enqueue(Raised("a", ""), 1);
  v1::FetchOrchestrationItemsRequest request = FetchTurns();
  request.set_max_inline_events(0);
  const auto item = Fetch(NowUs(), request);
  ASSERT_TRUE(item);
  EXPECT_TRUE(item->item().history_omitted());
  EXPECT_EQ(item->item().last_event().activity_scheduled().input(),
            Text(kManyBytes));
}

TEST_F(LargeData, ALargeEventThatCannotBeReadBackIsTold) {
  MakeInstanceWithLargeEvent();
  EXPECT_EQ(CorruptEvents(db(), *FindInstance(db(), kStore, "a")), 1);
  Enqueue(Raised("a", ""), 1);
  EXPECT_TRUE(MustFetch(NowUs()).item().has_history_error());
}

TEST_F(LargeData, AllOfItGoesWithTheInstance) {
  MakeInstanceWithLargeEvent();
  Enqueue(Raised("a", Text(kManyBytes)), 1);
  EnqueueWork(db(), kStore, ActivityOf(kManyBytes));
  EXPECT_EQ(LargeEvents() + LargeMessages() + LargeActivities(), 3);
  v1::DeleteInstancesRequest request;
  request.add_instances("a");
  request.set_force(true);
  v1::DeletionResult result;
  ASSERT_TRUE(DeleteNamed(db(), kStore, request, result).ok());
  EXPECT_EQ(LargeEvents() + LargeMessages() + LargeActivities(), 0);
  EXPECT_EQ(result.queue_messages_deleted(), 2u) << "each is counted once";
}

TEST_F(LargeData, WhatFitsAPageStaysInItsRow) {
  const auto activity = [](size_t bytes) { return ActivityOf(bytes); };
  EnqueueWork(db(), kStore, OfStoredSize(kLargeItem - 1, activity));
  EXPECT_EQ(LargeActivities(), 0);
  EnqueueWork(db(), kStore, OfStoredSize(kLargeItem, activity));
  EXPECT_EQ(LargeActivities(), 1);
  const auto message = [](size_t bytes) { return Raised("a", Text(bytes)); };
  Enqueue(OfStoredSize(kLargeItem - 1, message), 1);
  EXPECT_EQ(LargeMessages(), 0);
  Enqueue(OfStoredSize(kLargeItem, message), 1);
  EXPECT_EQ(LargeMessages(), 1);
}

TEST_F(LargeData, LocksDoNotWriteItAnew) {
  EXPECT_GT(PagesOf([&] { EnqueueWork(db(), kStore, ActivityOf(kManyBytes)); }),
            kManyPages);
  EXPECT_LT(PagesOf([&] { FetchWork(NowUs()); }), kManyPages);
  MakeInstance("a");
  EXPECT_GT(PagesOf([&] { Enqueue(Raised("a", Text(kManyBytes)), 1); }),
            kManyPages);
  EXPECT_LT(PagesOf([&] { MustFetch(NowUs()); }), kManyPages);
}

}  // namespace
}  // namespace duroxide::sqlite
