#include "providers/sqlite/moment.h"

#include <gtest/gtest.h>

namespace duroxide::sqlite {
namespace {

google::protobuf::Duration Span(int64_t seconds, int32_t nanos) {
  google::protobuf::Duration span;
  span.set_seconds(seconds);
  span.set_nanos(nanos);
  return span;
}

TEST(Moment, ALockIsNeverShorterThanAskedFor) {
  EXPECT_EQ(After(1000, Span(0, 0)), 1000);
  EXPECT_EQ(After(1000, Span(0, 1)), 1001);
  EXPECT_EQ(After(1000, Span(0, 1000)), 1001);
  EXPECT_EQ(After(1000, Span(0, 1001)), 1002);
  EXPECT_EQ(After(1000, Span(2, 500'000'000)), 2'501'000);
}

TEST(Moment, TheLongestSpanDoesNotOverflow) {
  constexpr int64_t kTenThousandYears = 315'576'000'000;
  EXPECT_GT(After(NowUs(), Span(kTenThousandYears, 999'999'999)), NowUs());
  EXPECT_EQ(After(NowUs(), Span(std::numeric_limits<int64_t>::max(), 0)),
            kNeverUs);
}

TEST(Moment, TheLastMomentOfTheWireIsNever) {
  EXPECT_EQ(FromMs(0), 0);
  EXPECT_EQ(FromMs(1'700'000'000'123), 1'700'000'000'123'000);
  EXPECT_EQ(FromMs(std::numeric_limits<uint64_t>::max()), kNeverUs);
}

}  // namespace
}  // namespace duroxide::sqlite
