// What operators look at: ADMIN-1, ADMIN-2.

#include "providers/sqlite/admin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "providers/errors.h"
#include "providers/sqlite/deletion.h"
#include "providers/sqlite/history.h"
#include "providers/sqlite/instances.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Admin : public RoomTest {
 protected:
  // Calls a reading function of admin.h for an instance.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(absl::Status (*read)(Connection&, int64_t,
                                                    const Request&, Response&),
                               const std::string& instance) {
    Request request;
    request.set_instance(instance);
    return Ask(read, request);
  }
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(absl::Status (*read)(Connection&, int64_t,
                                                    const Request&, Response&),
                               const Request& request) {
    Response response;
    const absl::Status status = read(db(), kStore, request, response);
    if (!status.ok()) return status;
    return response;
  }

  v1::QueueDepths Depths() {
    v1::QueueDepths depths;
    ReadQueueDepths(db(), kStore, depths);
    return depths;
  }
  v1::SystemMetrics Metrics() {
    v1::SystemMetrics metrics;
    ReadSystemMetrics(db(), kStore, metrics);
    return metrics;
  }
};

TEST_F(Admin, DescribesAnInstance) {
  const auto before_ms = static_cast<uint64_t>(NowMs());
  v1::ExecutionMetadata metadata = ChildOf("parent");
  metadata.set_status(v1::ORCHESTRATION_STATUS_COMPLETED);
  metadata.set_output("42");
  MakeInstance("a", metadata);
  const auto response = Ask(&ReadInstanceInfo, "a");
  ASSERT_TRUE(response.ok()) << response.status();
  const v1::InstanceInfo& info = response->info();
  EXPECT_EQ(info.instance_id(), "a");
  EXPECT_EQ(info.orchestration_name(), "ProcessOrder");
  EXPECT_EQ(info.orchestration_version(), "1.0.0");
  EXPECT_EQ(info.current_execution_id(), 1u);
  EXPECT_EQ(info.status(), v1::ORCHESTRATION_STATUS_COMPLETED);
  EXPECT_EQ(info.output(), "42");
  EXPECT_EQ(info.parent_instance_id(), "parent");
  EXPECT_GE(info.created_at_ms(), before_ms);
  EXPECT_GE(info.updated_at_ms(), info.created_at_ms());
  EXPECT_LE(info.updated_at_ms(), static_cast<uint64_t>(NowMs()));
}

TEST_F(Admin, ATurnMovesTheUpdateNotTheCreation) {
  MakeInstance("a");
  db().Run("UPDATE instances SET created_ms = 1000, updated_ms = 1000");
  TakeTurn(AckTurnOf(1), "a");
  const auto response = Ask(&ReadInstanceInfo, "a");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->info().created_at_ms(), 1000u);
  EXPECT_GT(response->info().updated_at_ms(), 1000u);
}

TEST_F(Admin, WithoutARecordThereIsNoInstance) {
  Enqueue(Start("queued"), 1);
  for (const char* id : {"queued", "unknown"}) {
    EXPECT_EQ(ReasonOf(Ask(&ReadInstanceInfo, id).status()),
              v1::ERROR_REASON_INSTANCE_NOT_FOUND);
    EXPECT_EQ(ReasonOf(Ask(&ReadLatestExecution, id).status()),
              v1::ERROR_REASON_INSTANCE_NOT_FOUND);
    EXPECT_EQ(ReasonOf(Ask(&ReadParent, id).status()),
              v1::ERROR_REASON_INSTANCE_NOT_FOUND);
    EXPECT_EQ(ReasonOf(Ask(&ReadTree, id).status()),
              v1::ERROR_REASON_INSTANCE_NOT_FOUND);
    EXPECT_EQ(Ask(&ReadExecutions, id)->execution_ids_size(), 0);
    EXPECT_EQ(Ask(&ReadChildren, id)->instance_ids_size(), 0);
    EXPECT_FALSE(Ask(&ReadInstanceStats, id)->has_stats());
  }
  EXPECT_EQ(
      Ask(&ReadInstances, v1::ListInstancesRequest())->instance_ids_size(), 0);
}

