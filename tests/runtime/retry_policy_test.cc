#include "runtime/retry_policy.h"

#include "gtest/gtest.h"

namespace duroxide::runtime {
namespace {

TEST(BackoffTest, ExponentialGrowsUpToItsMost) {
  const Backoff backoff =
      Backoff::Exponential(absl::Milliseconds(100), 2, absl::Milliseconds(500));
  EXPECT_EQ(backoff.Delay(1), absl::Milliseconds(100));
  EXPECT_EQ(backoff.Delay(2), absl::Milliseconds(200));
  EXPECT_EQ(backoff.Delay(3), absl::Milliseconds(400));
  EXPECT_EQ(backoff.Delay(4), absl::Milliseconds(500));
  EXPECT_EQ(backoff.Delay(4000000000), absl::Milliseconds(500));
}

TEST(BackoffTest, LinearGrowsByItsBase) {
  const Backoff backoff = Backoff::Linear(absl::Seconds(1), absl::Seconds(3));
  EXPECT_EQ(backoff.Delay(1), absl::Seconds(1));
  EXPECT_EQ(backoff.Delay(2), absl::Seconds(2));
  EXPECT_EQ(backoff.Delay(9), absl::Seconds(3));
}

TEST(BackoffTest, FixedAndNone) {
  EXPECT_EQ(Backoff::Fixed(absl::Seconds(4)).Delay(7), absl::Seconds(4));
  EXPECT_EQ(Backoff::None().Delay(7), absl::ZeroDuration());
}

TEST(RetryPolicyTest, TriesAtLeastOnce) {
  EXPECT_EQ(RetryPolicy(0).max_attempts(), 1u);
  EXPECT_EQ(RetryPolicy().max_attempts(), 3u);
  EXPECT_EQ(RetryPolicy().backoff().Delay(2), absl::Milliseconds(200));
}

}  // namespace
}  // namespace duroxide::runtime
