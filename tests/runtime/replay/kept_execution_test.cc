// When a turn goes on from the one before: GoesOnFrom, and turns of items whose
// history was left out (FETCH-9).

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"
#include "runtime/replay/turn.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using google::protobuf::util::MessageDifferencer;
using v1::AckOrchestrationItemRequest;

constexpr absl::Time kNow = absl::FromUnixSeconds(36000);

// Waits for "go", again and again, and tells how often it has come.
Orchestration<std::string> CountGoes(OrchestrationContext& ctx, std::string) {
  for (int goes = 1;; ++goes) {
    const std::string data = co_await ctx.ScheduleWait("go");
    if (data == "end") co_return absl::StrCat(goes);
    ctx.SetCustomStatus(absl::StrCat(goes));
  }
}

class KeptExecutionTest : public ::testing::Test {
 protected:
  KeptExecutionTest() {
    EXPECT_TRUE(orchestrations_.Add("CountGoes", CountGoes).ok());
    locked_.set_attempt_count(1);
    v1::OrchestrationItem& item = *locked_.mutable_item();
    item.set_instance("order-1");
    item.set_execution_id(1);
    v1::WorkItem start;
    start.mutable_start_orchestration()->set_instance("order-1");
    start.mutable_start_orchestration()->set_orchestration("CountGoes");
    kept_ = Turn(std::move(start), nullptr);
    kept_ = Turn(Go("first"), std::move(kept_));
  }

  static v1::WorkItem Go(const std::string& data) {
    v1::WorkItem item;
    auto& raised = *item.mutable_external_raised();
    raised.set_instance("order-1");
    raised.set_name("go");
    raised.set_data(data);
    return item;
  }

  TurnOutcome Take(const v1::LockedOrchestrationItem& locked,
                   KeptExecution kept = nullptr) const {
    return TakeTurn(locked, orchestrations_, TurnOptions(), kNow,
                    std::move(kept));
  }

  // Takes the turn of a message and commits it.
  KeptExecution Turn(v1::WorkItem message, KeptExecution kept) {
    TurnOutcome outcome = Take(With(std::move(message)), std::move(kept));
    locked_.mutable_item()->mutable_history()->MergeFrom(
        std::get<AckOrchestrationItemRequest>(outcome.commit).history_delta());
    return std::move(outcome.next);
  }

  v1::LockedOrchestrationItem With(v1::WorkItem message) const {
    v1::LockedOrchestrationItem locked = locked_;
    *locked.mutable_item()->add_messages() = std::move(message);
    return locked;
  }

  // The same item, as a fetch gives it that leaves the history out.
  static v1::LockedOrchestrationItem LeftOut(
      v1::LockedOrchestrationItem locked) {
    v1::OrchestrationItem& item = *locked.mutable_item();
    *item.mutable_last_event() = *item.history().rbegin();
    item.set_last_event_id(item.last_event().event_id());
    item.clear_history();
    item.set_history_omitted(true);
    return locked;
  }

  OrchestrationRegistry orchestrations_;
  v1::LockedOrchestrationItem locked_;
  // What the turns so far have left.
  KeptExecution kept_;
};

TEST_F(KeptExecutionTest, WithoutTheHistoryTheTurnIsTheSame) {
  for (const char* data : {"second", "end"}) {
    const v1::LockedOrchestrationItem whole = With(Go(data));
    const v1::LockedOrchestrationItem left_out = LeftOut(whole);
    ASSERT_TRUE(GoesOnFrom(kept_, left_out));
    TurnOutcome resumed = Take(left_out, std::move(kept_));
    TurnOutcome replayed = Take(whole);
    EXPECT_TRUE(resumed.facts.resumed);
    EXPECT_FALSE(replayed.facts.resumed);
    const auto& ack = std::get<AckOrchestrationItemRequest>(resumed.commit);
    EXPECT_TRUE(MessageDifferencer::Equals(
        ack, std::get<AckOrchestrationItemRequest>(replayed.commit)))
        << ack.DebugString();
    EXPECT_GT(ack.history_delta_size(), 0);
    EXPECT_EQ(resumed.facts.orchestration, "CountGoes");
    EXPECT_EQ(resumed.facts.history_events, replayed.facts.history_events);
    EXPECT_EQ(resumed.facts.began, replayed.facts.began);
    kept_ = std::move(resumed.next);
    locked_.mutable_item()->mutable_history()->MergeFrom(ack.history_delta());
  }
}

TEST_F(KeptExecutionTest, ASecondStartDoesNotBeginItAgain) {
  v1::WorkItem start;
  start.mutable_start_orchestration()->set_instance("order-1");
  start.mutable_start_orchestration()->set_orchestration("Another");
  v1::WorkItem next;
  next.mutable_continue_as_new()->set_instance("order-1");
  next.mutable_continue_as_new()->set_orchestration("Another");
  v1::LockedOrchestrationItem locked = With(std::move(start));
  *locked.mutable_item()->add_messages() = std::move(next);
  const TurnOutcome outcome = Take(LeftOut(locked), std::move(kept_));
  EXPECT_FALSE(outcome.facts.began_execution);
  EXPECT_EQ(outcome.facts.orchestration, "CountGoes");
  EXPECT_EQ(std::get<AckOrchestrationItemRequest>(outcome.commit)
                .history_delta_size(),
            0);
}

// An instance that was deleted and started again has come as far.
TEST_F(KeptExecutionTest, AnotherHistoryOfTheSameLengthDoesNotFit) {
  locked_.mutable_item()->mutable_history()->rbegin()->set_timestamp_ms(1);
  const v1::LockedOrchestrationItem whole = With(Go("second"));
  EXPECT_FALSE(GoesOnFrom(kept_, whole));
  EXPECT_FALSE(GoesOnFrom(kept_, LeftOut(whole)));
}

TEST_F(KeptExecutionTest, NorDoesALongerOneOrAnotherExecution) {
  const v1::LockedOrchestrationItem whole = With(Go("second"));
  ASSERT_TRUE(GoesOnFrom(kept_, whole));
  v1::LockedOrchestrationItem longer = whole;
  v1::OrchestrationItem& item = *longer.mutable_item();
  v1::Event& added = *item.add_history();
  added = item.history(item.history_size() - 2);
  added.set_event_id(static_cast<uint64_t>(item.history_size()));
  EXPECT_FALSE(GoesOnFrom(kept_, longer));
  EXPECT_FALSE(GoesOnFrom(kept_, LeftOut(longer)));

  v1::LockedOrchestrationItem later = whole;
  later.mutable_item()->set_execution_id(2);
  EXPECT_FALSE(GoesOnFrom(kept_, later));
  EXPECT_FALSE(GoesOnFrom(nullptr, whole));
}

TEST_F(KeptExecutionTest, ALastEventThatIsNotThereDoesNotFit) {
  v1::LockedOrchestrationItem left_out = LeftOut(With(Go("second")));
  left_out.mutable_item()->clear_last_event();
  EXPECT_FALSE(GoesOnFrom(kept_, left_out));
}

TEST_F(KeptExecutionTest, WhatComesAgainIsReplayed) {
  v1::LockedOrchestrationItem again = LeftOut(With(Go("second")));
  again.set_attempt_count(2);
  EXPECT_FALSE(GoesOnFrom(kept_, again));
}

TEST_F(KeptExecutionTest, WithoutEitherTheItemIsGivenBack) {
  const TurnOutcome outcome = Take(LeftOut(With(Go("second"))));
  EXPECT_TRUE(std::holds_alternative<Abandonment>(outcome.commit));
}

}  // namespace
}  // namespace duroxide::runtime
