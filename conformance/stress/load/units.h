#ifndef DUROXIDE_CONFORMANCE_STRESS_LOAD_UNITS_H_
#define DUROXIDE_CONFORMANCE_STRESS_LOAD_UNITS_H_

// The units of a load: when each began and how it ended.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// Thread-safe.
class Units {
 public:
  using Clock = std::chrono::steady_clock;

  // Hears of every unit, one call at a time.
  struct Listener {
    std::function<void(uint64_t in_flight)> started;
    std::function<void(Outcome, absl::Duration latency, uint64_t in_flight)>
        ended;
  };

  explicit Units(Listener listener);

  // The load begins now, its figures `warm_up` later, and its slots are this
  // long. Units that were begun before begin now, too: their waiting was none.
  void StartLoad(absl::Duration warm_up, absl::Duration slot);
  // No more units are begun: the steady part is over.
  void EndSteadyPart();

  // Begins a unit and gives its number. `intended` is when it should have
  // begun: its time counts from there.
  uint64_t Begin(Clock::time_point intended);
  // Returns false where it has ended or was given up before.
  bool End(uint64_t n, Outcome outcome, std::string_view error);
  // Gives up what began longer ago than `limit`: it failed.
  void GiveUp(absl::Duration limit);

  void CountActivities(uint64_t count);

  // Blocks until at most `count` units are under way, `wake` was called, or the
  // moment is there.
  void WaitUntilAtMost(uint64_t count, Clock::time_point until);
  // Ends a wait.
  void Wake();

  uint64_t begun() const;
  uint64_t in_flight() const;
  std::optional<Outcome> OutcomeOf(uint64_t n) const;
  // Fills in counts, steady part, latency, slots and errors.
  void Read(StressResult& result) const;

 private:
  struct Unit {
    Clock::time_point began;
    std::optional<Outcome> outcome = std::nullopt;
    // Then it has failed, and nobody has seen it end.
    bool given_up = false;
  };

  // With the lock held.
  Slot& SlotAt(Clock::time_point now);
  void Close(Unit& unit, Outcome outcome, std::string_view error,
             Clock::time_point now);
  bool IsSteady(Clock::time_point now) const;

  const Listener listener_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  std::vector<Unit> units_;
  // All units before it have ended.
  uint64_t first_open_ = 0;
  uint64_t in_flight_ = 0;
  Outcomes outcomes_;
  uint64_t activities_ = 0;
  // Of the load.
  std::optional<Clock::time_point> load_began_;
  Clock::time_point last_end_;
  Clock::duration slot_length_{};
  Clock::time_point steady_begin_;
  std::optional<Clock::time_point> steady_end_;
  uint64_t steady_completed_ = 0;
  uint64_t steady_activities_ = 0;
  Histogram latency_;
  std::vector<Slot> slots_;
  std::vector<std::string> errors_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_LOAD_UNITS_H_
