#include "conformance/stress/load/pacers.h"

#include <condition_variable>
#include <mutex>

namespace duroxide::stress {
namespace {

using Clock = Units::Clock;

}  // namespace

void ClosedLoop(Units& units, int max_concurrent, absl::Duration duration,
                const BeginUnit& begin, const std::stop_token& stop) {
  const Clock::time_point end =
      Clock::now() + absl::ToChronoNanoseconds(duration);
  const auto below = static_cast<uint64_t>(max_concurrent) - 1;
  while (!stop.stop_requested() && Clock::now() < end) {
    units.WaitUntilAtMost(below, end);
    while (units.in_flight() <= below && !stop.stop_requested() &&
           Clock::now() < end) {
      begin(units.Begin(Clock::now()));
    }
  }
}

void OpenLoop(Units& units, double rate, absl::Duration duration,
              const BeginUnit& begin, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock wait(mutex);
  const Clock::time_point first = Clock::now();
  const auto count =
      static_cast<uint64_t>(absl::ToDoubleSeconds(duration) * rate);
  for (uint64_t n = 0; n < count && !stop.stop_requested(); ++n) {
    const Clock::time_point due =
        first +
        absl::ToChronoNanoseconds(absl::Seconds(static_cast<double>(n) / rate));
    never.wait_until(wait, stop, due, [] { return false; });
    if (!stop.stop_requested()) begin(units.Begin(due));
  }
}

}  // namespace duroxide::stress
