// What a capability filter lets through, by pinned version (FETCH-7).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "providers/sqlite/instances.h"
#include "providers/sqlite/moment.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

class VersionFilter : public RoomTest {
 protected:
  void MakePinned(const std::string& id, const v1::SemanticVersion& version) {
    v1::ExecutionMetadata metadata = Recorded();
    *metadata.mutable_pinned_version() = version;
    MakeInstance(id, metadata);
  }

  std::vector<std::string> FetchAll(
      const v1::FetchOrchestrationItemsRequest& request) {
    std::vector<std::string> instances;
    while (auto item = Fetch(NowUs(), request)) {
      instances.push_back(item->item().instance());
    }
    return instances;
  }
};

TEST(VersionKey, SortsAsVersionsDo) {
  const auto max = std::numeric_limits<uint64_t>::max();
  const v1::SemanticVersion ascending[] = {
      Version(0, 0, 0),       Version(0, 0, 1),   Version(0, 0, max),
      Version(0, 1, 0),       Version(1, 0, 255), Version(1, 0, 256),
      Version(1, 0, 1000),    Version(1, 1, 0),   Version(1, 999, 999),
      Version(1, 1000, 0),    Version(2, 0, 0),   Version(256, 0, 0),
      Version(max, max, max),
  };
  for (size_t i = 1; i < std::size(ascending); ++i) {
    EXPECT_LT(VersionKey(ascending[i - 1]), VersionKey(ascending[i])) << i;
  }
}

TEST_F(VersionFilter, BothBoundsAreInTheRange) {
  MakePinned("below", Version(1, 1, 9));
  MakePinned("low", Version(1, 2, 0));
  MakePinned("middle", Version(1, 10, 0));
  MakePinned("high", Version(2, 0, 0));
  MakePinned("above", Version(2, 0, 1));
  int64_t visible_us = 100;
  for (const char* id : {"above", "high", "middle", "low", "below"}) {
    Enqueue(Raised(id, ""), visible_us++);
  }
  EXPECT_THAT(FetchAll(FetchTurnsFrom(Version(1, 2, 0), Version(2, 0, 0))),
              ::testing::ElementsAre("high", "middle", "low"));
  EXPECT_THAT(FetchAll(FetchTurns()), ::testing::ElementsAre("above", "below"))
      << "what was skipped is not locked";
}

TEST_F(VersionFilter, ALargePatchIsNotTheNextMinor) {
  MakePinned("1.0.1000", Version(1, 0, 1000));
  MakePinned("1.1.0", Version(1, 1, 0));
  Enqueue(Raised("1.0.1000", ""), 100);
  Enqueue(Raised("1.1.0", ""), 200);
  EXPECT_THAT(FetchAll(FetchTurnsFrom(Version(1, 1, 0), Version(1, 1, 0))),
              ::testing::ElementsAre("1.1.0"));
  EXPECT_THAT(FetchAll(FetchTurnsFrom(Version(1, 0, 0), Version(1, 0, 1000))),
              ::testing::ElementsAre("1.0.1000"));
}

TEST_F(VersionFilter, NoPinnedVersionIsAlwaysCompatible) {
  MakePinned("pinned", Version(1, 0, 0));
  Enqueue(Raised("pinned", ""), 100);
  Enqueue(Start("new"), 200);
  MakeInstance("unpinned");
  Enqueue(Raised("unpinned", ""), 300);
  EXPECT_THAT(FetchAll(FetchTurnsFrom(Version(7, 0, 0), Version(8, 0, 0))),
              ::testing::ElementsAre("new", "unpinned"));
}

TEST_F(VersionFilter, AnEmptyListSupportsNothing) {
  Enqueue(Start("a"), 100);
  v1::FetchOrchestrationItemsRequest request = FetchTurns();
  request.mutable_filter();
  EXPECT_FALSE(Fetch(NowUs(), request));
  EXPECT_TRUE(Fetch(NowUs()));
}

