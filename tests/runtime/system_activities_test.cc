#include "runtime/system_activities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <stop_token>
#include <utility>

#include "absl/time/clock.h"
#include "providers/errors.h"
#include "runtime/activity_context.h"
#include "runtime/client.h"
#include "tests/support/fake_provider.h"

namespace duroxide::runtime {
namespace {

using ::testing::MatchesRegex;

class SystemActivitiesTest : public testing::Test {
 protected:
  SystemActivitiesTest() { AddSystemActivities(registry_); }

  absl::StatusOr<std::string> Run(std::string_view name,
                                  const std::string& input = "") {
    const ActivityFunction* function = registry_.Find(name);
    if (function == nullptr) return absl::NotFoundError("no such activity");
    auto context = std::make_shared<ActivityContext>(
        ActivityInfo(), std::stop_token(), nullptr, &client_);
    if (function->blocking) return function->blocking(*context, input);
    absl::StatusOr<std::string> result;
    function->async(context, input, [&](absl::StatusOr<std::string> outcome) {
      result = std::move(outcome);
    });
    return result;
  }

  // Answers reads of key-values.
  void HasValue(const std::string& value) {
    v1::GetKvValueResponse response;
    response.set_value(value);
    provider_->Answer("GetKvValue", response);
  }

  const std::shared_ptr<testing_support::FakeProvider> provider_ =
      std::make_shared<testing_support::FakeProvider>();
  Client client_{provider_, "store"};
  ActivityRegistry registry_;
};

TEST_F(SystemActivitiesTest, MayBeAddedAgain) {
  AddSystemActivities(registry_);
  EXPECT_EQ(registry_.Names().size(), 3U);
}

TEST_F(SystemActivitiesTest, GuidsAreRandomUuids) {
  std::set<std::string> guids;
  constexpr size_t kMany = 1000;
  for (size_t i = 0; i < kMany; ++i) {
    const auto guid = Run(kNewGuidActivity);
    ASSERT_TRUE(guid.ok()) << guid.status();
    EXPECT_THAT(*guid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-"
                                    "[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    guids.insert(*guid);
  }
  EXPECT_EQ(guids.size(), kMany);
}

TEST_F(SystemActivitiesTest, NowIsInMilliseconds) {
  const absl::Time before =
      absl::FromUnixMillis(absl::ToUnixMillis(absl::Now()));
  const auto text = Run(kUtcNowActivity);
  ASSERT_TRUE(text.ok()) << text.status();
  const auto now = ParseUtcNow(*text);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_GE(*now, before);
  EXPECT_LE(*now, absl::Now());
}

TEST_F(SystemActivitiesTest, WhatIsNoTimeIsRefused) {
  EXPECT_FALSE(ParseUtcNow("").ok());
  EXPECT_FALSE(ParseUtcNow("soon").ok());
  EXPECT_FALSE(ParseUtcNow("-1").ok());
}

TEST_F(SystemActivitiesTest, ReadsAKeyOfAnInstance) {
  HasValue("a \"value\"\n");
  const auto result =
      Run(kGetKeyValueActivity, KeyValueQuery("other", "a \"key\""));
  ASSERT_TRUE(result.ok()) << result.status();
  const auto value = ParseKeyValue(*result);
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(*value, "a \"value\"\n");

  const auto requests = provider_->Requests("GetKvValue");
  ASSERT_EQ(requests.size(), 1U);
  const auto& request = static_cast<const v1::GetKvValueRequest&>(*requests[0]);
  EXPECT_EQ(request.store(), "store");
  EXPECT_EQ(request.instance(), "other");
  EXPECT_EQ(request.key(), "a \"key\"");
}

TEST_F(SystemActivitiesTest, AnEmptyValueIsAValue) {
  HasValue("");
  const auto result = Run(kGetKeyValueActivity, KeyValueQuery("other", "key"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(*result, "\"\"");
  EXPECT_EQ(*ParseKeyValue(*result), "");
}

TEST_F(SystemActivitiesTest, AKeyThatIsNotThereIsNull) {
  const auto result = Run(kGetKeyValueActivity, KeyValueQuery("other", "key"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(*result, "null");
  const auto value = ParseKeyValue(*result);
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(*value, std::nullopt);
}

TEST_F(SystemActivitiesTest, TheProvidersErrorIsTheActivitys) {
  const absl::Status busy = MakeError(v1::ERROR_REASON_STORE_BUSY, "busy");
  provider_->Answer("GetKvValue", busy);
  EXPECT_EQ(Run(kGetKeyValueActivity, KeyValueQuery("other", "key")).status(),
            busy);
}

// The format that other runtimes write to histories.
TEST_F(SystemActivitiesTest, QueriesAreJsonObjects) {
  EXPECT_EQ(KeyValueQuery("i", "k"), R"({"instance_id":"i","key":"k"})");
}

class WrongQueryTest : public SystemActivitiesTest,
                       public testing::WithParamInterface<const char*> {};

TEST_P(WrongQueryTest, IsRefused) {
  EXPECT_EQ(Run(kGetKeyValueActivity, GetParam()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(All, WrongQueryTest,
                         testing::Values("", "null", "[]", "{}",
                                         R"({"instance_id":"i"})",
                                         R"({"key":"k"})",
                                         R"({"instance_id":1,"key":"k"})",
                                         R"({"instance_id":"i","key":null})"));

TEST_F(SystemActivitiesTest, WhatIsNoKeyValueIsRefused) {
  EXPECT_FALSE(ParseKeyValue("").ok());
  EXPECT_FALSE(ParseKeyValue("1").ok());
  EXPECT_FALSE(ParseKeyValue("\"open").ok());
}

}  // namespace
}  // namespace duroxide::runtime
