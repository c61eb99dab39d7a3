#ifndef DUROXIDE_TESTS_PROVIDERS_SQLITE_SUPPORT_H_
#define DUROXIDE_TESTS_PROVIDERS_SQLITE_SUPPORT_H_

// What the tests of the SQLite provider's rooms stand on.

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "providers/sqlite/connection.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/stores.h"
#include "tests/support/temp_dir.h"

namespace duroxide::sqlite {

namespace v1 = ::duroxide::provider::v1;

// Long enough never to end while a test runs, in microseconds.
inline constexpr int64_t kHourUs = int64_t{3600} * 1'000'000;

// The store that the rooms work in.
inline constexpr int64_t kStore = kDefaultStore;

// A test of a room: a connection to a database file of its own. A test that
// leaves an error on the connection fails.
class RoomTest : public ::testing::Test {
 protected:
  RoomTest();
  void TearDown() override;

  Connection& db() { return *db_; }
  std::string file() const { return dir_.File("test.db"); }

  // A second store, for tests of what stores must not share.
  int64_t AddStore();

  // Stores a message that is visible since `visible_us`.
  void Enqueue(const v1::WorkItem& item, int64_t visible_us,
               int64_t store = kStore);

  // Frees what has expired, locks the next instance and reads its item: what a
  // fetch does.
  std::optional<v1::LockedOrchestrationItem> Fetch(
      int64_t now_us, const v1::FetchOrchestrationItemsRequest& request,
      int64_t store = kStore);
  // With a lock of an hour and no filter.
  std::optional<v1::LockedOrchestrationItem> Fetch(int64_t now_us,
                                                   int64_t store = kStore);
  // Fails the test where there is nothing.
  v1::LockedOrchestrationItem MustFetch(int64_t now_us, int64_t store = kStore);

  // Frees what has expired and locks the next activity.
  std::optional<v1::LockedWorkItem> FetchWork(
      int64_t now_us, const v1::FetchWorkItemsRequest& request,
      int64_t store = kStore);
  // With a lock of an hour, untagged and without sessions.
  std::optional<v1::LockedWorkItem> FetchWork(int64_t now_us,
                                              int64_t store = kStore);

  // Makes an instance by a turn that leaves no message behind.
  void MakeInstance(const std::string& id,
                    const v1::ExecutionMetadata& metadata,
                    int64_t store = kStore);
  void MakeInstance(const std::string& id, int64_t store = kStore);

  // Commits another turn of an instance that exists.
  void TakeTurn(v1::AckOrchestrationItemRequest ack, const std::string& id,
                int64_t store = kStore);

 private:
  testing_support::TempDir dir_;
  std::unique_ptr<Connection> db_;
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_TESTS_PROVIDERS_SQLITE_SUPPORT_H_
