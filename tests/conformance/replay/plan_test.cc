#include "conformance/replay/plan.h"

#include "gmock/gmock.h"
#include "tests/conformance/replay/transcripts.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;

transcript_v1::Call Between(double sent_ms, double received_ms) {
  return CallOf(v1::ReadHistoryRequest(), v1::ReadHistoryResponse(), sent_ms,
                received_ms);
}

Step At(double sent_ms, std::vector<size_t> answered) {
  return {std::move(answered), absl::Milliseconds(1) * sent_ms};
}

TEST(PlanTest, SendsOneAfterTheOther) {
  EXPECT_THAT(
      PlanOf(TranscriptWith(Between(1, 2), Between(3, 4), Between(4, 5))),
      ElementsAre(At(1, {}), At(3, {0}), At(4, {1})));
}

TEST(PlanTest, LetsOverlapWhatOverlapped) {
  EXPECT_THAT(PlanOf(TranscriptWith(Between(1, 100), Between(2, 3),
                                    Between(4, 5), Between(101, 102))),
              ElementsAre(At(1, {}), At(2, {}), At(4, {1}), At(101, {0, 2})));
}

TEST(LagTest, NeverCatchesUp) {
  Lag lag;
  EXPECT_EQ(lag.TimeFor(absl::Seconds(5)), absl::Seconds(5));
  lag.Note(absl::Seconds(1), absl::Seconds(3));
  EXPECT_EQ(lag.TimeFor(absl::Seconds(5)), absl::Seconds(7));
  lag.Note(absl::Seconds(4), absl::Seconds(3));
  EXPECT_EQ(lag.TimeFor(absl::Seconds(5)), absl::Seconds(7));
}

}  // namespace
}  // namespace duroxide::conformance
