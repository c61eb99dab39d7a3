// What the runner knows of time: intervals, and the locks that a case relies
// on.

#include "conformance/interval.h"
#include "conformance/leases.h"
#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// An interval of a second that a call of 100 ms began.
Interval Second(Moment sent) {
  return {.sent = sent,
          .received = Add(sent, absl::Milliseconds(100)),
          .length = absl::Seconds(1)};
}

TEST(IntervalTest, IsSureOnlyOutsideOfTheCall) {
  const Moment sent = Now();
  const Interval second = Second(sent);
  EXPECT_LT(second.surely_until(), Add(sent, absl::Seconds(1)));
  EXPECT_GT(second.surely_until(), Add(sent, absl::Milliseconds(990)));
  EXPECT_GT(second.surely_over(), Add(sent, absl::Milliseconds(1100)));
  EXPECT_LT(second.surely_over(), Add(sent, absl::Milliseconds(1110)));
}

class LeasesTest : public ::testing::Test {
 protected:
  const Moment now_ = Now();
  const Moment later_ = Add(now_, absl::Seconds(2));
  Leases leases_;
};

TEST_F(LeasesTest, NamesALockThatMayHaveRunOut) {
  leases_.Hold("token-1", Second(now_));
  EXPECT_THAT(leases_.Overdue(Add(now_, absl::Milliseconds(990))), IsEmpty());
  EXPECT_THAT(leases_.Overdue(later_), HasSubstr("\"token-1\""));
}

TEST_F(LeasesTest, ForgetsALockThatWasGivenBack) {
  leases_.Hold("token-1", Second(now_));
  leases_.Release("token-1");
  EXPECT_THAT(leases_.Overdue(later_), IsEmpty());
}

TEST_F(LeasesTest, GoesByTheLastRenewal) {
  leases_.Hold("token-1", Second(now_));
  leases_.Hold("token-1", Second(later_));
  EXPECT_THAT(leases_.Overdue(later_), IsEmpty());
}

TEST_F(LeasesTest, DoesNotForgetALockThatOnlyMayBeOver) {
  // Taken by a call that was under way for long.
  leases_.Hold("slow", {now_, later_, absl::Seconds(1)});
  leases_.IntendUntil(Second(now_).surely_over());
  EXPECT_THAT(leases_.Overdue(later_), HasSubstr("\"slow\""));
}

TEST_F(LeasesTest, LetsLocksRunOutThatTheCaseWaitsFor) {
  leases_.Hold("short", Second(now_));
  leases_.Hold("long", Second(later_));
  leases_.IntendUntil(Second(now_).surely_over());
  EXPECT_THAT(leases_.Overdue(later_), IsEmpty());
  EXPECT_THAT(leases_.Overdue(Add(later_, absl::Seconds(2))),
              HasSubstr("\"long\""));
  leases_.IntendAll();
  EXPECT_THAT(leases_.Overdue(Add(later_, absl::Seconds(2))), IsEmpty());
}

}  // namespace
}  // namespace duroxide::conformance
