#include "conformance/stress/load/units.h"

#include <algorithm>
#include <utility>

namespace duroxide::stress {
namespace {

constexpr size_t kMostErrors = 5;

}  // namespace

Units::Units(Listener listener) : listener_(std::move(listener)) {}

void Units::StartLoad(absl::Duration warm_up, absl::Duration slot) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  load_began_ = now;
  last_end_ = now;
  steady_begin_ = now + absl::ToChronoNanoseconds(warm_up);
  slot_length_ = absl::ToChronoNanoseconds(slot);
  for (Unit& unit : units_) unit.began = now;
  SlotAt(now).started += units_.size();
}

void Units::EndSteadyPart() {
  const std::lock_guard lock(mutex_);
  steady_end_ = Clock::now();
}

uint64_t Units::Begin(Clock::time_point intended) {
  const std::lock_guard lock(mutex_);
  units_.push_back({.began = intended});
  ++in_flight_;
  if (load_began_) ++SlotAt(Clock::now()).started;
  if (listener_.started) listener_.started(in_flight_);
  return units_.size() - 1;
}

bool Units::End(uint64_t n, Outcome outcome, std::string_view error) {
  {
    const std::lock_guard lock(mutex_);
    if (n >= units_.size() || units_[n].outcome) return false;
    Close(units_[n], outcome, error, Clock::now());
  }
  changed_.notify_all();
  return true;
}

void Units::GiveUp(absl::Duration limit) {
  {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = Clock::now();
    const Clock::time_point oldest = now - absl::ToChronoNanoseconds(limit);
    while (first_open_ < units_.size()) {
      Unit& unit = units_[first_open_];
      if (!unit.outcome) {
        if (unit.began > oldest) break;
        unit.given_up = true;
        Close(unit, Outcome::kInfrastructure,
              "it had not ended after " + absl::FormatDuration(limit), now);
      }
      ++first_open_;
    }
  }
  changed_.notify_all();
}

void Units::CountActivities(uint64_t count) {
  const std::lock_guard lock(mutex_);
  activities_ += count;
  if (!load_began_) return;
  const Clock::time_point now = Clock::now();
  SlotAt(now).activities += count;
  if (IsSteady(now)) steady_activities_ += count;
}

void Units::WaitUntilAtMost(uint64_t count, Clock::time_point until) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until,
                      [&] { return in_flight_ <= count || woken_; });
}

void Units::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

uint64_t Units::begun() const {
  const std::lock_guard lock(mutex_);
  return units_.size();
}

uint64_t Units::in_flight() const {
  const std::lock_guard lock(mutex_);
  return in_flight_;
}

std::optional<Outcome> Units::OutcomeOf(uint64_t n) const {
  const std::lock_guard lock(mutex_);
  if (n >= units_.size() || units_[n].given_up) return std::nullopt;
  return units_[n].outcome;
}

void Units::Read(StressResult& result) const {
  const std::lock_guard lock(mutex_);
  result.started = units_.size();
  result.outcomes = outcomes_;
  result.activities = activities_;
  result.steady_completed = steady_completed_;
  result.steady_activities = steady_activities_;
  result.latency = latency_;
  result.slots = slots_;
  result.errors = errors_;
  if (!load_began_) return;
  const Clock::time_point now = Clock::now();
  const bool over = steady_end_ && in_flight_ == 0;
  result.elapsed = absl::FromChrono(
      (over ? std::max(last_end_, *steady_end_) : now) - *load_began_);
  result.steady =
      std::max(absl::FromChrono(steady_end_.value_or(now) - steady_begin_),
               absl::ZeroDuration());
  if (!result.slots.empty()) {
    Slot& last = result.slots.back();
    last.length = std::min(last.length, result.elapsed - last.begin);
  }
}

Slot& Units::SlotAt(Clock::time_point now) {
  const auto index = static_cast<size_t>(
      std::max<int64_t>((now - *load_began_) / slot_length_, 0));
  while (slots_.size() <= index) {
    slots_.push_back({.begin = absl::FromChrono(slot_length_) *
                               static_cast<int64_t>(slots_.size()),
                      .length = absl::FromChrono(slot_length_)});
    slots_.back().in_flight = in_flight_;
  }
  Slot& slot = slots_[index];
  slot.in_flight = in_flight_;
  return slot;
}

void Units::Close(Unit& unit, Outcome outcome, std::string_view error,
                  Clock::time_point now) {
  unit.outcome = outcome;
  --in_flight_;
  outcomes_.Count(outcome);
  last_end_ = now;
  if (outcome != Outcome::kCompleted && errors_.size() < kMostErrors &&
      std::ranges::find(errors_, error) == errors_.end()) {
    errors_.emplace_back(error);
  }
  const absl::Duration latency = absl::FromChrono(now - unit.began);
  if (load_began_) {
    Slot& slot = SlotAt(now);
    slot.ended.Count(outcome);
    if (outcome == Outcome::kCompleted) {
      slot.latency.Record(latency);
      if (IsSteady(now)) {
        ++steady_completed_;
        latency_.Record(latency);
      }
    }
  }
  if (listener_.ended) listener_.ended(outcome, latency, in_flight_);
}

bool Units::IsSteady(Clock::time_point now) const {
  return now >= steady_begin_ && !steady_end_;
}

}  // namespace duroxide::stress
