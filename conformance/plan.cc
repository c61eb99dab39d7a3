#include "conformance/plan.h"

#include <random>
#include <utility>

namespace duroxide::conformance {

Plan::Plan(std::vector<const Case*> cases, const PlanOptions& options)
    : cases_(std::move(cases)),
      options_(options),
      end_(Add(Now(), options.repeat_for)) {
  BeginRound();
}

std::optional<PlannedRun> Plan::Next(Moment now) {
  if (cases_.empty() || !Goes(now)) return std::nullopt;
  const PlannedRun run = {.of = cases_[next_], .seed = options_.seed + round_};
  if (++next_ == cases_.size()) {
    next_ = 0;
    ++round_;
    BeginRound();
  }
  return run;
}

bool Plan::Goes(Moment now) const {
  if (round_ == 0) return true;
  if (options_.repeat_for > absl::ZeroDuration()) return now < end_;
  return round_ < static_cast<uint64_t>(options_.repeat);
}

void Plan::BeginRound() {
  if (!options_.shuffle) return;
  // By hand, because std::shuffle differs from one standard library to the
  // next, and a seed is to mean one order everywhere.
  std::mt19937_64 chance(options_.seed + round_);
  for (size_t left = cases_.size(); left > 1; --left) {
    std::swap(cases_[left - 1], cases_[chance() % left]);
  }
}

}  // namespace duroxide::conformance
