#include "conformance/link.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "providers/await.h"

namespace duroxide::conformance {
namespace {

constexpr int kSamples = 9;
constexpr absl::Duration kSampleLimit = absl::Seconds(30);

// A clock that is cut to whole milliseconds shows up to this much too little.
constexpr absl::Duration kGrain = absl::Milliseconds(1);

// No two clocks in use differ by more in their speed, not even while one of
// them is being corrected.
constexpr int64_t kLeastPartOfDrift = 1000;

// See AtOnceFor. A busy machine may let a thread wait for a second, and a
// network that loses a packet multiplies the way.
constexpr absl::Duration kNearAtOnce = absl::Seconds(3);
constexpr int kRoundTripsAtOnce = 20;

constexpr absl::Duration kNearLockTime = absl::Seconds(1);
// The calls that a case makes one after the other while it holds a lock.
constexpr int kCallsUnderLock = 10;

constexpr absl::Duration kNearCaseTimeout = absl::Minutes(5);
// The calls that a case makes one after the other, at most and by far.
constexpr int kMostCalls = 3000;

struct Sample {
  Moment sent;
  absl::Duration took;
  uint64_t shown_ms;
};

absl::StatusOr<Sample> TakeSample(Provider& provider) {
  const Moment sent = Now();
  const absl::StatusOr<v1::GetProviderInfoResponse> info =
      Await(provider, &Provider::GetProviderInfo, v1::GetProviderInfoRequest(),
            {.deadline = absl::Now() + kSampleLimit});
  const Moment received = Now();
  if (!info.ok()) return info.status();
  return Sample{.sent = sent,
                .took = absl::FromChrono(received - sent),
                .shown_ms = info->now_ms()};
}

ProviderClock ClockOf(const Sample& sample) {
  return {.at = Add(sample.sent, sample.took / 2),
          .shown = absl::FromUnixMillis(static_cast<int64_t>(sample.shown_ms)) +
                   kGrain / 2,
          .uncertainty = sample.took / 2 + kGrain / 2};
}

// The wall clock's time at a moment of the steady clock.
absl::Time WallTimeAt(Moment moment) {
  return absl::Now() + absl::FromChrono(moment - Now());
}

uint64_t ToMs(absl::Time time) {
  return static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixMillis(time)));
}

}  // namespace

ProviderTimes ProviderClock::Between(Moment begin, Moment end) const {
  const auto shown_at = [this](Moment moment) {
    return shown + absl::FromChrono(moment - at);
  };
  const auto doubt_at = [this](Moment moment) {
    return uncertainty +
           absl::AbsDuration(absl::FromChrono(moment - at)) / kLeastPartOfDrift;
  };
  return {.earliest_ms = ToMs(shown_at(begin) - doubt_at(begin)),
          .latest_ms = ToMs(shown_at(end) + doubt_at(end))};
}

absl::StatusOr<Link> MeasureLink(Provider& provider,
                                 const std::stop_token& stop) {
  std::vector<Sample> samples;
  for (int i = 0; i < kSamples; ++i) {
    if (stop.stop_requested()) return absl::CancelledError("interrupted");
    const absl::StatusOr<Sample> sample = TakeSample(provider);
    if (!sample.ok()) return sample.status();
    samples.push_back(*sample);
  }
  std::sort(samples.begin(), samples.end(),
            [](const Sample& a, const Sample& b) { return a.took < b.took; });
  const ProviderClock clock = ClockOf(samples.front());
  return Link{.round_trip = samples[samples.size() / 2].took,
              .slowest = samples.back().took,
              .clock = clock,
              .clock_offset = clock.shown - WallTimeAt(clock.at)};
}

Link Widest(std::span<const Link> links) {
  Link widest = links.front();
  const Moment at = widest.clock.at;
  absl::Time earliest = absl::InfiniteFuture();
  absl::Time latest = absl::InfinitePast();
  for (const Link& link : links) {
    widest.round_trip = std::max(widest.round_trip, link.round_trip);
    widest.slowest = std::max(widest.slowest, link.slowest);
    const absl::Time shown =
        link.clock.shown + absl::FromChrono(at - link.clock.at);
    earliest = std::min(earliest, shown - link.clock.uncertainty);
    latest = std::max(latest, shown + link.clock.uncertainty);
  }
  widest.clock.uncertainty = (latest - earliest) / 2;
  widest.clock.shown = earliest + widest.clock.uncertainty;
  widest.clock_offset = widest.clock.shown - WallTimeAt(at);
  return widest;
}

absl::Duration AtOnceFor(absl::Duration round_trip) {
  return std::max(kNearAtOnce, round_trip * kRoundTripsAtOnce);
}

absl::Duration LockTimeFor(absl::Duration round_trip) {
  const absl::Duration needed = round_trip * kCallsUnderLock;
  return std::max(kNearLockTime, absl::Ceil(needed, absl::Milliseconds(100)));
}

absl::Duration CaseTimeoutFor(absl::Duration round_trip) {
  const absl::Duration calls = round_trip * kMostCalls;
  return kNearCaseTimeout + absl::Ceil(calls, absl::Seconds(1));
}

}  // namespace duroxide::conformance
