// The way to the provider and its clock, as they are measured.

#include "conformance/link.h"

#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/conformance/stub_provider.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

// Its clock is ahead of the runner's by `ahead`.
class EarlyProvider : public StubProvider {
 public:
  explicit EarlyProvider(absl::Duration ahead) : ahead_(ahead) {}

  DUROXIDE_OVERRIDE(v1, GetProviderInfo) {
    static_cast<void>(context);
    static_cast<void>(request);
    response->set_now_ms(
        static_cast<uint64_t>(absl::ToUnixMillis(absl::Now() + ahead_)));
    std::move(done)(absl::OkStatus());
  }

 private:
  const absl::Duration ahead_;
};

Link Measured(Provider& provider) {
  return MeasureLink(provider, std::stop_token()).value();
}

TEST(MeasureLinkTest, FindsTheOffsetOfTheClock) {
  for (const absl::Duration ahead : {absl::Hours(2), -absl::Hours(3)}) {
    EarlyProvider provider(ahead);
    const Link link = Measured(provider);
    EXPECT_LE(absl::AbsDuration(link.clock_offset - ahead),
              link.clock.uncertainty + absl::Milliseconds(1));
    EXPECT_LE(link.round_trip, link.slowest);
  }
}

TEST(MeasureLinkTest, BoundsWhatTheClockShows) {
  EarlyProvider provider(absl::Hours(2));
  const Link link = Measured(provider);
  const Moment before = Now();
  const auto shown =
      static_cast<uint64_t>(absl::ToUnixMillis(absl::Now() + absl::Hours(2)));
  const ProviderTimes times = link.clock.Between(before, Now());
  EXPECT_THAT(shown, AllOf(Ge(times.earliest_ms), Le(times.latest_ms)));
}

TEST(MeasureLinkTest, GivesTheErrorOfTheProvider) {
  FailingProvider failing;
  EXPECT_FALSE(MeasureLink(failing, std::stop_token()).ok());
}

TEST(MeasureLinkTest, CanBeInterrupted) {
  StubProvider stub;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(MeasureLink(stub, stop.get_token()).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(ProviderClockTest, KnowsLessTheFartherAway) {
  const Moment at{};
  const ProviderClock clock = {.at = at,
                               .shown = absl::FromUnixSeconds(1000),
                               .uncertainty = absl::Milliseconds(5)};
  EXPECT_EQ(clock.Between(at, at),
            (ProviderTimes{.earliest_ms = 999'995, .latest_ms = 1'000'005}));
  const Moment later = Add(at, absl::Seconds(10));
  EXPECT_EQ(clock.Between(at, later),
            (ProviderTimes{.earliest_ms = 999'995, .latest_ms = 1'010'015}));
}

TEST(WidestTest, HoldsForAllReplicas) {
  const Moment at{};
  const auto link = [at](int shown_s, int round_trip_ms) {
    return Link{.round_trip = absl::Milliseconds(round_trip_ms),
                .slowest = absl::Milliseconds(2 * round_trip_ms),
                .clock = {.at = at,
                          .shown = absl::FromUnixSeconds(shown_s),
                          .uncertainty = absl::Milliseconds(1)}};
  };
  const Link widest = Widest(std::vector<Link>{link(100, 5), link(102, 3)});
  EXPECT_EQ(widest.round_trip, absl::Milliseconds(5));
  EXPECT_EQ(widest.slowest, absl::Milliseconds(10));
  EXPECT_EQ(widest.clock.Between(at, at),
            (ProviderTimes{.earliest_ms = 99'999, .latest_ms = 102'001}));
}

TEST(LockTimeForTest, GrowsWithTheWay) {
  EXPECT_EQ(LockTimeFor(absl::Milliseconds(1)), absl::Seconds(1));
  EXPECT_EQ(LockTimeFor(absl::Milliseconds(400)), absl::Seconds(4));
  EXPECT_GT(AtOnceFor(absl::Seconds(1)), AtOnceFor(absl::ZeroDuration()));
  EXPECT_GT(CaseTimeoutFor(absl::Seconds(1)),
            CaseTimeoutFor(absl::ZeroDuration()));
}

}  // namespace
}  // namespace duroxide::conformance
