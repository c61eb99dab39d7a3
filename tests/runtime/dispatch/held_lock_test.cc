#include "runtime/dispatch/held_lock.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {
namespace {

using Renewals =
    HeldCalls<v1::RenewWorkItemLockRequest, v1::RenewWorkItemLockResponse>;

class HeldLockTest : public DispatchTest {
 protected:
  std::shared_ptr<HeldLock> Hold(absl::Duration timeout) {
    terms_ = std::make_unique<LockTerms>(
        ActivityLockTerms(environment_, timeout, absl::ZeroDuration()));
    auto lock =
        std::make_shared<HeldLock>(*terms_, "token", [this] { lost_.Set(); });
    lock->Start();
    return lock;
  }

  std::unique_ptr<LockTerms> terms_;
  Signal lost_;
};

TEST_F(HeldLockTest, IsRenewedAgainAndAgainForItsWholeTime) {
  Renewals renewals(*fake_, "RenewWorkItemLock");
  const auto lock = Hold(absl::Seconds(2));
  for (int i = 0; i < 2; ++i) {
    const auto renewal = renewals.Next();
    EXPECT_EQ(renewal->request().store(), "store");
    EXPECT_EQ(renewal->request().lock_token(), "token");
    EXPECT_EQ(renewal->request().extend_for().seconds(), 2);
    renewal->Answer(absl::OkStatus());
  }
  lock->Release();
}

TEST_F(HeldLockTest, LocksOnInstancesAreRenewedByTheirOwnMethod) {
  HeldCalls<v1::RenewOrchestrationItemLockRequest,
            v1::RenewOrchestrationItemLockResponse>
      renewals(*fake_, "RenewOrchestrationItemLock");
  const LockTerms terms = InstanceLockTerms(
      environment_, absl::Milliseconds(40), absl::ZeroDuration());
  const auto lock = std::make_shared<HeldLock>(terms, "token", nullptr);
  lock->Start();
  const auto renewal = renewals.Next();
  EXPECT_EQ(renewal->request().lock_token(), "token");
  lock->Release();
  renewal->Answer(absl::OkStatus());
}

TEST_F(HeldLockTest, ALostOneIsNotRenewedAgain) {
  Renewals renewals(*fake_, "RenewWorkItemLock");
  const auto lock = Hold(absl::Milliseconds(40));
  renewals.Next()->Answer(Lost());
  lost_.Wait();
  EXPECT_TRUE(lock->lost());
  // Nothing is left that could renew it.
  EXPECT_TRUE(environment_.calls.WaitUntilNone(absl::InfiniteDuration()));
  EXPECT_EQ(renewals.count(), 1);
}

TEST_F(HeldLockTest, ABusyStoreIsAskedAgain) {
  Renewals renewals(*fake_, "RenewWorkItemLock");
  const auto lock = Hold(absl::Seconds(4));
  // Half of its time is over by then; there is as much left for other tries.
  renewals.Next()->Answer(Busy());
  renewals.Next()->Answer(Busy());
  renewals.Next()->Answer(absl::OkStatus());
  EXPECT_FALSE(lock->lost());
  lock->Release();
}

TEST_F(HeldLockTest, IsLostWhereNoRenewalSucceedsUntilItRunsOut) {
  fake_->Answer("RenewWorkItemLock", Busy());
  const auto lock = Hold(absl::Milliseconds(300));
  lost_.Wait();
  EXPECT_TRUE(lock->lost());
}

TEST_F(HeldLockTest, IsLostWhereNoAnswerComesUntilItRunsOut) {
  Renewals renewals(*fake_, "RenewWorkItemLock");
  const auto lock = Hold(absl::Milliseconds(40));
  const auto renewal = renewals.Next();
  lost_.Wait();
  EXPECT_TRUE(lock->lost());
  renewal->Answer(absl::OkStatus());
  EXPECT_TRUE(lock->lost()) << "an answer that comes too late counts nothing";
}

TEST_F(HeldLockTest, AReleasedOneIsNeitherRenewedNorLost) {
  Renewals renewals(*fake_, "RenewWorkItemLock");
  const auto lock = Hold(absl::Seconds(2));
  const auto renewal = renewals.Next();
  lock->Release();
  renewal->Answer(Lost());
  EXPECT_FALSE(lock->lost());
  EXPECT_EQ(renewals.count(), 1);
}

}  // namespace
}  // namespace duroxide::runtime
