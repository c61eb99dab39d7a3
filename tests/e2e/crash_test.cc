// kill -9 in the middle of load, again and again, and what must be left.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "absl/time/clock.h"
#include "conformance/builders.h"
#include "providers/await.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/effects.h"
#include "tests/e2e/load.h"
#include "tests/e2e/server_process.h"
#include "tests/e2e/sqlite_file.h"
#include "tests/e2e/stock.h"
#include "tests/support/temp_dir.h"

namespace duroxide::e2e {
namespace {

using ::testing::IsEmpty;
using testing_support::TempDir;

constexpr int kKills = 50;
constexpr int kKillsWithRetries = 15;

// A server is killed after so many acknowledged operations, at random.
constexpr int kFewestOperations = 20;
constexpr int kMostOperations = 400;

// The seed of all that is random: DUROXIDE_TEST_SEED, to see a failure again.
uint64_t Seed() {
  const char* given = std::getenv("DUROXIDE_TEST_SEED");
  return given != nullptr ? std::stoull(given) : std::random_device()();
}

class CrashTest : public testing::Test {
 protected:
  CrashTest() { std::cout << "DUROXIDE_TEST_SEED=" << seed_ << std::endl; }

  std::unique_ptr<ServerProcess> Start(const std::string& listen) {
    auto server = std::make_unique<ServerProcess>(database_, listen);
    server->WaitUntilServing();
    return server;
  }

  // Compares what the provider holds, now that all leases are over, with what
  // it must hold. Returns the number of operations that nobody had heard of and
  // that were done.
  int Audit(Provider& provider) {
    WaitUntil(all_over_);
    const int settled = records_.ledger.Audit(
        TakeStock(provider, records_, records_.ledger.TouchedInstances()));
    EXPECT_THAT(records_.faults.all(), IsEmpty());
    return settled;
  }

  // A lock's interval is the one thing that a test has to wait for by the
  // clock.
  static void WaitUntil(absl::Time moment) {
    absl::SleepFor(moment - absl::Now());
  }

  int SomeOperations() {
    return std::uniform_int_distribution(kFewestOperations,
                                         kMostOperations)(random_);
  }

  LoadOptions NextLoad() { return {.seed = random_()}; }

  // Lets all work come to its end and judges what came of it.
  void FinishAndJudge(Provider& provider);

  const uint64_t seed_ = Seed();
  std::mt19937_64 random_{seed_};
  const TempDir dir_;
  const std::string database_ = dir_.File("db");
  Records records_;
  // When every lock and every delay is over that a client has asked for.
  absl::Time all_over_ = absl::InfinitePast();
};

void CrashTest::FinishAndJudge(Provider& provider) {
  LoadOptions finish = NextLoad();
  finish.only_finish = true;
  {
    const Load load({&provider}, records_, finish);
    ASSERT_TRUE(records_.ledger.WaitForEmptyQueues());
  }
  const std::set<std::string> all = records_.ledger.Instances();
  const Holding found = TakeStock(provider, records_, all);
  records_.ledger.Audit(found);
  CheckEffects(found.histories, records_.ledger.EverEnqueued(),
               records_.faults);
  EXPECT_THAT(found.messages, IsEmpty());
  EXPECT_THAT(records_.faults.all(), IsEmpty());
  std::cout << all.size() << " instances, "
            << records_.ledger.EverEnqueued().size() << " messages"
            << std::endl;
}

TEST_F(CrashTest, NothingAcknowledgedIsLostAndNoLockOutlivesItsLease) {
  const std::string listen = "unix:" + dir_.File("socket");
  auto server = Start(listen);
  auto provider = Connect(server->endpoint());

  // Locked all the time.
  ASSERT_TRUE(Enqueue(*provider, conformance::StartItem("held")).ok());
  ASSERT_TRUE(Enqueue(*provider, conformance::ActivityItem("held", 1)).ok());
  const auto held_turn = TakeTurn(*provider, {.lease = absl::Hours(1)});
  const auto held_work = TakeWork(*provider, {.lease = absl::Hours(1)});

  int settled = 0;
  for (int kill = 0; kill < kKills && !HasFailure(); ++kill) {
    {
      const LoadOptions options = NextLoad();
      const Load load({provider.get()}, records_, options);
      ASSERT_TRUE(records_.ledger.WaitForAcknowledged(SomeOperations()));
      server->Kill();
      all_over_ = absl::Now() + options.lease;
    }
    if (random_() % 4 == 0) {
      ServerProcess interrupted(database_, listen);
      interrupted.WaitUntilOpen(database_);
      interrupted.Kill();
    }
    server = Start(listen);
    provider = Connect(server->endpoint());
    // Some leases are not over yet: the lease book sees whether one is broken.
    TakeStock(*provider, records_, {});
    settled += Audit(*provider);
  }
  std::cout << settled << " operations were done and not answered" << std::endl;

  EXPECT_TRUE(
      Await(*provider, &Provider::AckWorkItem, AckWork(held_work.lock_token()))
          .ok());
  EXPECT_TRUE(Await<v1::AckOrchestrationItemRequest>(
                  *provider, &Provider::AckOrchestrationItem,
                  conformance::FirstAck(held_turn))
                  .ok());
  FinishAndJudge(*provider);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->WaitForExit(), 0);
  EXPECT_EQ(IntegrityOf(database_), "ok");
}

TEST_F(CrashTest, RetriedRequestsAreDoneOnceAcrossRestarts) {
  auto server = Start(kAnyPort);
  const std::string endpoint = server->endpoint();
  auto provider =
      Connect(endpoint, {.retry = {.max_attempts = 100'000,
                                   .initial_backoff = absl::Milliseconds(5),
                                   .max_backoff = absl::Milliseconds(100)},
                         .add_request_ids = true});
  {
    LoadOptions options = NextLoad();
    options.end_unanswered = false;
    Load load({provider.get()}, records_, options);
    for (int kill = 0; kill < kKillsWithRetries; ++kill) {
      ASSERT_TRUE(records_.ledger.WaitForAcknowledged(SomeOperations()));
      server->Kill();
      server = Start(endpoint);
    }
    load.Stop();
    all_over_ = absl::Now() + options.lease;
  }
  EXPECT_EQ(Audit(*provider), 0) << "every request got its answer";
  FinishAndJudge(*provider);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->WaitForExit(), 0);
  EXPECT_EQ(IntegrityOf(database_), "ok");
}

}  // namespace
}  // namespace duroxide::e2e
