// What is left in the queues is found, by depth or by what can be taken out.

#include "conformance/stress/check/queues.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conformance/stress/check/kinds.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "providers/await.h"
#include "providers/sqlite/sqlite_provider.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/stress/check/fake_store.h"
#include "tests/conformance/stress/fake_stage.h"

namespace duroxide::stress {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<Finding> Check(FakeStage& stage) {
  Findings findings;
  const absl::Status status = CheckQueuesEmpty(stage, findings);
  EXPECT_TRUE(status.ok()) << status;
  return findings.Take();
}

TEST(QueuesTest, AreEmptyByTheirDepths) {
  FakeStage stage(std::make_shared<FakeStore>(), "store");
  EXPECT_THAT(Check(stage), IsEmpty());
}

TEST(QueuesTest, AreCountedByTheirDepths) {
  const auto store = std::make_shared<FakeStore>();
  store->depths.set_orchestrator_queue(2);
  store->depths.set_worker_queue(3);
  store->depths.set_timer_queue(4);
  FakeStage stage(store, "store");
  const std::vector<Finding> found = Check(stage);
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].kind, kQueueNotEmpty);
  EXPECT_EQ(found[0].count, 9);
}

// The default store, with and without ADMIN.
class SharedQueuesTest : public ::testing::TestWithParam<bool> {
 protected:
  SharedQueuesTest() {
    auto opened = sqlite::OpenSqliteProvider({.database = ":memory:"});
    EXPECT_TRUE(opened.ok()) << opened.status();
    working_ = *std::move(opened);
    provider_ = std::make_shared<conformance::FaultyProvider>(
        *working_, GetParam() ? conformance::FaultHooks()
                              : conformance::Hiding(v1::CAPABILITY_ADMIN));
  }

  void Enqueue(const std::string& instance) {
    v1::EnqueueOrchestratorItemRequest message;
    auto& start = *message.mutable_item()->mutable_start_orchestration();
    start.set_instance(instance);
    start.set_orchestration("Load");
    start.set_execution_id(1);
    ASSERT_TRUE(
        Await(*working_, &Provider::EnqueueOrchestratorItem, message).ok());
    v1::EnqueueWorkItemRequest activity;
    auto& execute = *activity.mutable_item()->mutable_activity_execute();
    execute.set_instance(instance);
    execute.set_execution_id(1);
    execute.set_id(2);
    execute.set_name("Task");
    execute.set_tag("red");
    ASSERT_TRUE(Await(*working_, &Provider::EnqueueWorkItem, activity).ok());
  }

  std::unique_ptr<Provider> working_;
  std::shared_ptr<Provider> provider_;
};

TEST_P(SharedQueuesTest, OnlyWhatIsOfTheLoadCounts) {
  FakeStage stage(provider_, "");
  Enqueue("somebody-else");
  EXPECT_THAT(Check(stage), IsEmpty());
  Enqueue("load-1");
  const std::vector<Finding> found = Check(stage);
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].kind, kQueueNotEmpty);
  EXPECT_EQ(found[0].count, 2);
  EXPECT_THAT(found[0].example, HasSubstr("load-1"));
}

TEST_P(SharedQueuesTest, WhatWasLookedAtIsGivenBack) {
  FakeStage stage(provider_, "");
  Enqueue("somebody-else");
  Check(stage);
  v1::FetchOrchestrationItemsRequest fetch;
  fetch.mutable_lock_timeout()->set_seconds(30);
  const auto held = Await(*working_, &Provider::FetchOrchestrationItems, fetch);
  ASSERT_TRUE(held.ok());
  ASSERT_EQ(held->items_size(), 1);
  EXPECT_EQ(held->items(0).attempt_count(), 1);
}

INSTANTIATE_TEST_SUITE_P(Shared, SharedQueuesTest, ::testing::Bool(),
                         [](const auto& test) {
                           return test.param ? "Admin" : "NoAdmin";
                         });

}  // namespace
}  // namespace duroxide::stress
