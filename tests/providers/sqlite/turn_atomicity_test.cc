// ACK-1: wherever an ack fails, everything is as before it, lock and messages
// included. A trigger makes one of its statements fail at a time.

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "providers/errors.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/raw_database.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

class FailingTurn : public RoomTest {
 protected:
  // An instance in the middle of its life, locked, and an ack for it that does
  // everything that an ack can do.
  FailingTurn() {
    v1::AckOrchestrationItemRequest first = AckTurnOf(1);
    *first.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_RUNNING);
    *first.add_history_delta() = SetKey(1, "kept", "old");
    *first.add_history_delta() = SetStatus(2, "busy");
    TakeTurn(first, "order");
    EnqueueWork(db(), kStore, InSession(Activity("order", 7), "s"));
    Enqueue(Raised("order", "one"), 1);
    Enqueue(Raised("order", "two"), 2);

    ack_ = AckTurnOf(1, MustFetch(NowUs()).lock_token());
    *ack_.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_COMPLETED);
    *ack_.mutable_metadata()->mutable_pinned_version() = Version(1, 2, 3);
    *ack_.add_history_delta() = SetKey(3, "kept", "new");
    *ack_.add_history_delta() = ClearKey(4, "other");
    *ack_.add_history_delta() = SetStatus(5, "done");
    *ack_.add_worker_items() = InSession(Activity("order", 8), "s");
    *ack_.add_orchestrator_items() = Start("child");
    v1::ScheduledActivityIdentifier& cancelled =
        *ack_.add_cancelled_activities();
    cancelled.set_instance("order");
    cancelled.set_execution_id(1);
    cancelled.set_activity_id(7);
  }

  absl::Status Ack() {
    return InSavepoint(db(), [&] { return AckTurn(db(), kStore, ack_); });
  }

  v1::AckOrchestrationItemRequest ack_;
};

class FailingStep : public FailingTurn,
                    public ::testing::WithParamInterface<std::string> {};

TEST_P(FailingStep, LeavesEverythingAsItWas) {
  const std::string before = RawDatabase(file()).Dump();
  db().RunScript("CREATE TEMP TRIGGER failing BEFORE " + GetParam() +
                 " BEGIN SELECT RAISE(ABORT, 'injected'); END");
  const absl::Status failed = Ack();
  ASSERT_FALSE(failed.ok()) << "the ack does this and fails with it";
  EXPECT_NE(failed.message().find("injected"), std::string::npos) << failed;
  EXPECT_EQ(RawDatabase(file()).Dump(), before);

  db().RunScript("DROP TRIGGER failing");
  const absl::Status again = Ack();
  EXPECT_TRUE(again.ok()) << "the lock is still held: " << again;
  EXPECT_NE(RawDatabase(file()).Dump(), before);
}

INSTANTIATE_TEST_SUITE_P(
    Ack, FailingStep,
    ::testing::Values(
        "INSERT ON history", "UPDATE OF event_count ON executions",
        "UPDATE OF name ON instances", "UPDATE OF status ON executions",
        "UPDATE OF pinned ON executions", "UPDATE OF pinned ON instances",
        "INSERT ON kv_changes", "UPDATE ON custom_statuses",
        "INSERT ON kv_values", "DELETE ON kv_changes", "INSERT ON work_items",
        "DELETE ON work_items", "UPDATE ON session_heads", "DELETE ON messages",
        "INSERT ON instances", "INSERT ON messages",
        "UPDATE OF lock_token ON instances", "UPDATE OF due_us ON instances"),
    [](const auto& step) {
      std::string name;
      for (const char letter : step.param) {
        if (letter != ' ') name += letter;
      }
      return name;
    });

TEST_F(FailingTurn, ADuplicateEventLeavesEverythingAsItWas) {
  ack_.mutable_history_delta(2)->set_event_id(1);
  const std::string before = RawDatabase(file()).Dump();
  EXPECT_EQ(ReasonOf(Ack()), v1::ERROR_REASON_DUPLICATE_EVENT);
  EXPECT_EQ(RawDatabase(file()).Dump(), before);
  ack_.mutable_history_delta(2)->set_event_id(5);
  EXPECT_TRUE(Ack().ok()) << "the lock is still held";
}

TEST_F(FailingTurn, ALostLockChangesNothing) {
  ack_.set_lock_token(ack_.lock_token() + "0");
  const std::string before = RawDatabase(file()).Dump();
  EXPECT_EQ(ReasonOf(Ack()), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(RawDatabase(file()).Dump(), before);
}

}  // namespace
}  // namespace duroxide::sqlite
