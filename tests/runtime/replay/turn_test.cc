// Turns where a story would be too long to read.

#include "runtime/replay/turn.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::AckOrchestrationItemRequest;
using v1::Event;

using Text = Orchestration<std::string>;
using Context = OrchestrationContext;

constexpr absl::Time kNow = absl::FromUnixSeconds(36000);

class TurnTest : public ::testing::Test {
 protected:
  void Register(std::string name, OrchestrationFunction function) {
    ASSERT_TRUE(orchestrations_.Add(std::move(name), std::move(function)).ok());
  }

  static v1::LockedOrchestrationItem Start(const std::string& orchestration) {
    v1::LockedOrchestrationItem locked;
    locked.set_attempt_count(1);
    v1::OrchestrationItem& item = *locked.mutable_item();
    item.set_instance("order-1");
    item.set_execution_id(1);
    auto& start = *item.add_messages()->mutable_start_orchestration();
    start.set_instance("order-1");
    start.set_orchestration(orchestration);
    start.set_parent_instance("boss");
    start.set_parent_id(7);
    start.set_parent_execution_id(2);
    return locked;
  }

  TurnOutcome Take(const v1::LockedOrchestrationItem& locked,
                   KeptExecution kept = nullptr) const {
    return TakeTurn(locked, orchestrations_, options_, kNow, std::move(kept));
  }

  static const AckOrchestrationItemRequest& AckOf(const TurnOutcome& outcome) {
    return std::get<AckOrchestrationItemRequest>(outcome.commit);
  }

  // The next item: what the ack has left, and this message.
  static v1::LockedOrchestrationItem After(
      const v1::LockedOrchestrationItem& before,
      const AckOrchestrationItemRequest& ack, v1::WorkItem message) {
    v1::LockedOrchestrationItem next = before;
    next.mutable_item()->mutable_history()->MergeFrom(ack.history_delta());
    next.mutable_item()->clear_messages();
    *next.mutable_item()->add_messages() = std::move(message);
    return next;
  }

  static v1::WorkItem Done(uint64_t id, const std::string& result) {
    v1::WorkItem item;
    auto& completed = *item.mutable_activity_completed();
    completed.set_instance("order-1");
    completed.set_execution_id(1);
    completed.set_id(id);
    completed.set_result(result);
    return item;
  }

  // That the turn failed the orchestration, told its parent and asked for
  // nothing else.
  static void ExpectFailedByLimit(const TurnOutcome& outcome,
                                  const std::string& text) {
    EXPECT_EQ(outcome.facts.end, TurnFacts::End::kFailed);
    EXPECT_EQ(outcome.facts.error_category, "application");
    EXPECT_THAT(outcome.facts.error, HasSubstr(text));
    const AckOrchestrationItemRequest& ack = AckOf(outcome);
    EXPECT_EQ(ack.metadata().status(), v1::ORCHESTRATION_STATUS_FAILED);
    EXPECT_THAT(ack.worker_items(), IsEmpty());
    ASSERT_THAT(ack.orchestrator_items(), SizeIs(1));
    EXPECT_EQ(ack.orchestrator_items(0).sub_orchestration_failed().parent_id(),
              7u);
    EXPECT_EQ(outcome.next, nullptr);
  }

  OrchestrationRegistry orchestrations_;
  TurnOptions options_;
};

TEST_F(TurnTest, ACustomStatusHasALimit) {
  options_.limits.custom_status_bytes = 10;
  Register("AtTheLimit", [](Context& ctx, std::string) -> Text {
    ctx.SetCustomStatus("0123456789");
    co_return "";
  });
  Register("Beyond", [](Context& ctx, std::string) -> Text {
    ctx.SetCustomStatus("0123456789a");
    co_await ctx.ScheduleTimer(absl::Seconds(1));
    co_return "";
  });
  EXPECT_EQ(Take(Start("AtTheLimit")).facts.end, TurnFacts::End::kCompleted);
  ExpectFailedByLimit(Take(Start("Beyond")),
                      "the custom status has 11 bytes, and may have 10");
}

TEST_F(TurnTest, ATagHasALimit) {
  options_.limits.tag_bytes = 3;
  Register("Beyond", [](Context& ctx, std::string) -> Text {
    ActivityOptions options = ActivityOptions().WithTag("long");
    auto result = co_await ctx.ScheduleActivity("Render", "", options);
    co_return result;
  });
  ExpectFailedByLimit(Take(Start("Beyond")),
                      "the tag of activity Render has 4 bytes, and may have 3");
}

TEST_F(TurnTest, AKeysValueHasALimit) {
  options_.limits.kv_value_bytes = 3;
  Register("Beyond", [](Context& ctx, std::string) -> Text {
    ctx.SetKeyValue("k", "long");
    co_return "";
  });
  ExpectFailedByLimit(Take(Start("Beyond")),
                      "the value of key k has 4 bytes, and may have 3");
}

