#include "providers/sqlite/connection.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "providers/errors.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

class ConnectionTest : public RoomTest {
 protected:
  ConnectionTest() {
    db().RunScript(
        "CREATE TABLE numbers (n INTEGER PRIMARY KEY, name TEXT);"
        "INSERT INTO numbers VALUES (1, 'one'), (2, 'two'), (3, NULL)");
  }

  int64_t Count() {
    return db().Number("SELECT count(*) FROM numbers").value_or(-1);
  }

  // A statement that fails: there is a row 1.
  void Fail() { db().Run("INSERT INTO numbers VALUES (1, 'again')"); }
};

TEST_F(ConnectionTest, TheFirstErrorStays) {
  Fail();
  const absl::Status first = db().error();
  ASSERT_FALSE(first.ok());
  EXPECT_NE(first.message().find("INSERT INTO numbers"), std::string::npos)
      << "the message names the statement: " << first;
  db().Run("INSERT INTO no_such_table VALUES (1)");
  EXPECT_EQ(db().error(), first);
  db().ClearError();
}

TEST_F(ConnectionTest, AfterAnErrorNothingIsDone) {
  Fail();
  EXPECT_EQ(db().Run("INSERT INTO numbers VALUES (4, 'four')"), 0);
  EXPECT_EQ(db().Number("SELECT n FROM numbers LIMIT 1"), std::nullopt);
  db().RunScript("DELETE FROM numbers");
  db().ClearError();
  EXPECT_EQ(Count(), 3);
}

TEST_F(ConnectionTest, AnErrorEndsARunThatIsUnderWay) {
  Rows rows = db().Query("SELECT n FROM numbers");
  ASSERT_TRUE(rows.Next());
  Fail();
  EXPECT_FALSE(rows.Next());
  db().ClearError();
}

TEST_F(ConnectionTest, WorksAgainOnceTheErrorIsCleared) {
  Fail();
  db().ClearError();
  EXPECT_EQ(db().Run("INSERT INTO numbers VALUES (4, 'four')"), 1);
  EXPECT_EQ(Count(), 4);
}

TEST_F(ConnectionTest, AStatementThatCannotBePreparedIsAnError) {
  db().Run("SELECT nonsense FROM nowhere");
  EXPECT_EQ(ReasonOf(db().error()), v1::ERROR_REASON_INTERNAL);
  db().ClearError();
}

TEST_F(ConnectionTest, RunsOneStatementWithinItself) {
  std::vector<std::pair<int64_t, int64_t>> pairs;
  const auto walk = [&](auto&& self, int64_t above, int depth) -> void {
    Rows rows =
        db().Query("SELECT n FROM numbers WHERE n > ? ORDER BY n", above);
    while (rows.Next()) {
      pairs.emplace_back(depth, rows.Int(0));
      self(self, rows.Int(0), depth + 1);
    }
  };
  walk(walk, 0, 0);
  EXPECT_EQ(pairs,
            (std::vector<std::pair<int64_t, int64_t>>{
                {0, 1}, {1, 2}, {2, 3}, {1, 3}, {0, 2}, {1, 3}, {0, 3}}));
}

TEST_F(ConnectionTest, KeepsNoParametersOfAnEarlierRun) {
  const auto find = [this](std::optional<int64_t> n) {
    return db().Number("SELECT n FROM numbers WHERE n IS ?", n);
  };
  EXPECT_EQ(find(2), 2);
  EXPECT_EQ(find(std::nullopt), std::nullopt);
}

TEST_F(ConnectionTest, NullAndEmptyAreDifferent) {
  db().Run("UPDATE numbers SET name = ? WHERE n = 1", std::string_view());
  Rows rows = db().Query("SELECT name FROM numbers WHERE n <> 2 ORDER BY n");
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.OptionalText(0), "");
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.OptionalText(0), std::nullopt);
  EXPECT_TRUE(rows.IsNull(0));
}

TEST_F(ConnectionTest, BytesComeBackAsTheyWere) {
  const std::string bytes("\0\xff\x80 a\0", 6);
  Rows rows = db().Query("SELECT ?, ?", Blob{bytes}, Blob{""});
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Bytes(0), bytes);
  EXPECT_FALSE(rows.IsNull(1));
}

