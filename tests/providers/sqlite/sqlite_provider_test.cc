// The provider as a whole: what it says of itself, what it refuses, and one
// order from its start to its end.

#include "providers/sqlite/sqlite_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>

#include "providers/errors.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/provider_test.h"

namespace duroxide::sqlite {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class SqliteProviderTest : public ProviderTest {};
DUROXIDE_ON_FILE_AND_IN_MEMORY(SqliteProviderTest);

TEST_P(SqliteProviderTest, TellsWhatItIs) {
  const auto before_ms = static_cast<uint64_t>(absl::ToUnixMillis(absl::Now()));
  const v1::GetProviderInfoResponse info =
      MustCall(&Provider::GetProviderInfo, v1::GetProviderInfoRequest());
  EXPECT_EQ(info.name(), "sqlite");
  EXPECT_NE(info.version(), "");
  EXPECT_EQ(info.contract_version(), "1.0");
  EXPECT_EQ(info.capabilities_size(), v1::Capability_ARRAYSIZE - 1)
      << "all there are";
  EXPECT_EQ(info.limits().max_message_bytes(), uint64_t{64} << 20);
  EXPECT_GT(info.limits().max_batch_items(), 1u);
  EXPECT_GT(info.limits().max_poll_timeout().seconds(), 0);
  EXPECT_GE(info.now_ms(), before_ms);
  EXPECT_LE(info.now_ms(),
            static_cast<uint64_t>(absl::ToUnixMillis(absl::Now())));
}

TEST_P(SqliteProviderTest, WithoutTestHooksTheyAreAbsent) {
  options_.test_hooks = false;
  Open();
  const v1::GetProviderInfoResponse info =
      MustCall(&Provider::GetProviderInfo, v1::GetProviderInfoRequest());
  EXPECT_THAT(info.capabilities(),
              Not(Contains(v1::CAPABILITY_ISOLATED_STORES)));
  EXPECT_THAT(info.capabilities(),
              Not(Contains(v1::CAPABILITY_CORRUPTION_HOOK)));
  EXPECT_THAT(info.capabilities(), Contains(v1::CAPABILITY_ADMIN));
  testing_v1::DropStoreRequest drop;
  drop.set_store("s");
  testing_v1::CorruptInstanceHistoryRequest corrupt;
  corrupt.set_instance("a");
  testing_v1::GetMaxAttemptCountRequest attempts;
  attempts.set_instance("a");
  for (const absl::Status& status :
       {Call(&Provider::CreateStore, testing_v1::CreateStoreRequest()).status(),
        Call(&Provider::DropStore, drop).status(),
        Call(&Provider::CorruptInstanceHistory, corrupt).status(),
        Call(&Provider::GetMaxAttemptCount, attempts).status()}) {
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_CAPABILITY_ABSENT) << status;
  }
}

TEST_P(SqliteProviderTest, AnOrderFromItsStartToItsEnd) {
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("order-1")));

  auto turns = MustCall(&Provider::FetchOrchestrationItems, FetchTurns());
  ASSERT_EQ(turns.items_size(), 1);
  EXPECT_THAT(TextsOf(turns.items(0).item()), ElementsAre("start"));
  v1::AckOrchestrationItemRequest first =
      AckTurnOf(1, turns.items(0).lock_token());
  *first.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_RUNNING);
  *first.add_history_delta() = Scheduled(1);
  *first.add_history_delta() = SetKey(2, "step", "charging");
  *first.add_history_delta() = SetStatus(3, "charging");
  *first.add_worker_items() = Activity("order-1", 1);
  MustCall(&Provider::AckOrchestrationItem, first);

  const auto work = MustCall(&Provider::FetchWorkItems, FetchActivities());
  ASSERT_EQ(work.items_size(), 1);
  v1::AckWorkItemRequest done;
  done.set_lock_token(work.items(0).lock_token());
  *done.mutable_completion() = Done("order-1", 1);
  MustCall(&Provider::AckWorkItem, done);

  turns = MustCall(&Provider::FetchOrchestrationItems, FetchTurns());
  ASSERT_EQ(turns.items_size(), 1);
  EXPECT_EQ(turns.items(0).item().history_size(), 3);
  EXPECT_THAT(TextsOf(turns.items(0).item()), ElementsAre("done"));
  v1::AckOrchestrationItemRequest last =
      AckTurnOf(1, turns.items(0).lock_token());
  *last.mutable_metadata() = Recorded(v1::ORCHESTRATION_STATUS_COMPLETED);
  last.mutable_metadata()->set_output("shipped");
  MustCall(&Provider::AckOrchestrationItem, last);

  v1::GetInstanceInfoRequest ask;
  ask.set_instance("order-1");
  const auto info = MustCall(&Provider::GetInstanceInfo, ask);
  EXPECT_EQ(info.info().status(), v1::ORCHESTRATION_STATUS_COMPLETED);
  EXPECT_EQ(info.info().output(), "shipped");
  v1::GetKvValueRequest key;
  key.set_instance("order-1");
  key.set_key("step");
  EXPECT_EQ(MustCall(&Provider::GetKvValue, key).value(), "charging");
  v1::GetCustomStatusRequest status;
  status.set_instance("order-1");
  EXPECT_EQ(
      MustCall(&Provider::GetCustomStatus, status).change().custom_status(),
      "charging");
  const auto depths =
      MustCall(&Provider::GetQueueDepths, v1::GetQueueDepthsRequest());
  EXPECT_EQ(depths.depths().orchestrator_queue(), 0u);
  EXPECT_EQ(depths.depths().worker_queue(), 0u);
}

