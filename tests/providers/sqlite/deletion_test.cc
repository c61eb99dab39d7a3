// DEL-1 to DEL-3.

#include "providers/sqlite/deletion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "providers/errors.h"
#include "providers/sqlite/instances.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/raw_database.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;

class Deletion : public RoomTest {
 protected:
  void MakeDone(const std::string& id, const std::string& parent = "") {
    v1::ExecutionMetadata metadata =
        Recorded(v1::ORCHESTRATION_STATUS_COMPLETED);
    if (!parent.empty()) metadata.set_parent_instance_id(parent);
    MakeInstance(id, metadata);
  }
  void MakeRunning(const std::string& id, const std::string& parent = "") {
    v1::ExecutionMetadata metadata = Recorded(v1::ORCHESTRATION_STATUS_RUNNING);
    if (!parent.empty()) metadata.set_parent_instance_id(parent);
    MakeInstance(id, metadata);
  }
  // As if the instance had ended at that moment.
  void EndedAt(const std::string& id, int64_t ms) {
    db().Run(
        "UPDATE executions SET completed_ms = ? WHERE instance_key ="
        " (SELECT instance_key FROM instances WHERE instance_id = ?)",
        ms, id);
  }

  absl::StatusOr<v1::DeletionResult> Tree(const std::string& root,
                                          bool force = false) {
    v1::DeleteInstanceRequest request;
    request.set_instance(root);
    request.set_force(force);
    return Delete([&](v1::DeletionResult& result) {
      return DeleteTree(db(), kStore, request, result);
    });
  }
  absl::StatusOr<v1::DeletionResult> Named(const std::vector<std::string>& ids,
                                           bool force = false) {
    v1::DeleteInstancesRequest request;
    for (const std::string& id : ids) request.add_instances(id);
    request.set_force(force);
    return Delete([&](v1::DeletionResult& result) {
      return DeleteNamed(db(), kStore, request, result);
    });
  }
  absl::StatusOr<v1::DeletionResult> ByFilter(
      const v1::InstanceFilter& filter) {
    return Delete([&](v1::DeletionResult& result) {
      return DeleteByFilter(db(), kStore, filter, result);
    });
  }

  std::vector<std::string> Left() {
    std::vector<std::string> ids;
    Rows rows =
        db().Query("SELECT instance_id FROM instances ORDER BY instance_id");
    while (rows.Next()) ids.emplace_back(rows.Text(0));
    return ids;
  }

 private:
  template <typename Work>
  absl::StatusOr<v1::DeletionResult> Delete(const Work& work) {
    v1::DeletionResult result;
    const absl::Status status = InSavepoint(db(), [&] { return work(result); });
    if (!status.ok()) return status;
    return result;
  }
};

TEST_F(Deletion, RemovesEveryTrace) {
  MakeDone("other");
  Enqueue(Raised("other", ""), 1);
  EnqueueWork(db(), kStore, Activity("other", 1));
  const std::string before = RawDatabase(file()).Dump();

  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  *ack.add_history_delta() = SetKey(1, "left", "1");
  *ack.add_history_delta() = SetStatus(2, "busy");
  TakeTurn(ack, "order");
  ack.set_execution_id(2);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_RUNNING);
  *ack.add_history_delta() = SetKey(3, "changed", "2");
  TakeTurn(ack, "order");
  Enqueue(Raised("order", "visible"), 1);
  Enqueue(Raised("order", "delayed"), NowUs() + kHourUs);
  EnqueueWork(db(), kStore, InSession(Activity("order", 1), "s"));
  EnqueueWork(db(), kStore, Tagged(Activity("order", 2), "gpu"));

  const auto deleted = Named({"order"}, /*force=*/true);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(RawDatabase(file()).Dump(), before);
  EXPECT_EQ(deleted->instances_deleted(), 1u);
  EXPECT_EQ(deleted->executions_deleted(), 2u);
  EXPECT_EQ(deleted->events_deleted(), 5u);
  EXPECT_EQ(deleted->queue_messages_deleted(), 4u);
}

