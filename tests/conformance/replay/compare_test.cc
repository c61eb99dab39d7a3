#include "conformance/replay/compare.h"

#include <memory>
#include <utility>

#include "gmock/gmock.h"
#include "providers/errors.h"
#include "tests/conformance/replay/transcripts.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint64_t kThenMs = 1'795'000'000'000;
constexpr uint64_t kNowMs = kThenMs + 60'000;

template <typename Response>
NewAnswer Ok(const Response& response) {
  return {absl::OkStatus(), std::make_shared<Response>(response)};
}

v1::FetchWorkItemsResponse Fetched(const std::string& token) {
  v1::FetchWorkItemsResponse response;
  response.add_items()->set_lock_token(token);
  return response;
}

std::vector<std::string> Differences(const transcript_v1::Call& call,
                                     const NewAnswer& answer) {
  ValueMap values(kThenMs, kNowMs);
  values.Learn("a", "x");
  return DifferencesOf(call, answer, values);
}

TEST(CompareTest, TokensAreTheSameWhereOneTakesTheOthersPlace) {
  const auto call = CallOf(v1::FetchWorkItemsRequest(), Fetched("a"), 0, 1);
  EXPECT_THAT(Differences(call, Ok(Fetched("x"))), IsEmpty());
  EXPECT_THAT(Differences(call, Ok(Fetched("y"))),
              ElementsAre("modified: items[0].lock_token: \"x\" -> \"y\""));
  EXPECT_THAT(Differences(call, Ok(v1::FetchWorkItemsResponse())),
              ElementsAre("deleted: items[0]: { lock_token: \"x\" }"));
}

TEST(CompareTest, ErrorsAreTheSameByCodeAndReason) {
  const auto call =
      FailedCallOf(v1::AckWorkItemRequest(), "FAILED_PRECONDITION",
                   v1::ERROR_REASON_LOCK_LOST);
  EXPECT_THAT(
      Differences(call, {MakeError(v1::ERROR_REASON_LOCK_LOST, "other words"),
                         nullptr}),
      IsEmpty());
  EXPECT_THAT(
      Differences(call, {MakeError(v1::ERROR_REASON_STORE_BUSY, ""), nullptr}),
      ElementsAre("status: FAILED_PRECONDITION, reason LOCK_LOST -> "
                  "UNAVAILABLE, reason STORE_BUSY"));
  EXPECT_THAT(Differences(call, {absl::FailedPreconditionError(""), nullptr}),
              ElementsAre("status: FAILED_PRECONDITION, reason LOCK_LOST -> "
                          "FAILED_PRECONDITION"));
  EXPECT_THAT(
      Differences(call, Ok(v1::AckWorkItemResponse())),
      ElementsAre("status: FAILED_PRECONDITION, reason LOCK_LOST -> OK"));
}

TEST(CompareTest, MomentsOfTheClockMayDifferALittle) {
  v1::GetInstanceInfoResponse then;
  then.mutable_info()->set_created_at_ms(kThenMs + 100);
  const auto call = CallOf(v1::GetInstanceInfoRequest(), then, 0, 1);
  v1::GetInstanceInfoResponse now;
  now.mutable_info()->set_created_at_ms(kNowMs + 900);
  EXPECT_THAT(Differences(call, Ok(now)), IsEmpty());
  now.mutable_info()->set_created_at_ms(kNowMs / 1000);
  EXPECT_THAT(Differences(call, Ok(now)),
              ElementsAre("modified: info.created_at_ms: 1795000060100 -> "
                          "1795000060"));
}

TEST(CompareTest, ProvidersMayHaveOtherNames) {
  v1::GetProviderInfoResponse then;
  then.set_name("one");
  then.set_version("1");
  then.set_contract_version("1.0");
  v1::GetProviderInfoResponse now = then;
  now.set_name("two");
  now.set_version("2");
  const auto call = CallOf(v1::GetProviderInfoRequest(), then, 0, 1);
  EXPECT_THAT(Differences(call, Ok(now)), IsEmpty());
  now.set_contract_version("1.1");
  EXPECT_THAT(Differences(call, Ok(now)),
              ElementsAre("modified: contract_version: \"1.0\" -> \"1.1\""));
}

}  // namespace
}  // namespace duroxide::conformance
