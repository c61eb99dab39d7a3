// Backups of a database that is served and written to meanwhile.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "providers/await.h"
#include "tests/e2e/load_fixture.h"
#include "tests/e2e/server_process.h"
#include "tests/e2e/sqlite_file.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::e2e {
namespace {

using ::testing::HasSubstr;
using testing_support::ChildProcess;
using testing_support::TempDir;

constexpr int kWriters = 4;
constexpr int kBackups = 5;

// What the program did with a command about a backup.
int Copy(const std::string& command, const std::string& database,
         const std::string& file) {
  ChildProcess process(DUROXIDE_PROVIDER_PROGRAM,
                       {command, "--database=" + database, file});
  const int code = process.Wait();
  EXPECT_EQ(code, 0) << process.error();
  return code;
}

// Enqueues activities 1, 2, 3 and so on of an instance of its own, one after
// the other, until it is destroyed.
class Writer {
 public:
  Writer(const std::string& endpoint, std::string instance)
      : instance_(std::move(instance)),
        provider_(Connect(endpoint)),
        thread_([this](const std::stop_token& stop) { Write(stop); }) {}

  const std::string& instance() const { return instance_; }
  // Up to which number the provider has said that it has them, or has been
  // asked to take them.
  uint64_t acknowledged() const { return acknowledged_; }
  uint64_t sent() const { return sent_; }

 private:
  void Write(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      v1::EnqueueWorkItemRequest request;
      auto* item = request.mutable_item()->mutable_activity_execute();
      item->set_instance(instance_);
      item->set_execution_id(1);
      item->set_id(sent_ + 1);
      item->set_name("Charge");
      // Large enough for the write-ahead log to be brought in meanwhile.
      item->set_input(std::string(4000, 'x'));
      ++sent_;
      const auto answer =
          Await(*provider_, &Provider::EnqueueWorkItem, request);
      EXPECT_TRUE(answer.ok()) << answer.status();
      if (!answer.ok()) return;
      ++acknowledged_;
    }
  }

  const std::string instance_;
  const std::unique_ptr<Provider> provider_;
  std::atomic<uint64_t> sent_ = 0;
  std::atomic<uint64_t> acknowledged_ = 0;
  std::jthread thread_;
};

// The numbers of the activities that a provider has, by instance; takes them.
std::map<std::string, std::set<uint64_t>> Take(Provider& provider) {
  std::map<std::string, std::set<uint64_t>> taken;
  while (true) {
    v1::FetchWorkItemsRequest request;
    request.mutable_lock_timeout()->set_seconds(600);
    request.set_max_items(100);
    const auto response = Await(provider, &Provider::FetchWorkItems, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok() || response->items().empty()) return taken;
    for (const auto& fetched : response->items()) {
      const auto& activity = fetched.item().activity_execute();
      taken[activity.instance()].insert(activity.id());
    }
  }
}

class BackupTest : public testing::Test {
 protected:
  const TempDir dir_;
  const std::string database_ = dir_.File("db");
  const std::string listen_ = "unix:" + dir_.File("socket");
};

TEST_F(BackupTest, HasWhatWasAcknowledgedAndNothingByHalves) {
  struct Bounds {
    uint64_t least;
    uint64_t most;
  };
  std::vector<std::map<std::string, Bounds>> all_bounds;
  {
    ServerProcess server(database_, listen_);
    server.WaitUntilServing();
    std::vector<std::unique_ptr<Writer>> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.push_back(std::make_unique<Writer>(server.endpoint(),
                                                 "order-" + std::to_string(i)));
    }
    for (int i = 0; i < kBackups; ++i) {
      // Something new between two backups.
      for (const auto& writer : writers) {
        const uint64_t before = writer->acknowledged();
        while (writer->acknowledged() < before + 10 && !HasFailure()) {
          std::this_thread::yield();
        }
      }
      std::map<std::string, Bounds> bounds;
      for (const auto& writer : writers) {
        bounds[writer->instance()].least = writer->acknowledged();
      }
      ASSERT_EQ(Copy("backup", database_, dir_.File(std::to_string(i))), 0);
      for (const auto& writer : writers) {
        bounds[writer->instance()].most = writer->sent();
      }
      all_bounds.push_back(std::move(bounds));
    }
  }
  for (int i = 0; i < kBackups; ++i) {
    const std::string backup = dir_.File(std::to_string(i));
    EXPECT_EQ(IntegrityOf(backup), "ok");
    const std::string restored = backup + ".restored";
    ASSERT_EQ(Copy("restore", restored, backup), 0);
    ServerProcess server(restored, listen_);
    server.WaitUntilServing();
    const auto taken = Take(*Connect(server.endpoint()));
    for (const auto& [instance, bounds] : all_bounds[i]) {
      ASSERT_TRUE(taken.contains(instance));
      const std::set<uint64_t>& numbers = taken.at(instance);
      // 1 to the last one, without a gap.
      EXPECT_EQ(numbers.size(), *numbers.rbegin());
      EXPECT_GE(numbers.size(), bounds.least) << "backup " << i;
      EXPECT_LE(numbers.size(), bounds.most) << "backup " << i;
    }
  }
}

