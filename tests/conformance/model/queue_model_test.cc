// The model against the clauses, step by step.

#include "conformance/model/queue_model.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"

namespace duroxide::conformance::model {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr Operation kFetchLasting{.action = Action::kFetch, .lasting = true};
constexpr Operation kFetchShort{.action = Action::kFetch};
constexpr Operation kFetchActivity{.action = Action::kFetchActivity,
                                   .lasting = true};
constexpr Operation kWait{.action = Action::kWait};

class QueueModelTest : public ::testing::Test {
 protected:
  std::vector<std::string> Allowed(const Operation& operation) {
    std::vector<std::string> texts;
    for (const Outcome& outcome : model_.Allowed(operation)) {
      texts.push_back(TextOf(outcome));
    }
    return texts;
  }

  // Does the operation with the first outcome allowed, and tells it.
  std::string Do(const Operation& operation) {
    const Outcome outcome = model_.Allowed(operation).front();
    model_.Do(operation, outcome);
    return TextOf(outcome);
  }

  void Start(char instance) {
    Do({.action = Action::kEnqueueStart, .instance = instance});
  }
  void Raise(char instance, bool delayed = false) {
    Do({.action = Action::kEnqueueEvent,
        .instance = instance,
        .delayed = delayed});
  }

  QueueModel model_;
};

TEST_F(QueueModelTest, AnInstanceHasOneHolderAtATime) {
  Start('a');
  Start('b');
  EXPECT_EQ(Do(kFetchLasting), "instance a with message 1, attempt 1");
  EXPECT_EQ(Do(kFetchLasting), "instance b with message 2, attempt 1");
  Raise('a');
  EXPECT_EQ(Do(kFetchLasting), "nothing");
}

TEST_F(QueueModelTest, AShortLockEndsWithTheWaitAndALastingOneDoesNot) {
  Start('a');
  Start('b');
  Do(kFetchShort);
  Do(kFetchLasting);
  EXPECT_EQ(Do({.action = Action::kRenew, .lock = 1}), "OK");
  Do(kWait);
  EXPECT_EQ(Do({.action = Action::kRenew, .lock = 1}), "LOCK_LOST");
  EXPECT_EQ(Do({.action = Action::kAck, .lock = 1}), "LOCK_LOST");
  EXPECT_EQ(Do({.action = Action::kAck, .lock = 0}), "OK");
  EXPECT_EQ(Do(kFetchLasting), "instance a with message 1, attempt 2");
}

TEST_F(QueueModelTest, ARenewalDecidesAnew) {
  Start('a');
  Do(kFetchShort);
  Do({.action = Action::kRenew, .lasting = true});
  Do(kWait);
  EXPECT_EQ(Do({.action = Action::kAck}), "OK");
  EXPECT_EQ(Do({.action = Action::kAck}), "LOCK_LOST");
}

TEST_F(QueueModelTest, MessagesWaitForTheStartOfTheirInstance) {
  Raise('a');
  Start('b');
  EXPECT_EQ(Do(kFetchLasting), "instance b with message 2, attempt 1");
  EXPECT_EQ(Do(kFetchLasting), "nothing");
  Start('a');
  EXPECT_EQ(Do(kFetchLasting), "instance a with messages 1, 3, attempt 1");
  Do({.action = Action::kAck});
  Raise('a');
  EXPECT_EQ(Do(kFetchLasting), "instance a with message 4, attempt 1");
}

TEST_F(QueueModelTest, WhatComesDuringALockWaitsForTheNext) {
  Start('a');
  Do(kFetchLasting);
  Raise('a');
  Do({.action = Action::kAck});
  EXPECT_EQ(Do(kFetchLasting), "instance a with message 2, attempt 1");
}

TEST_F(QueueModelTest, AnAbandonKeepsThePlaceAndADelayDoesNot) {
  Start('a');
  Start('b');
  Do(kFetchLasting);
  Do({.action = Action::kAbandon});
  EXPECT_EQ(Do(kFetchLasting), "instance a with message 1, attempt 2");
  Do({.action = Action::kAbandon, .delayed = true});
  EXPECT_EQ(Do(kFetchLasting), "instance b with message 2, attempt 1");
  Do({.action = Action::kAbandon});
  Do(kWait);
  EXPECT_EQ(Do(kFetchLasting), "instance b with message 2, attempt 2");
  EXPECT_EQ(Do(kFetchLasting), "instance a with message 1, attempt 3");
}

TEST_F(QueueModelTest, AnAttemptIsTakenBackFromTheBatchOnly) {
  Start('a');
  Do(kFetchLasting);
  Raise('a');
  Do({.action = Action::kAbandon, .ignore_attempt = true});
  EXPECT_EQ(Do(kFetchLasting), "instance a with messages 1, 2, attempt 1");
}

TEST_F(QueueModelTest, DelaysThatMayEndTogetherLeaveTheOrderOpen) {
  Start('a');
  Start('b');
  Do(kFetchLasting);
  Do(kFetchLasting);
  // b comes first, unless both moments are the same millisecond.
  Do({.action = Action::kAbandon, .lock = 0, .delayed = true});
  Do({.action = Action::kAbandon, .lock = 1, .delayed = true});
  Do(kWait);
  EXPECT_THAT(Allowed(kFetchLasting),
              UnorderedElementsAre("instance a with message 1, attempt 2",
                                   "instance b with message 2, attempt 2"));
}

TEST_F(QueueModelTest, DelaysInTheOrderOfEnqueueingLeaveNothingOpen) {
  Start('a');
  Start('b');
  Do(kFetchLasting);
  Do(kFetchLasting);
  Do({.action = Action::kAbandon, .lock = 1, .delayed = true});
  Do({.action = Action::kAbandon, .lock = 0, .delayed = true});
  Do(kWait);
  EXPECT_THAT(Allowed(kFetchLasting),
              ElementsAre("instance a with message 1, attempt 2"));
}

TEST_F(QueueModelTest, ADelayedEventComesAfterWhatCameMeanwhile) {
  Start('a');
  Do(kFetchLasting);
  Do({.action = Action::kAck});
  Raise('a', /*delayed=*/true);
  Start('b');
  Do(kWait);
  EXPECT_EQ(Do(kFetchLasting), "instance b with message 3, attempt 1");
  EXPECT_EQ(Do(kFetchLasting), "instance a with message 2, attempt 1");
}

TEST_F(QueueModelTest, ActivitiesKeepTheirPlace) {
  const Operation enqueue{.action = Action::kEnqueueActivity};
  Do(enqueue);
  Do(enqueue);
  EXPECT_EQ(Do(kFetchActivity), "instance a with message 1, attempt 1");
  Do({.action = Action::kAbandonActivity, .delayed = true});
  EXPECT_EQ(Do(kFetchActivity), "instance a with message 2, attempt 1");
  EXPECT_EQ(Do(kFetchActivity), "nothing");
  Do({.action = Action::kAbandonActivity});
  Do(kWait);
  EXPECT_EQ(Do(kFetchActivity), "instance a with message 1, attempt 2");
  EXPECT_EQ(Do(kFetchActivity), "instance a with message 2, attempt 2");
}

TEST_F(QueueModelTest, AcksFillTheOtherQueue) {
  Start('a');
  Do(kFetchLasting);
  Do({.action = Action::kAck, .instance = 'a', .enqueues = true});
  EXPECT_EQ(Do(kFetchActivity), "instance a with message 3, attempt 1");
  Do({.action = Action::kAckActivity, .enqueues = true});
  EXPECT_EQ(Do(kFetchLasting), "instance a with messages 2, 4, attempt 1");
}

TEST_F(QueueModelTest, LocksAreCountedBackAndRoundAbout) {
  EXPECT_EQ(model_.LockOf({.action = Action::kAck}), -1);
  Start('a');
  Start('b');
  Do(kFetchLasting);
  Do(kFetchLasting);
  EXPECT_EQ(model_.LockOf({.action = Action::kAck, .lock = 0}), 1);
  EXPECT_EQ(model_.LockOf({.action = Action::kAck, .lock = 1}), 0);
  EXPECT_EQ(model_.LockOf({.action = Action::kAck, .lock = 2}), 1);
  EXPECT_EQ(model_.LockOf({.action = Action::kAckActivity}), -1);
}

}  // namespace
}  // namespace duroxide::conformance::model
