// Fetches that wait, through the whole provider: what wakes them, and what ends
// them (WIRE-5).

#include <gtest/gtest.h>

#include <stop_token>
#include <string>
#include <vector>

#include "providers/errors.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/provider_test.h"
#include "tests/providers/sqlite/raw_database.h"

namespace duroxide::sqlite {
namespace {

class Waiting : public ProviderTest {
 protected:
  // Returns when the provider has taken in all calls made before, so that a
  // fetch among them waits.
  void Settle() {
    MustCall(&Provider::CleanupOrphanedSessions,
             v1::CleanupOrphanedSessionsRequest());
  }
};
DUROXIDE_ON_FILE_AND_IN_MEMORY(Waiting);

TEST_P(Waiting, AnEnqueueWakesTheFirstWhoWaits) {
  Pending first(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns());
  Pending second(*provider_, &Provider::FetchOrchestrationItems,
                 WaitForTurns());
  Settle();
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  EXPECT_EQ(first.Get()->items(0).item().instance(), "a");
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("b")));
  EXPECT_EQ(second.Get()->items(0).item().instance(), "b");
}

TEST_P(Waiting, AWorkItemWakesAWorker) {
  Pending fetch(*provider_, &Provider::FetchWorkItems, WaitForWork());
  Settle();
  MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(Activity("a", 1)));
  EXPECT_EQ(fetch.Get()->items_size(), 1);
}

TEST_P(Waiting, AnAcksNewItemsWakeBothQueues) {
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  const auto turn = MustCall(&Provider::FetchOrchestrationItems, FetchTurns());
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns());
  Pending work(*provider_, &Provider::FetchWorkItems, WaitForWork());
  Settle();
  v1::AckOrchestrationItemRequest ack =
      AckTurnOf(1, turn.items(0).lock_token());
  *ack.add_worker_items() = Activity("a", 1);
  *ack.add_orchestrator_items() = Start("child");
  MustCall(&Provider::AckOrchestrationItem, ack);
  EXPECT_EQ(turns.Get()->items(0).item().instance(), "child");
  EXPECT_EQ(work.Get()->items_size(), 1);
}

TEST_P(Waiting, ACompletionWakesATurn) {
  MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(Activity("a", 1)));
  v1::AppendHistoryRequest append;
  append.set_instance("a");
  append.set_execution_id(1);
  *append.add_events() = Scheduled(1);
  MustCall(&Provider::AppendHistory, append);
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns());
  Settle();
  v1::AckWorkItemRequest ack;
  ack.set_lock_token(MustCall(&Provider::FetchWorkItems, FetchActivities())
                         .items(0)
                         .lock_token());
  *ack.mutable_completion() = Done("a", 1);
  MustCall(&Provider::AckWorkItem, ack);
  EXPECT_EQ(turns.Get()->items_size(), 1);
}

TEST_P(Waiting, AnAbandonWakes) {
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(Activity("a", 1)));
  const auto turn = MustCall(&Provider::FetchOrchestrationItems, FetchTurns());
  const auto item = MustCall(&Provider::FetchWorkItems, FetchActivities());
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns());
  Pending work(*provider_, &Provider::FetchWorkItems, WaitForWork());
  Settle();
  v1::AbandonOrchestrationItemRequest abandon;
  abandon.set_lock_token(turn.items(0).lock_token());
  MustCall(&Provider::AbandonOrchestrationItem, abandon);
  EXPECT_EQ(turns.Get()->items(0).attempt_count(), 2u);
  v1::AbandonWorkItemRequest abandon_work;
  abandon_work.set_lock_token(item.items(0).lock_token());
  MustCall(&Provider::AbandonWorkItem, abandon_work);
  EXPECT_EQ(work.Get()->items(0).attempt_count(), 2u);
}

TEST_P(Waiting, TheEndOfADelayWakes) {
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns());
  Settle();
  v1::EnqueueOrchestratorItemRequest delayed = Enqueuing(Start("a"));
  delayed.mutable_delay()->set_nanos(20'000'000);
  MustCall(&Provider::EnqueueOrchestratorItem, delayed);
  EXPECT_EQ(turns.Get()->items_size(), 1);
}

TEST_P(Waiting, TheEndOfALockWakes) {
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(Activity("a", 1)));
  v1::FetchOrchestrationItemsRequest fetch = FetchTurns();
  fetch.mutable_lock_timeout()->set_seconds(0);
  fetch.mutable_lock_timeout()->set_nanos(20'000'000);
  v1::FetchWorkItemsRequest fetch_work = FetchActivities();
  *fetch_work.mutable_lock_timeout() = fetch.lock_timeout();
  ASSERT_EQ(MustCall(&Provider::FetchOrchestrationItems, fetch).items_size(),
            1);
  ASSERT_EQ(MustCall(&Provider::FetchWorkItems, fetch_work).items_size(), 1);
  EXPECT_EQ(MustCall(&Provider::FetchOrchestrationItems, WaitForTurns())
                .items(0)
                .attempt_count(),
            2u);
  EXPECT_EQ(MustCall(&Provider::FetchWorkItems, WaitForWork())
                .items(0)
                .attempt_count(),
            2u);
}

TEST_P(Waiting, TheEndOfASessionWakes) {
  MustCall(&Provider::EnqueueWorkItem,
           EnqueuingWork(InSession(Activity("a", 1), "s")));
  MustCall(&Provider::EnqueueWorkItem,
           EnqueuingWork(InSession(Activity("a", 2), "s")));
  v1::FetchWorkItemsRequest mine = FetchActivitiesAs("me");
  mine.mutable_session()->mutable_lock_timeout()->set_seconds(0);
  mine.mutable_session()->mutable_lock_timeout()->set_nanos(20'000'000);
  ASSERT_EQ(MustCall(&Provider::FetchWorkItems, mine).items_size(), 1);
  v1::FetchWorkItemsRequest theirs = FetchActivitiesAs("them");
  *theirs.mutable_poll_timeout() = Seconds(3600);
  EXPECT_EQ(MustCall(&Provider::FetchWorkItems, theirs)
                .items(0)
                .item()
                .activity_execute()
                .id(),
            2u);
}

