#include "tests/providers/sqlite/hot_path.h"

#include <gtest/gtest.h>

#include <string>

#include "providers/sqlite/large_data.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/request_log.h"
#include "providers/sqlite/sessions.h"
#include "providers/sqlite/stores.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"
#include "tests/providers/sqlite/messages.h"

namespace duroxide::sqlite {
namespace {

constexpr uint64_t kMaxBytes = uint64_t{64} << 20;

// Too large to lie in a row.
std::string LargeText() { return std::string(kLargeItem, 'x'); }

v1::WorkItem LargeActivity(const std::string& instance, uint64_t id) {
  v1::WorkItem item = Activity(instance, id);
  item.mutable_activity_execute()->set_input(LargeText());
  return item;
}

// Locks the next turn, which must be there, reads it and returns its token.
std::string FetchTurn(Connection& db, int64_t store,
                      const v1::FetchOrchestrationItemsRequest& request) {
  const int64_t now_us = NowUs();
  FreeExpiredTurns(db, store, now_us);
  const auto turn = LockNextTurn(db, store, request, kMaxBytes, now_us);
  EXPECT_TRUE(turn.has_value());
  if (!turn.has_value()) return "";
  const auto item = ReadTurn(db, *turn, request, kMaxBytes);
  EXPECT_TRUE(item.ok() && item->has_value());
  return turn->lock_token;
}

std::string FetchItem(Connection& db, int64_t store,
                      const v1::FetchWorkItemsRequest& request) {
  const int64_t now_us = NowUs();
  FreeExpiredWork(db, store, now_us);
  const auto item = LockNextWork(db, store, request, now_us);
  EXPECT_TRUE(item.has_value()) << request.DebugString();
  return item.has_value() ? item->lock_token() : "";
}

v1::AckOrchestrationItemRequest FullAck(const std::string& token,
                                        const std::string& instance) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, token);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_COMPLETED);
  *ack.mutable_metadata()->mutable_pinned_version() = Version(1, 2, 3);
  *ack.add_history_delta() = Scheduled(1, LargeText());
  *ack.add_history_delta() = SetKey(2, "a", "1");
  *ack.add_history_delta() = ClearKey(3, "b");
  *ack.add_history_delta() = ClearKeys(4);
  *ack.add_history_delta() = SetStatus(5, "busy");
  *ack.add_worker_items() = Activity(instance, 1);
  *ack.add_worker_items() = InSession(Activity(instance, 2), instance);
  for (const uint64_t id : {1, 2}) {
    v1::ScheduledActivityIdentifier& cancelled =
        *ack.add_cancelled_activities();
    cancelled.set_instance(instance);
    cancelled.set_execution_id(1);
    cancelled.set_activity_id(id);
  }
  *ack.add_orchestrator_items() =
      Fires(instance, static_cast<uint64_t>(NowMs()) + 3'600'000);
  return ack;
}

}  // namespace

void HotPath::TakeTurn() {
  const std::string instance = "hot-" + std::to_string(++round_);
  // Visible since the beginning of time, so that it comes first.
  EnqueueMessage(db_, store_, Start(instance), 0);
  EnqueueMessage(db_, store_, Raised(instance, LargeText()), 0);

  v1::AbandonOrchestrationItemRequest abandon;
  abandon.set_lock_token(FetchTurn(db_, store_, FetchTurns()));
  EXPECT_TRUE(AbandonTurn(db_, store_, abandon).ok());

  const std::string token = FetchTurn(
      db_, store_, FetchTurnsFrom(Version(1, 0, 0), Version(2, 0, 0)));
  v1::RenewOrchestrationItemLockRequest renew;
  renew.set_lock_token(token);
  *renew.mutable_extend_for() = Seconds(60);
  EXPECT_TRUE(RenewTurn(db_, store_, renew).ok());
  EXPECT_TRUE(AckTurn(db_, store_, FullAck(token, instance)).ok());

  // A message for an instance that is known, whose history is left out, and one
  // that waits for its start.
  EnqueueMessage(db_, store_, Raised(instance, ""), 0);
  v1::FetchOrchestrationItemsRequest without_history = FetchTurns();
  without_history.set_max_inline_events(1);
  EXPECT_TRUE(AckTurn(db_, store_,
                      AckTurnOf(1, FetchTurn(db_, store_, without_history)))
                  .ok());
  EnqueueMessage(db_, store_, Done(instance + "-stray", 1), 0);
}

void HotPath::DoWork() {
  const std::string instance = "hot-" + std::to_string(++round_);
  const std::string owner = "owner of " + instance;
  EnqueueWork(db_, store_, LargeActivity(instance, 1));
  EnqueueWork(db_, store_, Tagged(Activity(instance, 2), "hot"));
  EnqueueWork(db_, store_, InSession(Activity(instance, 3), instance));
  EnqueueWork(db_, store_,
              Tagged(InSession(Activity(instance, 4), instance), "hot"));

  v1::FetchWorkItemsRequest any_of_mine = FetchActivitiesAs(owner);
  any_of_mine.mutable_tag_filter()->set_mode(v1::TagFilter::MODE_ANY);
  v1::FetchWorkItemsRequest tagged_of_mine = FetchActivitiesAs(owner);
  *tagged_of_mine.mutable_tag_filter() =
      FetchActivitiesTagged(v1::TagFilter::MODE_DEFAULT_AND, {"hot", "cold"})
          .tag_filter();
  for (const v1::FetchWorkItemsRequest& request :
       {FetchActivities(),
        FetchActivitiesTagged(v1::TagFilter::MODE_TAGS, {"hot", "cold"}),
        tagged_of_mine, any_of_mine}) {
    v1::AbandonWorkItemRequest abandon;
    abandon.set_lock_token(FetchItem(db_, store_, request));
    abandon.set_ignore_attempt(true);
    EXPECT_TRUE(AbandonWork(db_, store_, abandon).ok());

    const std::string token = FetchItem(db_, store_, request);
    v1::RenewWorkItemLockRequest renew;
    renew.set_lock_token(token);
    *renew.mutable_extend_for() = Seconds(60);
    EXPECT_TRUE(RenewWork(db_, store_, renew).ok());
    v1::AckWorkItemRequest ack;
    ack.set_lock_token(token);
    *ack.mutable_completion() = Done(instance + "-stray", 1);
    EXPECT_TRUE(AckWork(db_, store_, ack).ok());
  }

  v1::RenewSessionLocksRequest renew;
  renew.add_owner_ids(owner);
  *renew.mutable_extend_for() = Seconds(60);
  *renew.mutable_idle_timeout() = Seconds(60);
  RenewSessions(db_, store_, renew);
}

void HotPath::AskForNextDue() {
  NextTurnDue(db_, store_, NowUs());
  NextWorkDue(db_, store_);
}

void HotPath::RepeatRequest() {
  const std::string id = "request-" + std::to_string(++round_);
  v1::EnqueueWorkItemResponse response;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(FindStore(db_, "").ok());
    EXPECT_FALSE(FindStore(db_, "nowhere").ok());
    const Outcome outcome =
        DoOnce(db_, {.store = store_, .request_id = id, .fingerprint = 1},
               response, [] { return absl::OkStatus(); });
    EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  }
}

void HotPath::RunAll() {
  const absl::Status status = InSavepoint(db_, [this] {
    TakeTurn();
    DoWork();
    AskForNextDue();
    RepeatRequest();
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace duroxide::sqlite
