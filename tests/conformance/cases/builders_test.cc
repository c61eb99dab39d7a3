#include "conformance/builders.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "providers/validation.h"

namespace duroxide::conformance {
namespace {

v1::LockedOrchestrationItem Held(const std::string& instance,
                                 uint64_t execution_id) {
  v1::LockedOrchestrationItem held;
  held.set_lock_token("token");
  held.mutable_item()->set_instance(instance);
  held.mutable_item()->set_execution_id(execution_id);
  return held;
}

std::vector<v1::WorkItem> OneOfEachOrchestratorKind() {
  return {StartItem("order-1"),
          CompletedItem("order-1", 2),
          FailedItem("order-1", 2),
          TimerItem("order-1", 2, 1),
          ExternalItem("order-1", "approved"),
          QueueMessage("order-1", "remarks"),
          CancelItem("order-1"),
          ContinueAsNewItem("order-1"),
          ChildCompletedItem("order-1", 2),
          ChildFailedItem("order-1", 2)};
}

TEST(BuildersTest, EveryOrchestratorMessageIsValidAndOfAKindOfItsOwn) {
  std::set<int> kinds;
  for (const v1::WorkItem& item : OneOfEachOrchestratorKind()) {
    v1::EnqueueOrchestratorItemRequest request;
    *request.mutable_item() = item;
    EXPECT_TRUE(Validate(request).ok())
        << Validate(request) << " " << item.ShortDebugString();
    EXPECT_TRUE(kinds.insert(item.kind_case()).second)
        << item.ShortDebugString();
  }
  // All kinds but ActivityExecute.
  EXPECT_EQ(kinds.size(),
            static_cast<size_t>(v1::WorkItem::descriptor()->field_count()) - 1);
}

TEST(BuildersTest, AnActivityIsValidAndItsCompletionNamesIt) {
  const v1::WorkItem activity =
      ActivityItem("order-1", 7, {.execution_id = 3, .tag = "gpu"});
  v1::EnqueueWorkItemRequest request;
  *request.mutable_item() = activity;
  EXPECT_TRUE(Validate(request).ok()) << Validate(request);
  EXPECT_EQ(activity.activity_execute().tag(), "gpu");
  EXPECT_FALSE(activity.activity_execute().has_session_id());

  const v1::ActivityCompletedItem completed =
      CompletionOf(activity, "paid").activity_completed();
  EXPECT_EQ(completed.instance(), "order-1");
  EXPECT_EQ(completed.execution_id(), 3u);
  EXPECT_EQ(completed.id(), 7u);
  EXPECT_EQ(completed.result(), "paid");
}

TEST(BuildersTest, AStartWithoutAVersionHasNone) {
  EXPECT_EQ(StartItem("order-1").start_orchestration().version(),
            kOrchestrationVersion);
  EXPECT_FALSE(StartItem("order-1", {.version = std::nullopt})
                   .start_orchestration()
                   .has_version());
}

TEST(BuildersTest, AClearedStatusHasNoTextAndAnEmptyOneHas) {
  EXPECT_FALSE(
      CustomStatusClearedEvent(2).custom_status_updated().has_status());
  EXPECT_TRUE(CustomStatusEvent(2, "").custom_status_updated().has_status());
}

TEST(BuildersTest, AKeyIsSetAtItsEventsMomentUnlessItSaysAnother) {
  const v1::Event set = KeyValueSetEvent(2, "color", "red");
  EXPECT_EQ(set.key_value_set().last_updated_at_ms(), set.timestamp_ms());
  EXPECT_EQ(KeyValueSetEvent(2, "color", "red", 7)
                .key_value_set()
                .last_updated_at_ms(),
            7u);
}

TEST(AckBuilderTest, TakesLockAndExecutionFromTheItem) {
  const v1::AckOrchestrationItemRequest ack =
      AckBuilder(Held("order-1", 4)).Append(StartedEvent(1)).CancelActivity(2);
  EXPECT_EQ(ack.lock_token(), "token");
  EXPECT_EQ(ack.execution_id(), 4u);
  EXPECT_EQ(ack.history_delta(0).instance_id(), "order-1");
  EXPECT_EQ(ack.history_delta(0).execution_id(), 4u);
  EXPECT_EQ(ack.cancelled_activities(0).instance(), "order-1");
  EXPECT_EQ(ack.cancelled_activities(0).execution_id(), 4u);
  EXPECT_EQ(ack.cancelled_activities(0).activity_id(), 2u);
  EXPECT_FALSE(ack.has_metadata());
  EXPECT_TRUE(Validate(ack).ok()) << Validate(ack);
}

TEST(AckBuilderTest, TheEventsAfterANewExecutionBelongToIt) {
  const v1::AckOrchestrationItemRequest ack =
      AckBuilder(Held("order-1", 1)).Execution(2).Append(StartedEvent(1));
  EXPECT_EQ(ack.execution_id(), 2u);
  EXPECT_EQ(ack.history_delta(0).execution_id(), 2u);
}

TEST(AckBuilderTest, SetsOnlyTheMetadataThatItIsTold) {
  const v1::AckOrchestrationItemRequest ack = AckBuilder(Held("order-1", 1))
                                                  .LockToken(kUnknownToken)
                                                  .Parent("order-0")
                                                  .Output("")
                                                  .PinnedVersion({});
  EXPECT_EQ(ack.lock_token(), kUnknownToken);
  EXPECT_EQ(ack.metadata().parent_instance_id(), "order-0");
  EXPECT_TRUE(ack.metadata().has_output()) << "empty is not absent";
  EXPECT_TRUE(ack.metadata().has_pinned_version()) << "0.0.0 is a version";
  EXPECT_FALSE(ack.metadata().has_status());
  EXPECT_FALSE(ack.metadata().has_orchestration_name());
}

TEST(AckBuilderTest, TheFirstAckMakesARecord) {
  const v1::AckOrchestrationItemRequest ack = FirstAck(Held("order-1", 1));
  EXPECT_EQ(ack.metadata().orchestration_name(), kOrchestration);
  EXPECT_EQ(ack.metadata().orchestration_version(), kOrchestrationVersion);
  EXPECT_EQ(ack.history_delta(0).orchestration_started().name(),
            kOrchestration);
  EXPECT_TRUE(Validate(ack).ok()) << Validate(ack);
}

}  // namespace
}  // namespace duroxide::conformance
