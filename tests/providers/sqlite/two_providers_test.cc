// Two providers on one file, as two processes have it: each sees what the other
// does, and no request of either fails.

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "providers/errors.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/provider_test.h"
#include "tests/providers/sqlite/raw_database.h"

namespace duroxide::sqlite {
namespace {

class TwoProviders : public FileProviderTest {
 protected:
  TwoProviders() {
    options_.test_hooks = true;
    Open();
    other_ = OpenAnother();
  }

  std::unique_ptr<Provider> other_;
};

TEST_F(TwoProviders, OnesWriteWakesTheOthersWait) {
  Pending turns(*other_, &Provider::FetchOrchestrationItems, WaitForTurns());
  Pending work(*other_, &Provider::FetchWorkItems, WaitForWork());
  ASSERT_TRUE(Await(*other_, &Provider::CleanupOrphanedSessions,
                    v1::CleanupOrphanedSessionsRequest())
                  .ok());
  MustCall(&Provider::EnqueueOrchestratorItem, Enqueuing(Start("a")));
  EXPECT_EQ(turns.Get()->items(0).item().instance(), "a");
  MustCall(&Provider::EnqueueWorkItem, EnqueuingWork(Activity("a", 1)));
  EXPECT_EQ(work.Get()->items_size(), 1);
}

TEST_F(TwoProviders, OnesDelayIsDueForTheOther) {
  Pending turns(*other_, &Provider::FetchOrchestrationItems, WaitForTurns());
  v1::EnqueueOrchestratorItemRequest delayed = Enqueuing(Start("a"));
  delayed.mutable_delay()->set_nanos(50'000'000);
  MustCall(&Provider::EnqueueOrchestratorItem, delayed);
  EXPECT_EQ(turns.Get()->items_size(), 1);
}

TEST_F(TwoProviders, OneDropsAStoreThatTheOtherWaitsOn) {
  const std::string store =
      MustCall(&Provider::CreateStore, testing_v1::CreateStoreRequest())
          .store();
  v1::FetchOrchestrationItemsRequest fetch = WaitForTurns();
  fetch.set_store(store);
  Pending turns(*other_, &Provider::FetchOrchestrationItems, fetch);
  ASSERT_TRUE(Await(*other_, &Provider::CleanupOrphanedSessions,
                    v1::CleanupOrphanedSessionsRequest())
                  .ok());
  testing_v1::DropStoreRequest drop;
  drop.set_store(store);
  MustCall(&Provider::DropStore, drop);
  EXPECT_EQ(ReasonOf(turns.Get().status()), v1::ERROR_REASON_STORE_NOT_FOUND);
}

TEST_F(TwoProviders, ShareTheWorkAndNoRequestFails) {
  constexpr int kOrders = 200;
  std::atomic<int> acked = 0;
  const auto work_on = [&acked](Provider& provider) {
    while (acked < kOrders) {
      v1::FetchOrchestrationItemsRequest fetch = FetchTurns();
      fetch.mutable_poll_timeout()->set_nanos(10'000'000);
      const auto turns =
          Await(provider, &Provider::FetchOrchestrationItems, fetch);
      ASSERT_TRUE(turns.ok()) << turns.status();
      for (const auto& turn : turns->items()) {
        v1::AckOrchestrationItemRequest ack = AckTurnOf(1, turn.lock_token());
        *ack.add_history_delta() = Scheduled(1);
        const auto done = Await(provider, &Provider::AckOrchestrationItem, ack);
        ASSERT_TRUE(done.ok()) << done.status();
        ++acked;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] { work_on(*provider_); });
    threads.emplace_back([&] { work_on(*other_); });
  }
  for (int i = 0; i < kOrders; ++i) {
    const auto enqueued = Await(i % 2 == 0 ? *provider_ : *other_,
                                &Provider::EnqueueOrchestratorItem,
                                Enqueuing(Start("order-" + std::to_string(i))));
    ASSERT_TRUE(enqueued.ok()) << enqueued.status();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(acked, kOrders);
  // Each took its turn once: a second one would have been a duplicate event.
  RawDatabase raw(options_.database);
  EXPECT_EQ(raw.Value("SELECT count(*) FROM history"), std::to_string(kOrders));
  EXPECT_EQ(raw.Value("SELECT count(*) FROM messages"), "0");
}

}  // namespace
}  // namespace duroxide::sqlite
