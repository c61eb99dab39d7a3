#include "tests/conformance/stress/keep/sample_runs.h"

namespace duroxide::stress {
namespace {

constexpr int kSeconds = 10;

const absl::Time kBegan = absl::FromUnixSeconds(1'790'000'000);

// Latencies from three quarters to twice of `latency`, few of them long.
void RecordAround(absl::Duration latency, int count, Histogram& histogram) {
  for (int i = 0; i < count; ++i) {
    const double part = static_cast<double>(i) / count;
    histogram.Record(latency * (0.75 + 1.25 * part * part * part));
  }
}

ProcessUse Process(const std::string& name, int64_t pid, uint64_t bytes) {
  ProcessUse process = {.name = name, .pid = pid};
  for (int i = 0; i <= kSeconds; ++i) {
    process.samples.push_back(
        {.at = absl::Seconds(i),
         .cpu = absl::Milliseconds(300 * i),
         .resident_bytes = bytes + static_cast<uint64_t>(i) * 4096,
         .open_files = 12,
         .threads = 9});
  }
  return process;
}

}  // namespace

RunRecord SampleRun(double rate, absl::Duration latency) {
  RunRecord run;
  StressResult& result = run.result;
  result.scenario = "parallel_orchestrations";
  result.provider = "sqlite";
  result.provider_version = "0.1.0";
  result.began = kBegan;
  result.elapsed = absl::Seconds(kSeconds) + absl::Milliseconds(40);
  const auto each = static_cast<uint64_t>(rate);
  for (int i = 0; i < kSeconds; ++i) {
    Slot slot = {.begin = absl::Seconds(i),
                 .length = absl::Seconds(1),
                 .started = each,
                 .activities = 5 * each,
                 .in_flight = 20};
    slot.ended.Count(Outcome::kCompleted, each);
    RecordAround(latency, static_cast<int>(each), slot.latency);
    result.started += each;
    result.activities += slot.activities;
    result.outcomes.Count(Outcome::kCompleted, each);
    result.latency.Add(slot.latency);
    result.slots.push_back(std::move(slot));
  }
  result.steady = absl::Seconds(kSeconds - 1);
  result.steady_completed = static_cast<uint64_t>(rate * (kSeconds - 1));
  result.steady_activities = 5 * result.steady_completed;
  CallFigures ack;
  ack.by_code["OK"] = 400;
  ack.by_code["UNAVAILABLE"] = 2;
  ack.latency.Record(absl::Milliseconds(2), 402);
  result.calls["AckOrchestrationItem"] = ack;
  result.processes = {Process("runner", 41, 30 << 20),
                      Process("provider", 42, 50 << 20)};
  result.lag = {.ratio = 0.002, .longest = absl::Milliseconds(3)};
  result.measures = {{"drain_seconds", "How long it took to empty", 1.25}};
  run.commit = "0123456789abcdef0123456789abcdef01234567";
  run.tool_version = "0.1.0";
  run.machine = {.cpu_model = "Test CPU",
                 .cores = 2,
                 .memory_bytes = uint64_t{8} << 30,
                 .kernel = "Linux 6.1.0",
                 .file_system = "ext4"};
  run.thresholds = {
      {.text = "success_rate == 100", .met = true, .seen = "100 %"}};
  return run;
}

RunRecord BadRun() {
  RunRecord run = SampleRun();
  StressResult& result = run.result;
  result.provider = "<b>|`\xff\x1b[31m</script>";
  result.outcomes.Count(Outcome::kInfrastructure, 2);
  result.outcomes.Count(Outcome::kApplication, 1);
  result.started += 4;
  result.lag.ratio = 0.05;
  result.findings = {{"lost_instance", 1, "order-17 | </script><b>"}};
  result.errors = {"UNAVAILABLE: <i>busy</i>\nsecond line"};
  run.modified = true;
  run.thresholds.push_back({.text = "p99_ms < 10",
                            .met = false,
                            .seen = "98.2 ms (parallel_orchestrations 2/2)"});
  run.explanations = {{.title = "Not all instances completed",
                       .seen = {"3 of 203 failed.", "1 never ended."},
                       .likely_causes = {"An ack is not atomic.",
                                         "Locks run out & nobody renews them."},
                       .next_steps = {"Run `validate`."}}};
  return run;
}

RunRecord RunOf(const std::string& commit, double rate, int minutes) {
  RunRecord run = SampleRun(rate);
  run.commit = commit;
  run.result.began += absl::Minutes(minutes);
  return run;
}

}  // namespace duroxide::stress
