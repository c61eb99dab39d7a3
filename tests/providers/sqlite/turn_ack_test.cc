// The commit of a turn: ACK-1 to ACK-8.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "providers/errors.h"
#include "providers/sqlite/admin.h"
#include "providers/sqlite/deletion.h"
#include "providers/sqlite/history.h"
#include "providers/sqlite/instances.h"
#include "providers/sqlite/kv.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;

class TurnAck : public RoomTest {
 protected:
  absl::Status Ack(const v1::AckOrchestrationItemRequest& request) {
    return InSavepoint(db(), [&] { return AckTurn(db(), kStore, request); });
  }

  // Locks the instance of a message and returns the token.
  std::string Lock(const v1::WorkItem& message) {
    Enqueue(message, 1);
    return MustFetch(NowUs()).lock_token();
  }

  v1::InstanceInfo Info(const std::string& id) {
    v1::GetInstanceInfoRequest request;
    request.set_instance(id);
    v1::GetInstanceInfoResponse response;
    const absl::Status read = ReadInstanceInfo(db(), kStore, request, response);
    EXPECT_TRUE(read.ok()) << read;
    return response.info();
  }

  std::optional<v1::GetCustomStatusResponse::Change> Status(
      const std::string& id, uint64_t seen = 0) {
    const auto instance = FindInstance(db(), kStore, id);
    if (!instance.has_value()) return std::nullopt;
    return ReadCustomStatus(db(), instance->key, seen);
  }
};

TEST_F(TurnAck, DoesAllOfItAtOnce) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, Lock(Start("a")));
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_RUNNING);
  *ack.add_history_delta() = Scheduled(1);
  *ack.add_worker_items() = Activity("a", 1);
  *ack.add_orchestrator_items() = Start("child");
  *ack.add_orchestrator_items() = Raised("a", "to myself");
  ASSERT_TRUE(Ack(ack).ok());
  EXPECT_EQ(Info("a").status(), v1::ORCHESTRATION_STATUS_RUNNING);
  EXPECT_EQ(db().Number("SELECT count(*) FROM history"), 1);
  EXPECT_TRUE(FetchWork(NowUs()));
  EXPECT_THAT(TextsOf(MustFetch(NowUs()).item()), ElementsAre("start"));
  EXPECT_THAT(TextsOf(MustFetch(NowUs()).item()), ElementsAre("to myself"))
      << "the lock is released";
}

TEST_F(TurnAck, AnExecutionIsMadeOnlyWhereItIsMissing) {
  MakeInstance("a", Recorded(v1::ORCHESTRATION_STATUS_RUNNING));
  TakeTurn(AckTurnOf(1), "a");
  EXPECT_EQ(db().Number("SELECT count(*) FROM executions"), 1);
  TakeTurn(AckTurnOf(2), "a");
  EXPECT_EQ(db().Number("SELECT count(*) FROM executions"), 2);
  EXPECT_EQ(Info("a").current_execution_id(), 2u);
}

TEST_F(TurnAck, TheCurrentExecutionNeverMovesBack) {
  MakeInstance("a");
  TakeTurn(AckTurnOf(3), "a");
  v1::AckOrchestrationItemRequest late = AckTurnOf(1);
  *late.add_history_delta() = Scheduled(9);
  TakeTurn(late, "a");
  EXPECT_EQ(Info("a").current_execution_id(), 3u);
}

TEST_F(TurnAck, NoRecordIsMadeWithoutNameAndVersion) {
  v1::ExecutionMetadata metadata;
  metadata.set_status(v1::ORCHESTRATION_STATUS_RUNNING);
  MakeInstance("a", metadata);
  EXPECT_FALSE(FindRecorded(db(), kStore, "a").has_value());
  metadata.set_orchestration_name("ProcessOrder");
  MakeInstance("a", metadata);
  EXPECT_FALSE(FindRecorded(db(), kStore, "a").has_value());
  MakeInstance("a");
  EXPECT_TRUE(FindRecorded(db(), kStore, "a").has_value());
}

TEST_F(TurnAck, TheParentIsSetOnceAndStays) {
  MakeInstance("child", ChildOf("parent"));
  MakeInstance("child", ChildOf("another"));
  MakeInstance("child");
  EXPECT_EQ(Info("child").parent_instance_id(), "parent");
  MakeInstance("root");
  MakeInstance("root", ChildOf("late"));
  EXPECT_FALSE(Info("root").has_parent_instance_id());
}

