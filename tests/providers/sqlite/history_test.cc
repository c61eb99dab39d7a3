#include "providers/sqlite/history.h"

#include <gtest/gtest.h>

#include <string>

#include "providers/errors.h"
#include "providers/sqlite/instances.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

class History : public RoomTest {
 protected:
  History() : instance_(FindOrAddInstance(db(), kStore, "order")) {
    StartExecution(1);
  }

  void StartExecution(int64_t execution_id) {
    EnsureExecution(db(), instance_, execution_id);
    AdvanceCurrentExecution(db(), instance_, execution_id);
  }

  absl::Status Append(const std::vector<v1::Event>& events,
                      int64_t execution_id = 1) {
    const Events delta(events.begin(), events.end());
    return InSavepoint(db(), [&] {
      return AppendEvents(db(), instance_, execution_id, delta);
    });
  }

  // The events of an execution; fails the test where they cannot be read.
  Events Read(int64_t execution_id = 1) {
    Events events;
    const absl::Status read =
        ReadEvents(db(), instance_.key, execution_id, events);
    EXPECT_TRUE(read.ok()) << read;
    return events;
  }

  Instance instance_;
};

TEST_F(History, EventsComeBackByteForByte) {
  v1::Event event = Scheduled(1, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\x8d\n\t");
  event.set_writer_version("0.1.29");
  event.set_source_event_id(0);  // set, though it is 0
  event.set_timestamp_ms(1'700'000'000'123);
  ASSERT_TRUE(Append({event}).ok());
  const Events read = Read();
  ASSERT_EQ(read.size(), 1);
  EXPECT_EQ(read[0].SerializeAsString(), event.SerializeAsString());
  EXPECT_TRUE(read[0].has_source_event_id());
}

TEST_F(History, FieldsOfANewerWriterSurvive) {
  const std::string known = Scheduled(1).SerializeAsString();
  // Field 1000, a string, that this program does not know; and a kind 999.
  const std::string unknown("\xc2\x3e\x05later\xba\x3e\x02hi", 13);
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(known + unknown));
  ASSERT_TRUE(Append({event}).ok());
  EXPECT_EQ(Read()[0].SerializeAsString(), known + unknown);
}

TEST_F(History, EventsComeByTheirIds) {
  ASSERT_TRUE(Append({Scheduled(300), Scheduled(2)}).ok());
  ASSERT_TRUE(Append({Scheduled(10), Scheduled(1)}).ok());
  std::vector<uint64_t> ids;
  for (const v1::Event& event : Read()) ids.push_back(event.event_id());
  EXPECT_EQ(ids, (std::vector<uint64_t>{1, 2, 10, 300}));
}

TEST_F(History, LargeEventsAreKept) {
  const std::string large(1 << 20, 'x');
  ASSERT_TRUE(Append({Scheduled(1, large)}).ok());
  EXPECT_EQ(Read()[0].activity_scheduled().input(), large);
}

TEST_F(History, AnIdThatIsTakenIsADuplicate) {
  ASSERT_TRUE(Append({Scheduled(1, "first")}).ok());
  const absl::Status again = Append({Scheduled(2), Scheduled(1, "second")});
  EXPECT_EQ(ReasonOf(again), v1::ERROR_REASON_DUPLICATE_EVENT);
  EXPECT_NE(again.message().find("event 1"), std::string::npos) << again;
  const Events read = Read();
  ASSERT_EQ(read.size(), 1) << "the event beside it is not there either";
  EXPECT_EQ(read[0].activity_scheduled().input(), "first");
}

TEST_F(History, AnIdTwiceInOneDeltaIsADuplicate) {
  EXPECT_EQ(ReasonOf(Append({Scheduled(1), Scheduled(1)})),
            v1::ERROR_REASON_DUPLICATE_EVENT);
  EXPECT_EQ(Read().size(), 0);
}

TEST_F(History, EachExecutionCountsItsOwn) {
  StartExecution(2);
  ASSERT_TRUE(Append({Scheduled(1, "old")}, 1).ok());
  ASSERT_TRUE(Append({Scheduled(1, "new")}, 2).ok());
  EXPECT_EQ(Read(1)[0].activity_scheduled().input(), "old");
  EXPECT_EQ(Read(2)[0].activity_scheduled().input(), "new");
}

TEST_F(History, WhatIsUnknownHasNoEvents) {
  EXPECT_EQ(Read(7).size(), 0);
  instance_.key = 12345;
  EXPECT_EQ(Read().size(), 0);
}

TEST_F(History, EventsAreCountedAsTheyAreStored) {
  const v1::Event one = Scheduled(1, "input");
  const v1::Event two = Scheduled(2, "");
  ASSERT_TRUE(Append({one}).ok());
  ASSERT_TRUE(Append({two}).ok());
  EXPECT_EQ(db().Number("SELECT event_count FROM executions"), 2);
  EXPECT_EQ(db().Number("SELECT event_bytes FROM executions"),
            db().Number("SELECT sum(length(data)) FROM history"));
  EXPECT_EQ(db().Number("SELECT event_bytes FROM executions"),
            static_cast<int64_t>(one.ByteSizeLong() + two.ByteSizeLong()));
}

TEST_F(History, ADuplicateIsNotCounted) {
  ASSERT_TRUE(Append({Scheduled(1)}).ok());
  ASSERT_FALSE(Append({Scheduled(2), Scheduled(1)}).ok());
  EXPECT_EQ(db().Number("SELECT event_count FROM executions"), 1);
}

TEST_F(History, CorruptEventsAreToldNotDropped) {
  ASSERT_TRUE(Append({Scheduled(1), Scheduled(2)}).ok());
  EXPECT_EQ(CorruptEvents(db(), instance_), 2);
  Events events;
  EXPECT_EQ(ReasonOf(ReadEvents(db(), instance_.key, 1, events)),
            v1::ERROR_REASON_HISTORY_CORRUPT);
}

TEST_F(History, OneCorruptEventAmongManyIsNamed) {
  ASSERT_TRUE(Append({Scheduled(1), Scheduled(2), Scheduled(3)}).ok());
  db().Run("UPDATE history SET data = ? WHERE event_id = 2", Blob{"\xff"});
  Events events;
  const absl::Status read = ReadEvents(db(), instance_.key, 1, events);
  EXPECT_EQ(ReasonOf(read), v1::ERROR_REASON_HISTORY_CORRUPT);
  EXPECT_NE(read.message().find("event 2"), std::string::npos) << read;
}

TEST_F(History, AppendingReadsNothingBack) {
  ASSERT_TRUE(Append({Scheduled(1)}).ok());
  CorruptEvents(db(), instance_);
  EXPECT_TRUE(Append({Scheduled(2)}).ok());
  EXPECT_EQ(ReasonOf(Append({Scheduled(1)})), v1::ERROR_REASON_DUPLICATE_EVENT);
}

TEST_F(History, CorruptingLeavesOtherExecutionsAlone) {
  ASSERT_TRUE(Append({Scheduled(1)}, 1).ok());
  StartExecution(2);
  ASSERT_TRUE(Append({Scheduled(1)}, 2).ok());
  EXPECT_EQ(CorruptEvents(db(), instance_), 1);
  EXPECT_EQ(Read(1).size(), 1);
}

}  // namespace
}  // namespace duroxide::sqlite
