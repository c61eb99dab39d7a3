// Where cases run: who uses which provider and store, and what is left of them.

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conformance/builders.h"
#include "conformance/footprints.h"
#include "conformance/own_rooms.h"
#include "conformance/round_robin.h"
#include "conformance/shared_rooms.h"
#include "conformance/spawn.h"
#include "conformance/store_rooms.h"
#include "gmock/gmock.h"
#include "providers/await.h"
#include "providers/errors.h"
#include "tests/conformance/stub_provider.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Case& SomeCase() {
  static const Case one = {.category = "test", .name = "one"};
  return one;
}

std::unique_ptr<Room> Opened(Rooms& rooms, const Case& of = SomeCase()) {
  auto opened = rooms.Open(of, {});
  return std::move(std::get<std::unique_ptr<Room>>(opened));
}

// Counts the calls that it gets.
class CountingProvider : public StubProvider {
 public:
  DUROXIDE_OVERRIDE(v1, GetProviderInfo) {
    ++calls;
    StubProvider::GetProviderInfo(context, request, response, std::move(done));
  }
  std::atomic<int> calls = 0;
};

TEST(RoundRobinTest, TakesTheReplicasInTurn) {
  const auto first = std::make_shared<CountingProvider>();
  const auto second = std::make_shared<CountingProvider>();
  const auto both = RoundRobin({first, second});
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(
        Await(*both, &Provider::GetProviderInfo, v1::GetProviderInfoRequest())
            .ok());
  }
  EXPECT_EQ(first->calls, 3);
  EXPECT_EQ(second->calls, 2);
  EXPECT_EQ(RoundRobin({first}), first);
}

TEST(StoreRoomsTest, AreFreshStores) {
  const auto stub = std::make_shared<StubProvider>();
  StoreRooms rooms({stub});
  auto first = Opened(rooms);
  auto second = Opened(rooms);
  EXPECT_EQ(first->store(), "test/one#1");
  EXPECT_EQ(second->store(), "test/one#2");
  EXPECT_EQ(rooms.stores().size(), 2u);
  EXPECT_EQ(first->Restart({}).code(), absl::StatusCode::kFailedPrecondition);
  first.reset();
  second.reset();
  EXPECT_THAT(stub->stores(), IsEmpty());
  EXPECT_THAT(rooms.stores(), IsEmpty());
}

// Does not drop stores.
class KeepingProvider : public StubProvider {
 public:
  DUROXIDE_OVERRIDE(testing_v1, DropStore) {
    FailingProvider::DropStore(context, request, response, std::move(done));
  }
};

TEST(StoreRoomsTest, KnowWhatCouldNotBeDropped) {
  StoreRooms rooms({std::make_shared<KeepingProvider>()});
  Opened(rooms).reset();
  EXPECT_THAT(rooms.stores(), ElementsAre("test/one#1"));
}

// What a launcher has launched, for tests of the rooms.
struct Launches {
  int alive = 0;
  int restarts = 0;
};

class FakeLaunched : public LaunchedProvider {
 public:
  explicit FakeLaunched(Launches& launches) : launches_(launches) {
    ++launches_.alive;
  }
  ~FakeLaunched() override { --launches_.alive; }

  const std::string& endpoint() const override { return endpoint_; }
  absl::Status Restart(const std::stop_token& /*stop*/) override {
    ++launches_.restarts;
    return absl::OkStatus();
  }
  size_t OutputSize() const override { return 5; }
  std::string OutputSince(size_t position) const override {
    return "since " + std::to_string(position);
  }

 private:
  Launches& launches_;
  const std::string endpoint_ = "host:1";
};

class FakeLauncher : public Launcher {
 public:
  absl::StatusOr<std::unique_ptr<LaunchedProvider>> Launch(
      const std::stop_token& /*stop*/) override {
    if (!status.ok()) return status;
    return std::make_unique<FakeLaunched>(launches);
  }

  Launches launches;
  absl::Status status;
};

absl::StatusOr<std::shared_ptr<Provider>> NewStub(const std::string&) {
  return std::make_shared<StubProvider>();
}

TEST(OwnRoomsTest, AreProvidersThatMayBeRestarted) {
  FakeLauncher launcher;
  OwnRooms rooms(launcher, NewStub);
  auto room = Opened(rooms);
  EXPECT_EQ(launcher.launches.alive, 1);
  EXPECT_EQ(room->store(), "");
  EXPECT_EQ(room->ProviderOutput(), "since 5");
  const std::shared_ptr<Provider> before = room->provider();
  EXPECT_TRUE(room->Restart({}).ok());
  EXPECT_EQ(launcher.launches.restarts, 1);
  EXPECT_NE(room->provider(), before);
  room.reset();
  EXPECT_EQ(launcher.launches.alive, 0);
}