TEST_F(TurnAck, AStatusBringsItsOutputAndItsEnd) {
  v1::ExecutionMetadata metadata = Recorded(v1::ORCHESTRATION_STATUS_COMPLETED);
  metadata.set_output("");
  MakeInstance("a", metadata);
  EXPECT_EQ(Info("a").status(), v1::ORCHESTRATION_STATUS_COMPLETED);
  EXPECT_TRUE(Info("a").has_output()) << "the empty output is an output";
  EXPECT_GT(db().Number("SELECT completed_ms FROM executions"), 0);
}

TEST_F(TurnAck, WithoutAStatusTheOldOneStays) {
  v1::ExecutionMetadata failed = Recorded(v1::ORCHESTRATION_STATUS_FAILED);
  failed.set_output("it broke");
  MakeInstance("a", failed);
  MakeInstance("a");
  EXPECT_EQ(Info("a").status(), v1::ORCHESTRATION_STATUS_FAILED);
  EXPECT_EQ(Info("a").output(), "it broke");
}

TEST_F(TurnAck, SucceedsThoughOlderEventsAreCorrupt) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(1);
  TakeTurn(ack, "a");
  CorruptEvents(db(), *FindInstance(db(), kStore, "a"));
  const std::string token = Lock(Raised("a", ""));
  ack = AckTurnOf(1, token);
  *ack.add_history_delta() = Scheduled(2);
  EXPECT_TRUE(Ack(ack).ok());
}

TEST_F(TurnAck, EnqueuesBeforeItCancels) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, Lock(Start("a")));
  *ack.add_worker_items() = Activity("a", 5);
  *ack.add_worker_items() = Activity("a", 6);
  for (const uint64_t id : {5, 77}) {
    v1::ScheduledActivityIdentifier& cancelled =
        *ack.add_cancelled_activities();
    cancelled.set_instance("a");
    cancelled.set_execution_id(1);
    cancelled.set_activity_id(id);
  }
  ASSERT_TRUE(Ack(ack).ok()) << "cancelling what is not there is no error";
  EXPECT_EQ(db().Number("SELECT activity_id FROM work_items"), 6);
  EXPECT_EQ(db().Number("SELECT count(*) FROM work_items"), 1);
}

TEST_F(TurnAck, TimersBecomeVisibleWhenTheyFire) {
  MakeInstance("a");
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, Lock(Raised("a", "")));
  const int64_t fire_us = NowUs() + kHourUs;
  *ack.add_orchestrator_items() =
      Fires("a", static_cast<uint64_t>(fire_us / 1000));
  ASSERT_TRUE(Ack(ack).ok());
  EXPECT_FALSE(Fetch(fire_us / 1000 * 1000 - 1));
  EXPECT_TRUE(Fetch(fire_us / 1000 * 1000));
}

TEST_F(TurnAck, ATimerOfThePastFiresAtOnce) {
  MakeInstance("a");
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, Lock(Raised("a", "")));
  *ack.add_orchestrator_items() = Fires("a", 5);
  *ack.add_orchestrator_items() = Raised("a", "beside it");
  ASSERT_TRUE(Ack(ack).ok());
  EXPECT_EQ(MustFetch(NowUs()).item().messages_size(), 2);
}

TEST_F(TurnAck, ATimerOfTheFarFutureNeverFires) {
  MakeInstance("a");
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, Lock(Raised("a", "")));
  *ack.add_orchestrator_items() =
      Fires("a", std::numeric_limits<uint64_t>::max());
  ASSERT_TRUE(Ack(ack).ok());
  EXPECT_FALSE(Fetch(NowUs() + 1000 * kHourUs));
}

TEST_F(TurnAck, IdsThatSqliteCannotHoldAreRefused) {
  const std::string token = Lock(Start("a"));
  EXPECT_EQ(ReasonOf(Ack(AckTurnOf(uint64_t{1} << 63, token))),
            v1::ERROR_REASON_INVALID_REQUEST);
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, token);
  *ack.add_history_delta() = Scheduled(uint64_t{1} << 63);
  const absl::Status refused = Ack(ack);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_INVALID_REQUEST);
  EXPECT_NE(refused.message().find("history_delta.event_id"), std::string::npos)
      << refused;
  *ack.mutable_history_delta(0) = Scheduled((uint64_t{1} << 63) - 1);
  EXPECT_TRUE(Ack(ack).ok()) << "the largest that it can hold";
}

TEST_F(TurnAck, TheLastCustomStatusOfADeltaCounts) {
  MakeInstance("a");
  EXPECT_FALSE(Status("a").has_value());
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.add_history_delta() = SetStatus(1, "first");
  *ack.add_history_delta() = SetStatus(2, "second");
  TakeTurn(ack, "a");
  ASSERT_TRUE(Status("a").has_value());
  EXPECT_EQ(Status("a")->custom_status(), "second");
  EXPECT_EQ(Status("a")->version(), 1u) << "one turn, one version";
  EXPECT_FALSE(Status("a", 1).has_value());
}