TEST_F(Admin, DescribesExecutions) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  ack.mutable_metadata()->set_output("next input");
  *ack.add_history_delta() = Scheduled(1);
  *ack.add_history_delta() = Scheduled(2);
  TakeTurn(ack, "a");
  ack = AckTurnOf(2);
  ack.mutable_metadata()->set_status(v1::ORCHESTRATION_STATUS_RUNNING);
  TakeTurn(ack, "a");
  v1::GetExecutionInfoRequest request;
  request.set_instance("a");
  request.set_execution_id(1);
  const auto ended = Ask(&ReadExecutionInfo, request);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->info().status(), v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  EXPECT_EQ(ended->info().output(), "next input");
  EXPECT_EQ(ended->info().event_count(), 2u);
  EXPECT_GT(ended->info().started_at_ms(), 0u);
  EXPECT_GE(ended->info().completed_at_ms(), ended->info().started_at_ms());
  request.set_execution_id(2);
  const auto running = Ask(&ReadExecutionInfo, request);
  ASSERT_TRUE(running.ok()) << running.status();
  EXPECT_EQ(running->info().status(), v1::ORCHESTRATION_STATUS_RUNNING);
  EXPECT_FALSE(running->info().has_completed_at_ms());
  EXPECT_FALSE(running->info().has_output());
  request.set_execution_id(3);
  EXPECT_EQ(ReasonOf(Ask(&ReadExecutionInfo, request).status()),
            v1::ERROR_REASON_INSTANCE_NOT_FOUND);
  EXPECT_EQ(Ask(&ReadLatestExecution, "a")->execution_id(), 2u);
}

TEST_F(Admin, ListsInstancesNewestFirst) {
  for (const char* id : {"c", "a", "b"}) MakeInstance(id);
  // All within one millisecond: the order of making decides.
  db().Run("UPDATE instances SET created_ms = 5");
  EXPECT_THAT(Ask(&ReadInstances, v1::ListInstancesRequest())->instance_ids(),
              ElementsAre("b", "a", "c"));
  db().Run("UPDATE instances SET created_ms = 9 WHERE instance_id = 'c'");
  EXPECT_THAT(Ask(&ReadInstances, v1::ListInstancesRequest())->instance_ids(),
              ElementsAre("c", "b", "a"));
}

TEST_F(Admin, ListsByStatus) {
  MakeInstance("running", Recorded(v1::ORCHESTRATION_STATUS_RUNNING));
  MakeInstance("silent");
  MakeInstance("failed", Recorded(v1::ORCHESTRATION_STATUS_FAILED));
  v1::ListInstancesRequest request;
  request.set_status(v1::ORCHESTRATION_STATUS_FAILED);
  EXPECT_THAT(Ask(&ReadInstances, request)->instance_ids(),
              ElementsAre("failed"));
  request.set_status(v1::ORCHESTRATION_STATUS_RUNNING);
  EXPECT_THAT(Ask(&ReadInstances, request)->instance_ids(),
              ElementsAre("silent", "running"));
}

TEST_F(Admin, PagesHoldEachInstanceOnce) {
  for (int i = 0; i < 7; ++i) MakeInstance("i" + std::to_string(i));
  db().Run("UPDATE instances SET created_ms = instance_key / 3");
  v1::ListInstancesRequest request;
  request.set_page_size(3);
  std::vector<std::string> all;
  std::vector<int> sizes;
  do {
    const auto page = Ask(&ReadInstances, request);
    ASSERT_TRUE(page.ok()) << page.status();
    all.insert(all.end(), page->instance_ids().begin(),
               page->instance_ids().end());
    sizes.push_back(page->instance_ids_size());
    request.set_page_token(page->next_page_token());
    // What is new meanwhile stands before the first page.
    MakeInstance("new" + std::to_string(sizes.size()));
  } while (!request.page_token().empty());
  EXPECT_THAT(all, ElementsAre("i6", "i5", "i4", "i3", "i2", "i1", "i0"));
  EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
}

TEST_F(Admin, TheLastFullPageHasNoNext) {
  for (int i = 0; i < 4; ++i) MakeInstance("i" + std::to_string(i));
  v1::ListInstancesRequest request;
  request.set_page_size(2);
  request.set_page_token(Ask(&ReadInstances, request)->next_page_token());
  ASSERT_NE(request.page_token(), "");
  EXPECT_EQ(Ask(&ReadInstances, request)->next_page_token(), "");
}