TEST(OwnRoomsTest, TellWhyAProviderDoesNotServe) {
  FakeLauncher launcher;
  launcher.status = absl::UnavailableError("it ended");
  OwnRooms rooms(launcher, NewStub);
  EXPECT_EQ(std::get<Failure>(rooms.Open(SomeCase(), {})).seen, "it ended");
}

TEST(SharedRoomsTest, AreSkippedWhereTheStoreCannotBeEmptied) {
  SharedRooms rooms(std::make_shared<StubProvider>());
  EXPECT_THAT(std::get<CannotJudge>(rooms.Open(SomeCase(), {})).why,
              HasSubstr("the one store cannot be emptied: "));
}

TEST(SharedRoomsTest, AreNotForCasesAboutRequestIds) {
  SharedRooms rooms(std::make_shared<StubProvider>());
  Case needy = SomeCase();
  needy.traits.needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS};
  EXPECT_THAT(std::get<CannotJudge>(rooms.Open(needy, {})).why,
              HasSubstr("request ids of earlier runs"));
}

TEST(FootprintsTest, KnowTheInstancesOfRequests) {
  Footprints footprints;
  v1::EnqueueOrchestratorItemRequest enqueue;
  *enqueue.mutable_item() = ChildCompletedItem("parent-1", 2);
  footprints.Note(enqueue, absl::OkStatus());
  v1::EnqueueWorkItemRequest work;
  *work.mutable_item() = ActivityItem("order-1", 2);
  footprints.Note(work, absl::OkStatus());
  EXPECT_THAT(footprints.instances(), ElementsAre("order-1", "parent-1"));
}

TEST(FootprintsTest, KnowHowLongRequestsHaveAnEffect) {
  Footprints footprints;
  EXPECT_LE(footprints.quiet_at(), Now());
  v1::FetchWorkItemsRequest fetch;
  fetch.mutable_lock_timeout()->set_seconds(60);
  fetch.mutable_poll_timeout()->set_seconds(3600);
  const Moment before = Now();
  footprints.Note(fetch, absl::OkStatus());
  EXPECT_GE(footprints.quiet_at(), Add(before, absl::Seconds(60)));
  EXPECT_LE(footprints.quiet_at(), Add(Now(), absl::Seconds(61)));
}

TEST(FootprintsTest, ARefusedRequestHasNoEffect) {
  Footprints footprints;
  v1::FetchWorkItemsRequest fetch;
  fetch.mutable_lock_timeout()->set_seconds(60);
  footprints.Note(fetch,
                  MakeError(v1::ERROR_REASON_INVALID_REQUEST, "not this one"));
  EXPECT_LE(footprints.quiet_at(), Now());
  // What became of it is not known.
  footprints.Note(fetch, absl::UnavailableError("the connection broke"));
  EXPECT_GT(footprints.quiet_at(), Now());
}

std::string SpawnRefusal(const std::string& command) {
  const auto launcher = MakeSpawnLauncher(command, [](const std::string&) {
    return absl::UnavailableError("nobody there");
  });
  if (!launcher.ok()) return std::string(launcher.status().message());
  return std::string((*launcher)->Launch({}).status().message());
}

TEST(SpawnTest, NeedsAPlaceForTheAddress) {
  EXPECT_THAT(SpawnRefusal("provider"),
              AllOf(HasSubstr("--spawn provider: "),
                    HasSubstr("neither {listen} nor {port}")));
  EXPECT_THAT(SpawnRefusal("provider {listen} {port}"),
              HasSubstr("both {listen} and {port}"));
}

TEST(SpawnTest, TellsWhatAProviderWroteThatEndedAtOnce) {
  EXPECT_THAT(SpawnRefusal("echo no such flag; exit 7 # {listen}"),
              AllOf(HasSubstr("ended with exit code 7 instead of serving"),
                    HasSubstr("no such flag\n")));
}

TEST(SpawnTest, EndsWhereItIsInterrupted) {
  std::stop_source stop;
  stop.request_stop();
  const auto launcher = MakeSpawnLauncher(
      "sleep 1000 # {port}",
      [](const std::string&) { return absl::UnavailableError("not yet"); });
  EXPECT_EQ((*launcher)->Launch(stop.get_token()).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(SpawnTest, GivesTheSameAddressAndDataToARestart) {
  const auto launcher =
      MakeSpawnLauncher("echo {port} {data}; exec sleep 1000",
                        [](const std::string&) { return absl::OkStatus(); });
  const auto provider = (*launcher)->Launch({}).value();
  while (provider->OutputSince(0).empty()) {
  }
  const size_t size = provider->OutputSize();
  ASSERT_TRUE(provider->Restart({}).ok());
  while (provider->OutputSince(size).empty()) {
  }
  EXPECT_EQ(provider->OutputSince(size),
            provider->OutputSince(0).substr(0, size));
}

}  // namespace
}  // namespace duroxide::conformance
