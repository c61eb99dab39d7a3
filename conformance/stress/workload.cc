#include "conformance/stress/workload.h"

#include <algorithm>

namespace duroxide::stress {
namespace {

std::vector<Scenario>& Registered() {
  static std::vector<Scenario> scenarios;
  return scenarios;
}

}  // namespace

absl::Status Workload::Register(
    Stage& /*stage*/, runtime::OrchestrationRegistry& /*orchestrations*/,
    runtime::ActivityRegistry& /*activities*/) {
  return absl::OkStatus();
}

absl::Status Workload::SetUp(Stage& /*stage*/) { return absl::OkStatus(); }

std::vector<Measure> Workload::Measures(const StressResult& /*result*/) {
  return {};
}

std::span<const Scenario> Scenarios() {
  static const bool sorted = [] {
    std::ranges::sort(Registered(), {}, &Scenario::name);
    return true;
  }();
  static_cast<void>(sorted);
  return Registered();
}

const Scenario* FindScenario(std::string_view name) {
  const auto scenarios = Scenarios();
  const auto found = std::ranges::find(scenarios, name, &Scenario::name);
  return found == scenarios.end() ? nullptr : &*found;
}

bool RegisterScenario(Scenario added) {
  Registered().push_back(std::move(added));
  return true;
}

}  // namespace duroxide::stress