TEST_F(Admin, PagesOfExecutionsGoUpward) {
  MakeInstance("a");
  for (const uint64_t id : {2, 3, 5}) TakeTurn(AckTurnOf(id), "a");
  v1::ListExecutionsRequest request;
  request.set_instance("a");
  request.set_page_size(3);
  const auto first = Ask(&ReadExecutions, request);
  EXPECT_THAT(first->execution_ids(), ElementsAre(1, 2, 3));
  request.set_page_token(first->next_page_token());
  const auto second = Ask(&ReadExecutions, request);
  EXPECT_THAT(second->execution_ids(), ElementsAre(5));
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(Admin, PagesOfChildrenAreOldestFirst) {
  MakeInstance("parent");
  // What counts is when the record was made, not the first message.
  Enqueue(Start("a"), NowUs() + kHourUs);
  for (const char* id : {"z", "m", "a"}) MakeInstance(id, ChildOf("parent"));
  db().Run("UPDATE instances SET created_ms = 9 WHERE instance_id = 'a'");
  db().Run(
      "UPDATE instances SET created_ms = 5 WHERE instance_id IN"
      " ('z', 'm')");
  MakeInstance("grandchild", ChildOf("a"));
  v1::ListChildrenRequest request;
  request.set_instance("parent");
  request.set_page_size(2);
  const auto first = Ask(&ReadChildren, request);
  EXPECT_THAT(first->instance_ids(), ElementsAre("z", "m"));
  request.set_page_token(first->next_page_token());
  EXPECT_THAT(Ask(&ReadChildren, request)->instance_ids(), ElementsAre("a"));
}

TEST_F(Admin, AForgedPageTokenIsRefused) {
  for (const char* token :
       {"x", "1.2", "i", "i1", "i1.", "i.2", "i1.2.3", "i1.x"}) {
    v1::ListInstancesRequest request;
    request.set_page_token(token);
    const absl::Status refused = Ask(&ReadInstances, request).status();
    EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_INVALID_REQUEST) << token;
    EXPECT_NE(refused.message().find("page_token"), std::string::npos);
  }
}

TEST_F(Admin, ThePageTokenOfAnotherListIsRefused) {
  for (const char* id : {"a", "b"}) MakeInstance(id);
  v1::ListInstancesRequest instances;
  instances.set_page_size(1);
  const std::string token = Ask(&ReadInstances, instances)->next_page_token();
  v1::ListExecutionsRequest executions;
  executions.set_instance("a");
  executions.set_page_token(token);
  EXPECT_EQ(ReasonOf(Ask(&ReadExecutions, executions).status()),
            v1::ERROR_REASON_INVALID_REQUEST);
  v1::ListChildrenRequest children;
  children.set_instance("a");
  children.set_page_token(token);
  EXPECT_EQ(ReasonOf(Ask(&ReadChildren, children).status()),
            v1::ERROR_REASON_INVALID_REQUEST);
}

TEST_F(Admin, TheTreeHoldsParentsBeforeChildren) {
  MakeInstance("root");
  MakeInstance("left", ChildOf("root"));
  MakeInstance("right", ChildOf("root"));
  MakeInstance("leaf", ChildOf("left"));
  MakeInstance("stranger");
  const auto tree = Ask(&ReadTree, "root");
  EXPECT_EQ(tree->root_id(), "root");
  EXPECT_THAT(tree->all_ids(),
              UnorderedElementsAre("root", "left", "right", "leaf"));
  std::map<std::string, int> place;
  for (int i = 0; i < tree->all_ids_size(); ++i) place[tree->all_ids(i)] = i;
  EXPECT_LT(place["root"], place["left"]);
  EXPECT_LT(place["root"], place["right"]);
  EXPECT_LT(place["left"], place["leaf"]);
  EXPECT_THAT(Ask(&ReadTree, "left")->all_ids(), ElementsAre("left", "leaf"));
  EXPECT_EQ(Ask(&ReadParent, "leaf")->parent_instance_id(), "left");
  EXPECT_FALSE(Ask(&ReadParent, "root")->has_parent_instance_id());
}

TEST_F(Admin, ParentsThatFormACircleEnd) {
  MakeInstance("a", ChildOf("b"));
  MakeInstance("b", ChildOf("a"));
  MakeInstance("self", ChildOf("self"));
  EXPECT_THAT(Ask(&ReadTree, "a")->all_ids(), ElementsAre("a", "b"));
  EXPECT_THAT(Ask(&ReadTree, "self")->all_ids(), ElementsAre("self"));
}

TEST_F(Admin, MetricsCountByStatus) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  *ack.add_history_delta() = Scheduled(1);
  TakeTurn(ack, "two executions");
  ack.set_execution_id(2);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_RUNNING);
  *ack.add_history_delta() = Scheduled(2);
  TakeTurn(ack, "two executions");
  MakeInstance("done", Recorded(v1::ORCHESTRATION_STATUS_COMPLETED));
  MakeInstance("failed", Recorded(v1::ORCHESTRATION_STATUS_FAILED));
  Enqueue(Start("not yet there"), 1);
  const v1::SystemMetrics metrics = Metrics();
  EXPECT_EQ(metrics.total_instances(), 3u);
  EXPECT_EQ(metrics.total_executions(), 4u);
  EXPECT_EQ(metrics.running_instances(), 1u);
  EXPECT_EQ(metrics.completed_instances(), 1u);
  EXPECT_EQ(metrics.failed_instances(), 1u);
  EXPECT_EQ(metrics.total_events(), 3u);
}

