#include "conformance/stress/metrics/stress_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "prometheus/text_serializer.h"

namespace duroxide::stress {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

StressResult Settings(const std::string& scenario = "timers") {
  StressResult settings;
  settings.scenario = scenario;
  settings.provider = "sqlite";
  settings.provider_version = "1.2.3";
  return settings;
}

std::string TextOf(const StressMetrics& metrics) {
  return prometheus::TextSerializer().Serialize(metrics.registry()->Collect());
}

TEST(StressMetrics, BeginWithZero) {
  StressMetrics metrics;
  metrics.OnBegin(Settings());
  EXPECT_THAT(
      TextOf(metrics),
      AllOf(HasSubstr("duroxide_stress_info{config=\"2/2\",provider=\"sqlite\","
                      "scenario=\"timers\",version=\"1.2.3\"} 1\n"),
            HasSubstr("duroxide_stress_orchestrations_started_total{scenario="
                      "\"timers\"} 0\n"),
            HasSubstr("duroxide_stress_orchestrations_total{outcome=\"failed_"
                      "configuration\",scenario=\"timers\"} 0\n"),
            HasSubstr("duroxide_stress_orchestration_seconds_count{scenario="
                      "\"timers\"} 0\n"),
            HasSubstr("duroxide_stress_in_flight{scenario=\"timers\"} 0\n"),
            Not(HasSubstr("duroxide_stress_expected_rate{"))));
}

TEST(StressMetrics, CountWhatHappens) {
  StressMetrics metrics;
  metrics.OnBegin(Settings());
  metrics.OnStarted(1);
  metrics.OnStarted(2);
  metrics.OnStarted(3);
  metrics.OnEnded(Outcome::kCompleted, absl::Milliseconds(3), 2);
  metrics.OnEnded(Outcome::kApplication, absl::Milliseconds(3), 1);
  metrics.OnActivity();
  metrics.OnActivity();
  EXPECT_THAT(
      TextOf(metrics),
      AllOf(HasSubstr("orchestrations_started_total{scenario=\"timers\"} 3\n"),
            HasSubstr("orchestrations_total{outcome=\"completed\",scenario="
                      "\"timers\"} 1\n"),
            HasSubstr("orchestrations_total{outcome=\"failed_application\","
                      "scenario=\"timers\"} 1\n"),
            HasSubstr("orchestrations_total{outcome=\"failed_infrastructure\","
                      "scenario=\"timers\"} 0\n"),
            HasSubstr("activities_total{scenario=\"timers\"} 2\n"),
            HasSubstr("in_flight{scenario=\"timers\"} 1\n")));
}

TEST(StressMetrics, CountCallsByMethodAndCode) {
  StressMetrics metrics;
  metrics.OnBegin(Settings());
  metrics.OnCall("AckWorkItem", absl::OkStatus(), absl::Milliseconds(3));
  metrics.OnCall("AckWorkItem", absl::OkStatus(), absl::Milliseconds(30));
  metrics.OnCall("AckWorkItem", absl::NotFoundError(""), absl::Milliseconds(1));
  metrics.OnCall("Other", absl::Status(static_cast<absl::StatusCode>(99), ""),
                 absl::Milliseconds(1));
  EXPECT_THAT(
      TextOf(metrics),
      AllOf(HasSubstr("calls_total{code=\"OK\",method=\"AckWorkItem\","
                      "scenario=\"timers\"} 2\n"),
            HasSubstr("calls_total{code=\"NOT_FOUND\",method=\"AckWorkItem\","
                      "scenario=\"timers\"} 1\n"),
            HasSubstr("call_seconds_bucket{method=\"AckWorkItem\",scenario="
                      "\"timers\",le=\"0.005\"} 2\n"),
            HasSubstr("call_seconds_count{method=\"AckWorkItem\",scenario="
                      "\"timers\"} 3\n")));
}

TEST(StressMetrics, HaveTheLatenciesOfTheReport) {
  StressMetrics metrics;
  metrics.OnBegin(Settings());
  StressResult so_far = Settings();
  so_far.latency.Record(absl::Milliseconds(5), 2);
  metrics.OnTick(so_far);
  // Twice the same adds nothing.
  metrics.OnTick(so_far);
  so_far.latency.Record(absl::Milliseconds(400), 1);
  so_far.latency.Record(absl::Seconds(1000), 1);
  metrics.OnEnd(so_far);
  const std::string bucket =
      "orchestration_seconds_bucket{scenario=\"timers\",le=";
  EXPECT_THAT(TextOf(metrics),
              AllOf(HasSubstr(bucket + "\"0.003\"} 0\n"),
                    HasSubstr(bucket + "\"0.0075\"} 2\n"),
                    HasSubstr(bucket + "\"0.3\"} 2\n"),
                    HasSubstr(bucket + "\"0.5\"} 3\n"),
                    HasSubstr(bucket + "\"300\"} 3\n"),
                    HasSubstr(bucket + "\"+Inf\"} 4\n"),
                    HasSubstr("orchestration_seconds_sum{scenario=\"timers\"} "
                              "1000.41")));
  // Another load with the same scenario goes on.
  metrics.OnBegin(Settings());
  StressResult next = Settings();
  next.latency.Record(absl::Milliseconds(5), 1);
  metrics.OnTick(next);
  EXPECT_THAT(TextOf(metrics), HasSubstr(bucket + "\"+Inf\"} 5\n"));
}

TEST(StressMetrics, TellTheRate) {
  StressMetrics metrics;
  StressResult so_far = Settings();
  so_far.config.rate = 50;
  metrics.OnBegin(so_far);
  so_far.elapsed = absl::Seconds(1);
  so_far.outcomes.Count(Outcome::kCompleted, 40);
  metrics.OnTick(so_far);
  EXPECT_THAT(
      TextOf(metrics),
      AllOf(HasSubstr("duroxide_stress_rate{scenario=\"timers\"} 40\n"),
            HasSubstr("duroxide_stress_expected_rate{scenario=\"timers\"} "
                      "50\n")));
  so_far.elapsed = absl::Seconds(3);
  so_far.outcomes.Count(Outcome::kCompleted, 90);
  so_far.outcomes.Count(Outcome::kApplication, 90);
  so_far.lag.ratio = 0.25;
  metrics.OnTick(so_far);
  EXPECT_THAT(TextOf(metrics),
              AllOf(HasSubstr("duroxide_stress_rate{scenario=\"timers\"} 45\n"),
                    HasSubstr("lag_ratio{scenario=\"timers\"} 0.25\n")));
  so_far.steady = absl::Seconds(2);
  so_far.steady_completed = 86;
  metrics.OnEnd(so_far);
  EXPECT_THAT(TextOf(metrics),
              AllOf(HasSubstr("duroxide_stress_rate{scenario=\"timers\"} 43\n"),
                    HasSubstr("in_flight{scenario=\"timers\"} 0\n")));
}

TEST(StressMetrics, FollowTheLoads) {
  StressMetrics metrics;
  metrics.OnBegin(Settings("timers"));
  metrics.OnStarted(1);
  StressResult second = Settings("backlog");
  second.config.orchestration_concurrency = 1;
  metrics.OnBegin(second);
  metrics.OnStarted(1);
  metrics.OnStarted(2);
  EXPECT_THAT(
      TextOf(metrics),
      AllOf(HasSubstr("info{config=\"1/2\",provider=\"sqlite\",scenario="
                      "\"backlog\""),
            Not(HasSubstr("info{config=\"2/2\"")),
            HasSubstr("started_total{scenario=\"timers\"} 1\n"),
            HasSubstr("started_total{scenario=\"backlog\"} 2\n")));
}

TEST(StressMetrics, TellWhatProcessesUse) {
  StressMetrics metrics;
  StressResult so_far = Settings();
  metrics.OnBegin(so_far);
  so_far.processes = {{.name = "provider", .pid = 7, .samples = {}},
                      {.name = "gone", .pid = 8, .samples = {}}};
  so_far.processes[0].samples = {{.at = absl::Seconds(1),
                                  .cpu = absl::Seconds(2.5),
                                  .resident_bytes = 1 << 20,
                                  .open_files = 12,
                                  .threads = 3}};
  metrics.OnTick(so_far);
  so_far.processes[0].samples.push_back({.at = absl::Seconds(2),
                                         .cpu = absl::Seconds(3),
                                         .resident_bytes = 2 << 20,
                                         .open_files = 13,
                                         .threads = 4});
  metrics.OnTick(so_far);
  const std::string of = "{process=\"provider\"} ";
  EXPECT_THAT(
      TextOf(metrics),
      AllOf(HasSubstr("process_cpu_seconds_total" + of + "3\n"),
            HasSubstr("process_resident_bytes" + of + "2097152\n"),
            HasSubstr("process_open_files" + of + "13\n"),
            HasSubstr("process_threads" + of + "4\n"), Not(HasSubstr("gone"))));
  // Another process under the name has used what it has used.
  so_far.processes[0].pid = 9;
  so_far.processes[0].samples = {{.cpu = absl::Seconds(1)}};
  metrics.OnTick(so_far);
  EXPECT_THAT(TextOf(metrics),
              HasSubstr("process_cpu_seconds_total" + of + "4\n"));
}

TEST(StressMetrics, TellWhichThresholdsAreMet) {
  StressMetrics metrics;
  metrics.SetThreshold("timers", "p99_ms < 200", true);
  metrics.SetThreshold("", "failed == 0", false);
  EXPECT_THAT(TextOf(metrics),
              AllOf(HasSubstr("threshold_met{scenario=\"timers\",threshold="
                              "\"p99_ms < 200\"} 1\n"),
                    HasSubstr("threshold_met{scenario=\"\",threshold=\"failed "
                              "== 0\"} 0\n")));
}

TEST(StressMetrics, IgnoreWhatComesBeforeALoad) {
  StressMetrics metrics;
  metrics.OnStarted(1);
  metrics.OnEnded(Outcome::kCompleted, absl::Milliseconds(1), 0);
  metrics.OnActivity();
  metrics.OnCall("AckWorkItem", absl::OkStatus(), absl::Milliseconds(1));
  metrics.OnTick(Settings());
  metrics.OnEnd(Settings());
  EXPECT_THAT(TextOf(metrics), Not(HasSubstr("scenario=")));
}

}  // namespace
}  // namespace duroxide::stress
