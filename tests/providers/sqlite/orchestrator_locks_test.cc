// Locks on instances: attempts, expiry, renewal, abandon (FETCH-6, ABANDON-1,
// RENEW-1).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/errors.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/turn.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;

class OrchestratorLocks : public RoomTest {
 protected:
  absl::Status Abandon(const std::string& token, int64_t delay_seconds = 0,
                       bool ignore_attempt = false) {
    v1::AbandonOrchestrationItemRequest request;
    request.set_lock_token(token);
    *request.mutable_delay() = Seconds(delay_seconds);
    request.set_ignore_attempt(ignore_attempt);
    return AbandonTurn(db(), kStore, request);
  }

  absl::Status Renew(const std::string& token, int64_t seconds) {
    v1::RenewOrchestrationItemLockRequest request;
    request.set_lock_token(token);
    *request.mutable_extend_for() = Seconds(seconds);
    return RenewTurn(db(), kStore, request);
  }

  absl::Status Ack(const std::string& token) {
    return InSavepoint(
        db(), [&] { return AckTurn(db(), kStore, AckTurnOf(1, token)); });
  }

  // Attempt counts in the order of enqueueing.
  std::vector<int64_t> Attempts() {
    std::vector<int64_t> attempts;
    Rows rows = db().Query("SELECT attempts FROM messages ORDER BY message_id");
    while (rows.Next()) attempts.push_back(rows.Int(0));
    return attempts;
  }
};

TEST_F(OrchestratorLocks, ALockEndsByItself) {
  const int64_t now_us = NowUs();
  Enqueue(Start("a"), 100);
  const v1::LockedOrchestrationItem first = MustFetch(now_us);
  EXPECT_EQ(FreeExpiredTurns(db(), kStore, now_us + kHourUs - 1), 0);
  EXPECT_FALSE(Fetch(now_us + kHourUs - 1));
  const v1::LockedOrchestrationItem second = MustFetch(now_us + kHourUs);
  EXPECT_NE(second.lock_token(), first.lock_token());
  EXPECT_EQ(second.attempt_count(), 2u);
  EXPECT_THAT(TextsOf(second.item()), ElementsAre("start"));
  EXPECT_EQ(ReasonOf(Ack(first.lock_token())), v1::ERROR_REASON_LOCK_LOST)
      << "taken over";
}

TEST_F(OrchestratorLocks, FreeingTellsHowManyRanOut) {
  const int64_t now_us = NowUs();
  for (const char* id : {"a", "b", "c"}) Enqueue(Start(id), 100);
  MustFetch(now_us);
  MustFetch(now_us);
  EXPECT_EQ(FreeExpiredTurns(db(), kStore, now_us + kHourUs), 2);
  EXPECT_EQ(FreeExpiredTurns(db(), kStore, now_us + kHourUs), 0);
}

