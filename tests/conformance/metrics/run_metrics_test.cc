#include "conformance/metrics/run_metrics.h"

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "conformance/metrics/metrics_file.h"
#include "gmock/gmock.h"
#include "prometheus/text_serializer.h"
#include "tests/conformance/reports/sample_run.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Case& CoreCase() {
  static const Case one = {.category = "locking", .name = "one"};
  return one;
}

const Case& StrictCase() {
  static const Case one = {.category = "limits",
                           .name = "two",
                           .traits = {.profile = Profile::kStrict}};
  return one;
}

std::string TextOf(const RunMetrics& metrics) {
  return prometheus::TextSerializer().Serialize(metrics.registry()->Collect());
}

CallRecord CallWith(absl::Status status) {
  return {.method = "AckWorkItem", .status = std::move(status)};
}

TEST(RunMetricsTest, BeginsWithZeroForEveryVerdict) {
  RunMetrics metrics("1.2.3");
  const std::vector<const Case*> cases = {&CoreCase(), &StrictCase()};
  metrics.OnRunStarted(cases, SampleRun().conditions);
  EXPECT_THAT(
      TextOf(metrics),
      AllOf(HasSubstr("duroxide_compat_cases_total{category=\"locking\","
                      "profile=\"core\",verdict=\"not_applicable\"} 0\n"),
            HasSubstr("duroxide_compat_cases_total{category=\"limits\","
                      "profile=\"strict\",verdict=\"failed\"} 0\n"),
            HasSubstr("duroxide_compat_case_duration_seconds_count{category="
                      "\"limits\",profile=\"strict\"} 0\n"),
            HasSubstr("duroxide_compat_cases_selected 2\n"),
            HasSubstr("duroxide_compat_run_end_timestamp_seconds 0\n"),
            HasSubstr("provider=\"sample<b>\",provider_version=\"0.9\",seed="
                      "\"4711\",tool_version=\"1.2.3\"} 1\n")));
}

TEST(RunMetricsTest, CountsCases) {
  RunMetrics metrics("1.2.3");
  metrics.OnCaseStarted(CoreCase());
  metrics.OnCaseStarted(StrictCase());
  EXPECT_THAT(TextOf(metrics), HasSubstr("duroxide_compat_cases_running 2\n"));
  metrics.OnCaseEnded({.of = &CoreCase(),
                       .verdict = Verdict::kFailed,
                       .elapsed = absl::Milliseconds(400)});
  EXPECT_THAT(
      TextOf(metrics),
      AllOf(HasSubstr("duroxide_compat_cases_running 1\n"),
            HasSubstr("duroxide_compat_cases_total{category=\"locking\","
                      "profile=\"core\",verdict=\"failed\"} 1\n"),
            HasSubstr("duroxide_compat_case_duration_seconds_bucket{category="
                      "\"locking\",profile=\"core\",le=\"0.25\"} 0\n"),
            HasSubstr("duroxide_compat_case_duration_seconds_bucket{category="
                      "\"locking\",profile=\"core\",le=\"0.5\"} 1\n")));
}

TEST(RunMetricsTest, CountsCallsByCode) {
  RunMetrics metrics("1.2.3");
  metrics.OnCall("a/b", CallWith(absl::OkStatus()));
  metrics.OnCall("a/b", CallWith(absl::NotFoundError("")));
  metrics.OnCall("a/c", CallWith(absl::OkStatus()));
  EXPECT_THAT(TextOf(metrics),
              AllOf(HasSubstr("duroxide_compat_calls_total{code=\"OK\","
                              "method=\"AckWorkItem\"} 2\n"),
                    HasSubstr("duroxide_compat_calls_total{code=\"NOT_FOUND\","
                              "method=\"AckWorkItem\"} 1\n")));
}

TEST(RunMetricsTest, TellsHowItEnded) {
  RunMetrics metrics("1.2.3");
  EXPECT_THAT(TextOf(metrics), Not(HasSubstr("score_ratio{")));
  metrics.OnCaseStarted(CoreCase());
  metrics.OnRunEnded(SampleRun());
  EXPECT_THAT(
      TextOf(metrics),
      AllOf(HasSubstr("duroxide_compat_score_ratio{profile=\"strict\"} 1\n"),
            HasSubstr("duroxide_compat_cases_running 0\n"),
            Not(HasSubstr("run_end_timestamp_seconds 0\n"))));
}

TEST(MetricsFileTest, IsWrittenAtOnceAndAtTheEnd) {
  const testing_support::TempDir folder;
  const std::string path = folder.File("duroxide.prom");
  RunMetrics metrics("1.2.3");
  auto file = MetricsFile::Start(path, metrics.registry()).value();
  const auto text = [&path] {
    std::ostringstream read;
    read << std::ifstream(path).rdbuf();
    return read.str();
  };
  EXPECT_THAT(text(), HasSubstr("duroxide_compat_cases_running 0\n"));
  metrics.OnCaseStarted(CoreCase());
  EXPECT_TRUE(file->End().ok());
  EXPECT_THAT(text(), HasSubstr("duroxide_compat_cases_running 1\n"));
}

TEST(MetricsFileTest, SaysWhyItCannotBeWritten) {
  RunMetrics metrics("1.2.3");
  EXPECT_EQ(MetricsFile::Start("/no/such/folder/a", metrics.registry())
                .status()
                .message(),
            "cannot write /no/such/folder/a: No such file or directory");
}

}  // namespace
}  // namespace duroxide::conformance
