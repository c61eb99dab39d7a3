#include "conformance/model/operation.h"

#include <set>

#include "gmock/gmock.h"

namespace duroxide::conformance::model {
namespace {

std::set<Action> ActionsOf(const std::vector<Operation>& operations) {
  std::set<Action> actions;
  for (const Operation& operation : operations) {
    actions.insert(operation.action);
  }
  return actions;
}

TEST(RandomOperationsTest, ASeedAlwaysMakesTheSame) {
  const auto first = RandomOperations(7, 100, Scope::kBothQueues);
  EXPECT_EQ(first, RandomOperations(7, 100, Scope::kBothQueues));
  EXPECT_NE(first, RandomOperations(8, 100, Scope::kBothQueues));
  // Failures are told by their seed, so these must not change with a compiler.
  EXPECT_EQ(
      TextOf(first[0]) + "; " + TextOf(first[1]) + "; " + TextOf(first[2]),
      "ack the latest lock of an activity, with a completion; ack the "
      "latest lock; ack the lock before the latest");
}

TEST(RandomOperationsTest, EveryActionOfTheScopeComesUpAndNoOther) {
  const auto actions = [](Scope scope) {
    return ActionsOf(RandomOperations(1, 2'000, scope));
  };
  EXPECT_EQ(actions(Scope::kBothQueues).size(), 12u);
  EXPECT_EQ(actions(Scope::kOrchestratorQueue),
            (std::set<Action>{Action::kEnqueueStart, Action::kEnqueueEvent,
                              Action::kFetch, Action::kAck, Action::kAbandon,
                              Action::kRenew, Action::kWait}));
  EXPECT_EQ(actions(Scope::kWorkerQueue),
            (std::set<Action>{Action::kEnqueueActivity, Action::kFetchActivity,
                              Action::kAckActivity, Action::kAbandonActivity,
                              Action::kRenewActivity, Action::kWait}));
}

TEST(OperationTest, KnowsWhatItNeedsAndWhatBeginsWithIt) {
  EXPECT_TRUE(NeedsLock({.action = Action::kAck}));
  EXPECT_FALSE(NeedsLock({.action = Action::kFetch}));
  EXPECT_TRUE(BeginsShortTime({.action = Action::kFetch}));
  EXPECT_FALSE(BeginsShortTime({.action = Action::kFetch, .lasting = true}));
  EXPECT_TRUE(BeginsShortTime({.action = Action::kAbandon, .delayed = true}));
  EXPECT_FALSE(BeginsShortTime({.action = Action::kAbandon}));
  // A field that the action does not look at.
  EXPECT_FALSE(BeginsShortTime({.action = Action::kAck, .delayed = true}));
}

TEST(OperationTest, TellsWhatItDoes) {
  EXPECT_EQ(
      TextOf(
          {.action = Action::kEnqueueEvent, .instance = 'b', .delayed = true}),
      "enqueue an event for b, delayed");
  EXPECT_EQ(TextOf({.action = Action::kFetch, .lasting = true}),
            "fetch an instance, lasting");
  EXPECT_EQ(
      TextOf({.action = Action::kAbandon, .lock = 1, .ignore_attempt = true}),
      "abandon the lock before the latest, not counted");
  EXPECT_EQ(
      TextOf({.action = Action::kAckActivity, .lock = 3, .enqueues = true}),
      "ack the lock 3 before the latest of an activity, with a "
      "completion");
}

}  // namespace
}  // namespace duroxide::conformance::model
