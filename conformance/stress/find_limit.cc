#include "conformance/stress/find_limit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace duroxide::stress {
namespace {

// Ends as fast as it comes: this part of the rate.
constexpr double kKeptUp = 0.97;

// A unit may take longer under load than without, before that means a queue.
constexpr int kSlower = 4;
constexpr absl::Duration kShortestQueue = absl::Milliseconds(100);

// Where the interval ends, as a part of the rate.
constexpr double kPrecision = 0.05;

// Instances under way in the closed loop, so that nothing idles.
constexpr int kManyAtATime = 64;

// The part of the closed loop's rate at which there is little to do.
constexpr double kLittle = 0.2;

// Below this part of the closed loop's rate nothing is looked for.
constexpr double kLeast = 0.05;

class Search {
 public:
  Search(const StressConfig& config, const RunStep& run)
      : config_(config), run_(run) {}

  absl::StatusOr<Limit> Find() {
    StressConfig closed = config_;
    closed.rate = 0;
    closed.max_concurrent = std::max(closed.max_concurrent, kManyAtATime);
    auto reached = run_(closed);
    if (!reached.ok()) return reached.status();
    const double guess = reached->orchestrations_per_second();
    limit_.steps.push_back({.result = *std::move(reached), .sustained = true});
    if (guess <= 0) return std::move(limit_);
    if (auto status = Try(kLittle * guess, absl::InfiniteDuration());
        !status.ok()) {
      return status.status();
    }
    const absl::Duration unloaded = limit_.steps.back().result.latency.mean();
    if (auto status = Bracket(guess, unloaded); !status.ok()) return status;
    while (high_ - low_ > kPrecision * high_ && low_ > 0) {
      const double middle = (low_ + high_) / 2;
      const auto sustained = Try(middle, unloaded);
      if (!sustained.ok()) return sustained.status();
      (*sustained ? low_ : high_) = middle;
    }
    limit_.rate = low_;
    return std::move(limit_);
  }

 private:
  // Finds a rate that is sustained and one that is not.
  absl::Status Bracket(double guess, absl::Duration unloaded) {
    constexpr double kStep = 1.2;
    auto sustained = Try(guess, unloaded);
    if (!sustained.ok()) return sustained.status();
    const bool up = *sustained;
    double rate = guess;
    while (*sustained == up && rate > kLeast * guess) {
      (up ? low_ : high_) = rate;
      rate = up ? rate * kStep : rate / kStep;
      sustained = Try(rate, unloaded);
      if (!sustained.ok()) return sustained.status();
    }
    if (*sustained == up) return absl::OkStatus();  // none is sustained
    (up ? high_ : low_) = rate;
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Try(double rate, absl::Duration unloaded) {
    StressConfig open = config_;
    open.rate = rate;
    auto result = run_(open);
    if (!result.ok()) return result.status();
    limit_.steps.push_back(JudgeStep(*std::move(result), unloaded));
    return limit_.steps.back().sustained;
  }

  const StressConfig& config_;
  const RunStep& run_;
  Limit limit_;
  double low_ = 0;
  double high_ = 0;
};

}  // namespace

LimitStep JudgeStep(StressResult result, absl::Duration unloaded) {
  LimitStep step;
  const double rate = result.config.rate;
  const double reached = result.orchestrations_per_second();
  const absl::Duration longest = std::max(unloaded * kSlower, kShortestQueue);
  // By Little's law, what a unit takes that is started at the end.
  uint64_t under_way = 0;
  for (const Slot& slot : result.slots) {
    if (slot.begin + slot.length <= result.config.duration) {
      under_way = slot.in_flight;
    }
  }
  const absl::Duration at_the_end =
      absl::Seconds(static_cast<double>(under_way) / rate);
  if (result.outcomes.failed() > 0) {
    step.why = absl::StrCat(result.outcomes.failed(), " failed");
  } else if (reached < kKeptUp * rate) {
    step.why = absl::StrFormat("%.1f of %.1f a second ended", reached, rate);
  } else if (at_the_end > longest) {
    step.why = absl::StrCat("work piled up: ", under_way,
                            " were under way at the end");
  }
  step.sustained = step.why.empty();
  step.result = std::move(result);
  return step;
}

absl::StatusOr<Limit> FindLimit(const StressConfig& config,
                                const RunStep& run) {
  return Search(config, run).Find();
}

}  // namespace duroxide::stress
