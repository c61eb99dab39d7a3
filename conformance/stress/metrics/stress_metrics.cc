#include "conformance/stress/metrics/stress_metrics.h"

#include <algorithm>
#include <vector>

#include "absl/time/time.h"

namespace duroxide::stress {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

constexpr Outcome kOutcomes[] = {Outcome::kCompleted, Outcome::kInfrastructure,
                                 Outcome::kConfiguration,
                                 Outcome::kApplication};

// From one activity without delay to the longest wait for an instance; close
// enough to read percentiles from.
const prometheus::Histogram::BucketBoundaries kOrchestrationSeconds = {
    0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05,
    0.075, 0.1,   0.15,  0.2,   0.3,    0.5,  0.75,  1,    1.5,  2,
    3,     5,     7.5,   10,    15,     20,   30,    60,   120,  300};
// As the server's, from a cached read to the longest wait for work.
const prometheus::Histogram::BucketBoundaries kCallSeconds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30};

template <typename Builder>
auto& FamilyOf(Builder builder, prometheus::Registry& registry,
               const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

// What was added to each bucket between two states of a histogram.
std::vector<double> Increments(const Histogram& before, const Histogram& after,
                               const std::vector<double>& bounds) {
  std::vector<double> increments;
  uint64_t below = 0;
  const auto add = [&](uint64_t up_to) {
    increments.push_back(static_cast<double>(up_to - below));
    below = up_to;
  };
  // Both only grow, and so does what was added up to each bound.
  for (const double bound : bounds) {
    const absl::Duration limit = absl::Seconds(bound);
    add(std::max(below, after.CountUpTo(limit) - before.CountUpTo(limit)));
  }
  add(std::max(below, after.count() - before.count()));
  return increments;
}

}  // namespace

StressMetrics::StressMetrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      info_(FamilyOf(BuildGauge(), *registry_, "duroxide_stress_info",
                     "Always 1; the labels tell which load runs, or ran "
                     "last.")),
      started_(FamilyOf(BuildCounter(), *registry_,
                        "duroxide_stress_orchestrations_started_total",
                        "Instances that were started.")),
      ended_(FamilyOf(BuildCounter(), *registry_,
                      "duroxide_stress_orchestrations_total",
                      "Instances that ended, by how.")),
      seconds_(FamilyOf(BuildHistogram(), *registry_,
                        "duroxide_stress_orchestration_seconds",
                        "Time from an instance's start, in an open loop its "
                        "intended start, to its end; of those that completed "
                        "in the steady part, as in the report.")),
      activities_(FamilyOf(BuildCounter(), *registry_,
                           "duroxide_stress_activities_total",
                           "Activities that were done.")),
      in_flight_(FamilyOf(BuildGauge(), *registry_, "duroxide_stress_in_flight",
                          "Instances under way.")),
      expected_rate_(FamilyOf(BuildGauge(), *registry_,
                              "duroxide_stress_expected_rate",
                              "Instances per second that --rate asks for; "
                              "not there in a closed loop.")),
      rate_(FamilyOf(BuildGauge(), *registry_, "duroxide_stress_rate",
                     "Instances that completed per second, in the last "
                     "second; once the load is over, of its steady part.")),
      call_seconds_(FamilyOf(BuildHistogram(), *registry_,
                             "duroxide_stress_call_seconds",
                             "Time that calls to the provider took; a fetch's "
                             "wait for work is part of it.")),
      calls_(FamilyOf(BuildCounter(), *registry_, "duroxide_stress_calls_total",
                      "Calls to the provider, by status code.")),
      lag_(FamilyOf(BuildGauge(), *registry_, "duroxide_stress_lag_ratio",
                    "Part of the time by which the runner itself was late; "
                    "beyond 0.01 the figures are not certified.")),
      threshold_met_(FamilyOf(BuildGauge(), *registry_,
                              "duroxide_stress_threshold_met",
                              "1 where a demand of --require is met, 0 where "
                              "not or where nobody can say; there once the "
                              "loads are over.")),
      cpu_(FamilyOf(BuildCounter(), *registry_,
                    "duroxide_stress_process_cpu_seconds_total",
                    "Processor time that a watched process has used.")),
      resident_(FamilyOf(BuildGauge(), *registry_,
                         "duroxide_stress_process_resident_bytes",
                         "Memory of a watched process.")),
      files_(FamilyOf(BuildGauge(), *registry_,
                      "duroxide_stress_process_open_files",
                      "Open files of a watched process, sockets among them; "
                      "0 where they may not be counted.")),
      threads_(FamilyOf(BuildGauge(), *registry_,
                        "duroxide_stress_process_threads",
                        "Threads of a watched process.")) {}

StressMetrics::~StressMetrics() = default;

void StressMetrics::OnBegin(const StressResult& settings) {
  if (current_info_ != nullptr) info_.Remove(current_info_);
  current_info_ = &info_.Add({{"scenario", settings.scenario},
                              {"provider", settings.provider},
                              {"config", Label(settings.config)},
                              {"version", settings.provider_version}});
  current_info_->Set(1);
  scenario_name_ = settings.scenario;
  scenario_ = &ScenarioNamed(settings.scenario);
  scenario_->in_flight->Set(0);
  scenario_->rate->Set(0);
  scenario_->lag->Set(0);
  prometheus::Gauge& expected =
      expected_rate_.Add({{"scenario", settings.scenario}});
  if (settings.config.rate > 0) {
    expected.Set(settings.config.rate);
  } else {
    expected_rate_.Remove(&expected);
  }
  observed_ = Histogram();
  last_elapsed_ = absl::ZeroDuration();
  last_completed_ = 0;
}

