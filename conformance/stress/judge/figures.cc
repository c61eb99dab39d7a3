#include "conformance/stress/judge/figures.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace duroxide::stress {
namespace {

constexpr double kMiB = 1 << 20;
constexpr std::string_view kNothingCompleted = "nothing completed";

template <typename Count>
double Number(Count count) {
  return static_cast<double>(count);
}

template <int per_mille>
std::optional<double> PercentileOf(const StressResult& result) {
  if (result.latency.count() == 0) return std::nullopt;
  return absl::ToDoubleMilliseconds(
      result.latency.Percentile(per_mille / 1000.0));
}

std::optional<double> MeanOf(const StressResult& result) {
  if (result.latency.count() == 0) return std::nullopt;
  return absl::ToDoubleMilliseconds(result.latency.mean());
}

std::optional<double> MostOf(const StressResult& result) {
  if (result.latency.count() == 0) return std::nullopt;
  return absl::ToDoubleMilliseconds(result.latency.max());
}

std::optional<double> InverseOf(const StressResult& result) {
  if (result.steady_completed == 0) return std::nullopt;
  return absl::ToDoubleMilliseconds(result.inverse_throughput());
}

std::optional<double> SuccessOf(const StressResult& result) {
  // What was started and never ended is no success.
  const uint64_t units = std::max(result.started, result.outcomes.total());
  if (units == 0) return std::nullopt;
  return 100.0 * Number(result.outcomes.completed()) / Number(units);
}

std::optional<double> RateRatioOf(const StressResult& result) {
  if (result.config.rate <= 0) return std::nullopt;
  return result.orchestrations_per_second() / result.config.rate;
}

std::optional<double> CpuOf(const StressResult& result) {
  if (result.processes.empty() || result.outcomes.completed() == 0) {
    return std::nullopt;
  }
  return absl::ToDoubleMilliseconds(result.cpu_per_orchestration());
}

std::optional<double> MemoryOf(const StressResult& result) {
  std::optional<double> most;
  for (const ProcessUse& process : result.processes) {
    if (process.samples.empty()) continue;
    most = std::max(most.value_or(0),
                    Number(process.most_resident_bytes()) / kMiB);
  }
  return most;
}

std::optional<double> FindingsOf(const StressResult& result) {
  double all = 0;
  for (const Finding& finding : result.findings) all += Number(finding.count);
  return all;
}

// The mean of the rates with this concurrency on both sides.
std::optional<double> RateAt(const ResultGroup& group, int concurrency) {
  double sum = 0;
  int loads = 0;
  for (const StressResult* result : group) {
    if (result->config.orchestration_concurrency != concurrency ||
        result->config.worker_concurrency != concurrency) {
      continue;
    }
    sum += result->orchestrations_per_second();
    ++loads;
  }
  if (loads == 0) return std::nullopt;
  return sum / loads;
}

std::optional<double> ScalingOf(const ResultGroup& group) {
  const auto single = RateAt(group, 1);
  const auto twofold = RateAt(group, 2);
  if (!single || !twofold || *single == 0) return std::nullopt;
  return *twofold / *single;
}

constexpr Figure kFigures[] = {
    {"success_rate", "%", "instances that completed, of all that were started",
     SuccessOf, nullptr, "nothing was started"},
    {"completed", "", "instances that completed",
     [](const StressResult& result) -> std::optional<double> {
       return Number(result.outcomes.completed());
     },
     nullptr, ""},
    {"failed", "", "instances that failed, of whatever category",
     [](const StressResult& result) -> std::optional<double> {
       return Number(result.outcomes.failed());
     },
     nullptr, ""},
    {"findings", "", "what the check after the load found wrong", FindingsOf,
     nullptr, ""},
    {"orch_per_sec", "orchestrations/s",
     "completed instances per second of the steady part",
     [](const StressResult& result) -> std::optional<double> {
       return result.orchestrations_per_second();
     },
     nullptr, ""},
    {"activities_per_sec", "activities/s",
     "activities per second of the steady part",
     [](const StressResult& result) -> std::optional<double> {
       return result.activities_per_second();
     },
     nullptr, ""},
    {"inverse_throughput_ms", "ms",
     "1 / orch_per_sec: what the guide calls average latency", InverseOf,
     nullptr, kNothingCompleted},
    {"mean_ms", "ms", "mean time from an instance's start to its end", MeanOf,
     nullptr, kNothingCompleted},
    {"p50_ms", "ms", "half of the instances were so fast or faster",
     PercentileOf<500>, nullptr, kNothingCompleted},
    {"p90_ms", "ms", "90 % of the instances were so fast or faster",
     PercentileOf<900>, nullptr, kNothingCompleted},
    {"p99_ms", "ms", "99 % of the instances were so fast or faster",
     PercentileOf<990>, nullptr, kNothingCompleted},
    {"p999_ms", "ms", "99.9 % of the instances were so fast or faster",
     PercentileOf<999>, nullptr, kNothingCompleted},
    {"max_ms", "ms", "time of the slowest instance", MostOf, nullptr,
     kNothingCompleted},
    {"rate_ratio", "",
     "orch_per_sec by the rate that --rate asks for: 1 where all of it is done",
     RateRatioOf, nullptr, "there is no --rate"},
    {"cpu_ms_per_orch", "ms",
     "processor time of all watched processes for each completed instance",
     CpuOf, nullptr, "nothing completed, or no process was watched"},
    {"resident_mib", "MiB", "memory of the largest watched process at its most",
     MemoryOf, nullptr, "no process was watched"},
    {"lag_percent", "%", "part of the time by which the runner itself was late",
     [](const StressResult& result) -> std::optional<double> {
       return 100 * result.lag.ratio;
     },
     nullptr, ""},
    {"scaling_2x", "", "orch_per_sec at 2/2 by that at 1/1", nullptr, ScalingOf,
     "it takes a load at 1/1 that completes something and one at 2/2"},
};

}  // namespace

std::span<const Figure> Figures() { return kFigures; }

const Figure* FindFigure(std::string_view name) {
  const auto* found = std::ranges::find(kFigures, name, &Figure::name);
  return found == std::end(kFigures) ? nullptr : found;
}

std::vector<ResultGroup> GroupsOf(std::span<const StressResult> results) {
  std::vector<ResultGroup> groups;
  for (const StressResult& result : results) {
    const auto alike = std::ranges::find_if(groups, [&](const auto& group) {
      return group.front()->scenario == result.scenario &&
             group.front()->provider == result.provider;
    });
    if (alike == groups.end()) {
      groups.push_back({&result});
    } else {
      alike->push_back(&result);
    }
  }
  return groups;
}

std::optional<double> MostPerSecond(const StressResult& result) {
  const double delay = absl::ToDoubleSeconds(result.config.activity_delay);
  if (result.scenario != "parallel_orchestrations" || delay <= 0 ||
      result.steady_completed == 0 || result.steady_activities == 0) {
    return std::nullopt;
  }
  const double activities =
      Number(result.steady_activities) / Number(result.steady_completed);
  return result.config.worker_concurrency / (delay * activities);
}

std::string NumberText(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return absl::StrFormat("%.0f", value);
  }
  if (std::abs(value) >= 100) return absl::StrFormat("%.1f", value);
  if (std::abs(value) >= 1) return absl::StrFormat("%.2f", value);
  return absl::StrFormat("%.3g", value);
}

std::string WithUnit(double value, std::string_view unit) {
  if (unit.empty()) return NumberText(value);
  return absl::StrCat(NumberText(value), " ", std::string(unit));
}

}  // namespace duroxide::stress
