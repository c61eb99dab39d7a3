#include "conformance/probe.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/conformance/stub_provider.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Refusal(Provider& provider) {
  return std::string(Probe(provider, "host:1").status().message());
}

TEST(ProbeTest, AcceptsAProviderOfThisContract) {
  StubProvider stub;
  const auto info = Probe(stub, "host:1");
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->name(), "stub");
}

// Answers the first call with an error.
class DeafProvider : public FailingProvider {
 public:
  explicit DeafProvider(absl::Status answer) : answer_(std::move(answer)) {}

  DUROXIDE_OVERRIDE(v1, GetProviderInfo) {
    static_cast<void>(context);
    static_cast<void>(request);
    static_cast<void>(response);
    std::move(done)(answer_);
  }

 private:
  const absl::Status answer_;
};

TEST(ProbeTest, TellsOfAnEndpointWhereNobodyAnswers) {
  DeafProvider deaf(absl::UnavailableError("connection refused"));
  EXPECT_THAT(
      Refusal(deaf),
      AllOf(HasSubstr("tried:      GetProviderInfo at host:1\n"),
            HasSubstr("came back:  UNAVAILABLE, no error detail: connection"),
            HasSubstr("what to do: check that the provider runs")));
}

TEST(ProbeTest, TellsOfAServerOfAnotherContract) {
  DeafProvider deaf(absl::UnimplementedError("unknown service"));
  EXPECT_THAT(Refusal(deaf), HasSubstr("a gRPC server of another contract"));
}

TEST(ProbeTest, TellsOfAServerThatHangs) {
  DeafProvider deaf(absl::DeadlineExceededError("too late"));
  EXPECT_THAT(Refusal(deaf), HasSubstr("listens there but does not answer"));
}

TEST(ProbeTest, RefusesAnotherMajorVersion) {
  StubProvider stub;
  for (const std::string version : {"2.0", "0.9", "10", "", "one", "1x"}) {
    stub.info.set_contract_version(version);
    EXPECT_THAT(Refusal(stub), HasSubstr("judges contract versions 1.x"))
        << version;
  }
  for (const std::string version : {"1.0", "1.7", "1"}) {
    stub.info.set_contract_version(version);
    EXPECT_TRUE(Probe(stub, "host:1").ok()) << version;
  }
}

std::string Refusal(std::optional<Isolation> asked,
                    const v1::GetProviderInfoResponse& info, bool launched) {
  return std::string(ChooseIsolation(asked, info, launched).status().message());
}

TEST(ChooseIsolationTest, TakesTheBestThatThereIs) {
  StubProvider stub;
  EXPECT_EQ(*ChooseIsolation(std::nullopt, stub.info, false),
            Isolation::kStore);
  EXPECT_EQ(*ChooseIsolation(std::nullopt, stub.info, true), Isolation::kStore);
  stub.info.clear_capabilities();
  EXPECT_EQ(*ChooseIsolation(std::nullopt, stub.info, true), Isolation::kSpawn);
  EXPECT_THAT(Refusal(std::nullopt, stub.info, false),
              AllOf(HasSubstr("does not declare ISOLATED_STORES"),
                    HasSubstr("--enable-test-service"),
                    HasSubstr("--isolation=shared")));
}

TEST(ChooseIsolationTest, TakesWhatIsAskedForWhereItCan) {
  StubProvider stub;
  stub.info.add_capabilities(v1::CAPABILITY_ADMIN);
  EXPECT_EQ(*ChooseIsolation(Isolation::kSpawn, stub.info, true),
            Isolation::kSpawn);
  EXPECT_EQ(*ChooseIsolation(Isolation::kShared, stub.info, false),
            Isolation::kShared);
  stub.info.clear_capabilities();
  EXPECT_THAT(Refusal(Isolation::kStore, stub.info, true),
              HasSubstr("does not declare ISOLATED_STORES"));
  EXPECT_THAT(Refusal(Isolation::kSpawn, stub.info, false),
              HasSubstr("--isolation=spawn: "));
  EXPECT_THAT(Refusal(Isolation::kShared, stub.info, false),
              HasSubstr("does not declare ADMIN"));
}

// Declares stores and serves no test service.
class HalfProvider : public StubProvider {
 public:
  DUROXIDE_OVERRIDE(testing_v1, CreateStore) {
    static_cast<void>(context);
    static_cast<void>(request);
    static_cast<void>(response);
    std::move(done)(absl::UnimplementedError("unknown service"));
  }
};

std::string StoresRefusal(std::vector<std::shared_ptr<Provider>> replicas) {
  const std::vector<std::string> endpoints = {"host:1", "host:2"};
  return std::string(ProbeStores(replicas, endpoints).message());
}

TEST(ProbeStoresTest, RefusesAServerWithoutTheTestService) {
  EXPECT_THAT(StoresRefusal({std::make_shared<HalfProvider>()}),
              AllOf(HasSubstr("tried:      CreateStore"),
                    HasSubstr("--enable-test-service")));
}

// A replica that gives nothing out of stores that it knows.
class EmptyReplica : public StubProvider {
 public:
  DUROXIDE_OVERRIDE(v1, FetchWorkItems) {
    static_cast<void>(context);
    static_cast<void>(request);
    static_cast<void>(response);
    std::move(done)(absl::OkStatus());
  }
};

TEST(ProbeStoresTest, LeavesNothingBehind) {
  const auto stub = std::make_shared<StubProvider>();
  EXPECT_EQ(StoresRefusal({stub, std::make_shared<EmptyReplica>()}), "");
  EXPECT_EQ(stub->made(), 1);
  EXPECT_THAT(stub->stores(), IsEmpty());
}

TEST(ProbeStoresTest, RefusesEndpointsThatShareNothing) {
  const auto stub = std::make_shared<StubProvider>();
  EXPECT_THAT(StoresRefusal({stub, std::make_shared<FailingProvider>()}),
              AllOf(HasSubstr("at host:2"), HasSubstr("replicas of one")));
  EXPECT_THAT(stub->stores(), IsEmpty());
}

TEST(CheckAlikeTest, RefusesReplicasThatDiffer) {
  const StubProvider stub;
  v1::GetProviderInfoResponse other = stub.info;
  EXPECT_TRUE(CheckAlike(stub.info, other, "host:2").ok());
  other.set_now_ms(17);
  EXPECT_TRUE(CheckAlike(stub.info, other, "host:2").ok());
  other.add_capabilities(v1::CAPABILITY_ADMIN);
  EXPECT_THAT(
      std::string(CheckAlike(stub.info, other, "host:2").message()),
      AllOf(HasSubstr("came back:  provider \"stub\" 0.9, contract 1.0, "
                      "capabilities ADMIN ISOLATED_STORES"),
            HasSubstr("the first one is")));
}

}  // namespace
}  // namespace duroxide::conformance