TEST_P(SqliteProviderTest, NoWorkIsNoError) {
  EXPECT_EQ(
      MustCall(&Provider::FetchOrchestrationItems, FetchTurns()).items_size(),
      0);
  EXPECT_EQ(MustCall(&Provider::FetchWorkItems, FetchActivities()).items_size(),
            0);
}

TEST_P(SqliteProviderTest, AMalformedRequestChangesNothing) {
  v1::EnqueueOrchestratorItemRequest wrong = Enqueuing(Start(""));
  const absl::Status refused =
      Call(&Provider::EnqueueOrchestratorItem, wrong).status();
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_INVALID_REQUEST);
  EXPECT_NE(refused.message().find("instance"), std::string::npos);
  v1::FetchOrchestrationItemsRequest fetch;
  EXPECT_EQ(ReasonOf(Call(&Provider::FetchOrchestrationItems, fetch).status()),
            v1::ERROR_REASON_INVALID_REQUEST)
      << "a lock needs a time";
  EXPECT_EQ(
      ReasonOf(Call(&Provider::FetchWorkItems, v1::FetchWorkItemsRequest())
                   .status()),
      v1::ERROR_REASON_INVALID_REQUEST);
  EXPECT_EQ(MustCall(&Provider::GetQueueDepths, v1::GetQueueDepthsRequest())
                .depths()
                .orchestrator_queue(),
            0u);
}

TEST_P(SqliteProviderTest, AnUnknownStoreIsNotFoundByAnyMethod) {
  v1::EnqueueOrchestratorItemRequest write = Enqueuing(Start("a"));
  write.set_store("nowhere");
  v1::GetQueueDepthsRequest read;
  read.set_store("nowhere");
  v1::FetchOrchestrationItemsRequest fetch = FetchTurns();
  fetch.set_store("nowhere");
  v1::FetchWorkItemsRequest fetch_work = FetchActivities();
  fetch_work.set_store("nowhere");
  v1::GetProviderInfoRequest info;
  info.set_store("nowhere");
  for (const absl::Status& status :
       {Call(&Provider::EnqueueOrchestratorItem, write).status(),
        Call(&Provider::GetQueueDepths, read).status(),
        Call(&Provider::FetchOrchestrationItems, fetch).status(),
        Call(&Provider::FetchWorkItems, fetch_work).status(),
        Call(&Provider::GetProviderInfo, info).status()}) {
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_STORE_NOT_FOUND) << status;
  }
}

TEST_P(SqliteProviderTest, ABatchHasATokenForEachItem) {
  for (int i = 0; i < 5; ++i) {
    MustCall(&Provider::EnqueueOrchestratorItem,
             Enqueuing(Start("order-" + std::to_string(i))));
    MustCall(&Provider::EnqueueWorkItem,
             EnqueuingWork(Activity("order", static_cast<uint64_t>(i))));
  }
  v1::FetchOrchestrationItemsRequest fetch = FetchTurns();
  fetch.set_max_items(3);
  const auto turns = MustCall(&Provider::FetchOrchestrationItems, fetch);
  ASSERT_EQ(turns.items_size(), 3);
  std::set<std::string> tokens;
  for (const auto& item : turns.items()) tokens.insert(item.lock_token());
  EXPECT_EQ(tokens.size(), 3u);
  EXPECT_EQ(turns.items(0).item().instance(), "order-0");
  EXPECT_EQ(turns.items(2).item().instance(), "order-2");
  // Each is acked by itself.
  MustCall(&Provider::AckOrchestrationItem,
           AckTurnOf(1, turns.items(1).lock_token()));
  EXPECT_EQ(MustCall(&Provider::FetchOrchestrationItems, fetch).items_size(),
            2);

  v1::FetchWorkItemsRequest fetch_work = FetchActivities();
  EXPECT_EQ(MustCall(&Provider::FetchWorkItems, fetch_work).items_size(), 1)
      << "0 is one";
  fetch_work.set_max_items(100);
  const auto work = MustCall(&Provider::FetchWorkItems, fetch_work);
  ASSERT_EQ(work.items_size(), 4);
  EXPECT_EQ(work.items(0).item().activity_execute().id(), 1u);
  EXPECT_NE(work.items(0).lock_token(), work.items(1).lock_token());
}

