#include "conformance/metrics/run_metrics.h"

#include "conformance/tally.h"

namespace duroxide::conformance {
namespace {

// From a case that makes a call or two to one that was run again and again with
// longer locks.
const prometheus::Histogram::BucketBoundaries kCaseSeconds = {
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

prometheus::Family<prometheus::Gauge>& GaugeNamed(
    prometheus::Registry& registry, const std::string& name,
    const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

prometheus::Labels LabelsOf(const Case& of) {
  return {{"category", std::string(of.category)},
          {"profile", std::string(ProfileName(of.traits.profile))}};
}

double Seconds(absl::Time time) {
  return absl::ToDoubleSeconds(time - absl::UnixEpoch());
}

}  // namespace

RunMetrics::RunMetrics(const std::string& tool_version)
    : tool_version_(tool_version),
      registry_(std::make_shared<prometheus::Registry>()),
      cases_(prometheus::BuildCounter()
                 .Name("duroxide_compat_cases_total")
                 .Help("Runs of cases that came to their end, by verdict.")
                 .Register(*registry_)),
      case_seconds_(
          prometheus::BuildHistogram()
              .Name("duroxide_compat_case_duration_seconds")
              .Help("Time that a run of a case took, with all its attempts.")
              .Register(*registry_)),
      calls_(prometheus::BuildCounter()
                 .Name("duroxide_compat_calls_total")
                 .Help("Calls that cases made, by status code.")
                 .Register(*registry_)),
      info_(GaugeNamed(*registry_, "duroxide_compat_run_info",
                       "Always 1; the labels tell what is judged, and how.")),
      score_(GaugeNamed(*registry_, "duroxide_compat_score_ratio",
                        "Passed cases of those that apply, once the run is "
                        "over.")),
      selected_(GaugeNamed(*registry_, "duroxide_compat_cases_selected",
                           "Cases that are to be run.")
                    .Add({})),
      running_(GaugeNamed(*registry_, "duroxide_compat_cases_running",
                          "Cases that run now.")
                   .Add({})),
      began_(GaugeNamed(*registry_,
                        "duroxide_compat_run_start_timestamp_seconds",
                        "When the run began, in seconds since the Unix epoch.")
                 .Add({})),
      ended_(GaugeNamed(*registry_, "duroxide_compat_run_end_timestamp_seconds",
                        "When the run ended, in seconds since the Unix epoch; "
                        "0 while it goes on.")
                 .Add({})) {}

void RunMetrics::OnRunStarted(std::span<const Case* const> cases,
                              const RunConditions& conditions) {
  for (const Case* one : cases) {
    for (const Verdict verdict : kAllVerdicts) CasesOf(*one, verdict);
    SecondsOf(*one);
  }
  info_
      .Add({{"tool_version", tool_version_},
            {"provider", conditions.provider.name()},
            {"provider_version", conditions.provider.version()},
            {"contract_version", conditions.provider.contract_version()},
            {"isolation", std::string(IsolationName(conditions.isolation))},
            {"seed", std::to_string(conditions.seed)}})
      .Set(1);
  selected_.Set(static_cast<double>(cases.size()));
  began_.Set(Seconds(conditions.started_at));
}

void RunMetrics::OnRunEnded(const RunResult& run) {
  for (const auto& [profile, tally] : TallyByProfile(run)) {
    const Score score = tally.score();
    if (score.applicable == 0) continue;
    score_.Add({{"profile", std::string(ProfileName(profile))}})
        .Set(static_cast<double>(score.passed) /
             static_cast<double>(score.applicable));
  }
  // Cases that were interrupted have no end of their own.
  running_.Set(0);
  ended_.Set(Seconds(run.conditions.started_at + run.elapsed));
}

void RunMetrics::OnCaseStarted(const Case& /*started*/) {
  running_.Increment();
}

void RunMetrics::OnCaseEnded(const CaseResult& result) {
  running_.Decrement();
  CasesOf(*result.of, result.verdict).Increment();
  SecondsOf(*result.of).Observe(absl::ToDoubleSeconds(result.elapsed));
}

void RunMetrics::OnCall(const std::string& /*case_id*/,
                        const CallRecord& call) {
  calls_
      .Add({{"method", call.method},
            {"code", absl::StatusCodeToString(call.status.code())}})
      .Increment();
}

prometheus::Counter& RunMetrics::CasesOf(const Case& of, Verdict verdict) {
  prometheus::Labels labels = LabelsOf(of);
  labels["verdict"] = VerdictKey(verdict);
  return cases_.Add(labels);
}

prometheus::Histogram& RunMetrics::SecondsOf(const Case& of) {
  return case_seconds_.Add(LabelsOf(of), kCaseSeconds);
}

}  // namespace duroxide::conformance
