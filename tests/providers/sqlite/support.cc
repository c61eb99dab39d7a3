#include "tests/providers/sqlite/support.h"

#include "providers/sqlite/database.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"
#include "tests/providers/sqlite/messages.h"

namespace duroxide::sqlite {
namespace {

constexpr uint64_t kMaxBytes = uint64_t{64} << 20;

}  // namespace

RoomTest::RoomTest() {
  absl::StatusOr<std::unique_ptr<Connection>> opened =
      OpenForWriting(file(), absl::Seconds(30));
  EXPECT_TRUE(opened.ok()) << opened.status();
  db_ = *std::move(opened);
}

void RoomTest::TearDown() {
  EXPECT_TRUE(db_->error().ok()) << db_->error();
  EXPECT_FALSE(db_->InTransaction());
}

int64_t RoomTest::AddStore() {
  return FindStore(*db_, CreateStore(*db_, "another")).value();
}

void RoomTest::Enqueue(const v1::WorkItem& item, int64_t visible_us,
                       int64_t store) {
  EnqueueMessage(*db_, store, item, visible_us);
}

std::optional<v1::LockedOrchestrationItem> RoomTest::Fetch(
    int64_t now_us, const v1::FetchOrchestrationItemsRequest& request,
    int64_t store) {
  std::optional<v1::LockedOrchestrationItem> item;
  const absl::Status status = InSavepoint(*db_, [&]() -> absl::Status {
    FreeExpiredTurns(*db_, store, now_us);
    const std::optional<LockedTurn> turn =
        LockNextTurn(*db_, store, request, kMaxBytes, now_us);
    if (!turn.has_value()) return absl::OkStatus();
    auto read = ReadTurn(*db_, *turn, request, kMaxBytes);
    if (!read.ok()) return read.status();
    item = *std::move(read);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return item;
}

std::optional<v1::LockedOrchestrationItem> RoomTest::Fetch(int64_t now_us,
                                                           int64_t store) {
  return Fetch(now_us, FetchTurns(), store);
}

v1::LockedOrchestrationItem RoomTest::MustFetch(int64_t now_us, int64_t store) {
  std::optional<v1::LockedOrchestrationItem> item = Fetch(now_us, store);
  EXPECT_TRUE(item.has_value()) << "there is nothing to fetch";
  return item.value_or(v1::LockedOrchestrationItem());
}

std::optional<v1::LockedWorkItem> RoomTest::FetchWork(
    int64_t now_us, const v1::FetchWorkItemsRequest& request, int64_t store) {
  std::optional<v1::LockedWorkItem> item;
  const absl::Status status = InSavepoint(*db_, [&] {
    FreeExpiredWork(*db_, store, now_us);
    item = LockNextWork(*db_, store, request, now_us);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return item;
}

std::optional<v1::LockedWorkItem> RoomTest::FetchWork(int64_t now_us,
                                                      int64_t store) {
  return FetchWork(now_us, FetchActivities(), store);
}

void RoomTest::MakeInstance(const std::string& id,
                            const v1::ExecutionMetadata& metadata,
                            int64_t store) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = metadata;
  TakeTurn(ack, id, store);
}

void RoomTest::MakeInstance(const std::string& id, int64_t store) {
  MakeInstance(id, Recorded(), store);
}

void RoomTest::TakeTurn(v1::AckOrchestrationItemRequest ack,
                        const std::string& id, int64_t store) {
  // Visible since the beginning of time, so that it comes first.
  Enqueue(Start(id), 0, store);
  const v1::LockedOrchestrationItem item = MustFetch(NowUs(), store);
  ASSERT_EQ(item.item().instance(), id);
  ack.set_lock_token(item.lock_token());
  const absl::Status acked =
      InSavepoint(*db_, [&] { return AckTurn(*db_, store, ack); });
  EXPECT_TRUE(acked.ok()) << acked;
}

}  // namespace duroxide::sqlite
