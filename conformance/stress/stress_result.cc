#include "conformance/stress/stress_result.h"

#include <algorithm>
#include <numeric>

namespace duroxide::stress {

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCompleted:
      return "completed";
    case Outcome::kInfrastructure:
      return "failed_infrastructure";
    case Outcome::kConfiguration:
      return "failed_configuration";
    case Outcome::kApplication:
      return "failed_application";
  }
  return "unknown";
}

void Outcomes::Count(Outcome outcome, uint64_t times) {
  by_outcome[static_cast<size_t>(outcome)] += times;
}

uint64_t Outcomes::of(Outcome outcome) const {
  return by_outcome[static_cast<size_t>(outcome)];
}

uint64_t Outcomes::total() const {
  return std::accumulate(std::begin(by_outcome), std::end(by_outcome),
                         uint64_t{0});
}

absl::Duration ProcessUse::cpu() const {
  if (samples.empty()) return absl::ZeroDuration();
  return samples.back().cpu - samples.front().cpu;
}

uint64_t ProcessUse::most_resident_bytes() const {
  uint64_t most = 0;
  for (const ProcessSample& sample : samples) {
    most = std::max(most, sample.resident_bytes);
  }
  return most;
}

double StressResult::success_rate() const {
  if (outcomes.total() == 0) return 0;
  return 100.0 * static_cast<double>(outcomes.completed()) /
         static_cast<double>(outcomes.total());
}

double StressResult::orchestrations_per_second() const {
  if (steady <= absl::ZeroDuration()) return 0;
  return static_cast<double>(steady_completed) / absl::ToDoubleSeconds(steady);
}

double StressResult::activities_per_second() const {
  if (steady <= absl::ZeroDuration()) return 0;
  return static_cast<double>(steady_activities) / absl::ToDoubleSeconds(steady);
}

absl::Duration StressResult::inverse_throughput() const {
  if (steady_completed == 0) return absl::ZeroDuration();
  return steady / static_cast<double>(steady_completed);
}

absl::Duration StressResult::cpu_per_orchestration() const {
  if (outcomes.completed() == 0) return absl::ZeroDuration();
  absl::Duration cpu;
  for (const ProcessUse& process : processes) cpu += process.cpu();
  return cpu / static_cast<double>(outcomes.completed());
}

bool StressResult::sound() const {
  return outcomes.completed() > 0 && outcomes.failed() == 0 &&
         outcomes.total() == started && findings.empty();
}

}  // namespace duroxide::stress