TEST_F(VersionFilter, OnlyTheFirstRangeCounts) {
  MakePinned("first", Version(1, 0, 0));
  MakePinned("second", Version(2, 0, 0));
  Enqueue(Raised("second", ""), 100);
  Enqueue(Raised("first", ""), 200);
  v1::FetchOrchestrationItemsRequest request =
      FetchTurnsFrom(Version(1, 0, 0), Version(1, 0, 0));
  auto& range = *request.mutable_filter()->add_supported_versions();
  *range.mutable_min() = Version(2, 0, 0);
  *range.mutable_max() = Version(2, 0, 0);
  EXPECT_THAT(FetchAll(request), ::testing::ElementsAre("first"));
}

TEST_F(VersionFilter, ARangeUpsideDownHoldsNoVersion) {
  MakePinned("pinned", Version(1, 5, 0));
  Enqueue(Raised("pinned", ""), 100);
  EXPECT_FALSE(
      Fetch(NowUs(), FetchTurnsFrom(Version(2, 0, 0), Version(1, 0, 0))));
}

TEST_F(VersionFilter, WhatIsSkippedIsNotCounted) {
  MakePinned("a", Version(1, 0, 0));
  Enqueue(Raised("a", ""), 100);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(
        Fetch(NowUs(), FetchTurnsFrom(Version(2, 0, 0), Version(3, 0, 0))));
  }
  EXPECT_EQ(MustFetch(NowUs()).attempt_count(), 1u);
}

TEST_F(VersionFilter, TheOldestComesFirstAcrossVersions) {
  MakePinned("a", Version(3, 0, 0));
  MakePinned("b", Version(1, 0, 0));
  MakePinned("c", Version(2, 0, 0));
  Enqueue(Raised("b", ""), 200);
  Enqueue(Raised("a", ""), 100);
  Enqueue(Start("d"), 250);
  Enqueue(Raised("c", ""), 300);
  EXPECT_THAT(FetchAll(FetchTurns()),
              ::testing::ElementsAre("a", "b", "d", "c"));
}

TEST_F(VersionFilter, TheNextExecutionInheritsNoPin) {
  MakePinned("a", Version(1, 0, 0));
  v1::AckOrchestrationItemRequest ack = AckTurnOf(2);
  *ack.mutable_metadata() = Recorded();
  TakeTurn(ack, "a");
  Enqueue(Raised("a", ""), 100);
  EXPECT_TRUE(
      Fetch(NowUs(), FetchTurnsFrom(Version(2, 0, 0), Version(2, 0, 0))));
}

TEST_F(VersionFilter, APinStaysUntilAnotherIsGiven) {
  MakePinned("a", Version(1, 0, 0));
  v1::AckOrchestrationItemRequest ack = AckTurnOf(1);
  *ack.mutable_metadata() = Recorded();
  TakeTurn(ack, "a");
  Enqueue(Raised("a", ""), 100);
  const auto newer = FetchTurnsFrom(Version(2, 0, 0), Version(2, 0, 0));
  EXPECT_FALSE(Fetch(NowUs(), newer)) << "a turn without a pin keeps it";
  *ack.mutable_metadata()->mutable_pinned_version() = Version(2, 0, 0);
  TakeTurn(ack, "a");
  Enqueue(Raised("a", ""), 100);
  EXPECT_TRUE(Fetch(NowUs(), newer));
}

TEST_F(VersionFilter, PinningAnOlderExecutionDoesNotTouchTheCurrentOne) {
  MakePinned("a", Version(1, 0, 0));
  v1::AckOrchestrationItemRequest ack = AckTurnOf(2);
  *ack.mutable_metadata() = Recorded();
  *ack.mutable_metadata()->mutable_pinned_version() = Version(2, 0, 0);
  TakeTurn(ack, "a");
  ack.set_execution_id(1);
  *ack.mutable_metadata()->mutable_pinned_version() = Version(3, 0, 0);
  TakeTurn(ack, "a");
  Enqueue(Raised("a", ""), 100);
  EXPECT_TRUE(
      Fetch(NowUs(), FetchTurnsFrom(Version(2, 0, 0), Version(2, 0, 0))));
}

}  // namespace
}  // namespace duroxide::sqlite