TEST_F(ConnectionTest, RunTellsHowManyRowsItChanged) {
  EXPECT_EQ(db().Run("UPDATE numbers SET name = 'x' WHERE n >= 2"), 2);
  EXPECT_EQ(db().Run("UPDATE numbers SET name = 'x' WHERE n > 9"), 0);
}

TEST_F(ConnectionTest, ASavepointKeepsWhatSucceeds) {
  EXPECT_TRUE(InSavepoint(db(), [this] {
                db().Run("DELETE FROM numbers WHERE n = 1");
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(Count(), 2);
}

TEST_F(ConnectionTest, ASavepointUndoesWhatReturnsAnError) {
  const absl::Status status = InSavepoint(db(), [this] {
    db().Run("DELETE FROM numbers");
    return absl::CancelledError("changed my mind");
  });
  EXPECT_EQ(status, absl::CancelledError("changed my mind"));
  EXPECT_EQ(Count(), 3);
}

TEST_F(ConnectionTest, ASavepointUndoesWhereAStatementFails) {
  const absl::Status status = InSavepoint(db(), [this] {
    db().Run("DELETE FROM numbers WHERE n = 3");
    Fail();
    return absl::OkStatus();
  });
  EXPECT_FALSE(status.ok()) << "the statement's error is the outcome";
  EXPECT_TRUE(db().error().ok());
  EXPECT_EQ(Count(), 3);
}

TEST_F(ConnectionTest, AnInnerSavepointUndoesOnlyItself) {
  EXPECT_TRUE(InSavepoint(db(), [this] {
                db().Run("DELETE FROM numbers WHERE n = 1");
                EXPECT_FALSE(InSavepoint(db(), [this] {
                               db().Run("DELETE FROM numbers");
                               return absl::CancelledError("inner");
                             }).ok());
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(Count(), 2);
}

TEST_F(ConnectionTest, ASavepointThatLostItsTransactionLeavesTheError) {
  db().Run("BEGIN IMMEDIATE");
  db().Run("DELETE FROM numbers WHERE n = 1");
  const absl::Status status = InSavepoint(db(), [this] {
    // As SQLite does by itself where the disk is full.
    db().Run("INSERT OR ROLLBACK INTO numbers VALUES (2, 'again')");
    return absl::OkStatus();
  });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(db().error(), status) << "the whole transaction has failed";
  db().ClearError();
  EXPECT_EQ(Count(), 3);
}

TEST_F(ConnectionTest, WaitsForAnotherWriter) {
  auto other =
      Connection::Open(file(), Connection::Mode::kReadWrite, absl::Seconds(30));
  ASSERT_TRUE(other.ok()) << other.status();
  (*other)->Run("BEGIN IMMEDIATE");
  std::thread writer([this] { db().Run("DELETE FROM numbers WHERE n = 1"); });
  // Whether or not it waits already, it has to outlast this.
  (*other)->Run("DELETE FROM numbers WHERE n = 2");
  (*other)->Run("COMMIT");
  writer.join();
  EXPECT_TRUE((*other)->error().ok()) << (*other)->error();
  EXPECT_EQ(Count(), 1);
}

TEST_F(ConnectionTest, ABusyStoreIsToldAfterTheTimeout) {
  auto other = Connection::Open(file(), Connection::Mode::kReadWrite,
                                absl::ZeroDuration());
  ASSERT_TRUE(other.ok()) << other.status();
  db().Run("BEGIN IMMEDIATE");
  (*other)->Run("BEGIN IMMEDIATE");
  EXPECT_EQ(ReasonOf((*other)->error()), v1::ERROR_REASON_STORE_BUSY);
  EXPECT_TRUE(IsRetryable((*other)->error()));
  db().Run("COMMIT");
}

TEST_F(ConnectionTest, AReaderCannotWrite) {
  auto reader =
      Connection::Open(file(), Connection::Mode::kReadOnly, absl::Seconds(30));
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->Number("SELECT count(*) FROM numbers"), 3);
  (*reader)->Run("DELETE FROM numbers");
  EXPECT_FALSE((*reader)->error().ok());
  EXPECT_EQ(Count(), 3);
}

TEST_F(ConnectionTest, OpeningNoDirectoryIsUnavailable) {
  const auto opened =
      Connection::Open(file() + "/no/such/directory",
                       Connection::Mode::kReadWrite, absl::Seconds(1));
  EXPECT_TRUE(absl::IsUnavailable(opened.status())) << opened.status();
}

}  // namespace
}  // namespace duroxide::sqlite
