#include "runtime/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/activity_context.h"
#include "runtime/orchestration.h"

namespace duroxide::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Orchestration<std::string> Nothing(OrchestrationContext& /*ctx*/,
                                   std::string input) {
  co_return input;
}

absl::StatusOr<std::string> Echo(ActivityContext& /*context*/,
                                 std::string input) {
  return input;
}

void EchoLater(const std::shared_ptr<ActivityContext>& /*context*/,
               std::string input, ActivityDone done) {
  std::move(done)(std::move(input));
}

constexpr SemanticVersion kOne{1, 0, 0};
constexpr SemanticVersion kTwo{2, 0, 0};

class OrchestrationRegistryTest : public testing::Test {
 protected:
  // The version that one gets who asks for none.
  std::optional<SemanticVersion> Default(std::string_view name) const {
    const auto entry = registry_.functions().Find(name);
    if (!entry) return std::nullopt;
    return entry->version;
  }

  OrchestrationRegistry registry_;
};

TEST_F(OrchestrationRegistryTest, WithoutAVersionItIsTheFirst) {
  EXPECT_EQ(registry_.Add("Order", Nothing), absl::OkStatus());
  EXPECT_EQ(Default("Order"), kOne);
  EXPECT_TRUE(registry_.functions().Find("Order", kOne));
}

TEST_F(OrchestrationRegistryTest, TheLatestIsUsedInWhateverOrderTheyCome) {
  EXPECT_EQ(registry_.Add("Order", "1.10.0", Nothing), absl::OkStatus());
  EXPECT_EQ(registry_.Add("Order", "1.9.0", Nothing), absl::OkStatus());
  EXPECT_EQ(Default("Order"), (SemanticVersion{1, 10, 0}));
  EXPECT_THAT(registry_.functions().Versions("Order"),
              ElementsAre(SemanticVersion{1, 9, 0}, SemanticVersion{1, 10, 0}));
}

TEST_F(OrchestrationRegistryTest, APolicyNamesTheVersionToUse) {
  EXPECT_EQ(registry_.Add("Order", "1.0.0", Nothing), absl::OkStatus());
  EXPECT_EQ(registry_.Add("Order", "2.0.0", Nothing), absl::OkStatus());
  EXPECT_EQ(registry_.UseVersion("Order", "1.0.0"), absl::OkStatus());
  EXPECT_EQ(Default("Order"), kOne);
  EXPECT_TRUE(registry_.functions().Find("Order", kTwo));
}

TEST_F(OrchestrationRegistryTest, APolicyNeedsWhatItNames) {
  EXPECT_EQ(registry_.Add("Order", Nothing), absl::OkStatus());
  EXPECT_EQ(registry_.UseVersion("Order", "2.0.0").code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(registry_.UseVersion("Ordre", "1.0.0").code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(registry_.UseVersion("Order", "one").code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Default("Order"), kOne);
}

TEST_F(OrchestrationRegistryTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(registry_.Add("Order", Nothing), absl::OkStatus());
  EXPECT_FALSE(registry_.functions().Find("Ordre"));
  EXPECT_FALSE(registry_.functions().Find("Ordre", kOne));
  EXPECT_FALSE(registry_.functions().Find("Order", kTwo));
  EXPECT_THAT(registry_.functions().Versions("Ordre"), IsEmpty());
  EXPECT_THAT(registry_.functions().Names(), ElementsAre("Order"));
}

TEST_F(OrchestrationRegistryTest, WhatIsWrongIsNamed) {
  EXPECT_EQ(
      registry_.Add("", Nothing),
      absl::InvalidArgumentError("orchestration name: must not be empty"));
  EXPECT_EQ(registry_.Add("Order", "1.0", Nothing),
            absl::InvalidArgumentError("version of orchestration \"Order\": "
                                       "\"1.0\" is not MAJOR.MINOR.PATCH"));
  EXPECT_EQ(
      registry_.Add("Order", OrchestrationFunction()),
      absl::InvalidArgumentError("orchestration \"Order\": has no function"));
  EXPECT_EQ(registry_.Add("Order", Nothing), absl::OkStatus());
  EXPECT_EQ(
      registry_.Add("Order", "1.0.0", Nothing),
      absl::AlreadyExistsError("\"Order\" is registered in version 1.0.0"));
}

TEST(ActivityRegistryTest, FindsBothKinds) {
  ActivityRegistry registry;
  EXPECT_EQ(registry.Add("Echo", Echo), absl::OkStatus());
  EXPECT_EQ(registry.AddAsync("EchoLater", EchoLater), absl::OkStatus());
  ASSERT_NE(registry.Find("Echo"), nullptr);
  EXPECT_TRUE(registry.Find("Echo")->blocking);
  EXPECT_FALSE(registry.Find("Echo")->async);
  ASSERT_NE(registry.Find("EchoLater"), nullptr);
  EXPECT_TRUE(registry.Find("EchoLater")->async);
  EXPECT_EQ(registry.Find("Other"), nullptr);
  EXPECT_THAT(registry.Names(), ElementsAre("Echo", "EchoLater"));
}

TEST(ActivityRegistryTest, WhatIsWrongIsNamed) {
  ActivityRegistry registry;
  EXPECT_EQ(registry.Add("", Echo),
            absl::InvalidArgumentError("activity name: must not be empty"));
  EXPECT_EQ(registry.Add("Echo", BlockingActivity()),
            absl::InvalidArgumentError("activity \"Echo\": has no function"));
  EXPECT_EQ(registry.AddAsync("Echo", AsyncActivity()),
            absl::InvalidArgumentError("activity \"Echo\": has no function"));
  EXPECT_EQ(registry.Add("__duroxide_syscall:mine", Echo),
            absl::InvalidArgumentError(
                "activity \"__duroxide_syscall:mine\": names that begin with "
                "__duroxide_syscall: are the runtime's own"));
  EXPECT_EQ(registry.Add("Echo", Echo), absl::OkStatus());
  EXPECT_EQ(registry.AddAsync("Echo", EchoLater),
            absl::AlreadyExistsError("activity \"Echo\" is registered"));
}

}  // namespace
}  // namespace duroxide::runtime
