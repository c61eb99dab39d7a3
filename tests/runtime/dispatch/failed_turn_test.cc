#include "runtime/dispatch/failed_turn.h"

#include <gtest/gtest.h>

#include "runtime/replay/poison.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;

v1::Event Started(uint64_t parent_id = 0) {
  v1::Event event;
  event.set_event_id(1);
  event.mutable_orchestration_started()->set_name("Order");
  event.mutable_orchestration_started()->set_version("1.0.0");
  if (parent_id > 0) {
    event.mutable_orchestration_started()->set_parent_instance("parent");
    event.mutable_orchestration_started()->set_parent_id(parent_id);
    event.mutable_orchestration_started()->set_parent_execution_id(3);
  }
  return event;
}

class FailedTurnTest : public ::testing::Test {
 protected:
  FailedTurnTest() {
    item_.set_instance("order-1");
    refused_.set_lock_token("token");
    refused_.set_execution_id(2);
    refused_.set_request_id("used");
    refused_.add_worker_items();
  }

  v1::AckOrchestrationItemRequest Failure() {
    return FailureInsteadOf(refused_, item_, absl::InternalError("broken"),
                            absl::FromUnixMillis(1234));
  }

  v1::OrchestrationItem item_;
  v1::AckOrchestrationItemRequest refused_;
};

TEST_F(FailedTurnTest, FollowsTheStoredHistory) {
  *item_.add_history() = Started();
  item_.add_history()->set_event_id(2);
  refused_.add_history_delta()->set_event_id(3);
  const v1::AckOrchestrationItemRequest failure = Failure();
  EXPECT_EQ(failure.lock_token(), "token");
  EXPECT_EQ(failure.execution_id(), 2);
  EXPECT_FALSE(failure.has_request_id()) << "it is another request";
  EXPECT_EQ(failure.worker_items_size(), 0);
  ASSERT_EQ(failure.history_delta_size(), 1);
  const v1::Event& event = failure.history_delta(0);
  EXPECT_EQ(event.event_id(), 3);
  EXPECT_EQ(event.instance_id(), "order-1");
  EXPECT_EQ(event.execution_id(), 2);
  EXPECT_EQ(event.timestamp_ms(), 1234);
  EXPECT_EQ(event.orchestration_failed().details().infrastructure().message(),
            "broken");
  EXPECT_EQ(failure.metadata().status(), v1::ORCHESTRATION_STATUS_FAILED);
}

TEST_F(FailedTurnTest, AnExecutionThatBeganHasItsBeginning) {
  // Of an earlier execution.
  *item_.add_history() = Started();
  *refused_.add_history_delta() = Started();
  refused_.add_history_delta()->set_event_id(2);
  const v1::AckOrchestrationItemRequest failure = Failure();
  ASSERT_EQ(failure.history_delta_size(), 2);
  EXPECT_TRUE(failure.history_delta(0).has_orchestration_started());
  EXPECT_EQ(failure.history_delta(1).event_id(), 2);
  EXPECT_EQ(failure.metadata().orchestration_name(), "Order");
  EXPECT_EQ(failure.orchestrator_items_size(), 0);
}

TEST_F(FailedTurnTest, AParentIsTold) {
  *item_.add_history() = Started(7);
  const v1::AckOrchestrationItemRequest failure = Failure();
  ASSERT_EQ(failure.orchestrator_items_size(), 1);
  const auto& told = failure.orchestrator_items(0).sub_orchestration_failed();
  EXPECT_EQ(told.parent_instance(), "parent");
  EXPECT_EQ(told.parent_id(), 7);
  EXPECT_EQ(told.parent_execution_id(), 3);
}

TEST_F(FailedTurnTest, WithoutAHistoryTheEventHasAnIdFarOut) {
  item_.set_history_error("unreadable");
  EXPECT_EQ(Failure().history_delta(0).event_id(), kUnreadableHistoryFailureId);
}

}  // namespace
}  // namespace duroxide::runtime
