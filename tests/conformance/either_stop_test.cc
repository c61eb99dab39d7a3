#include "conformance/either_stop.h"

#include "gtest/gtest.h"

namespace duroxide::conformance {
namespace {

TEST(EitherStopTest, GoesOnWhereNeitherStops) {
  const std::stop_source one;
  const EitherStop either(one.get_token(), std::stop_token());
  EXPECT_FALSE(either.token().stop_requested());
}

TEST(EitherStopTest, StopsWithEach) {
  std::stop_source one;
  std::stop_source other;
  const EitherStop first(one.get_token(), other.get_token());
  one.request_stop();
  EXPECT_TRUE(first.token().stop_requested());

  std::stop_source third;
  const EitherStop second(third.get_token(), other.get_token());
  other.request_stop();
  EXPECT_TRUE(second.token().stop_requested());
}

TEST(EitherStopTest, IsStoppedWhereOneHadStoppedBefore) {
  std::stop_source one;
  one.request_stop();
  const EitherStop either(one.get_token(), std::stop_token());
  EXPECT_TRUE(either.token().stop_requested());
}

}  // namespace
}  // namespace duroxide::conformance
