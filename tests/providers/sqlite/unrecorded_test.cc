// Instances for which something is stored, but of which no turn has made a
// record: FETCH-4, FETCH-5, FETCH-7, ADMIN-1.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "providers/errors.h"
#include "providers/sqlite/admin.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;

class Unrecorded : public RoomTest {
 protected:
  // Takes the turn of a start, with an ack that names no orchestration.
  void TakeFirstTurn(v1::AckOrchestrationItemRequest ack) {
    Enqueue(Start("a"), 1);
    ack.set_lock_token(MustFetch(NowUs()).lock_token());
    const absl::Status acked =
        InSavepoint(db(), [&] { return AckTurn(db(), kStore, ack); });
    ASSERT_TRUE(acked.ok()) << acked;
  }
};

TEST_F(Unrecorded, AnAckWithoutNameAndEventsDoesNotMakeMessagesDue) {
  TakeFirstTurn(AckTurnOf(1));
  Enqueue(Raised("a", "stray"), 1);
  EXPECT_FALSE(Fetch(NowUs())) << "no record, no history, no start";
  Enqueue(Start("a"), 1);
  EXPECT_THAT(TextsOf(MustFetch(NowUs()).item()),
              ElementsAre("stray", "start"));
}

TEST_F(Unrecorded, AnInstanceWithAHistoryAloneIsGivenOut) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.add_history_delta() = Scheduled(1);
  TakeFirstTurn(ack);
  Enqueue(Raised("a", "awaited"), 1);
  EXPECT_EQ(MustFetch(NowUs()).item().history_size(), 1);
}

TEST_F(Unrecorded, PassesEveryFilter) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.add_history_delta() = Scheduled(1);
  *ack.mutable_metadata()->mutable_pinned_version() = Version(9, 0, 0);
  TakeFirstTurn(ack);
  Enqueue(Raised("a", "awaited"), 1);
  EXPECT_TRUE(
      Fetch(NowUs(), FetchTurnsFrom(Version(1, 0, 0), Version(2, 0, 0))));
}

TEST_F(Unrecorded, ThePinnedVersionCountsOnceTheRecordIsMade) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.add_history_delta() = Scheduled(1);
  *ack.mutable_metadata()->mutable_pinned_version() = Version(9, 0, 0);
  TakeFirstTurn(ack);
  v1::AckOrchestrationItemRequest naming = AckTurnOf(1);
  *naming.mutable_metadata() = Recorded();
  TakeFirstTurn(naming);
  Enqueue(Raised("a", "awaited"), 1);
  EXPECT_FALSE(
      Fetch(NowUs(), FetchTurnsFrom(Version(1, 0, 0), Version(2, 0, 0))));
  EXPECT_TRUE(
      Fetch(NowUs(), FetchTurnsFrom(Version(1, 0, 0), Version(9, 0, 0))));
}

TEST_F(Unrecorded, IsNotListedDescribedOrCounted) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.add_history_delta() = Scheduled(1);
  TakeFirstTurn(ack);

  v1::ListExecutionsRequest list;
  list.set_instance("a");
  v1::ListExecutionsResponse executions;
  ASSERT_TRUE(ReadExecutions(db(), kStore, list, executions).ok());
  EXPECT_EQ(executions.execution_ids_size(), 0);

  v1::GetExecutionInfoRequest ask;
  ask.set_instance("a");
  ask.set_execution_id(1);
  v1::GetExecutionInfoResponse info;
  EXPECT_EQ(ReasonOf(ReadExecutionInfo(db(), kStore, ask, info)),
            v1::ERROR_REASON_INSTANCE_NOT_FOUND);

  v1::SystemMetrics metrics;
  ReadSystemMetrics(db(), kStore, metrics);
  EXPECT_EQ(metrics.total_executions(), 0u);
  EXPECT_EQ(metrics.total_events(), 0u);
}

}  // namespace
}  // namespace duroxide::sqlite