// Whatever a load of all kinds of calls was doing, its work can be finished
// from a backup that was taken when the last server was killed.
class KilledServerTest : public LoadFixture {};

TEST_F(KilledServerTest, ItsDatabaseCanBeBackedUpAndRestored) {
  const std::string listen = "unix:" + dir_.File("socket");
  auto server = Start(listen);
  const LoadOptions options = NextLoad();
  {
    const auto provider = Connect(server->endpoint());
    const Load load({provider.get()}, records_, options);
    ASSERT_TRUE(records_.ledger.WaitForAcknowledged(SomeOperations()));
    // Under the load, too.
    ASSERT_EQ(Copy("backup", database_, dir_.File("early")), 0);
    server->Kill();
  }
  NoteEnd(options);
  EXPECT_EQ(IntegrityOf(dir_.File("early")), "ok");

  ASSERT_EQ(Copy("backup", database_, dir_.File("backup")), 0);
  for (const char* ending : {"", "-wal", "-shm"}) {
    std::filesystem::remove(database_ + ending);
  }
  ASSERT_EQ(Copy("restore", database_, dir_.File("backup")), 0);
  server = Start(listen);
  const auto provider = Connect(server->endpoint());
  // What was under way at the kill is done or not: that is known only now.
  Audit(*provider);
  FinishAndJudge(*provider);
  EndAndCheckFile(*server);
}

// --- what is refused

void ExpectRefused(const std::vector<std::string>& arguments,
                   const std::string& why) {
  ChildProcess process(DUROXIDE_PROVIDER_PROGRAM, arguments);
  EXPECT_EQ(process.Wait(), 2);
  EXPECT_THAT(process.error(), HasSubstr(why));
}

TEST_F(BackupTest, NothingIsOverwritten) {
  {
    ServerProcess server(database_, listen_);
    server.WaitUntilServing();
    std::ofstream(dir_.File("letter")) << "dear";
    std::ofstream(dir_.File("left-wal")) << "a log of another database";
    ExpectRefused({"backup", "--database=" + database_, dir_.File("letter")},
                  "letter is there");
    ExpectRefused({"backup", "--database=" + database_, dir_.File("left")},
                  "left-wal is there");
    ASSERT_EQ(Copy("backup", database_, dir_.File("backup")), 0);
    ExpectRefused({"restore", "--database=" + database_, dir_.File("backup")},
                  "db is there");
  }
  std::string text;
  std::getline(std::ifstream(dir_.File("letter")), text);
  EXPECT_EQ(text, "dear");
}

TEST_F(BackupTest, WhatIsNoDatabaseOfOursIsNotCopied) {
  std::ofstream(dir_.File("letter")) << std::string(10'000, 'x');
  ExpectRefused(
      {"backup", "--database=" + dir_.File("letter"), dir_.File("backup")},
      "letter");
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(dir_.File("other").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(other, "CREATE TABLE t (a)", nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(other);
  ExpectRefused({"restore", "--database=" + database_, dir_.File("other")},
                "no database of this program");
  ExpectRefused(
      {"backup", "--database=" + dir_.File("not_there"), dir_.File("backup")},
      "not_there");
  ExpectRefused({"backup", "--database=:memory:", dir_.File("backup")},
                "is no file");
  ExpectRefused({"backup", "--database=" + dir_.File("other")}, "required");
  for (const auto& file : std::filesystem::directory_iterator(dir_.File(""))) {
    EXPECT_THAT(file.path().filename().string(),
                testing::AnyOf("letter", "other"));
  }
}

TEST_F(BackupTest, ADamagedBackupIsNotRestored) {
  const std::string backup = dir_.File("backup");
  {
    ServerProcess server(database_, listen_);
    server.WaitUntilServing();
    ASSERT_EQ(Copy("backup", database_, backup), 0);
  }
  std::fstream file(backup, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(3 * 4096);
  file << std::string(8192, '\x5a');
  file.close();
  const std::string target = dir_.File("restored");
  ExpectRefused({"restore", "--database=" + target, backup}, "damaged");
  EXPECT_FALSE(std::filesystem::exists(target));
}

}  // namespace
}  // namespace duroxide::e2e