TEST_P(Waiting, AStartWakesForItsStrays) {
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Done("a", 1)));
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns());
  Settle();
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  EXPECT_EQ(turns.Get()->items(0).item().messages_size(), 2);
}

TEST_P(Waiting, TheTimeIsUp) {
  v1::FetchOrchestrationItemsRequest fetch = FetchTurns();
  fetch.mutable_poll_timeout()->set_nanos(20'000'000);
  EXPECT_EQ(MustCall(&Provider::FetchOrchestrationItems, fetch).items_size(),
            0);
  v1::FetchWorkItemsRequest fetch_work = FetchActivities();
  fetch_work.mutable_poll_timeout()->set_nanos(20'000'000);
  EXPECT_EQ(MustCall(&Provider::FetchWorkItems, fetch_work).items_size(), 0);
}

TEST_P(Waiting, TheCallersDeadlineIsKept) {
  CallContext context;
  context.deadline = absl::Now() + absl::Milliseconds(20);
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns(),
                context);
  EXPECT_EQ(turns.Get()->items_size(), 0);
}

TEST_P(Waiting, WhoIsGoneTakesNothing) {
  std::stop_source gone;
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns(),
                {.stop = gone.get_token()});
  Pending work(*provider_, &Provider::FetchWorkItems, WaitForWork(),
               {.stop = gone.get_token()});
  Settle();
  gone.request_stop();
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(Activity("a", 1)));
  EXPECT_EQ(turns.Get()->items_size(), 0);
  EXPECT_EQ(work.Get()->items_size(), 0);
  const auto next = MustCall(&Provider::FetchOrchestrationItems, FetchTurns());
  ASSERT_EQ(next.items_size(), 1) << "what came goes to the next fetch";
  EXPECT_EQ(next.items(0).attempt_count(), 1u);
  EXPECT_EQ(MustCall(&Provider::FetchWorkItems, FetchActivities()).items_size(),
            1);
}

TEST_P(Waiting, WhoWasGoneBeforeTakesNothing) {
  std::stop_source gone;
  gone.request_stop();
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns(),
                {.stop = gone.get_token()});
  EXPECT_EQ(turns.Get()->items_size(), 0);
  EXPECT_EQ(
      MustCall(&Provider::FetchOrchestrationItems, FetchTurns()).items_size(),
      1);
}

TEST_P(Waiting, ADroppedStoreEndsTheWait) {
  const std::string store =
      MustCall(&Provider::CreateStore, testing_v1::CreateStoreRequest())
          .store();
  v1::FetchOrchestrationItemsRequest fetch = WaitForTurns();
  fetch.set_store(store);
  v1::FetchWorkItemsRequest fetch_work = WaitForWork();
  fetch_work.set_store(store);
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, fetch);
  Pending work(*provider_, &Provider::FetchWorkItems, fetch_work);
  Settle();
  testing_v1::DropStoreRequest drop;
  drop.set_store(store);
  MustCall(&Provider::DropStore, drop);
  EXPECT_EQ(ReasonOf(turns.Get().status()), v1::ERROR_REASON_STORE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(work.Get().status()), v1::ERROR_REASON_STORE_NOT_FOUND);
}

TEST_P(Waiting, TheProvidersEndEndsEveryWait) {
  std::vector<Pending<v1::FetchOrchestrationItemsResponse>> fetches;
  for (int i = 0; i < 50; ++i) {
    fetches.emplace_back(*provider_, &Provider::FetchOrchestrationItems,
                         WaitForTurns());
  }
  // Some wait already, some are still on their way.
  provider_.reset();
  for (auto& fetch : fetches) {
    const auto response = fetch.Get();
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->items_size(), 0);
  }
}

TEST_P(Waiting, TheProvidersEndFinishesWhatWasAccepted) {
  for (int i = 0; i < 20; ++i) {
    MustCall(&Provider::EnqueueOrchestratorItem,
             Enqueuing(Start("order-" + std::to_string(i))));
  }
  std::vector<Pending<v1::FetchOrchestrationItemsResponse>> fetches;
  std::vector<Pending<v1::GetQueueDepthsResponse>> reads;
  for (int i = 0; i < 20; ++i) {
    fetches.emplace_back(*provider_, &Provider::FetchOrchestrationItems,
                         WaitForTurns());
    reads.emplace_back(*provider_, &Provider::GetQueueDepths,
                       v1::GetQueueDepthsRequest());
  }
  provider_.reset();
  for (auto& fetch : fetches) {
    const auto response = fetch.Get();
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->items_size(), 1);
  }
  for (auto& read : reads) EXPECT_TRUE(read.Get().ok());
}

class WaitingOnAFile : public FileProviderTest {};

TEST_F(WaitingOnAFile, AFetchThatFailsIsToldAndDoesNotWait) {
  Open();
  RawDatabase(options_.database)
      .Run("ALTER TABLE instances RENAME TO elsewhere");
  Pending turns(*provider_, &Provider::FetchOrchestrationItems, WaitForTurns());
  EXPECT_EQ(ReasonOf(turns.Get().status()), v1::ERROR_REASON_INTERNAL);
}

}  // namespace
}  // namespace duroxide::sqlite
