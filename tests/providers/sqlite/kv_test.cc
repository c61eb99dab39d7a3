#include "providers/sqlite/kv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "providers/sqlite/instances.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;

class KeyValues : public RoomTest {
 protected:
  KeyValues() { MakeInstance("order"); }

  int64_t Key(const std::string& id = "order") {
    return FindInstance(db(), kStore, id).value().key;
  }

  // Commits a turn with these events.
  void Turn(const std::vector<v1::Event>& events,
            v1::OrchestrationStatus status = v1::ORCHESTRATION_STATUS_RUNNING,
            uint64_t execution_id = 1, const std::string& id = "order") {
    v1::AckOrchestrationItemRequest ack = AckTurnOf(execution_id);
    *ack.mutable_metadata() = Recorded(status);
    for (v1::Event event : events) {
      event.set_event_id(++last_event_id_);
      *ack.add_history_delta() = event;
    }
    TakeTurn(ack, id);
  }

  std::vector<std::string> Values(const std::string& id = "order") {
    KvEntries entries;
    ReadKvValues(db(), Key(id), entries);
    return AsText(entries);
  }
  std::vector<std::string> Snapshot() {
    KvEntries entries;
    ReadKvSnapshot(db(), Key(), entries);
    return AsText(entries);
  }
  std::optional<std::string> Value(const std::string& key) {
    return ReadKvValue(db(), Key(), key);
  }

 private:
  static std::vector<std::string> AsText(const KvEntries& entries) {
    std::vector<std::string> text;
    for (const v1::KvEntry& entry : entries) {
      text.push_back(entry.key() + "=" + entry.value());
    }
    return text;
  }

  uint64_t last_event_id_ = 0;
};

TEST_F(KeyValues, ReadsSeeAChangeAtOnce) {
  EXPECT_THAT(Values(), ElementsAre());
  EXPECT_EQ(Value("a"), std::nullopt);
  Turn({SetKey(0, "b", "2"), SetKey(0, "a", "1")});
  EXPECT_THAT(Values(), ElementsAre("a=1", "b=2"));
  EXPECT_EQ(Value("a"), "1");
}

TEST_F(KeyValues, ChangesApplyInTheirOrder) {
  Turn({SetKey(0, "a", "1"), ClearKey(0, "a"), SetKey(0, "a", "2"),
        SetKey(0, "b", "1"), ClearKeys(0), SetKey(0, "c", "1"),
        SetKey(0, "d", "1"), ClearKey(0, "d")});
  EXPECT_THAT(Values(), ElementsAre("c=1"));
  EXPECT_EQ(Value("a"), std::nullopt);
  EXPECT_EQ(Value("d"), std::nullopt);
}

TEST_F(KeyValues, AnEmptyValueIsAValue) {
  Turn({SetKey(0, "a", "")});
  EXPECT_EQ(Value("a"), "");
  EXPECT_THAT(Values(), ElementsAre("a="));
}

TEST_F(KeyValues, KeysAreAnyText) {
  Turn({SetKey(0, "", "empty"), SetKey(0, "a'\"%_", "quotes"),
        SetKey(0, "\xc3\xa9\xf0\x9f\x8c\x8d", "letters")});
  EXPECT_EQ(Value(""), "empty");
  EXPECT_EQ(Value("a'\"%_"), "quotes");
  EXPECT_EQ(Value("\xc3\xa9\xf0\x9f\x8c\x8d"), "letters");
}

TEST_F(KeyValues, LargeValuesAreKept) {
  const std::string large(256 * 1024, 'v');
  Turn({SetKey(0, "a", large)}, v1::ORCHESTRATION_STATUS_COMPLETED);
  EXPECT_EQ(Value("a"), large);
}

