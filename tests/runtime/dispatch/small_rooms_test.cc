#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "runtime/dispatch/call_count.h"
#include "runtime/dispatch/durations.h"
#include "runtime/dispatch/inline_histories.h"
#include "runtime/dispatch/recent_map.h"
#include "runtime/dispatch/sessions_in_flight.h"
#include "runtime/request_ids.h"

namespace duroxide::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pointee;

TEST(RecentMapTest, KeepsWhatWasPutInOrLookedAtLast) {
  RecentMap<int> map(2);
  EXPECT_THAT(map.Put("a", 1), IsEmpty());
  EXPECT_THAT(map.Put("b", 2), IsEmpty());
  EXPECT_THAT(map.Find("a"), Pointee(1));
  EXPECT_THAT(map.Put("c", 3), ElementsAre(2));
  EXPECT_EQ(map.Find("b"), nullptr);
  EXPECT_THAT(map.Find("a"), Pointee(1));
  EXPECT_THAT(map.Find("c"), Pointee(3));
}

TEST(RecentMapTest, AKeyHasOneValue) {
  RecentMap<int> map(2);
  map.Put("a", 1);
  EXPECT_THAT(map.Put("a", 2), ElementsAre(1));
  EXPECT_EQ(map.size(), 1);
  EXPECT_THAT(map.Find("a"), Pointee(2));
}

TEST(RecentMapTest, WhatIsTakenIsGone) {
  RecentMap<std::unique_ptr<int>> map(1);
  map.Put("a", std::make_unique<int>(1));
  EXPECT_THAT(map.Take("a"), Pointee(1));
  EXPECT_EQ(map.Take("a"), nullptr);
  EXPECT_EQ(map.size(), 0);
}

TEST(RecentMapTest, OneWithoutRoomKeepsNothing) {
  RecentMap<int> map(0);
  EXPECT_THAT(map.Put("a", 1), ElementsAre(1));
  EXPECT_EQ(map.size(), 0);
}

TEST(SessionsInFlightTest, ASessionCountsOnceHoweverManyActivitiesItHas) {
  SessionsInFlight sessions(1);
  EXPECT_TRUE(sessions.Enter("a"));
  EXPECT_TRUE(sessions.Enter("a"));
  EXPECT_FALSE(sessions.Enter("b"));
  EXPECT_EQ(sessions.Room(), 0);
  sessions.Leave("a");
  EXPECT_EQ(sessions.Room(), 0) << "the other is still there";
  sessions.Leave("a");
  EXPECT_TRUE(sessions.Enter("b"));
}

TEST(SessionsInFlightTest, NoneMayBeAllowed) {
  SessionsInFlight sessions(0);
  EXPECT_FALSE(sessions.Enter("a"));
  EXPECT_EQ(sessions.Room(), 0);
}

TEST(InlineHistoriesTest, LargeOnesThatAreNotNeededAreLeftOut) {
  InlineHistories histories;
  EXPECT_EQ(histories.max_events(), 64u);
  for (int i = 0; i < 20; ++i) histories.OnNotNeeded(1000);
  EXPECT_EQ(histories.max_events(), 64u) << "a second call would cost more";
  for (int i = 0; i < 20; ++i) histories.OnNotNeeded(1'000'000);
  EXPECT_EQ(histories.max_events(), 0u);
  for (int i = 0; i < 40; ++i) histories.OnMissed();
  EXPECT_EQ(histories.max_events(), 64u) << "they are needed again";
}

TEST(RequestIdsTest, IdsAreDifferentAndSortAsTheyWereMade) {
  RequestIds ids;
  RequestIds others;
  EXPECT_NE(ids.prefix(), others.prefix());
  std::string last;
  for (int i = 0; i < 100; ++i) {
    const std::string id = ids.Next();
    EXPECT_GT(id, last);
    EXPECT_LE(id.size(), 128) << "WIRE-7";
    last = id;
  }
}

TEST(DurationsTest, AreExactToTheNanosecond) {
  const google::protobuf::Duration proto =
      ToProto(absl::Seconds(90) + absl::Nanoseconds(7));
  EXPECT_EQ(proto.seconds(), 90);
  EXPECT_EQ(proto.nanos(), 7);
}

TEST(CallCountTest, TellsWhetherAnythingIsUnderWay) {
  CallCount calls;
  EXPECT_TRUE(calls.WaitUntilNone(absl::ZeroDuration()));
  calls.Enter();
  EXPECT_FALSE(calls.WaitUntilNone(absl::ZeroDuration()));
  calls.Leave();
  EXPECT_TRUE(calls.WaitUntilNone(absl::InfiniteDuration()));
}

}  // namespace
}  // namespace duroxide::runtime
