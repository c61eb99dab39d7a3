// PRUNE-1.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "providers/errors.h"
#include "providers/sqlite/deletion.h"
#include "providers/sqlite/instances.h"
#include "providers/sqlite/kv.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;

class Pruning : public RoomTest {
 protected:
  // An instance with executions 1 to `last`, each with two events. All but the
  // last ended, execution n at moment n * 100.
  void MakeLong(const std::string& id, uint64_t last) {
    for (uint64_t execution = 1; execution <= last; ++execution) {
      v1::AckOrchestrationItemRequest ack = AckTurnOf(execution);
      *ack.mutable_metadata() =
          Recorded(execution < last ? v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW
                                    : v1::ORCHESTRATION_STATUS_RUNNING);
      *ack.add_history_delta() = Scheduled(1);
      *ack.add_history_delta() =
          SetKey(2, "execution " + std::to_string(execution), "x");
      TakeTurn(ack, id);
    }
    db().Run(
        "UPDATE executions SET completed_ms = execution_id * 100"
        " WHERE completed_ms IS NOT NULL");
  }

  absl::StatusOr<v1::PruneResult> PruneOne(const v1::PruneOptions& options,
                                           const std::string& id = "a") {
    v1::PruneExecutionsRequest request;
    request.set_instance(id);
    *request.mutable_options() = options;
    v1::PruneResult result;
    const absl::Status status = Prune(db(), kStore, request, result);
    if (!status.ok()) return status;
    return result;
  }

  std::vector<int64_t> Left(const std::string& id = "a") {
    std::vector<int64_t> executions;
    Rows rows = db().Query(
        "SELECT execution_id FROM executions JOIN instances"
        " ON executions.instance_key = instances.instance_key"
        " WHERE instance_id = ? ORDER BY execution_id",
        id);
    while (rows.Next()) executions.push_back(rows.Int(0));
    return executions;
  }

  static v1::PruneOptions Keep(uint32_t executions) {
    v1::PruneOptions options;
    options.set_keep_last(executions);
    return options;
  }
};

TEST_F(Pruning, KeepsTheNewestTheCurrentOneCounted) {
  MakeLong("a", 5);
  const auto pruned = PruneOne(Keep(2));
  ASSERT_TRUE(pruned.ok()) << pruned.status();
  EXPECT_EQ(pruned->instances_processed(), 1u);
  EXPECT_EQ(pruned->executions_deleted(), 3u);
  EXPECT_EQ(pruned->events_deleted(), 6u);
  EXPECT_THAT(Left(), ElementsAre(4, 5));
  EXPECT_EQ(db().Number("SELECT count(*) FROM history"), 4);
}

TEST_F(Pruning, NoneZeroAndOneAreTheSame) {
  for (const v1::PruneOptions& options :
       {v1::PruneOptions(), Keep(0), Keep(1)}) {
    const std::string id = "a" + std::to_string(options.keep_last()) +
                           (options.has_keep_last() ? "" : "none");
    MakeLong(id, 3);
    EXPECT_EQ(PruneOne(options, id)->executions_deleted(), 2u);
    EXPECT_THAT(Left(id), ElementsAre(3));
  }
}

TEST_F(Pruning, TheCurrentExecutionStaysThoughItEnded) {
  MakeInstance("a", Recorded(v1::ORCHESTRATION_STATUS_COMPLETED));
  EXPECT_EQ(PruneOne(Keep(0))->executions_deleted(), 0u);
  EXPECT_THAT(Left(), ElementsAre(1));
}

TEST_F(Pruning, ARunningExecutionStays) {
  MakeLong("a", 3);
  db().Run(
      "UPDATE executions SET status = ?, completed_ms = NULL"
      " WHERE execution_id = 1",
      int64_t{v1::ORCHESTRATION_STATUS_RUNNING});
  EXPECT_EQ(PruneOne(Keep(1))->executions_deleted(), 1u);
  EXPECT_THAT(Left(), ElementsAre(1, 3));
}

TEST_F(Pruning, AllCriteriaHoldTogether) {
  MakeLong("a", 6);
  v1::PruneOptions options = Keep(4);
  options.set_completed_before_ms(200);
  EXPECT_EQ(PruneOne(options)->executions_deleted(), 1u);
  EXPECT_THAT(Left(), ElementsAre(2, 3, 4, 5, 6));
  options.set_completed_before_ms(1000);
  EXPECT_EQ(PruneOne(options)->executions_deleted(), 1u);
  EXPECT_THAT(Left(), ElementsAre(3, 4, 5, 6));
}

TEST_F(Pruning, KeepingMoreThanThereAreKeepsAll) {
  MakeLong("a", 3);
  EXPECT_EQ(PruneOne(Keep(4'000'000'000))->executions_deleted(), 0u);
}

TEST_F(Pruning, KeyValuesStay) {
  MakeLong("a", 3);
  ASSERT_TRUE(PruneOne(Keep(1)).ok());
  const int64_t key = FindInstance(db(), kStore, "a")->key;
  KvEntries entries;
  ReadKvValues(db(), key, entries);
  EXPECT_EQ(entries.size(), 3);
}

TEST_F(Pruning, AnUnknownInstanceIsNotFound) {
  Enqueue(Start("queued"), 1);
  EXPECT_EQ(ReasonOf(PruneOne(Keep(1), "queued").status()),
            v1::ERROR_REASON_INSTANCE_NOT_FOUND);
}

TEST_F(Pruning, ByFilterRunningInstancesTakePart) {
  MakeLong("a", 3);
  MakeLong("b", 2);
  MakeLong("c", 2);
  v1::PruneExecutionsByFilterRequest request;
  request.mutable_filter()->mutable_instance_ids()->add_ids("a");
  request.mutable_filter()->mutable_instance_ids()->add_ids("b");
  request.mutable_filter()->mutable_instance_ids()->add_ids("unknown");
  v1::PruneResult result;
  ASSERT_TRUE(PruneByFilter(db(), kStore, request, result).ok());
  EXPECT_EQ(result.instances_processed(), 2u);
  EXPECT_EQ(result.executions_deleted(), 3u);
  EXPECT_THAT(Left("c"), ElementsAre(1, 2));
}

TEST_F(Pruning, ByFilterTheLimitCountsInstances) {
  MakeLong("a", 2);
  MakeLong("b", 2);
  v1::PruneExecutionsByFilterRequest request;
  request.mutable_filter()->set_limit(1);
  v1::PruneResult result;
  ASSERT_TRUE(PruneByFilter(db(), kStore, request, result).ok());
  EXPECT_EQ(result.instances_processed(), 1u);
  EXPECT_EQ(result.executions_deleted(), 1u);
}

}  // namespace
}  // namespace duroxide::sqlite
