#include "runtime/typed.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/replay/turn.h"

namespace shop {

struct Cart {
  std::string customer;
  std::vector<int> articles;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Cart, customer, articles)

struct Receipt {
  int total = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Receipt, total)

}  // namespace shop

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using ::testing::HasSubstr;
using v1::AckOrchestrationItemRequest;

Orchestration<shop::Receipt> Order(OrchestrationContext& ctx, shop::Cart cart) {
  ASSIGN_OR_CO_RETURN(
      shop::Receipt receipt,
      co_await typed::ScheduleActivity<shop::Receipt>(ctx, "Charge", cart));
  receipt.total += 1;
  co_return receipt;
}

Orchestration<int> Bad(OrchestrationContext& ctx, int) {
  auto result = co_await typed::ScheduleActivity<int>(ctx, "Do", "\xff");
  co_return result;
}

class TypedTest : public ::testing::Test {
 protected:
  TypedTest() {
    EXPECT_TRUE(
        orchestrations_.Add("Order", typed::AsOrchestration<shop::Cart>(Order))
            .ok());
    EXPECT_TRUE(
        orchestrations_.Add("Bad", typed::AsOrchestration<int>(Bad)).ok());
    locked_.set_attempt_count(1);
    locked_.mutable_item()->set_instance("order-1");
    locked_.mutable_item()->set_execution_id(1);
  }

  AckOrchestrationItemRequest Take() {
    TurnOutcome outcome = TakeTurn(locked_, orchestrations_, TurnOptions(),
                                   absl::UnixEpoch(), nullptr);
    auto ack = std::get<AckOrchestrationItemRequest>(outcome.commit);
    locked_.mutable_item()->mutable_history()->MergeFrom(ack.history_delta());
    locked_.mutable_item()->clear_messages();
    return ack;
  }

  AckOrchestrationItemRequest Start(const std::string& orchestration,
                                    const std::string& input) {
    auto& start =
        *locked_.mutable_item()->add_messages()->mutable_start_orchestration();
    start.set_instance("order-1");
    start.set_orchestration(orchestration);
    start.set_input(input);
    return Take();
  }

  AckOrchestrationItemRequest Complete(uint64_t id, const std::string& result) {
    auto& completed =
        *locked_.mutable_item()->add_messages()->mutable_activity_completed();
    completed.set_instance("order-1");
    completed.set_execution_id(1);
    completed.set_id(id);
    completed.set_result(result);
    return Take();
  }

  OrchestrationRegistry orchestrations_;
  v1::LockedOrchestrationItem locked_;
};

TEST_F(TypedTest, ValuesAreJson) {
  const auto first = Start("Order", R"({"customer":"ada","articles":[1,2]})");
  ASSERT_EQ(first.worker_items_size(), 1);
  EXPECT_EQ(first.worker_items(0).activity_execute().input(),
            R"({"articles":[1,2],"customer":"ada"})");
  const auto second = Complete(2, R"({"total":7})");
  EXPECT_EQ(second.metadata().output(), R"({"total":8})");
}

TEST_F(TypedTest, AnInputOfAnotherTypeFailsTheOrchestration) {
  const auto ack = Start("Order", "[]");
  EXPECT_EQ(ack.metadata().status(), v1::ORCHESTRATION_STATUS_FAILED);
  EXPECT_THAT(ack.metadata().output(), HasSubstr("the input: "));
}

TEST_F(TypedTest, AResultOfAnotherTypeIsAnError) {
  Start("Order", R"({"customer":"ada","articles":[]})");
  const auto ack = Complete(2, "no json");
  EXPECT_EQ(ack.metadata().status(), v1::ORCHESTRATION_STATUS_FAILED);
  EXPECT_THAT(ack.metadata().output(), HasSubstr("parse error"));
}

TEST_F(TypedTest, AValueWithoutTextIsAnErrorAndScheduledNowhere) {
  const auto ack = Start("Bad", "1");
  EXPECT_EQ(ack.metadata().status(), v1::ORCHESTRATION_STATUS_FAILED);
  EXPECT_EQ(ack.history_delta_size(), 2);
}

TEST(TypedActivityTest, DecodesAndEncodes) {
  const BlockingActivity activity = typed::AsActivity<shop::Cart>(
      [](ActivityContext&, shop::Cart cart) -> absl::StatusOr<shop::Receipt> {
        if (cart.articles.empty()) return absl::NotFoundError("an empty cart");
        return shop::Receipt{.total = static_cast<int>(cart.articles.size())};
      });
  ActivityContext context({}, {}, nullptr, nullptr);
  EXPECT_EQ(*activity(context, R"({"customer":"ada","articles":[1,2]})"),
            R"({"total":2})");
  EXPECT_THAT(activity(context, R"({"customer":"ada","articles":[]})")
                  .status()
                  .message(),
              HasSubstr("an empty cart"));
  EXPECT_THAT(activity(context, "{}").status().message(),
              HasSubstr("the input: "));
}

TEST(OutputOfTest, TellsHowTheInstanceEnded) {
  InstanceStatus status;
  EXPECT_EQ(typed::OutputOf<int>(status).status().code(),
            absl::StatusCode::kFailedPrecondition);
  status.state = InstanceStatus::State::kCompleted;
  status.output = "7";
  EXPECT_EQ(*typed::OutputOf<int>(status), 7);
  status.state = InstanceStatus::State::kFailed;
  status.error_text = "no money";
  EXPECT_EQ(typed::OutputOf<int>(status).status().message(), "no money");
}

}  // namespace
}  // namespace duroxide::runtime