TEST_F(OrchestratorLocks, AnExpiredLockThatNobodyTookIsLostToo) {
  Enqueue(Start("a"), 100);
  // Locked two hours ago, for one.
  const std::string token = MustFetch(NowUs() - 2 * kHourUs).lock_token();
  EXPECT_EQ(ReasonOf(Ack(token)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(ReasonOf(Abandon(token)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(ReasonOf(Renew(token, 60)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_TRUE(Fetch(NowUs())) << "the renewal has not revived it";
}

TEST_F(OrchestratorLocks, RenewCountsFromNow) {
  const int64_t before_us = NowUs();
  Enqueue(Start("a"), 100);
  const std::string token = MustFetch(before_us).lock_token();
  ASSERT_TRUE(Renew(token, 7200).ok());
  const int64_t until_us =
      db().Number("SELECT locked_until_us FROM instances").value_or(0);
  EXPECT_GE(until_us, before_us + 2 * kHourUs);
  EXPECT_LE(until_us, NowUs() + 2 * kHourUs);
  ASSERT_TRUE(Renew(token, 60).ok());
  EXPECT_LT(db().Number("SELECT locked_until_us FROM instances"),
            before_us + kHourUs)
      << "a shorter time is a time too";
}

TEST_F(OrchestratorLocks, ATokenIsGoodOnce) {
  Enqueue(Start("a"), 100);
  const std::string token = MustFetch(NowUs()).lock_token();
  ASSERT_TRUE(Ack(token).ok());
  EXPECT_EQ(ReasonOf(Ack(token)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(ReasonOf(Abandon(token)), v1::ERROR_REASON_LOCK_LOST);
}

TEST_F(OrchestratorLocks, ATokenIsGoodInItsStoreOnly) {
  const int64_t other = AddStore();
  Enqueue(Start("a"), 100);
  const std::string token = MustFetch(NowUs()).lock_token();
  EXPECT_EQ(ReasonOf(FindHeldTurn(db(), other, token, NowUs()).status()),
            v1::ERROR_REASON_LOCK_LOST);
  EXPECT_TRUE(FindHeldTurn(db(), kStore, token, NowUs()).ok());
}

TEST_F(OrchestratorLocks, UnknownTokensAreLost) {
  Enqueue(Start("a"), 100);
  const std::string token = MustFetch(NowUs()).lock_token();
  const std::string row = token.substr(0, token.find('.'));
  for (const std::string& wrong :
       {std::string("x"), row, row + ".", row + ".00", "99." + token,
        token + "0", std::string(".") + token}) {
    EXPECT_EQ(ReasonOf(Ack(wrong)), v1::ERROR_REASON_LOCK_LOST) << wrong;
    EXPECT_EQ(ReasonOf(Abandon(wrong)), v1::ERROR_REASON_LOCK_LOST) << wrong;
    EXPECT_EQ(ReasonOf(Renew(wrong, 60)), v1::ERROR_REASON_LOCK_LOST) << wrong;
  }
  EXPECT_TRUE(Ack(token).ok());
}

TEST_F(OrchestratorLocks, AttemptsAreTheLargestOfTheBatch) {
  const int64_t now_us = NowUs();
  Enqueue(Start("a"), 100);
  MustFetch(now_us);
  Enqueue(Raised("a", "new"), 200);
  EXPECT_EQ(MustFetch(now_us + kHourUs).attempt_count(), 2u);
  EXPECT_THAT(Attempts(), ElementsAre(2, 1));
}

TEST_F(OrchestratorLocks, AbandonGivesBackAtOnceAndKeepsThePlace) {
  Enqueue(Start("a"), 100);
  Enqueue(Start("b"), 200);
  ASSERT_TRUE(Abandon(MustFetch(NowUs()).lock_token()).ok());
  const v1::LockedOrchestrationItem again = MustFetch(NowUs());
  EXPECT_EQ(again.item().instance(), "a");
  EXPECT_EQ(again.attempt_count(), 2u);
}

TEST_F(OrchestratorLocks, AbandonWithDelayHidesTheBatchOnly) {
  Enqueue(Start("a"), 100);
  const std::string token = MustFetch(NowUs()).lock_token();
  Enqueue(Raised("a", "later"), 200);
  ASSERT_TRUE(Abandon(token, 3600).ok());
  EXPECT_FALSE(Fetch(NowUs())) << "the start is not visible yet";
  EXPECT_THAT(TextsOf(MustFetch(NowUs() + kHourUs).item()),
              ElementsAre("start", "later"));
}

TEST_F(OrchestratorLocks, AbandonWithDelayLeavesOthersOfAKnownInstance) {
  MakeInstance("a");
  Enqueue(Raised("a", "first"), 100);
  const std::string token = MustFetch(NowUs()).lock_token();
  Enqueue(Raised("a", "second"), 200);
  ASSERT_TRUE(Abandon(token, 3600).ok());
  EXPECT_THAT(TextsOf(MustFetch(NowUs()).item()), ElementsAre("second"));
}

TEST_F(OrchestratorLocks, IgnoringAnAttemptTakesOneOfTheBatchOnly) {
  MakeInstance("a");
  Enqueue(Raised("a", "first"), 100);
  // Out of the way, with one attempt.
  ASSERT_TRUE(Abandon(MustFetch(NowUs()).lock_token(), 3600).ok());
  Enqueue(Raised("a", "second"), 200);
  const std::string token = MustFetch(NowUs()).lock_token();
  Enqueue(Raised("a", "third"), 300);
  ASSERT_THAT(Attempts(), ElementsAre(1, 1, 0));
  ASSERT_TRUE(Abandon(token, 0, true).ok());
  EXPECT_THAT(Attempts(), ElementsAre(1, 0, 0));
}

TEST_F(OrchestratorLocks, AttemptsNeverFallBelowZero) {
  Enqueue(Start("a"), 100);
  const std::string token = MustFetch(NowUs()).lock_token();
  db().Run("UPDATE messages SET attempts = 0");
  ASSERT_TRUE(Abandon(token, 0, true).ok());
  EXPECT_THAT(Attempts(), ElementsAre(0));
}

TEST_F(OrchestratorLocks, NothingIsDueInAnEmptyQueue) {
  EXPECT_EQ(NextTurnDue(db(), kStore, NowUs()), kNeverUs);
  Enqueue(Done("stray", 1), NowUs() + kHourUs);
  EXPECT_EQ(NextTurnDue(db(), kStore, NowUs()), kNeverUs)
      << "time alone brings it no start";
}

TEST_F(OrchestratorLocks, TheNextDelayOrLockThatEndsIsDue) {
  const int64_t now_us = NowUs();
  Enqueue(Start("later"), now_us + 3 * kHourUs);
  EXPECT_EQ(NextTurnDue(db(), kStore, now_us), now_us + 3 * kHourUs);
  Enqueue(Start("locked"), 100);
  MustFetch(now_us);
  EXPECT_EQ(NextTurnDue(db(), kStore, now_us), now_us + kHourUs);
  Enqueue(Start("sooner"), now_us + 60'000'000);
  EXPECT_EQ(NextTurnDue(db(), kStore, now_us), now_us + 60'000'000);
}

TEST_F(OrchestratorLocks, PinnedInstancesAreDueLikeOthers) {
  v1::ExecutionMetadata metadata = Recorded();
  *metadata.mutable_pinned_version() = Version(1, 2, 3);
  MakeInstance("pinned", metadata);
  const int64_t now_us = NowUs();
  Enqueue(Raised("pinned", "later"), now_us + kHourUs);
  EXPECT_EQ(NextTurnDue(db(), kStore, now_us), now_us + kHourUs);
}

}  // namespace
}  // namespace duroxide::sqlite
