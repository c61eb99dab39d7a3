#include "providers/sqlite/database.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "providers/errors.h"
#include "providers/sqlite/history.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/request_log.h"
#include "providers/sqlite/stores.h"
#include "providers/sqlite/worker_queue.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/raw_database.h"
#include "tests/support/temp_dir.h"

namespace duroxide::sqlite {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  std::string file() const { return dir_.File("test.db"); }

  // The released steps and one more: what the next version will open with.
  static std::vector<const char*> NextSchema() {
    std::vector<const char*> steps(SchemaSteps().begin(), SchemaSteps().end());
    steps.push_back(
        "CREATE TABLE later (n INTEGER);"
        "INSERT INTO later SELECT count(*) FROM stores");
    return steps;
  }

  absl::StatusOr<std::unique_ptr<Connection>> Open(
      absl::Span<const char* const> steps = SchemaSteps()) {
    return OpenForWriting(file(), absl::Seconds(30), steps);
  }

 private:
  testing_support::TempDir dir_;
};

TEST_F(DatabaseTest, MakesAFreshFile) {
  {
    const auto db = Open();
    ASSERT_TRUE(db.ok()) << db.status();
    EXPECT_EQ((*db)->Number("SELECT store_key FROM stores WHERE name = ''"), 1);
  }
  RawDatabase raw(file());
  EXPECT_EQ(raw.Value("PRAGMA user_version"),
            std::to_string(SchemaSteps().size()));
  EXPECT_EQ(raw.Value("PRAGMA journal_mode"), "wal");
}

TEST_F(DatabaseTest, AnEmptyFileIsFresh) {
  WriteBytes(file(), "");
  EXPECT_TRUE(Open().ok());
}

TEST_F(DatabaseTest, WritesAreDurableAtCommit) {
  const auto db = Open();
  ASSERT_TRUE(db.ok()) << db.status();
  constexpr int kFull = 2;
  EXPECT_EQ((*db)->Number("PRAGMA synchronous"), kFull);
}

TEST_F(DatabaseTest, DeletedPagesAreNotWrittenOnceMore) {
  const auto db = Open();
  ASSERT_TRUE(db.ok()) << db.status();
  EXPECT_EQ((*db)->Number("PRAGMA secure_delete"), 0);
}

TEST_F(DatabaseTest, KeepsWhatItHoldsWhenItIsOpenedAgain) {
  {
    const auto db = Open();
    ASSERT_TRUE(db.ok()) << db.status();
    (*db)->Run(
        "INSERT INTO stores (name, label, created_ms) VALUES"
        " ('kept', '', 0)");
  }
  const auto db = Open();
  ASSERT_TRUE(db.ok()) << db.status();
  EXPECT_EQ((*db)->Number("SELECT count(*) FROM stores"), 2);
}

TEST_F(DatabaseTest, BringsAnOlderFileForward) {
  ASSERT_TRUE(Open().ok());
  {
    const auto db = Open(NextSchema());
    ASSERT_TRUE(db.ok()) << db.status();
    EXPECT_EQ((*db)->Number("SELECT n FROM later"), 1)
        << "the step saw what was stored";
  }
  {
    const auto again = Open(NextSchema());
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ((*again)->Number("SELECT count(*) FROM later"), 1)
        << "a step is taken once";
  }
  EXPECT_EQ(RawDatabase(file()).Value("PRAGMA user_version"),
            std::to_string(SchemaSteps().size() + 1));
}

TEST_F(DatabaseTest, BringsAFileOfTheFirstVersionForward) {
  {
    const auto db = Open(SchemaSteps().first(1));
    ASSERT_TRUE(db.ok()) << db.status();
    (*db)->Run(
        "INSERT INTO instances (store_key, instance_id, due_us, due_message)"
        " VALUES (1, 'order-1', 7, 1)");
  }
  const auto db = Open();
  ASSERT_TRUE(db.ok()) << db.status();
  EXPECT_EQ((*db)->Number("SELECT count(*) FROM instances"
                          " WHERE due_us = 7 AND awaits_start = 0"),
            1);
}

