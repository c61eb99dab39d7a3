// The log is brought into the database file beside the writer, and begins anew.

#include "providers/sqlite/checkpoints.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "providers/sqlite/database.h"
#include "providers/sqlite/worker_threads.h"
#include "tests/providers/sqlite/raw_database.h"
#include "tests/support/temp_dir.h"

namespace duroxide::sqlite {
namespace {

// Checkpoints that are made on a thread, which ends before they do.
class OnThread {
 public:
  explicit OnThread(std::unique_ptr<Connection> connection)
      : checkpoints_(std::move(connection), [this](Checkpoints::Task task) {
          thread_.Add(
              [task = std::move(task)](Connection*) mutable { task(); });
        }) {}

  Checkpoints& operator*() { return checkpoints_; }
  Checkpoints* operator->() { return &checkpoints_; }

 private:
  Checkpoints checkpoints_;
  WorkerThreads thread_{std::vector<std::unique_ptr<Connection>>(1)};
};

class CheckpointsTest : public ::testing::Test {
 protected:
  CheckpointsTest() : writer_(Open()) {
    writer_->RunScript("CREATE TABLE rows (n INTEGER PRIMARY KEY, data BLOB)");
    writer_->CountLogPages();
  }

  std::unique_ptr<Connection> Open() {
    auto opened = OpenForWriting(file(), absl::Seconds(30));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  std::string file() const { return dir_.File("test.db"); }

  // Commits a row of some pages.
  void Commit() {
    writer_->Run("INSERT INTO rows (data) VALUES (zeroblob(200000))");
    ASSERT_TRUE(writer_->error().ok()) << writer_->error();
    ++rows_;
  }

  // Commits until the log has begun anew, or is this long.
  bool BeginsAnew(Checkpoints& checkpoints, int64_t pages) {
    for (int64_t last = 0; writer_->log_pages() < pages;) {
      Commit();
      checkpoints.AfterCommit(*writer_);
      if (writer_->log_pages() < last) return true;
      last = writer_->log_pages();
    }
    return false;
  }

  testing_support::TempDir dir_;
  std::unique_ptr<Connection> writer_;
  int rows_ = 0;
};

// How far the log may grow before the thread has had its turn, on a machine
// where it hardly gets one.
constexpr int64_t kEnough = 50 * Checkpoints::kLogPages;

TEST_F(CheckpointsTest, TheLogBeginsAnewWhileTheWriterGoesOn) {
  OnThread checkpoints(Open());
  EXPECT_TRUE(BeginsAnew(*checkpoints, kEnough));
  EXPECT_TRUE(BeginsAnew(*checkpoints, kEnough)) << "and again";
}

TEST_F(CheckpointsTest, NothingIsLost) {
  {
    OnThread checkpoints(Open());
    ASSERT_TRUE(BeginsAnew(*checkpoints, kEnough));
  }
  EXPECT_EQ(RawDatabase(file()).Value("SELECT count(*) FROM rows"),
            std::to_string(rows_));
  EXPECT_EQ(RawDatabase(file()).Value("PRAGMA integrity_check"), "ok");
}

TEST_F(CheckpointsTest, AShortLogIsLeftAlone) {
  OnThread checkpoints(Open());
  Commit();
  checkpoints->AfterCommit(*writer_);
  const int64_t pages = writer_->log_pages();
  EXPECT_GT(pages, 0);
  EXPECT_LT(pages, Checkpoints::kLogPages);
  Commit();
  checkpoints->AfterCommit(*writer_);
  EXPECT_GT(writer_->log_pages(), pages);
}

TEST_F(CheckpointsTest, AReaderThatStaysKeepsNobodyWaiting) {
  OnThread checkpoints(Open());
  RawDatabase reader(file());
  reader.Run("BEGIN; SELECT count(*) FROM rows");
  EXPECT_FALSE(BeginsAnew(*checkpoints, 3 * Checkpoints::kLogPages))
      << "the reader needs the log as it is";
  reader.Run("COMMIT");
  EXPECT_TRUE(BeginsAnew(*checkpoints, kEnough));
}

}  // namespace
}  // namespace duroxide::sqlite
