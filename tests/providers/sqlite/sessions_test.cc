// Sessions: who gets their activities, and for how long (SESS-1 to SESS-3).

#include "providers/sqlite/sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/sqlite/moment.h"
#include "providers/sqlite/worker_queue.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;
using v1::TagFilter;

class Sessions : public RoomTest {
 protected:
  void Add(uint64_t id, const std::string& session) {
    EnqueueWork(db(), kStore, InSession(Activity("a", id), session));
  }
  void AddTagged(uint64_t id, const std::string& session,
                 const std::string& tag) {
    EnqueueWork(db(), kStore,
                Tagged(InSession(Activity("a", id), session), tag));
  }

  // The ids of the activities that this owner gets from now on.
  std::vector<uint64_t> FetchAllAs(const std::string& owner,
                                   int64_t now_us = NowUs()) {
    return FetchAll(FetchActivitiesAs(owner), now_us);
  }
  std::vector<uint64_t> FetchAll(const v1::FetchWorkItemsRequest& request,
                                 int64_t now_us = NowUs()) {
    std::vector<uint64_t> ids;
    while (auto item = FetchWork(now_us, request)) {
      ids.push_back(item->item().activity_execute().id());
    }
    return ids;
  }

  v1::LockedWorkItem MustFetchAs(const std::string& owner,
                                 int64_t now_us = NowUs()) {
    auto item = FetchWork(now_us, FetchActivitiesAs(owner));
    EXPECT_TRUE(item.has_value());
    return item.value_or(v1::LockedWorkItem());
  }

  absl::Status Ack(const v1::LockedWorkItem& item) {
    v1::AckWorkItemRequest request;
    request.set_lock_token(item.lock_token());
    return AckWork(db(), kStore, request);
  }

  int64_t Renew(const std::vector<std::string>& owners, int64_t idle_seconds,
                int64_t seconds = 7200) {
    v1::RenewSessionLocksRequest request;
    for (const std::string& owner : owners) request.add_owner_ids(owner);
    *request.mutable_extend_for() = Seconds(seconds);
    *request.mutable_idle_timeout() = Seconds(idle_seconds);
    return RenewSessions(db(), kStore, request);
  }

  // As if the last thing done for the session were so long ago.
  void MakeIdle(const std::string& session, int64_t seconds) {
    db().Run("UPDATE sessions SET last_activity_us = ? WHERE session_id = ?",
             NowUs() - seconds * 1'000'000, session);
  }
  // As if the session's lock had run out.
  void MakeLost(const std::string& session) {
    db().Run("UPDATE sessions SET locked_until_us = ? WHERE session_id = ?",
             NowUs() - 1, session);
  }
  int64_t IdleSince(const std::string& session) {
    return db()
        .Number("SELECT last_activity_us FROM sessions WHERE session_id = ?",
                session)
        .value_or(0);
  }
  int64_t Count() {
    return db().Number("SELECT count(*) FROM sessions").value_or(-1);
  }
};

TEST_F(Sessions, WithoutAConfigurationOnlyItemsOfNoSession) {
  Add(1, "s");
  EnqueueWork(db(), kStore, Activity("a", 2));
  EXPECT_THAT(FetchAll(FetchActivities()), ElementsAre(2));
  EXPECT_EQ(Count(), 0);
}

TEST_F(Sessions, AnOwnerGetsFreeOnesItsOwnAndItemsOfNone) {
  Add(1, "mine");
  Add(2, "theirs");
  EXPECT_EQ(MustFetchAs("me").item().activity_execute().id(), 1u);
  EXPECT_EQ(MustFetchAs("them").item().activity_execute().id(), 2u);
  Add(3, "theirs");
  Add(4, "free");
  EnqueueWork(db(), kStore, Activity("a", 5));
  Add(6, "mine");
  EXPECT_THAT(FetchAllAs("me"), ElementsAre(4, 5, 6));
  EXPECT_THAT(FetchAllAs("them"), ElementsAre(3));
}

TEST_F(Sessions, TheFirstItemClaimsTheSession) {
  Add(1, "s");
  Add(2, "s");
  MustFetchAs("me");
  EXPECT_THAT(FetchAllAs("them"), ElementsAre());
  EXPECT_THAT(FetchAllAs("me"), ElementsAre(2));
}

TEST_F(Sessions, TheEmptySessionIdIsASession) {
  Add(1, "");
  EXPECT_THAT(FetchAll(FetchActivities()), ElementsAre());
  EXPECT_THAT(FetchAllAs("me"), ElementsAre(1));
}

TEST_F(Sessions, ASessionOutlivesItsItems) {
  Add(1, "s");
  ASSERT_TRUE(Ack(MustFetchAs("me")).ok());
  Add(2, "s");
  EXPECT_THAT(FetchAllAs("them"), ElementsAre());
  EXPECT_THAT(FetchAllAs("me"), ElementsAre(2));
}

