// A short load, as a real Prometheus sees it.

#include "tests/support/prometheus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "conformance/stress/metrics/stress_metrics.h"
#include "conformance/stress/stress_test.h"
#include "conformance/stress_target.h"
#include "prometheus/text_serializer.h"
#include "server/metrics_endpoint.h"

namespace duroxide::stress {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::Le;
using testing_support::CheckMetrics;
using testing_support::Prometheus;

// The bucket that holds `seconds`: its ends, as Prometheus has them.
struct Bucket {
  double begin = 0;
  double end = 0;
};

Bucket BucketOf(const StressMetrics& metrics, double seconds) {
  Bucket bucket;
  for (const auto& family : metrics.registry()->Collect()) {
    if (family.name != "duroxide_stress_orchestration_seconds") continue;
    for (const auto& one : family.metric.at(0).histogram.bucket) {
      bucket.begin = bucket.end;
      bucket.end = one.upper_bound;
      if (seconds <= bucket.end) return bucket;
    }
  }
  return bucket;
}

// Blocks until the query has the value, as far as its text tells it.
void WaitFor(const Prometheus& prometheus, const std::string& query,
             double value) {
  while (std::abs(prometheus.Query(query).value_or(-1) - value) > 1e-6) {
    std::this_thread::yield();
  }
}

class MetricsOfALoad : public testing::Test {
 protected:
  StressResult Load() {
    const auto target = conformance::StressTarget::Connect({}, {});
    EXPECT_TRUE(target.ok()) << target.status();
    StressConfig config;
    config.max_concurrent = 4;
    config.duration = absl::Seconds(2);
    config.warm_up = absl::Milliseconds(200);
    config.tasks_per_instance = 2;
    config.activity_delay = absl::Milliseconds(1);
    const auto result =
        RunScenario(*FindScenario("parallel_orchestrations"), config,
                    target->provider(), {.observers = {&metrics_}});
    EXPECT_TRUE(result.ok()) << result.status();
    EXPECT_TRUE(result->sound());
    return *result;
  }

  StressMetrics metrics_;
};

TEST_F(MetricsOfALoad, AgreeWithTheReport) {
  const auto endpoint =
      server::MetricsEndpoint::Start("127.0.0.1:0", {metrics_.registry()});
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  const Prometheus prometheus((*endpoint)->address());
  const StressResult result = Load();
  ASSERT_GT(result.latency.count(), 0u);

  const std::string of = "{scenario=\"parallel_orchestrations\"}";
  const std::string seconds = "duroxide_stress_orchestration_seconds";
  // The last scrape comes after the load.
  WaitFor(prometheus, seconds + "_count" + of,
          static_cast<double>(result.latency.count()));
  WaitFor(prometheus, "duroxide_stress_rate" + of,
          result.orchestrations_per_second());
  for (const double quantile : {0.5, 0.9, 0.99}) {
    const double reported =
        absl::ToDoubleSeconds(result.latency.Percentile(quantile));
    const auto scraped =
        prometheus.Query("histogram_quantile(" + std::to_string(quantile) +
                         ", " + seconds + "_bucket" + of + ")");
    ASSERT_TRUE(scraped);
    // The report's own parts are as wide as 1 %.
    const Bucket bucket = BucketOf(metrics_, reported);
    EXPECT_THAT(*scraped, AllOf(Ge(0.99 * bucket.begin), Le(bucket.end)))
        << "p" << 100 * quantile << " is " << reported << " in the report";
  }
  const auto value = [&](const std::string& query) {
    return prometheus.Query(query).value_or(-1);
  };
  EXPECT_NEAR(value(seconds + "_sum" + of),
              absl::ToDoubleSeconds(result.latency.sum()), 1e-3);
  EXPECT_EQ(value("duroxide_stress_orchestrations_total{outcome="
                  "\"completed\"}"),
            static_cast<double>(result.outcomes.completed()));
  EXPECT_EQ(value("sum(duroxide_stress_orchestrations_total{outcome!="
                  "\"completed\"})"),
            0);
  EXPECT_EQ(value("duroxide_stress_orchestrations_started_total"),
            static_cast<double>(result.started));
  EXPECT_EQ(value("duroxide_stress_activities_total"),
            static_cast<double>(result.activities));
  EXPECT_EQ(value("duroxide_stress_in_flight"), 0);
  EXPECT_EQ(value("duroxide_stress_info"), 1);
  for (const auto& [method, call] : result.calls) {
    EXPECT_GE(
        value("sum(duroxide_stress_calls_total{method=\"" + method + "\"})"),
        static_cast<double>(call.latency.count()))
        << method;
  }
  EXPECT_THAT(value("duroxide_stress_process_resident_bytes{process=\"runner\""
                    "}"),
              Gt(1e6));
  EXPECT_THAT(value("duroxide_stress_process_cpu_seconds_total"), Gt(0));
}

TEST_F(MetricsOfALoad, AreCleanForPromtool) {
  Load();
  metrics_.SetThreshold("parallel_orchestrations", "p99_ms < 200", true);
  const std::string text =
      prometheus::TextSerializer().Serialize(metrics_.registry()->Collect());
  EXPECT_EQ(CheckMetrics(text), "");
  // And it looks at them.
  EXPECT_NE(CheckMetrics(text + "# TYPE wrong counter\nwrong 1\n"), "");
}

}  // namespace
}  // namespace duroxide::stress
