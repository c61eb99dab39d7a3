#include "conformance/matchers.h"

#include <optional>
#include <string>
#include <vector>

#include "conformance/builders.h"
#include "conformance/locked.h"
#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

using ::testing::DescribeMatcher;
using ::testing::HasSubstr;
using ::testing::Not;

// An item that was locked by a call of this length, `after` the given moment.
LockedItem TakenAt(Moment moment) {
  v1::LockedOrchestrationItem item;
  item.set_lock_token("token");
  item.mutable_item()->set_instance("order-1");
  return {item, {moment, moment, absl::Seconds(1)}};
}

template <typename T, typename Matcher>
std::string Explain(const T& value, const Matcher& matcher) {
  ::testing::StringMatchResultListener listener;
  ::testing::SafeMatcherCast<const T&>(matcher).MatchAndExplain(value,
                                                                &listener);
  return listener.str();
}

TEST(NoItemTest, MatchesTheEmptyFetchOnly) {
  EXPECT_THAT(std::optional<LockedItem>(), NoItem());
  EXPECT_THAT(std::optional<LockedItem>(TakenAt(Now())), Not(NoItem()));
  EXPECT_THAT(std::optional<LockedWork>(), NoItem());
}

TEST(IsItemOfTest, MatchesTheInstanceAndSaysWhichItWants) {
  EXPECT_THAT(TakenAt(Now()), IsItemOf("order-1"));
  EXPECT_THAT(TakenAt(Now()), Not(IsItemOf("order-2")));
  EXPECT_EQ(DescribeMatcher<LockedItem>(IsItemOf("order-2")),
            "an item of order-2");
}

TEST(NotTakenDuringTest, SaysByHowMuchAnItemCameTooEarly) {
  const Moment begin = Now();
  const Interval earlier = {begin, begin, absl::Seconds(10)};
  EXPECT_THAT(TakenAt(earlier.surely_until()), NotTakenDuring(earlier));
  const LockedItem early =
      TakenAt(Add(earlier.surely_until(), -absl::Seconds(3)));
  EXPECT_THAT(early, Not(NotTakenDuring(earlier)));
  EXPECT_THAT(Explain(early, NotTakenDuring(earlier)),
              HasSubstr("too early by at least 3s"));
}

TEST(IsMessageTest, ComparesFieldsAndTheirPresence) {
  EXPECT_THAT(StartItem("order-1"), IsMessage(StartItem("order-1")));
  EXPECT_THAT(StartItem("order-1"), Not(IsMessage(StartItem("order-2"))));
  EXPECT_THAT(StartItem("order-1", {.version = ""}),
              Not(IsMessage(StartItem("order-1", {.version = std::nullopt}))))
      << "empty is not absent";
}

TEST(IsMessageTest, NamesTheFieldsThatDiffer) {
  const std::string explanation =
      Explain(CompletedItem("order-1", 2, "late"),
              IsMessage(CompletedItem("order-1", 2, "in time")));
  EXPECT_THAT(explanation, HasSubstr("activity_completed.result"));
  EXPECT_THAT(explanation, HasSubstr("late"));
  EXPECT_THAT(explanation, Not(HasSubstr("instance")));
}

TEST(AreMessagesTest, WantsAllInOrderAndNoMore) {
  v1::OrchestrationItem item;
  *item.add_messages() = StartItem("order-1");
  *item.add_messages() = CancelItem("order-1");
  const v1::WorkItem start = StartItem("order-1");
  const v1::WorkItem cancel = CancelItem("order-1");
  EXPECT_THAT(item.messages(), AreMessages({start, cancel}));
  EXPECT_THAT(item.messages(), Not(AreMessages({cancel, start})));
  EXPECT_THAT(item.messages(), Not(AreMessages({start})));
  EXPECT_THAT(item.messages(), Not(AreMessages({start, cancel, cancel})));
}

TEST(AreEventsTest, GivesTheExpectedEventsTheirOwner) {
  const std::vector<v1::Event> seen = {
      WithOwner(StartedEvent(1), "order-1", 2)};
  EXPECT_THAT(seen, AreEvents("order-1", 2, {StartedEvent(1)}));
  EXPECT_THAT(seen, Not(AreEvents("order-1", 1, {StartedEvent(1)})));
  EXPECT_THAT(seen, Not(AreEvents("order-2", 2, {StartedEvent(1)})));
  EXPECT_THAT(seen, Not(AreEvents("order-1", 2, {StartedEvent(2)})));
  EXPECT_THAT(seen, Not(AreEvents("order-1", 2, {})));
}

}  // namespace
}  // namespace duroxide::conformance