TEST_F(Sessions, AnotherTakesOverWhatRanOut) {
  const int64_t now_us = NowUs();
  Add(1, "s");
  Add(2, "s");
  AddTagged(3, "s", "red");
  MustFetchAs("me", now_us);
  EXPECT_EQ(NextWorkDue(db(), kStore), now_us + kHourUs);
  auto any = FetchActivitiesAs("them");
  any.mutable_tag_filter()->set_mode(TagFilter::MODE_ANY);
  EXPECT_THAT(FetchAll(any, now_us + kHourUs - 1), ElementsAre());
  EXPECT_THAT(FetchAll(any, now_us + kHourUs), ElementsAre(1, 2, 3))
      << "of every tag, and the item whose lock ran out with it";
  EXPECT_THAT(FetchAllAs("me", now_us + kHourUs), ElementsAre());
}

TEST_F(Sessions, TheSessionsLockIsApartFromTheItems) {
  const int64_t now_us = NowUs();
  Add(1, "s");
  v1::FetchWorkItemsRequest request = FetchActivitiesAs("me");
  *request.mutable_lock_timeout() = Seconds(60);
  ASSERT_TRUE(FetchWork(now_us, request));
  const int64_t later_us = now_us + 61'000'000;
  EXPECT_THAT(FetchAllAs("them", later_us), ElementsAre());
  EXPECT_THAT(FetchAllAs("me", later_us), ElementsAre(1));
}

TEST_F(Sessions, AnItemIsAckedThoughItsSessionIsLost) {
  const int64_t now_us = NowUs();
  Add(1, "s");
  Add(2, "s");
  v1::FetchWorkItemsRequest request = FetchActivitiesAs("me");
  *request.mutable_session()->mutable_lock_timeout() = Seconds(1);
  const auto item = FetchWork(now_us, request);
  ASSERT_TRUE(item);
  EXPECT_THAT(FetchAllAs("them", now_us + 1'000'000), ElementsAre(2));
  EXPECT_TRUE(Ack(*item).ok());
}

TEST_F(Sessions, RenewExtendsTheHeldOnesOfTheNamedOwners) {
  const int64_t now_us = NowUs();
  Add(1, "s");
  Add(2, "t");
  Add(3, "u");
  MustFetchAs("me", now_us);
  MustFetchAs("me", now_us);
  MustFetchAs("them", now_us);
  EXPECT_EQ(Renew({"me", "nobody", "me"}, 3600), 2)
      << "each counts once, however often its owner is named";
  FreeExpiredSessions(db(), kStore, now_us + kHourUs);
  EXPECT_EQ(db().Number("SELECT count(*) FROM sessions"
                        " WHERE held = 1 AND owner = 'me'"),
            2);
  EXPECT_EQ(db().Number("SELECT held FROM sessions WHERE owner = 'them'"), 0);
}

TEST_F(Sessions, RenewPassesOverTheIdle) {
  Add(1, "idle");
  Add(2, "busy");
  MustFetchAs("me");
  MustFetchAs("me");
  MakeIdle("idle", 61);
  EXPECT_EQ(Renew({"me"}, 60), 1);
  EXPECT_EQ(Renew({"me"}, 3600), 2);
}

TEST_F(Sessions, RenewRevivesNothing) {
  Add(1, "s");
  MustFetchAs("me");
  MakeLost("s");
  EXPECT_EQ(Renew({"me"}, 3600), 0);
  FetchAllAs("nobody in particular");
  EXPECT_EQ(Renew({"me"}, 3600), 0);
}

TEST_F(Sessions, FetchAckAndRenewalAreActivity) {
  Add(1, "s");
  const v1::LockedWorkItem first = MustFetchAs("me");
  MakeIdle("s", 100);
  const int64_t before_fetch_us = NowUs();
  Add(2, "s");
  const v1::LockedWorkItem second = MustFetchAs("me");
  EXPECT_GE(IdleSince("s"), before_fetch_us);

  MakeIdle("s", 100);
  const int64_t before_renew_us = NowUs();
  v1::RenewWorkItemLockRequest renew;
  renew.set_lock_token(second.lock_token());
  *renew.mutable_extend_for() = Seconds(60);
  ASSERT_TRUE(RenewWork(db(), kStore, renew).ok());
  EXPECT_GE(IdleSince("s"), before_renew_us);

  MakeIdle("s", 100);
  const int64_t before_ack_us = NowUs();
  ASSERT_TRUE(Ack(first).ok());
  EXPECT_GE(IdleSince("s"), before_ack_us);
}

TEST_F(Sessions, WhatIsDoneForALostSessionIsNoActivity) {
  Add(1, "s");
  const v1::LockedWorkItem item = MustFetchAs("me");
  MakeLost("s");
  MakeIdle("s", 100);
  const int64_t idle_us = IdleSince("s");
  ASSERT_TRUE(Ack(item).ok());
  EXPECT_EQ(IdleSince("s"), idle_us);
}

