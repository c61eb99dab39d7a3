#include "tests/e2e/load_fixture.h"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <set>

#include "absl/time/clock.h"
#include "tests/e2e/effects.h"
#include "tests/e2e/sqlite_file.h"
#include "tests/e2e/stock.h"

namespace duroxide::e2e {
namespace {

using ::testing::IsEmpty;

constexpr const char* kSeedVariable = "DUROXIDE_TEST_SEED";
constexpr int kFewestOperations = 20;
constexpr int kMostOperations = 400;

}  // namespace

LoadFixture::LoadFixture() {
  const char* given = std::getenv(kSeedVariable);
  const uint64_t seed =
      given != nullptr ? std::stoull(given) : std::random_device()();
  random_.seed(seed);
  std::cout << kSeedVariable << "=" << seed << std::endl;
}

std::unique_ptr<ServerProcess> LoadFixture::Start(const std::string& listen) {
  auto server = std::make_unique<ServerProcess>(database_, listen);
  server->WaitUntilServing();
  return server;
}

int LoadFixture::SomeOperations() {
  return std::uniform_int_distribution(kFewestOperations,
                                       kMostOperations)(random_);
}

void LoadFixture::NoteEnd(const LoadOptions& load) {
  all_over_ = absl::Now() + load.lease;
}

int LoadFixture::Audit(Provider& provider) {
  // A lock's interval is the one thing that has to be waited for by the clock.
  absl::SleepFor(all_over_ - absl::Now());
  const int unanswered = records_.ledger.Audit(
      TakeStock(provider, records_, records_.ledger.TouchedInstances()));
  EXPECT_THAT(records_.faults.all(), IsEmpty());
  return unanswered;
}

void LoadFixture::FinishAndJudge(Provider& provider) {
  if (HasFailure()) return;  // it may never come to its end
  LoadOptions finish = NextLoad();
  finish.only_finish = true;
  finish.lease = absl::Minutes(1);  // nobody dies, so nothing need run out
  {
    const Load load({&provider}, records_, finish);
    ASSERT_TRUE(records_.ledger.WaitForEmptyQueues());
  }
  const std::set<std::string> all = records_.ledger.Instances();
  const Holding found = TakeStock(provider, records_, all);
  records_.ledger.Audit(found);
  EXPECT_THAT(found.messages, IsEmpty());
  const std::set<MessageBytes> enqueued = records_.ledger.EverEnqueued();
  CheckEffects(found.histories, enqueued, records_.faults);
  EXPECT_THAT(records_.faults.all(), IsEmpty());
  std::cout << all.size() << " instances, " << enqueued.size() << " messages"
            << std::endl;
}

void LoadFixture::EndAndCheckFile(ServerProcess& server) {
  server.Signal(SIGTERM);
  EXPECT_EQ(server.WaitForExit(), 0);
  EXPECT_EQ(IntegrityOf(database_), "ok");
}

}  // namespace duroxide::e2e
