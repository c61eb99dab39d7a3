#include "conformance/probe.h"

#include <string>

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
  EXPECT_THAT(stub.stores(), IsEmpty());
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

TEST(ProbeTest, RefusesAProviderWithoutStoresForTests) {
  StubProvider stub;
  stub.info.clear_capabilities();
  EXPECT_THAT(Refusal(stub),
              AllOf(HasSubstr("does not declare ISOLATED_STORES"),
                    HasSubstr("--enable-test-service")));
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

TEST(ProbeTest, RefusesAServerWithoutTheTestService) {
  HalfProvider half;
  EXPECT_THAT(Refusal(half), AllOf(HasSubstr("tried:      CreateStore"),
                                   HasSubstr("--enable-test-service")));
}

}  // namespace
}  // namespace duroxide::conformance
