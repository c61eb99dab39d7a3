// kill -9 in the middle of load, again and again, and what must be left.

#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "conformance/builders.h"
#include "providers/await.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/load_fixture.h"
#include "tests/e2e/stock.h"

namespace duroxide::e2e {
namespace {

constexpr int kKills = 50;
constexpr int kKillsWithRetries = 15;

// Locks an instance and an activity for longer than the test takes.
class LongHeld {
 public:
  explicit LongHeld(Provider& provider) {
    EXPECT_TRUE(Enqueue(provider, conformance::StartItem("held")).ok());
    EXPECT_TRUE(Enqueue(provider, conformance::ActivityItem("held", 1)).ok());
    turn_ = TakeTurn(provider, {.lease = absl::Hours(5)});
    work_ = TakeWork(provider, {.lease = absl::Hours(5)});
  }

  void Ack(Provider& provider) const {
    EXPECT_TRUE(
        Await(provider, &Provider::AckWorkItem, AckWork(work_.lock_token()))
            .ok());
    const v1::AckOrchestrationItemRequest ack = conformance::FirstAck(turn_);
    EXPECT_TRUE(Await(provider, &Provider::AckOrchestrationItem, ack).ok());
  }

 private:
  v1::LockedOrchestrationItem turn_;
  v1::LockedWorkItem work_;
};

class CrashTest : public LoadFixture {
 protected:
  // Opens the database and dies of it.
  void StartAndKillWhileItOpens() {
    ServerProcess server(database_, listen_);
    server.WaitUntilOpen(database_);
    server.Kill();
  }

  const std::string listen_ = "unix:" + dir_.File("socket");
};

TEST_F(CrashTest, NothingAcknowledgedIsLostAndNoLockOutlivesItsLease) {
  auto server = Start(listen_);
  auto provider = Connect(server->endpoint());
  const LongHeld held(*provider);

  int unanswered = 0;
  for (int kill = 0; kill < kKills && !HasFailure(); ++kill) {
    {
      const LoadOptions options = NextLoad();
      const Load load({provider.get()}, records_, options);
      ASSERT_TRUE(records_.ledger.WaitForAcknowledged(SomeOperations()));
      server->Kill();
      NoteEnd(options);
    }
    if (random_() % 4 == 0) StartAndKillWhileItOpens();
    server = Start(listen_);
    provider = Connect(server->endpoint());
    // Some leases are not over yet: the lease book sees whether one is broken.
    TakeStock(*provider, records_, {});
    unanswered += Audit(*provider);
  }
  std::cout << unanswered << " operations were done without an answer"
            << std::endl;

  held.Ack(*provider);
  FinishAndJudge(*provider);
  EndAndCheckFile(*server);
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
    NoteEnd(options);
  }
  EXPECT_EQ(Audit(*provider), 0) << "every request got its answer";
  FinishAndJudge(*provider);
  EndAndCheckFile(*server);
}

}  // namespace
}  // namespace duroxide::e2e