TEST_F(TurnTest, KeysHaveALimitOverAllTurns) {
  options_.limits.kv_keys = 2;
  Register("Beyond", [](Context& ctx, std::string) -> Text {
    ctx.SetKeyValue("a", "");
    ctx.SetKeyValue("b", "");
    auto first = co_await ctx.ScheduleActivity("Do", "");
    // As many as before.
    ctx.ClearKeyValue("a");
    ctx.SetKeyValue("c", "");
    auto second = co_await ctx.ScheduleActivity("Do", "");
    ctx.SetKeyValue("d", "");
    co_return "";
  });
  auto item = Start("Beyond");
  TurnOutcome first = Take(item);
  ASSERT_EQ(first.facts.end, TurnFacts::End::kNone);
  item = After(item, AckOf(first), Done(4, ""));
  TurnOutcome second = Take(item);
  ASSERT_EQ(second.facts.end, TurnFacts::End::kNone);
  item = After(item, AckOf(second), Done(8, ""));
  ExpectFailedByLimit(Take(item), "the instance has 3 keys, and may have 2");
}

TEST_F(TurnTest, AKeptExecutionIsUsedWhereItFits) {
  Register("Two", [](Context& ctx, std::string) -> Text {
    auto one = co_await ctx.ScheduleActivity("Do", "1");
    auto two = co_await ctx.ScheduleActivity("Do", "2");
    co_return absl::StrCat(one.value_or(""), two.value_or(""));
  });
  const auto start = Start("Two");
  TurnOutcome first = Take(start);
  const auto second_item = After(start, AckOf(first), Done(2, "x"));
  TurnOutcome second = Take(second_item, std::move(first.next));
  EXPECT_TRUE(second.facts.resumed);
  const auto third_item = After(second_item, AckOf(second), Done(4, "y"));
  TurnOutcome third = Take(third_item, std::move(second.next));
  EXPECT_TRUE(third.facts.resumed);
  EXPECT_EQ(AckOf(third).metadata().output(), "xy");
  EXPECT_EQ(third.next, nullptr);
}

TEST_F(TurnTest, AKeptExecutionThatDoesNotFitIsNotUsed) {
  Register("Two", [](Context& ctx, std::string) -> Text {
    auto one = co_await ctx.ScheduleActivity("Do", "1");
    auto two = co_await ctx.ScheduleActivity("Do", "2");
    co_return absl::StrCat(one.value_or(""), two.value_or(""));
  });
  const auto start = Start("Two");
  const TurnOutcome first = Take(start);
  const auto item = After(start, AckOf(first), Done(2, "x"));
  const TurnOutcome replayed = Take(item);

  // Of a turn that was not committed, of another instance, of another
  // execution.
  TurnOutcome uncommitted = Take(item, Take(start).next);
  TurnOutcome other = Take(item, std::move(uncommitted.next));
  EXPECT_FALSE(other.facts.resumed);
  EXPECT_TRUE(MessageDifferencer::Equals(AckOf(other), AckOf(replayed)));

  auto elsewhere = start;
  elsewhere.mutable_item()->set_instance("order-2");
  other = Take(item, Take(elsewhere).next);
  EXPECT_FALSE(other.facts.resumed);
  EXPECT_TRUE(MessageDifferencer::Equals(AckOf(other), AckOf(replayed)));

  auto later = start;
  later.mutable_item()->set_execution_id(2);
  other = Take(item, Take(later).next);
  EXPECT_FALSE(other.facts.resumed);
  EXPECT_TRUE(MessageDifferencer::Equals(AckOf(other), AckOf(replayed)));
}

TEST_F(TurnTest, AHundredThousandResultsAtOnceNeedNoStack) {
  constexpr uint64_t kMany = 100'000;
  Register("Loop", [](Context& ctx, std::string) -> Text {
    uint64_t got = 0;
    for (uint64_t i = 0; i < kMany; ++i) {
      std::string message = co_await ctx.DequeueEvent("inbox");
      got += message.size();
    }
    co_return absl::StrCat(got);
  });
  auto item = Start("Loop");
  for (uint64_t i = 0; i < kMany; ++i) {
    auto& message =
        *item.mutable_item()->add_messages()->mutable_queue_message();
    message.set_instance("order-1");
    message.set_name("inbox");
    message.set_data("x");
  }
  const TurnOutcome outcome = Take(item);
  EXPECT_EQ(AckOf(outcome).metadata().output(), "100000");
}

TEST_F(TurnTest, FactsTellWhatTheTurnWas) {
  Register("Work", [](Context& ctx, std::string) -> Text {
    auto activity = ctx.ScheduleActivity("Do", "");
    auto child = ctx.ScheduleSubOrchestration("Child", "");
    auto both = ctx.Join(std::move(activity), std::move(child));
    auto results = co_await std::move(both);
    co_return "";
  });
  const TurnOutcome outcome = Take(Start("Work"));
  EXPECT_EQ(outcome.facts.orchestration, "Work");
  EXPECT_EQ(outcome.facts.version, "1.0.0");
  EXPECT_TRUE(outcome.facts.began_execution);
  EXPECT_FALSE(outcome.facts.continued_from_earlier);
  EXPECT_EQ(outcome.facts.scheduled_activities, 1u);
  EXPECT_EQ(outcome.facts.scheduled_children, 1u);
  EXPECT_EQ(outcome.facts.history_events, 3u);
}

}  // namespace
}  // namespace duroxide::runtime
