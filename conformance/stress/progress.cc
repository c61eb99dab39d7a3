#include "conformance/stress/progress.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "conformance/stress/stress_config.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {
namespace {

// Ticks come every second, some a little early.
constexpr absl::Duration kBetweenLines = absl::Milliseconds(9500);
constexpr std::string_view kEraseLine = "\r\x1b[K";

// "0.8ms", "12ms", "1.25s"
std::string TimeText(absl::Duration time) {
  const double ms = absl::ToDoubleMilliseconds(time);
  if (ms < 10) return absl::StrFormat("%.1fms", ms);
  if (ms < 1000) return absl::StrFormat("%.0fms", ms);
  return absl::StrFormat("%.2fs", ms / 1000);
}

std::string PercentileText(const Histogram& latency, double quantile) {
  if (latency.count() == 0) return "-";
  return TimeText(latency.Percentile(quantile));
}

std::string WholeSeconds(absl::Duration time) {
  return absl::FormatDuration(absl::Ceil(time, absl::Seconds(1)));
}

std::string LeftText(const StressResult& so_far) {
  const uint64_t ended = so_far.outcomes.total();
  const Scenario* scenario = FindScenario(so_far.scenario);
  if (scenario != nullptr && scenario->traits.pace == Pace::kBacklog) {
    if (ended == 0 || so_far.started <= ended) {
      return absl::StrCat(ended, " of ", so_far.started);
    }
    // As fast as until now.
    const absl::Duration left =
        so_far.elapsed * (static_cast<double>(so_far.started - ended) /
                          static_cast<double>(ended));
    return absl::StrCat(ended, " of ", so_far.started, ", about ",
                        WholeSeconds(left), " left");
  }
  if (so_far.elapsed >= so_far.config.duration) return "ending";
  return absl::StrCat(WholeSeconds(so_far.config.duration - so_far.elapsed),
                      " left");
}

}  // namespace

void LoadProgress::OnBegin(const StressResult& /*settings*/) {
  last_elapsed_ = absl::ZeroDuration();
  last_completed_ = 0;
  last_aside_ = absl::ZeroDuration();
}

void LoadProgress::OnTick(const StressResult& so_far) {
  if (width_ == 0 && so_far.elapsed - last_elapsed_ < kBetweenLines) return;
  if (so_far.elapsed <= last_elapsed_) return;
  std::string line = Line(so_far);
  last_elapsed_ = so_far.elapsed;
  last_completed_ = so_far.outcomes.completed();
  Show(std::move(line));
}

void LoadProgress::OnAside(const StressResult& settings, std::string_view doing,
                           absl::Duration since) {
  if (since < last_aside_) last_aside_ = absl::ZeroDuration();  // another one
  if (width_ == 0 && since - last_aside_ < kBetweenLines) return;
  last_aside_ = since;
  Show(absl::StrCat(settings.scenario, " ", Label(settings.config), ": ",
                    std::string(doing), ", ", WholeSeconds(since)));
}

void LoadProgress::Show(std::string line) {
  if (width_ == 0) {
    out_ << line << std::endl;
    return;
  }
  // A line that fills the terminal would wrap and could not be erased.
  line.resize(std::min(line.size(), width_ - 1));
  out_ << kEraseLine << line << std::flush;
}

void LoadProgress::OnEnd(const StressResult& /*result*/) { Clear(); }

void LoadProgress::Clear() {
  if (width_ > 0) out_ << kEraseLine << std::flush;
}

std::string LoadProgress::Line(const StressResult& so_far) const {
  const Outcomes& ended = so_far.outcomes;
  const double rate = static_cast<double>(ended.completed() - last_completed_) /
                      absl::ToDoubleSeconds(so_far.elapsed - last_elapsed_);
  return absl::StrCat(so_far.scenario, " ", Label(so_far.config), ": ",
                      absl::StrFormat("%.1f/s", rate), ", ",
                      so_far.started - std::min(so_far.started, ended.total()),
                      " in flight, p50 ", PercentileText(so_far.latency, 0.5),
                      ", p99 ", PercentileText(so_far.latency, 0.99), ", ",
                      ended.failed(), " failed, ", LeftText(so_far));
}

}  // namespace duroxide::stress