TEST_F(KeyValues, ValuesKeepTheMomentTheyWereSetAt) {
  v1::Event set = SetKey(0, "a", "1");
  set.mutable_key_value_set()->set_last_updated_at_ms(1'700'000'000'123);
  Turn({set});
  KvEntries entries;
  ReadKvValues(db(), Key(), entries);
  EXPECT_EQ(entries[0].last_updated_at_ms(), 1'700'000'000'123u);
  Turn({}, v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  KvEntries snapshot;
  ReadKvSnapshot(db(), Key(), snapshot);
  EXPECT_EQ(snapshot[0].last_updated_at_ms(), 1'700'000'000'123u);
}

TEST_F(KeyValues, TheSnapshotWaitsForTheEndOfTheExecution) {
  Turn({SetKey(0, "a", "1")});
  EXPECT_THAT(Snapshot(), ElementsAre());
  Turn({SetKey(0, "b", "2")}, v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  EXPECT_THAT(Snapshot(), ElementsAre("a=1", "b=2"));
  Turn({SetKey(0, "a", "new"), ClearKey(0, "b"), SetKey(0, "c", "3")},
       v1::ORCHESTRATION_STATUS_RUNNING, 2);
  EXPECT_THAT(Snapshot(), ElementsAre("a=1", "b=2"))
      << "its own changes are not in it";
  EXPECT_THAT(Values(), ElementsAre("a=new", "c=3"));
}

TEST_F(KeyValues, EveryEndMerges) {
  uint64_t execution_id = 1;
  for (const auto status :
       {v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW,
        v1::ORCHESTRATION_STATUS_FAILED, v1::ORCHESTRATION_STATUS_COMPLETED}) {
    Turn({SetKey(0, std::to_string(execution_id), "x")}, status, execution_id);
    EXPECT_EQ(Snapshot().size(), execution_id);
    ++execution_id;
  }
}

TEST_F(KeyValues, ClearingReachesWhatEarlierExecutionsLeft) {
  Turn({SetKey(0, "a", "1"), SetKey(0, "b", "2")},
       v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  Turn({ClearKey(0, "a")}, v1::ORCHESTRATION_STATUS_RUNNING, 2);
  EXPECT_EQ(Value("a"), std::nullopt);
  EXPECT_THAT(Values(), ElementsAre("b=2"));
  Turn({SetKey(0, "c", "3"), ClearKeys(0)}, v1::ORCHESTRATION_STATUS_RUNNING,
       2);
  EXPECT_THAT(Values(), ElementsAre());
  EXPECT_THAT(Snapshot(), ElementsAre("a=1", "b=2"));
  Turn({}, v1::ORCHESTRATION_STATUS_COMPLETED, 2);
  EXPECT_THAT(Snapshot(), ElementsAre());
  EXPECT_EQ(db().Number("SELECT count(*) FROM kv_changes"), 0);
}

TEST_F(KeyValues, ASetAfterClearingAllStands) {
  Turn({SetKey(0, "a", "1")}, v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  Turn({ClearKeys(0), SetKey(0, "a", "2")},
       v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW, 2);
  EXPECT_THAT(Snapshot(), ElementsAre("a=2"));
}

TEST_F(KeyValues, InstancesNeverSeeEachOthers) {
  MakeInstance("another");
  Turn({SetKey(0, "a", "1")});
  Turn({SetKey(0, "a", "2")}, v1::ORCHESTRATION_STATUS_RUNNING, 1, "another");
  EXPECT_THAT(Values(), ElementsAre("a=1"));
  EXPECT_THAT(Values("another"), ElementsAre("a=2"));
  Turn({ClearKeys(0)}, v1::ORCHESTRATION_STATUS_COMPLETED, 1, "another");
  EXPECT_THAT(Values(), ElementsAre("a=1"));
}

TEST_F(KeyValues, TheFetchedItemCarriesTheSnapshot) {
  Turn({SetKey(0, "a", "1")}, v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  Turn({SetKey(0, "a", "2")}, v1::ORCHESTRATION_STATUS_RUNNING, 2);
  Enqueue(Raised("order", ""), 1);
  const v1::OrchestrationItem item = MustFetch(1000).item();
  ASSERT_EQ(item.kv_snapshot_size(), 1);
  EXPECT_EQ(item.kv_snapshot(0).value(), "1");
}

}  // namespace
}  // namespace duroxide::sqlite