TEST_P(SqliteProviderTest, ABatchHasALimit) {
  for (uint64_t id = 1; id <= 130; ++id) {
    MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(Activity("a", id)));
  }
  v1::FetchWorkItemsRequest fetch = FetchActivities();
  fetch.set_max_items(1'000'000);
  EXPECT_EQ(MustCall(&Provider::FetchWorkItems, fetch).items_size(), 128);
  EXPECT_EQ(MustCall(&Provider::FetchWorkItems, fetch).items_size(), 2);
}

TEST_P(SqliteProviderTest, TheObserverLearnsOfLocksThatRanOut) {
  class ExpiryObserver : public EngineObserver {
   public:
    void OnCommit(int64_t, absl::Duration) override {}
    void OnLongPollsWaiting(Queue, int64_t) override {}
    void OnLocksExpired(Queue queue, int64_t count) override {
      (queue == Queue::kWorker ? work : turns) += count;
    }
    std::atomic<int64_t> turns = 0;
    std::atomic<int64_t> work = 0;
  };
  ExpiryObserver observer;
  options_.observer = &observer;
  Open();
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  for (const uint64_t id : {1, 2}) {
    MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(Activity("a", id)));
  }
  v1::FetchOrchestrationItemsRequest fetch = FetchTurns();
  fetch.mutable_lock_timeout()->set_seconds(0);
  fetch.mutable_lock_timeout()->set_nanos(1'000'000);
  v1::FetchWorkItemsRequest fetch_work = FetchActivities();
  *fetch_work.mutable_lock_timeout() = fetch.lock_timeout();
  fetch_work.set_max_items(2);
  EXPECT_EQ(MustCall(&Provider::FetchOrchestrationItems, fetch).items_size(),
            1);
  EXPECT_EQ(MustCall(&Provider::FetchWorkItems, fetch_work).items_size(), 2);
  *fetch.mutable_lock_timeout() = *fetch.mutable_poll_timeout() = Seconds(3600);
  *fetch_work.mutable_lock_timeout() = fetch.lock_timeout();
  *fetch_work.mutable_poll_timeout() = fetch.poll_timeout();
  MustCall(&Provider::FetchOrchestrationItems, fetch);
  MustCall(&Provider::FetchWorkItems, fetch_work);
  EXPECT_EQ(observer.turns, 1);
  EXPECT_EQ(observer.work, 2);
  provider_.reset();
}

TEST_P(SqliteProviderTest, WhatFitsNotTheReplyIsGivenBackUncounted) {
  options_.max_message_bytes = 10'000;
  Open();
  for (const char* id : {"a", "b"}) {
    MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start(id)));
    MustCall(&Provider::EnqueueOrchestratorItem,
             Enqueuing(Raised(id, std::string(6000, 'x'))));
    v1::WorkItem activity = Activity(id, 1);
    activity.mutable_activity_execute()->set_input(std::string(6000, 'x'));
    MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(activity));
  }
  v1::FetchOrchestrationItemsRequest fetch = FetchTurns();
  fetch.set_max_items(2);
  // Waits where the giving back is not done yet.
  *fetch.mutable_poll_timeout() = Seconds(60);
  v1::FetchWorkItemsRequest fetch_work = FetchActivities();
  fetch_work.set_max_items(2);
  for (const char* id : {"a", "b"}) {
    const auto turns = MustCall(&Provider::FetchOrchestrationItems, fetch);
    ASSERT_EQ(turns.items_size(), 1);
    EXPECT_LE(turns.ByteSizeLong(), 10'000u);
    EXPECT_EQ(turns.items(0).item().instance(), id);
    EXPECT_EQ(turns.items(0).attempt_count(), 1u);
    const auto work = MustCall(&Provider::FetchWorkItems, fetch_work);
    ASSERT_EQ(work.items_size(), 1);
    EXPECT_EQ(work.items(0).attempt_count(), 1u);
  }
}

