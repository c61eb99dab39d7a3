#include "providers/sqlite/stores.h"

#include <gtest/gtest.h>

#include <string>

#include "providers/errors.h"
#include "providers/sqlite/large_data.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/worker_queue.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/raw_database.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

class Stores : public RoomTest {
 protected:
  // Something of every kind that a store can hold.
  void Fill(int64_t store) {
    const std::string large(kLargeItem, 'x');
    v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
    *ack.mutable_metadata() =
        Recorded(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
    *ack.add_history_delta() = SetKey(1, "left", "1");
    *ack.add_history_delta() = SetStatus(2, "busy");
    TakeTurn(ack, "order", store);
    *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_RUNNING);
    ack.set_execution_id(2);
    *ack.mutable_history_delta(0) = SetKey(1, "changed", "2");
    TakeTurn(ack, "order", store);
    *ack.mutable_history_delta(0) = Scheduled(3, large);
    ack.mutable_history_delta()->DeleteSubrange(1, 1);
    TakeTurn(ack, "order", store);
    Enqueue(Raised("order", large), 1, store);
    Enqueue(Raised("order", "message"), 1, store);
    EnqueueWork(db(), store, InSession(Activity("order", 1), "s"));
    EnqueueWork(db(), store, InSession(Activity("order", 2), "s"));
    ASSERT_TRUE(FetchWork(NowUs(), FetchActivitiesAs("me"), store));
    v1::WorkItem activity = Activity("order", 3);
    activity.mutable_activity_execute()->set_input(large);
    EnqueueWork(db(), store, activity);
    db().Run(
        "INSERT INTO request_outcomes (store_key, request_id,"
        " fingerprint, recorded_us) VALUES (?, 'id', 1, 1)",
        store);
  }
};

TEST_F(Stores, TheDefaultStoreIsThere) {
  EXPECT_EQ(FindStore(db(), "").value(), kDefaultStore);
}

TEST_F(Stores, AnUnknownStoreIsNotFound) {
  const absl::Status missing = FindStore(db(), "nowhere").status();
  EXPECT_EQ(ReasonOf(missing), v1::ERROR_REASON_STORE_NOT_FOUND);
  EXPECT_NE(missing.message().find("nowhere"), std::string::npos);
  EXPECT_EQ(ReasonOf(DropStore(db(), "nowhere")),
            v1::ERROR_REASON_STORE_NOT_FOUND);
}

TEST_F(Stores, EachGetsANameOfItsOwn) {
  const std::string one = CreateStore(db(), "same label");
  const std::string two = CreateStore(db(), "same label");
  EXPECT_NE(one, two);
  EXPECT_NE(FindStore(db(), one).value(), FindStore(db(), two).value());
}

TEST_F(Stores, TheDefaultStoreIsNotDropped) {
  EXPECT_EQ(ReasonOf(DropStore(db(), "")), v1::ERROR_REASON_INVALID_REQUEST);
  EXPECT_TRUE(FindStore(db(), "").ok());
}

TEST_F(Stores, DroppingLeavesNoTraceAndNoOtherAlone) {
  Fill(kStore);
  // Every table has something; otherwise this test proves nothing of it.
  RawDatabase raw(file());
  for (const std::string& table :
       raw.Column("SELECT name FROM sqlite_master WHERE type = 'table'"
                  " AND name NOT LIKE 'sqlite%'")) {
    EXPECT_NE(raw.Value("SELECT count(*) FROM " + table), "0") << table;
  }
  const std::string before = raw.Dump();
  const std::string name = CreateStore(db(), "another");
  Fill(FindStore(db(), name).value());
  EXPECT_NE(raw.Dump(), before);
  ASSERT_TRUE(DropStore(db(), name).ok());
  EXPECT_EQ(raw.Dump(), before);
  EXPECT_FALSE(FindStore(db(), name).ok());
}

TEST_F(Stores, AKeyIsNeverUsedAgain) {
  const std::string name = CreateStore(db(), "");
  const int64_t key = FindStore(db(), name).value();
  ASSERT_TRUE(DropStore(db(), name).ok());
  EXPECT_GT(FindStore(db(), CreateStore(db(), "")).value(), key);
}

}  // namespace
}  // namespace duroxide::sqlite