TEST_F(Sessions, CleanupRemovesWhatRanOutAndIsEmpty) {
  for (const char* session : {"held", "lost", "lost with an item"}) {
    Add(1, session);
    ASSERT_TRUE(Ack(MustFetchAs("me")).ok());
  }
  Add(2, "lost with an item");
  MakeLost("lost");
  MakeLost("lost with an item");
  EXPECT_EQ(RemoveOrphanedSessions(db(), kStore), 1);
  EXPECT_EQ(RemoveOrphanedSessions(db(), kStore), 0);
  EXPECT_EQ(Count(), 2);
}

TEST_F(Sessions, ALockedItemKeepsItsSession) {
  Add(1, "s");
  MustFetchAs("me");
  MakeLost("s");
  EXPECT_EQ(RemoveOrphanedSessions(db(), kStore), 0);
}

TEST_F(Sessions, StoresShareNoSessions) {
  const int64_t other = AddStore();
  Add(1, "s");
  MustFetchAs("me");
  EnqueueWork(db(), other, InSession(Activity("a", 2), "s"));
  EXPECT_TRUE(FetchWork(NowUs(), FetchActivitiesAs("them"), other));
}

// The heads: the oldest ready item of each session and tag, always.
class SessionHeads : public Sessions {
 protected:
  // Every head must be what a walk over all items finds, with the owner that
  // holds the session.
  void ExpectHeadsAreRight() {
    EXPECT_EQ(
        db().Number("SELECT count(*) FROM ("
                    " SELECT store_key, session_id, tag, item_id FROM"
                    "  session_heads"
                    " EXCEPT SELECT store_key, session_id, tag, min(item_id)"
                    "  FROM work_items"
                    "  WHERE session_id IS NOT NULL AND due_us IS NULL"
                    "  GROUP BY store_key, session_id, tag)"),
        0)
        << "a head is not the oldest";
    EXPECT_EQ(db().Number("SELECT count(*) FROM (SELECT DISTINCT session_id,"
                          " tag FROM work_items"
                          " WHERE session_id IS NOT NULL AND due_us IS NULL)"),
              db().Number("SELECT count(*) FROM session_heads"))
        << "a head is missing, or one too many";
    EXPECT_EQ(db().Number("SELECT count(*) FROM session_heads WHERE owner IS"
                          " NOT (SELECT owner FROM sessions WHERE held = 1"
                          "  AND sessions.session_id ="
                          "  session_heads.session_id)"),
              0)
        << "a head has another owner than its session";
  }
};

TEST_F(SessionHeads, FollowWhateverHappensToTheItems) {
  const int64_t now_us = NowUs();
  uint64_t id = 0;
  for (int round = 0; round < 3; ++round) {
    for (const char* session : {"s", "t"}) {
      Add(++id, session);
      AddTagged(++id, session, "red");
    }
  }
  ExpectHeadsAreRight();
  auto any = FetchActivitiesAs("me");
  any.mutable_tag_filter()->set_mode(TagFilter::MODE_ANY);
  const auto first = FetchWork(now_us, any);
  const auto second = FetchWork(now_us, any);
  ASSERT_TRUE(first && second);
  ExpectHeadsAreRight();

  v1::AbandonWorkItemRequest abandon;
  abandon.set_lock_token(first->lock_token());
  ASSERT_TRUE(AbandonWork(db(), kStore, abandon).ok());
  ExpectHeadsAreRight();
  ASSERT_TRUE(Ack(*second).ok());
  ExpectHeadsAreRight();

  const auto delayed = FetchWork(now_us, any);
  ASSERT_TRUE(delayed);
  abandon.set_lock_token(delayed->lock_token());
  *abandon.mutable_delay() = Seconds(60);
  ASSERT_TRUE(AbandonWork(db(), kStore, abandon).ok());
  ExpectHeadsAreRight();

  v1::ScheduledActivityIdentifier cancelled;
  cancelled.set_instance("a");
  cancelled.set_execution_id(1);
  for (const uint64_t activity_id : {3, 4, 5}) {
    cancelled.set_activity_id(activity_id);
    CancelWork(db(), kStore, cancelled);
    ExpectHeadsAreRight();
  }

  FreeExpiredWork(db(), kStore, now_us + 2 * kHourUs);
  ExpectHeadsAreRight();
  while (FetchWork(now_us + 2 * kHourUs, any)) ExpectHeadsAreRight();
  DeleteWorkOf(db(), kStore, "a");
  ExpectHeadsAreRight();
  EXPECT_EQ(db().Number("SELECT count(*) FROM session_heads"), 0);
}

}  // namespace
}  // namespace duroxide::sqlite