// A lock that runs out while its reply is made must not fail the fetch.
TEST_P(SqliteProviderTest, WhatFitsNotIsNotLockedHoweverLongItTakes) {
  Open();
  for (const uint64_t id : {1, 2}) {
    v1::WorkItem activity = Activity("a", id);
    activity.mutable_activity_execute()->set_input(
        std::string((size_t{32} << 20) + 1000, 'x'));
    MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(activity));
  }
  v1::FetchWorkItemsRequest fetch = FetchActivities();
  fetch.set_max_items(2);
  fetch.mutable_lock_timeout()->set_seconds(0);
  fetch.mutable_lock_timeout()->set_nanos(1'000'000);
  const auto first = MustCall(&Provider::FetchWorkItems, fetch);
  ASSERT_EQ(first.items_size(), 1);
  *fetch.mutable_lock_timeout() = Seconds(3600);
  *fetch.mutable_poll_timeout() = Seconds(60);
  // The first again, whose lock ran out, and the other for the first time.
  for (int i = 0; i < 2; ++i) {
    const auto next = MustCall(&Provider::FetchWorkItems, fetch);
    ASSERT_EQ(next.items_size(), 1);
    const bool again = next.items(0).item().activity_execute().id() ==
                       first.items(0).item().activity_execute().id();
    EXPECT_EQ(next.items(0).attempt_count(), again ? 2u : 1u);
  }
}

TEST_P(SqliteProviderTest, HistoryIsReadAsItWasAppended) {
  v1::AppendHistoryRequest append;
  append.set_instance("a");
  append.set_execution_id(1);
  *append.add_events() = Scheduled(1, "old");
  MustCall(&Provider::AppendHistory, append);
  EXPECT_EQ(ReasonOf(Call(&Provider::AppendHistory, append).status()),
            v1::ERROR_REASON_DUPLICATE_EVENT);
  append.set_execution_id(2);
  *append.mutable_events(0) = Scheduled(1, "new");
  MustCall(&Provider::AppendHistory, append);
  v1::ReadHistoryRequest read;
  read.set_instance("a");
  auto history = MustCall(&Provider::ReadHistory, read);
  ASSERT_EQ(history.events_size(), 1);
  EXPECT_EQ(history.events(0).activity_scheduled().input(), "new")
      << "the latest execution's";
  read.set_execution_id(1);
  history = MustCall(&Provider::ReadHistory, read);
  EXPECT_EQ(history.events(0).activity_scheduled().input(), "old");
  read.set_instance("unknown");
  EXPECT_EQ(MustCall(&Provider::ReadHistory, read).events_size(), 0);
}

TEST_P(SqliteProviderTest, TheCorruptionHookCorrupts) {
  v1::AppendHistoryRequest append;
  append.set_instance("a");
  append.set_execution_id(1);
  *append.add_events() = Scheduled(1);
  *append.add_events() = Scheduled(2);
  MustCall(&Provider::AppendHistory, append);
  testing_v1::CorruptInstanceHistoryRequest corrupt;
  corrupt.set_instance("a");
  EXPECT_EQ(MustCall(&Provider::CorruptInstanceHistory, corrupt)
                .corrupted_event_count(),
            2u);
  v1::ReadHistoryRequest read;
  read.set_instance("a");
  EXPECT_EQ(ReasonOf(Call(&Provider::ReadHistory, read).status()),
            v1::ERROR_REASON_HISTORY_CORRUPT);
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Done("a", 1)));
  const auto turns = MustCall(&Provider::FetchOrchestrationItems, FetchTurns());
  ASSERT_EQ(turns.items_size(), 1);
  EXPECT_TRUE(turns.items(0).item().has_history_error());
  testing_v1::GetMaxAttemptCountRequest attempts;
  attempts.set_instance("a");
  EXPECT_EQ(MustCall(&Provider::GetMaxAttemptCount, attempts).attempt_count(),
            1u);
  corrupt.set_instance("unknown");
  EXPECT_EQ(ReasonOf(Call(&Provider::CorruptInstanceHistory, corrupt).status()),
            v1::ERROR_REASON_INSTANCE_NOT_FOUND);
}