void StressMetrics::OnStarted(uint64_t in_flight) {
  if (scenario_ == nullptr) return;
  scenario_->started->Increment();
  scenario_->in_flight->Set(static_cast<double>(in_flight));
}

void StressMetrics::OnEnded(Outcome outcome, absl::Duration /*latency*/,
                            uint64_t in_flight) {
  if (scenario_ == nullptr) return;
  scenario_->by_outcome.at(static_cast<size_t>(outcome))->Increment();
  scenario_->in_flight->Set(static_cast<double>(in_flight));
}

void StressMetrics::OnActivity() {
  if (scenario_ != nullptr) scenario_->activities->Increment();
}

void StressMetrics::OnCall(std::string_view method, const absl::Status& status,
                           absl::Duration elapsed) {
  if (scenario_ == nullptr) return;
  auto found = scenario_->methods.find(method);
  if (found == scenario_->methods.end()) {
    found = scenario_->methods.emplace(std::string(method), PerMethod()).first;
    found->second.seconds = &call_seconds_.Add(
        {{"scenario", scenario_name_}, {"method", found->first}}, kCallSeconds);
  }
  found->second.seconds->Observe(absl::ToDoubleSeconds(elapsed));
  const auto code = static_cast<size_t>(status.code());
  prometheus::Counter*& counter =
      found->second.by_code.at(std::min(code, kCodes - 1));
  if (counter == nullptr) {
    counter = &calls_.Add({{"scenario", scenario_name_},
                           {"method", found->first},
                           {"code", absl::StatusCodeToString(status.code())}});
  }
  counter->Increment();
}

void StressMetrics::OnTick(const StressResult& so_far) {
  if (scenario_ == nullptr) return;
  Update(so_far);
  const double seconds = absl::ToDoubleSeconds(so_far.elapsed - last_elapsed_);
  if (seconds <= 0) return;
  const uint64_t completed = so_far.outcomes.completed();
  scenario_->rate->Set(static_cast<double>(completed - last_completed_) /
                       seconds);
  last_elapsed_ = so_far.elapsed;
  last_completed_ = completed;
}

void StressMetrics::OnEnd(const StressResult& result) {
  if (scenario_ == nullptr) return;
  Update(result);
  scenario_->in_flight->Set(0);
  scenario_->rate->Set(result.orchestrations_per_second());
}

void StressMetrics::Update(const StressResult& so_far) {
  scenario_->lag->Set(so_far.lag.ratio);
  // The report's own latencies, so that percentiles agree with it.
  if (so_far.latency.count() > observed_.count()) {
    scenario_->seconds->ObserveMultiple(
        Increments(observed_, so_far.latency, kOrchestrationSeconds),
        absl::ToDoubleSeconds(so_far.latency.sum() - observed_.sum()));
    observed_ = so_far.latency;
  }
  for (const ProcessUse& use : so_far.processes) {
    if (use.samples.empty()) continue;
    const ProcessSample& sample = use.samples.back();
    PerProcess& process = ProcessNamed(use.name);
    if (process.pid != use.pid) process.counted = absl::ZeroDuration();
    process.pid = use.pid;
    if (sample.cpu > process.counted) {
      process.cpu->Increment(
          absl::ToDoubleSeconds(sample.cpu - process.counted));
      process.counted = sample.cpu;
    }
    process.resident->Set(static_cast<double>(sample.resident_bytes));
    process.files->Set(static_cast<double>(sample.open_files));
    process.threads->Set(static_cast<double>(sample.threads));
  }
}

void StressMetrics::SetThreshold(const std::string& scenario,
                                 const std::string& threshold, bool met) {
  threshold_met_.Add({{"scenario", scenario}, {"threshold", threshold}})
      .Set(met ? 1 : 0);
}

StressMetrics::PerScenario& StressMetrics::ScenarioNamed(
    const std::string& name) {
  const auto [found, added] = scenarios_.try_emplace(name);
  PerScenario& scenario = found->second;
  if (!added) return scenario;
  const prometheus::Labels labels = {{"scenario", name}};
  scenario.started = &started_.Add(labels);
  // All with 0, so that a rate sees the first failure.
  for (const Outcome outcome : kOutcomes) {
    prometheus::Labels by_outcome = labels;
    by_outcome["outcome"] = OutcomeName(outcome);
    scenario.by_outcome.at(static_cast<size_t>(outcome)) =
        &ended_.Add(by_outcome);
  }
  scenario.seconds = &seconds_.Add(labels, kOrchestrationSeconds);
  scenario.activities = &activities_.Add(labels);
  scenario.in_flight = &in_flight_.Add(labels);
  scenario.rate = &rate_.Add(labels);
  scenario.lag = &lag_.Add(labels);
  return scenario;
}

StressMetrics::PerProcess& StressMetrics::ProcessNamed(
    const std::string& name) {
  const auto [found, added] = processes_.try_emplace(name);
  PerProcess& process = found->second;
  if (!added) return process;
  const prometheus::Labels labels = {{"process", name}};
  process.cpu = &cpu_.Add(labels);
  process.resident = &resident_.Add(labels);
  process.files = &files_.Add(labels);
  process.threads = &threads_.Add(labels);
  return process;
}

}  // namespace duroxide::stress