TEST_F(Admin, DepthsCountWhatCouldBeFetchedNow) {
  const int64_t now_us = NowUs();
  Enqueue(Start("a"), 1);
  Enqueue(Raised("a", ""), 2);
  Enqueue(Raised("a", "delayed"), now_us + kHourUs);
  Enqueue(Start("b"), 3);
  EXPECT_EQ(Depths().orchestrator_queue(), 3u);
  const std::string token = MustFetch(now_us).lock_token();
  EXPECT_EQ(Depths().orchestrator_queue(), 1u) << "locked ones do not count";
  v1::AbandonOrchestrationItemRequest abandon;
  abandon.set_lock_token(token);
  ASSERT_TRUE(AbandonTurn(db(), kStore, abandon).ok());
  EXPECT_EQ(Depths().orchestrator_queue(), 3u) << "abandoned ones do";
  // Locked two hours ago, for one.
  MustFetch(now_us - 2 * kHourUs);
  EXPECT_EQ(Depths().orchestrator_queue(), 3u) << "a lock that ran out is none";
}

TEST_F(Admin, DepthsCountActivitiesAlike) {
  for (const uint64_t id : {1, 2, 3}) {
    EnqueueWork(db(), kStore, Activity("a", id));
  }
  EXPECT_EQ(Depths().worker_queue(), 3u);
  FetchWork(NowUs() - 2 * kHourUs);
  FetchWork(NowUs() - 2 * kHourUs);
  EXPECT_EQ(Depths().worker_queue(), 3u) << "locks that ran out are none";
  const auto item = FetchWork(NowUs());
  ASSERT_TRUE(item);
  EXPECT_EQ(Depths().worker_queue(), 2u);
  v1::AbandonWorkItemRequest abandon;
  abandon.set_lock_token(item->lock_token());
  *abandon.mutable_delay() = Seconds(3600);
  ASSERT_TRUE(AbandonWork(db(), kStore, abandon).ok());
  EXPECT_EQ(Depths().worker_queue(), 2u) << "a delayed one is not visible";
}

TEST_F(Admin, StatsDescribeTheCurrentExecution) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  *ack.add_history_delta() = SetKey(1, "kept", "12345");
  *ack.add_history_delta() = SetKey(2, "cleared", "123");
  TakeTurn(ack, "a");
  ack = AckTurnOf(2);
  v1::Event& started = *ack.add_history_delta();
  started.set_event_id(1);
  auto& carried =
      *started.mutable_orchestration_started()->mutable_carry_forward_events();
  carried.add_events()->set_name("one");
  carried.add_events()->set_name("two");
  *ack.add_history_delta() = ClearKey(2, "cleared");
  *ack.add_history_delta() = SetKey(3, "new", "67");
  TakeTurn(ack, "a");
  const auto response = Ask(&ReadInstanceStats, "a");
  ASSERT_TRUE(response.ok()) << response.status();
  const v1::InstanceStats& stats = response->stats();
  EXPECT_EQ(stats.history_event_count(), 3u);
  uint64_t bytes = 0;
  for (const v1::Event& event : ack.history_delta()) {
    bytes += event.ByteSizeLong();
  }
  EXPECT_EQ(stats.history_size_bytes(), bytes);
  EXPECT_EQ(stats.queue_pending_count(), 2u);
  EXPECT_EQ(stats.kv_user_key_count(), 2u);
  EXPECT_EQ(stats.kv_total_value_bytes(), 7u);
}

TEST_F(Admin, StatsOfACorruptHistoryAreAnError) {
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  *ack.add_history_delta() = Scheduled(1);
  TakeTurn(ack, "a");
  CorruptEvents(db(), *FindInstance(db(), kStore, "a"));
  EXPECT_EQ(ReasonOf(Ask(&ReadInstanceStats, "a").status()),
            v1::ERROR_REASON_HISTORY_CORRUPT);
}

TEST_F(Admin, TheMaximumOfAttemptsIsOfAllMessages) {
  EXPECT_EQ(ReadMaxAttempts(db(), kStore, "a"), 0u);
  Enqueue(Start("a"), 1);
  EXPECT_EQ(ReadMaxAttempts(db(), kStore, "a"), 0u);
  MustFetch(NowUs());
  MustFetch(NowUs() + kHourUs);
  Enqueue(Raised("a", ""), 2);
  EXPECT_EQ(ReadMaxAttempts(db(), kStore, "a"), 2u);
}

}  // namespace
}  // namespace duroxide::sqlite
