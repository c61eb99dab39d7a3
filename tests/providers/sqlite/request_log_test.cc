// WIRE-7: a repeated request is answered with its first outcome.

#include "providers/sqlite/request_log.h"

#include <gtest/gtest.h>

#include <string>

#include "providers/errors.h"
#include "providers/sqlite/moment.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

class RequestLog : public RoomTest {
 protected:
  // Does the work, in a transaction as the engine does, and counts it.
  absl::Status Do(const std::string& id, const absl::Status& outcome,
                  int64_t fingerprint = 1, int64_t store = kStore) {
    Outcome result;
    const absl::Status committed = InSavepoint(db(), [&] {
      result = DoOnce(
          db(), {.store = store, .request_id = id, .fingerprint = fingerprint},
          response_, [&] {
            ++done_;
            db().Run("INSERT INTO sessions VALUES (1, ?, '', 0, 0, 1)",
                     std::to_string(done_));
            response_.set_renewed_count(static_cast<uint64_t>(done_));
            return outcome;
          });
      return result.keep ? absl::OkStatus() : result.status;
    });
    return committed.ok() ? result.status : committed;
  }

  int64_t Kept() {
    return db().Number("SELECT count(*) FROM sessions").value_or(-1);
  }
  int64_t Remembered() {
    return db().Number("SELECT count(*) FROM request_outcomes").value_or(-1);
  }
  // As if the outcome had been recorded so long ago.
  void MakeOld(const std::string& id, absl::Duration age) {
    db().Run("UPDATE request_outcomes SET recorded_us = ? WHERE request_id = ?",
             NowUs() - absl::ToInt64Microseconds(age), id);
  }

  v1::RenewSessionLocksResponse response_;
  int done_ = 0;
};

const absl::Status kLost =
    MakeError(v1::ERROR_REASON_LOCK_LOST, "lock_token: it is gone");

TEST_F(RequestLog, ASuccessIsDoneOnce) {
  ASSERT_TRUE(Do("id", absl::OkStatus()).ok());
  response_.Clear();
  ASSERT_TRUE(Do("id", absl::OkStatus()).ok());
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(response_.renewed_count(), 1u) << "the first answer comes again";
  EXPECT_EQ(Kept(), 1);
}

TEST_F(RequestLog, WithoutAnIdItIsDoneEachTime) {
  ASSERT_TRUE(Do("", absl::OkStatus()).ok());
  ASSERT_TRUE(Do("", absl::OkStatus()).ok());
  EXPECT_EQ(done_, 2);
  EXPECT_EQ(Remembered(), 0);
  EXPECT_EQ(ReasonOf(Do("", kLost)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(Kept(), 2) << "an error keeps nothing";
}

TEST_F(RequestLog, APermanentErrorIsAnOutcome) {
  EXPECT_EQ(Do("id", kLost), kLost);
  EXPECT_EQ(Kept(), 0) << "what it did is undone";
  const absl::Status again = Do("id", absl::OkStatus());
  EXPECT_EQ(again, kLost) << "the same code, message and reason";
  EXPECT_EQ(done_, 1);
}

TEST_F(RequestLog, ARetryableErrorIsNone) {
  EXPECT_EQ(ReasonOf(Do("id", MakeError(v1::ERROR_REASON_STORE_BUSY, "busy"))),
            v1::ERROR_REASON_STORE_BUSY);
  EXPECT_EQ(Remembered(), 0);
  EXPECT_TRUE(Do("id", absl::OkStatus()).ok());
  EXPECT_EQ(Kept(), 1);
}

TEST_F(RequestLog, AStatementThatFailsIsNone) {
  Outcome result;
  const absl::Status failed = InSavepoint(db(), [&] {
    result =
        DoOnce(db(), {.store = kStore, .request_id = "id"}, response_, [&] {
          db().Run("INSERT INTO nowhere VALUES (1)");
          return absl::OkStatus();
        });
    return result.status;
  });
  EXPECT_EQ(ReasonOf(failed), v1::ERROR_REASON_INTERNAL);
  EXPECT_FALSE(result.keep);
  EXPECT_EQ(Remembered(), 0);
}

TEST_F(RequestLog, AnIdOfAnotherRequestIsRefused) {
  ASSERT_TRUE(Do("id", absl::OkStatus(), 1).ok());
  const absl::Status refused = Do("id", absl::OkStatus(), 2);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_INVALID_REQUEST);
  EXPECT_NE(refused.message().find("request_id"), std::string::npos);
  EXPECT_EQ(done_, 1);
  EXPECT_TRUE(Do("id", absl::OkStatus(), 1).ok());
}

TEST_F(RequestLog, IdsBelongToTheirStore) {
  const int64_t other = AddStore();
  ASSERT_TRUE(Do("id", absl::OkStatus(), 1, kStore).ok());
  ASSERT_TRUE(Do("id", absl::OkStatus(), 2, other).ok());
  EXPECT_EQ(done_, 2);
}

TEST_F(RequestLog, YoungOutcomesAreKept) {
  ASSERT_TRUE(Do("id", absl::OkStatus()).ok());
  MakeOld("id", kOutcomeLifetime - absl::Seconds(30));
  ForgetOldOutcomes(db(), NowUs());
  EXPECT_EQ(Remembered(), 1);
  EXPECT_GE(kOutcomeLifetime, absl::Minutes(5)) << "the contract's least";
}

TEST_F(RequestLog, OldOutcomesAreForgotten) {
  for (const char* id : {"old", "older", "young"}) {
    ASSERT_TRUE(Do(id, absl::OkStatus()).ok());
  }
  MakeOld("old", kOutcomeLifetime + absl::Seconds(1));
  MakeOld("older", kOutcomeLifetime * 2);
  ForgetOldOutcomes(db(), NowUs());
  EXPECT_EQ(Remembered(), 1);
  ASSERT_TRUE(Do("old", absl::OkStatus()).ok());
  EXPECT_EQ(done_, 4) << "it is a new request now";
}

TEST_F(RequestLog, ForgettingKeepsUpWithManyRequests) {
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(Do(std::to_string(i), absl::OkStatus()).ok());
  }
  db().Run("UPDATE request_outcomes SET recorded_us = 0");
  ForgetOldOutcomes(db(), NowUs());
  ForgetOldOutcomes(db(), NowUs());
  EXPECT_EQ(Remembered(), 0);
}

TEST(Fingerprint, TellsRequestsApart) {
  v1::AckWorkItemRequest ack;
  ack.set_lock_token("token");
  v1::AckWorkItemRequest same = ack;
  EXPECT_EQ(Fingerprint(ack), Fingerprint(same));
  same.set_lock_token("another");
  EXPECT_NE(Fingerprint(ack), Fingerprint(same));
  // The same bytes in another method are another request.
  v1::DeleteInstancesRequest one;
  v1::GetInstanceTreeRequest other;
  EXPECT_NE(Fingerprint(one), Fingerprint(other));
}

TEST(Fingerprint, IsTheSameInEveryProcess) {
  v1::AckWorkItemRequest ack;
  ack.set_lock_token("token");
  EXPECT_EQ(Fingerprint(ack), -5447631008889920758)
      << "what is stored outlives the process";
}

}  // namespace
}  // namespace duroxide::sqlite