TEST_F(TurnAck, ACustomStatusIsClearedAndCounted) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.add_history_delta() = SetStatus(1, "busy");
  TakeTurn(ack, "a");
  *ack.mutable_history_delta(0) = ClearStatus(2);
  TakeTurn(ack, "a");
  ASSERT_TRUE(Status("a", 1).has_value());
  EXPECT_FALSE(Status("a", 1)->has_custom_status());
  EXPECT_EQ(Status("a")->version(), 2u);
  *ack.mutable_history_delta(0) = SetStatus(3, "");
  TakeTurn(ack, "a");
  EXPECT_TRUE(Status("a")->has_custom_status()) << "empty is not cleared";
}

TEST_F(TurnAck, ACustomStatusSurvivesTurnsAndExecutions) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  *ack.add_history_delta() = SetStatus(1, "busy");
  TakeTurn(ack, "a");
  v1::AckOrchestrationItemRequest next = AckTurnOf(2);
  *next.add_history_delta() = Scheduled(1);
  TakeTurn(next, "a");
  EXPECT_EQ(Status("a")->custom_status(), "busy");
  EXPECT_EQ(Status("a")->version(), 1u);
}

TEST_F(TurnAck, AfterADeletionTheOldTokenRecreatesNothing) {
  MakeInstance("a");
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1, Lock(Raised("a", "")));
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(1);
  *ack.add_worker_items() = Activity("a", 1);
  *ack.add_orchestrator_items() = Start("child");
  v1::DeleteInstanceRequest deletion;
  deletion.set_instance("a");
  deletion.set_force(true);
  v1::DeletionResult result;
  ASSERT_TRUE(DeleteTree(db(), kStore, deletion, result).ok());
  EXPECT_EQ(ReasonOf(Ack(ack)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(db().Number("SELECT count(*) FROM instances"), 0);
  EXPECT_EQ(db().Number("SELECT count(*) FROM work_items"), 0);
  EXPECT_EQ(db().Number("SELECT count(*) FROM messages"), 0);
}

TEST_F(TurnAck, AnInstanceMadeAnewIsNotTheOneThatWasLocked) {
  MakeInstance("a");
  const std::string old_token = Lock(Raised("a", ""));
  v1::DeleteInstanceRequest deletion;
  deletion.set_instance("a");
  deletion.set_force(true);
  v1::DeletionResult result;
  ASSERT_TRUE(DeleteTree(db(), kStore, deletion, result).ok());
  const std::string new_token = Lock(Start("a"));
  EXPECT_EQ(ReasonOf(Ack(AckTurnOf(1, old_token))), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_TRUE(Ack(AckTurnOf(1, new_token)).ok());
}

TEST_F(TurnAck, AppendingOutsideATurnMovesNoRecordedInstance) {
  MakeInstance("a");
  v1::AppendHistoryRequest append;
  append.set_instance("a");
  append.set_execution_id(2);
  *append.add_events() = Scheduled(1);
  ASSERT_TRUE(AppendOutsideTurn(db(), kStore, append).ok());
  EXPECT_EQ(Info("a").current_execution_id(), 1u);
}

TEST_F(TurnAck, AppendingOutsideATurnChangesNoState) {
  MakeInstance("a");
  v1::AppendHistoryRequest append;
  append.set_instance("a");
  append.set_execution_id(1);
  *append.add_events() = SetKey(1, "key", "value");
  *append.add_events() = SetStatus(2, "busy");
  ASSERT_TRUE(AppendOutsideTurn(db(), kStore, append).ok());
  EXPECT_FALSE(Status("a").has_value());
  EXPECT_EQ(db().Number("SELECT count(*) FROM kv_changes"), 0);
}

TEST_F(TurnAck, AppendingOutsideATurnMakesNoRecord) {
  v1::AppendHistoryRequest append;
  append.set_instance("a");
  append.set_execution_id(2);
  ASSERT_TRUE(AppendOutsideTurn(db(), kStore, append).ok());
  EXPECT_FALSE(FindInstance(db(), kStore, "a").has_value())
      << "nothing to append leaves no trace";
  *append.add_events() = Scheduled(1);
  ASSERT_TRUE(AppendOutsideTurn(db(), kStore, append).ok());
  EXPECT_FALSE(FindRecorded(db(), kStore, "a").has_value());
  EXPECT_EQ(FindInstance(db(), kStore, "a")->current_execution, 2);
  EXPECT_EQ(ReasonOf(AppendOutsideTurn(db(), kStore, append)),
            v1::ERROR_REASON_DUPLICATE_EVENT);
}

}  // namespace
}  // namespace duroxide::sqlite