TEST_F(Deletion, LocksAreGoneToo) {
  MakeRunning("a");
  Enqueue(Raised("a", ""), 1);
  const std::string token = MustFetch(NowUs()).lock_token();
  EnqueueWork(db(), kStore, Activity("a", 1));
  v1::AckWorkItemRequest ack;
  ack.set_lock_token(FetchWork(NowUs())->lock_token());
  *ack.mutable_completion() = Done("a", 1);
  ASSERT_TRUE(Named({"a"}, true).ok());
  EXPECT_EQ(ReasonOf(AckWork(db(), kStore, ack)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(ReasonOf(FindHeldTurn(db(), kStore, token, NowUs()).status()),
            v1::ERROR_REASON_LOCK_LOST);
  EXPECT_THAT(Left(), ElementsAre());
}

TEST_F(Deletion, UnknownIdsAreNoErrorAndNotCounted) {
  MakeDone("a");
  const auto deleted = Named({"a", "unknown", "a", "never"});
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(deleted->instances_deleted(), 1u);
  EXPECT_EQ(Named({"a"})->instances_deleted(), 0u);
  EXPECT_TRUE(Named({}).ok());
}

TEST_F(Deletion, MessagesOfAnUnknownInstanceAreRemoved) {
  Enqueue(Start("a"), 1);
  const auto deleted = Named({"a"});
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(deleted->instances_deleted(), 0u);
  EXPECT_EQ(deleted->queue_messages_deleted(), 1u);
  EXPECT_THAT(Left(), ElementsAre());
}

TEST_F(Deletion, ARunningOneStopsItAll) {
  MakeDone("a");
  MakeRunning("b");
  MakeDone("c");
  const auto refused = Named({"a", "b", "c"});
  EXPECT_EQ(ReasonOf(refused.status()), v1::ERROR_REASON_INSTANCE_RUNNING);
  EXPECT_NE(refused.status().message().find("\"b\""), std::string::npos);
  EXPECT_THAT(Left(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(Named({"a", "b", "c"}, true)->instances_deleted(), 3u);
}

TEST_F(Deletion, ChildrenLeftOutStopItAll) {
  MakeDone("parent");
  MakeDone("child", "parent");
  MakeDone("other");
  for (const bool force : {false, true}) {
    const auto refused = Named({"other", "parent"}, force);
    EXPECT_EQ(ReasonOf(refused.status()), v1::ERROR_REASON_HAS_CHILDREN);
    EXPECT_NE(refused.status().message().find("\"child\""), std::string::npos);
    EXPECT_THAT(Left(), ElementsAre("child", "other", "parent"));
  }
  EXPECT_EQ(Named({"child", "parent"})->instances_deleted(), 2u);
}

TEST_F(Deletion, AChildMayBeNamedByItself) {
  MakeDone("parent");
  MakeDone("child", "parent");
  EXPECT_EQ(Named({"child"})->instances_deleted(), 1u);
  EXPECT_THAT(Left(), ElementsAre("parent"));
}

TEST_F(Deletion, ATreeGoesAsAWhole) {
  MakeDone("root");
  MakeDone("child", "root");
  MakeDone("grandchild", "child");
  MakeDone("stranger");
  EXPECT_EQ(Tree("root")->instances_deleted(), 3u);
  EXPECT_THAT(Left(), ElementsAre("stranger"));
}

TEST_F(Deletion, ATreeIsNamedByItsRoot) {
  MakeDone("root");
  MakeDone("child", "root");
  for (const bool force : {false, true}) {
    const auto refused = Tree("child", force);
    EXPECT_EQ(ReasonOf(refused.status()), v1::ERROR_REASON_HAS_PARENT);
    EXPECT_NE(refused.status().message().find("\"root\""), std::string::npos);
  }
  EXPECT_THAT(Left(), ElementsAre("child", "root"));
}

TEST_F(Deletion, ARunningDescendantKeepsTheTree) {
  MakeDone("root");
  MakeDone("child", "root");
  MakeRunning("grandchild", "child");
  EXPECT_EQ(ReasonOf(Tree("root").status()), v1::ERROR_REASON_INSTANCE_RUNNING);
  EXPECT_THAT(Left(), ElementsAre("child", "grandchild", "root"));
  EXPECT_EQ(Tree("root", true)->instances_deleted(), 3u);
}

TEST_F(Deletion, AnUnknownRootIsNotFound) {
  Enqueue(Start("queued"), 1);
  EXPECT_EQ(ReasonOf(Tree("queued").status()),
            v1::ERROR_REASON_INSTANCE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(Tree("unknown", true).status()),
            v1::ERROR_REASON_INSTANCE_NOT_FOUND);
  EXPECT_THAT(Left(), ElementsAre("queued"));
}

TEST_F(Deletion, AFilterTakesTerminalRootsAndTheirTrees) {
  MakeDone("done");
  MakeDone("child", "done");
  MakeRunning("busy child", "done");
  MakeRunning("running");
  MakeDone("orphaned child", "running");
  EXPECT_EQ(ByFilter({})->instances_deleted(), 3u);
  EXPECT_THAT(Left(), ElementsAre("orphaned child", "running"));
}

TEST_F(Deletion, AllCriteriaHoldTogether) {
  for (const char* id : {"a", "b", "c", "d"}) MakeDone(id);
  MakeRunning("r");
  EndedAt("a", 100);
  EndedAt("b", 200);
  EndedAt("c", 100);
  v1::InstanceFilter filter;
  filter.set_completed_before_ms(200);
  for (const char* id : {"a", "b", "r", "unknown"}) {
    filter.mutable_instance_ids()->add_ids(id);
  }
  EXPECT_EQ(ByFilter(filter)->instances_deleted(), 1u);
  EXPECT_THAT(Left(), ElementsAre("b", "c", "d", "r"));
  filter.clear_instance_ids();
  EXPECT_EQ(ByFilter(filter)->instances_deleted(), 1u) << "c";
}

TEST_F(Deletion, NoneOfTheIdsIsNotAny) {
  MakeDone("a");
  v1::InstanceFilter filter;
  filter.mutable_instance_ids();
  EXPECT_EQ(ByFilter(filter)->instances_deleted(), 0u);
}

TEST_F(Deletion, TheLimitCountsRoots) {
  for (const char* id : {"a", "b", "c"}) {
    MakeDone(id);
    MakeDone(std::string(id) + "-child", id);
  }
  v1::InstanceFilter filter;
  filter.set_limit(0);
  EXPECT_EQ(ByFilter(filter)->instances_deleted(), 0u);
  filter.set_limit(2);
  EXPECT_EQ(ByFilter(filter)->instances_deleted(), 4u);
  filter.mutable_instance_ids()->add_ids("c");
  filter.set_limit(1);
  EXPECT_EQ(ByFilter(filter)->instances_deleted(), 2u);
}

TEST_F(Deletion, TheLimitIsAThousandWhereNoneIsGiven) {
  const absl::Status made = InSavepoint(db(), [this] {
    for (int i = 0; i < 1001; ++i) MakeDone(std::to_string(i));
    return absl::OkStatus();
  });
  ASSERT_TRUE(made.ok()) << made;
  EXPECT_EQ(ByFilter({})->instances_deleted(), 1000u);
  EXPECT_THAT(Left(), ElementsAre("1000")) << "the newest";
  EXPECT_EQ(ByFilter({})->instances_deleted(), 1u);
}

TEST_F(Deletion, ALateCompletionIsAMessageLikeAnyOther) {
  MakeRunning("a");
  ASSERT_TRUE(Named({"a"}, true).ok());
  // Of an activity that ran all the while.
  Enqueue(Done("a", 1), 1);
  Enqueue(Start("a"), 2);
  const v1::OrchestrationItem item = MustFetch(NowUs()).item();
  EXPECT_THAT(TextsOf(item), ElementsAre("done", "start"));
  EXPECT_EQ(item.history_size(), 0);
  EXPECT_EQ(db().Number("SELECT count(*) FROM history"), 0);
}

}  // namespace
}  // namespace duroxide::sqlite