TEST_F(DatabaseTest, RowsOfTheSecondVersionKeepTheirLargeBytes) {
  v1::WorkItem large = Activity("order-1", 1);
  large.mutable_activity_execute()->set_input(std::string(100'000, 'x'));
  const std::string data = large.SerializeAsString();
  {
    const auto db = Open(SchemaSteps().first(2));
    ASSERT_TRUE(db.ok()) << db.status();
    (*db)->Run(
        "INSERT INTO work_items (store_key, instance_id, execution_id,"
        " activity_id, data) VALUES (1, 'order-1', 1, 1, ?)",
        Blob{data});
    (*db)->Run(
        "INSERT INTO history (instance_key, execution_id, event_id, data)"
        " VALUES (1, 1, 1, ?)",
        Blob{Scheduled(1, std::string(100'000, 'y')).SerializeAsString()});
    ASSERT_TRUE((*db)->error().ok()) << (*db)->error();
  }
  const auto db = Open();
  ASSERT_TRUE(db.ok()) << db.status();
  const auto item =
      LockNextWork(**db, kDefaultStore, FetchActivities(), NowUs());
  ASSERT_TRUE(item);
  EXPECT_EQ(item->item().SerializeAsString(), data);
  Events events;
  ASSERT_TRUE(ReadEvents(**db, 1, 1, events).ok());
  ASSERT_EQ(events.size(), 1);
  EXPECT_EQ(events[0].activity_scheduled().input().size(), 100'000u);
}

TEST_F(DatabaseTest, RequestsOfTheSecondVersionAreKnown) {
  {
    const auto db = Open(SchemaSteps().first(2));
    ASSERT_TRUE(db.ok()) << db.status();
    (*db)->Run(
        "INSERT INTO request_outcomes (store_key, request_id, fingerprint,"
        " recorded_us, response) VALUES (1, 'id', 12345, ?, x'')",
        NowUs());
  }
  const auto db = Open();
  ASSERT_TRUE(db.ok()) << db.status();
  v1::AckWorkItemResponse response;
  bool done = false;
  const Outcome outcome =
      DoOnce(**db, {.store = 1, .request_id = "id", .fingerprint = 678},
             response, [&] {
               done = true;
               return absl::OkStatus();
             });
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_FALSE(done);
}

TEST_F(DatabaseTest, AStepThatFailsChangesNothing) {
  ASSERT_TRUE(Open().ok());
  const std::string before = RawDatabase(file()).Dump();
  std::vector<const char*> steps = NextSchema();
  steps.push_back("CREATE TABLE half (n INTEGER); CREATE TABLE later (n)");
  EXPECT_FALSE(Open(steps).ok());
  RawDatabase raw(file());
  EXPECT_EQ(raw.Dump(), before);
  EXPECT_EQ(raw.Value("PRAGMA user_version"),
            std::to_string(SchemaSteps().size()));
}

TEST_F(DatabaseTest, RefusesANewerSchemaAndLeavesTheFileAlone) {
  ASSERT_TRUE(Open(NextSchema()).ok());
  const std::string before = BytesOf(file());
  const auto refused = Open();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  const std::string message(refused.status().message());
  EXPECT_NE(message.find(file()), std::string::npos) << message;
  const size_t newest = SchemaSteps().size();
  EXPECT_NE(message.find(absl::StrCat("schema version ", newest + 1,
                                      ", this program knows up to ", newest)),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("newer duroxide-provider"), std::string::npos)
      << message;
  EXPECT_EQ(BytesOf(file()), before);
  EXPECT_EQ(BytesOf(file() + "-wal"), "");
}

TEST_F(DatabaseTest, RefusingLeavesTheLogOfAnotherProcessAlone) {
  const auto newer = Open(NextSchema());
  ASSERT_TRUE(newer.ok()) << newer.status();
  (*newer)->Run("INSERT INTO later VALUES (7)");
  const std::string file_before = BytesOf(file());
  const std::string log_before = BytesOf(file() + "-wal");
  ASSERT_NE(log_before, "");
  EXPECT_FALSE(Open().ok());
  EXPECT_EQ(BytesOf(file()), file_before);
  EXPECT_EQ(BytesOf(file() + "-wal"), log_before);
}

TEST_F(DatabaseTest, RefusesTheLogThatAKilledProcessLeft) {
  const std::string copy = file() + ".copy";
  {
    const auto newer = Open(NextSchema());
    ASSERT_TRUE(newer.ok()) << newer.status();
    (*newer)->Run("INSERT INTO later VALUES (7)");
    // What is there if the process is killed now.
    WriteBytes(copy, BytesOf(file()));
    WriteBytes(copy + "-wal", BytesOf(file() + "-wal"));
  }
  const std::string file_before = BytesOf(copy);
  const std::string log_before = BytesOf(copy + "-wal");
  const auto refused = OpenForWriting(copy, absl::Seconds(30));
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status())) << refused.status();
  EXPECT_EQ(BytesOf(copy), file_before);
  EXPECT_EQ(BytesOf(copy + "-wal"), log_before);
}

TEST_F(DatabaseTest, RefusesADatabaseOfAnotherProgram) {
  RawDatabase(file()).Run("CREATE TABLE recipes (name TEXT)");
  const std::string before = BytesOf(file());
  const auto refused = Open();
  EXPECT_TRUE(absl::IsDataLoss(refused.status())) << refused.status();
  EXPECT_NE(refused.status().message().find("another program"),
            std::string::npos)
      << refused.status();
  EXPECT_EQ(BytesOf(file()), before);
}

TEST_F(DatabaseTest, RefusesAnotherProgramsEmptyDatabase) {
  RawDatabase(file()).Run("PRAGMA application_id = 12; VACUUM");
  const std::string before = BytesOf(file());
  EXPECT_TRUE(absl::IsDataLoss(Open().status()));
  EXPECT_EQ(BytesOf(file()), before);
}

TEST_F(DatabaseTest, ManyMayOpenAFreshFileAtOnce) {
  for (int round = 0; round < 20; ++round) {
    const std::string fresh = file() + std::to_string(round);
    std::vector<std::future<absl::Status>> opens;
    for (int i = 0; i < 8; ++i) {
      opens.push_back(std::async(std::launch::async, [&fresh] {
        return OpenForWriting(fresh, absl::Seconds(30)).status();
      }));
    }
    for (std::future<absl::Status>& open : opens) {
      const absl::Status status = open.get();
      EXPECT_TRUE(status.ok()) << status;
    }
    EXPECT_EQ(RawDatabase(fresh).Value("SELECT count(*) FROM stores"), "1");
  }
}

// SQLite itself does not wait when it changes the journal's mode.
TEST_F(DatabaseTest, WaitsForTheLockThatWalModeNeeds) {
  RawDatabase raw(file());
  raw.Run("BEGIN IMMEDIATE");
  std::future<absl::Status> open =
      std::async(std::launch::async, [this] { return Open().status(); });
  EXPECT_EQ(open.wait_for(std::chrono::milliseconds(100)),
            std::future_status::timeout);
  raw.Run("COMMIT");
  const absl::Status status = open.get();
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(DatabaseTest, GivesUpOnWalModeWhenTheFileStaysLocked) {
  RawDatabase raw(file());
  raw.Run("BEGIN IMMEDIATE");
  const auto opened = OpenForWriting(file(), absl::Milliseconds(10));
  EXPECT_TRUE(absl::IsUnavailable(opened.status())) << opened.status();
}

TEST_F(DatabaseTest, ManyMayBringAFileForwardAtOnce) {
  ASSERT_TRUE(Open().ok());
  const std::vector<const char*> steps = NextSchema();
  std::vector<std::future<absl::Status>> opens;
  for (int i = 0; i < 4; ++i) {
    opens.push_back(
        std::async(std::launch::async, [&] { return Open(steps).status(); }));
  }
  for (std::future<absl::Status>& open : opens) {
    const absl::Status status = open.get();
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ(RawDatabase(file()).Value("SELECT count(*) FROM later"), "1");
}

TEST_F(DatabaseTest, AFileLockedByAnotherProgramIsUnavailable) {
  ASSERT_TRUE(Open().ok());
  RawDatabase raw(file());
  raw.Run(
      "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE;"
      "DELETE FROM sessions");
  const auto opened = OpenForWriting(file(), absl::Milliseconds(10));
  EXPECT_TRUE(absl::IsUnavailable(opened.status())) << opened.status();
  EXPECT_NE(opened.status().message().find(file()), std::string::npos);
}

TEST_F(DatabaseTest, MemoryIsFreshEachTime) {
  for (int i = 0; i < 2; ++i) {
    const auto db = OpenForWriting(":memory:", absl::Seconds(1));
    ASSERT_TRUE(db.ok()) << db.status();
    EXPECT_EQ((*db)->Number("SELECT count(*) FROM stores"), 1);
    (*db)->Run(
        "INSERT INTO stores (name, label, created_ms) VALUES"
        " ('gone', '', 0)");
  }
}

}  // namespace
}  // namespace duroxide::sqlite