TEST_P(SqliteProviderTest, AStoreComesAndGoes) {
  const std::string store =
      MustCall(&Provider::CreateStore, testing_v1::CreateStoreRequest())
          .store();
  v1::EnqueueOrchestratorItemRequest enqueue = Enqueuing(Start("a"));
  enqueue.set_store(store);
  MustCall(&Provider::EnqueueOrchestratorItem, enqueue);
  EXPECT_EQ(
      MustCall(&Provider::FetchOrchestrationItems, FetchTurns()).items_size(),
      0)
      << "the default store has nothing of it";
  testing_v1::DropStoreRequest drop;
  drop.set_store(store);
  drop.set_request_id("drop");
  MustCall(&Provider::DropStore, drop);
  MustCall(&Provider::DropStore, drop);
  drop.set_request_id("another");
  EXPECT_EQ(ReasonOf(Call(&Provider::DropStore, drop).status()),
            v1::ERROR_REASON_STORE_NOT_FOUND);
  testing_v1::DropStoreRequest drop_other;
  drop_other.set_store(
      MustCall(&Provider::CreateStore, testing_v1::CreateStoreRequest())
          .store());
  drop_other.set_request_id("drop");
  MustCall(&Provider::DropStore, drop_other);  // the id of another store
  EXPECT_EQ(
      ReasonOf(Call(&Provider::EnqueueOrchestratorItem, enqueue).status()),
      v1::ERROR_REASON_STORE_NOT_FOUND);
}

TEST_P(SqliteProviderTest, APageTokenIsCheckedBeforeTheStore) {
  const auto expect_invalid = [this](auto method, auto request) {
    request.set_store("no such store");
    request.set_page_token("no such token");
    EXPECT_EQ(ReasonOf(Call(method, request).status()),
              v1::ERROR_REASON_INVALID_REQUEST);
  };
  expect_invalid(&Provider::ListInstances, v1::ListInstancesRequest());
  v1::ListExecutionsRequest executions;
  executions.set_instance("a");
  expect_invalid(&Provider::ListExecutions, executions);
  v1::ListChildrenRequest children;
  children.set_instance("a");
  expect_invalid(&Provider::ListChildren, children);
}

TEST_P(SqliteProviderTest, ARepeatedRequestIsDoneOnce) {
  v1::EnqueueOrchestratorItemRequest enqueue = Enqueuing(Start("a"));
  enqueue.set_request_id("once");
  MustCall(&Provider::EnqueueOrchestratorItem, enqueue);
  MustCall(&Provider::EnqueueOrchestratorItem, enqueue);
  const auto turns = MustCall(&Provider::FetchOrchestrationItems, FetchTurns());
  ASSERT_EQ(turns.items_size(), 1);
  EXPECT_EQ(turns.items(0).item().messages_size(), 1);

  v1::AckOrchestrationItemRequest ack =
      AckTurnOf(1, turns.items(0).lock_token());
  ack.set_request_id("ack");
  *ack.add_history_delta() = Scheduled(1);
  MustCall(&Provider::AckOrchestrationItem, ack);
  MustCall(&Provider::AckOrchestrationItem, ack);
  ack.set_request_id("another");
  EXPECT_EQ(ReasonOf(Call(&Provider::AckOrchestrationItem, ack).status()),
            v1::ERROR_REASON_LOCK_LOST);
}

// What only a file can show.
class SqliteFileTest : public FileProviderTest {};

TEST_F(SqliteFileTest, FirstOutcomesOutliveTheProcess) {
  Open();
  v1::AppendHistoryRequest append;
  append.set_instance("a");
  append.set_execution_id(1);
  append.set_request_id("first");
  *append.add_events() = Scheduled(1);
  MustCall(&Provider::AppendHistory, append);
  v1::AppendHistoryRequest duplicate = append;
  duplicate.set_request_id("second");
  const absl::Status refused =
      Call(&Provider::AppendHistory, duplicate).status();
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_DUPLICATE_EVENT);

  Open();
  EXPECT_TRUE(Call(&Provider::AppendHistory, append).ok());
  // Forced, so that it would succeed now.
  v1::DeleteInstancesRequest deletion;
  deletion.add_instances("a");
  deletion.set_force(true);
  MustCall(&Provider::DeleteInstances, deletion);
  EXPECT_EQ(Call(&Provider::AppendHistory, duplicate).status(), refused);
}

TEST_F(SqliteFileTest, LocksOutliveTheProcess) {
  Open();
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  const auto turns = MustCall(&Provider::FetchOrchestrationItems, FetchTurns());
  Open();
  EXPECT_EQ(
      MustCall(&Provider::FetchOrchestrationItems, FetchTurns()).items_size(),
      0);
  MustCall(&Provider::AckOrchestrationItem,
           AckTurnOf(1, turns.items(0).lock_token()));
}

TEST_F(SqliteFileTest, ADatabaseThatCannotBeOpenedIsTold) {
  options_.database = dir_.File("no/such/directory/test.db");
  const auto opened = OpenSqliteProvider(options_);
  EXPECT_TRUE(absl::IsUnavailable(opened.status())) << opened.status();
  EXPECT_NE(opened.status().message().find(options_.database),
            std::string::npos);
}

}  // namespace
}  // namespace duroxide::sqlite
