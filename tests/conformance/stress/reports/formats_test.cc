// The formats of stress reports, as their readers read them.

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "conformance/stress/reports/report_files.h"
#include "conformance/stress/reports/stress_report.h"
#include "conformance/style.h"
#include "gmock/gmock.h"
#include "tests/conformance/stress/keep/sample_runs.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::stress {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ChildProcess;
using testing_support::TempDir;

StressReport Empty() {
  return {.tool_version = "0.1.0",
          .command = "duroxide-compat stress --report html=<b>.html",
          .written_at = absl::FromUnixSeconds(1'790'000'600)};
}

StressReport GoodReport() {
  StressReport report = Empty();
  report.runs = {SampleRun()};
  return report;
}

// Everything that a report can have, with texts that are no friends of it.
StressReport FullReport() {
  StressReport report = Empty();
  report.runs = {SampleRun(), BadRun()};
  Contestant a = {.name = "A </script>", .runs = {}};
  Contestant b = {.name = "B | `x`", .runs = {}};
  for (const double rate : {20, 21, 22}) {
    a.runs.push_back(SampleRun(rate));
    b.runs.push_back(SampleRun(2 * rate, absl::Milliseconds(25)));
  }
  report.comparison = *Compare({a, b, {.name = "C", .runs = {BadRun()}}}, true);
  report.trends = TrendsOf({RunOf("aaaa1111", 20, 0), RunOf("aaaa1111", 21, 1),
                            RunOf("bbbb2222", 42, 2)},
                           "/nowhere");
  report.trends[0].commits = {{"bbbb222 Faster <i>acks</i> | `now`"}};
  return report;
}

// One where nothing ended.
StressReport DeadReport() {
  StressReport report = Empty();
  report.runs.emplace_back();
  report.runs[0].result.scenario = "parallel_orchestrations";
  report.runs[0].result.slots.emplace_back();
  return report;
}

using Writer = void (*)(std::ostream&, const StressReport&);

struct Format {
  std::string name;
  Writer write;
};

void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

class FormatTest : public testing::TestWithParam<Format> {
 protected:
  static std::string Written(const StressReport& report) {
    std::ostringstream out;
    GetParam().write(out, report);
    return out.str();
  }

  static void ExpectReadable(const std::string& text) {
    const TempDir folder;
    const std::string file = folder.File("report");
    std::ofstream(file) << text;
    ChildProcess check("/usr/bin/env",
                       {"python3", DUROXIDE_CHECK_STRESS_REPORT,
                        GetParam().name, file, DUROXIDE_STRESS_SCHEMA});
    EXPECT_EQ(check.Wait(), 0) << check.output() << check.error();
  }
};

TEST_P(FormatTest, CanBeRead) { ExpectReadable(Written(GoodReport())); }

TEST_P(FormatTest, CanBeReadWhateverIsInIt) {
  ExpectReadable(Written(FullReport()));
}

TEST_P(FormatTest, CanBeReadWhereNothingEnded) {
  ExpectReadable(Written(DeadReport()));
}

TEST_P(FormatTest, TellsWhatIsWrong) {
  StressReport report = Empty();
  report.runs = {BadRun()};
  const std::string text = Written(report);
  for (const char* part : {"lost", "order-17", "p99", "98.2 ms",
                           "Not all instances completed", "not atomic"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

INSTANTIATE_TEST_SUITE_P(All, FormatTest,
                         testing::Values(Format{"json", &WriteStressJson},
                                         Format{"html", &WriteStressHtml},
                                         Format{"markdown",
                                                &WriteStressMarkdown}),
                         [](const auto& test) { return test.param.name; });

std::string Text(const StressReport& report) {
  std::ostringstream out;
  WriteText(out, report, conformance::Style(false));
  return out.str();
}

TEST(TextReport, HasTheGuidesTableAndWhatIsWrong) {
  const std::string text = Text(FullReport());
  EXPECT_THAT(text, HasSubstr("=== Comparison Table ==="));
  EXPECT_THAT(text, HasSubstr("Success %"));
  EXPECT_THAT(text, HasSubstr("Passed parallel_orchestrations 2/2 on sqlite"));
  EXPECT_THAT(text, HasSubstr("lost_instance, 1 times"));
  EXPECT_THAT(text, HasSubstr("NOT MET  p99_ms < 10: 98.2 ms"));
  EXPECT_THAT(text, HasSubstr("An ack is not atomic."));
  EXPECT_THAT(text, HasSubstr("Faster <i>acks"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(TextReport, SaysThatAllIsWell) {
  const std::string text = Text(GoodReport());
  EXPECT_THAT(text, HasSubstr("all 200 units completed"));
  EXPECT_THAT(text, Not(HasSubstr("wrong")));
}

TEST(TextReport, DoesNotCertifyWhatALateRunnerMeasured) {
  StressReport report = GoodReport();
  report.runs[0].result.lag.ratio = 0.02;
  EXPECT_THAT(Text(report), HasSubstr("Not certified"));
  EXPECT_THAT(Text(report), HasSubstr("2.0 %"));
}

TEST(Tracking, HasWhatTheGuideNames) {
  StressReport report = Empty();
  report.trends = FullReport().trends;
  std::ostringstream out;
  WriteTracking(out, report);
  const std::string text = out.str();
  EXPECT_THAT(text, HasSubstr("# Stress test results"));
  EXPECT_THAT(text, HasSubstr("Commit: bbbb2222"));
  EXPECT_THAT(text, HasSubstr("## Changes since the last test"));
  EXPECT_THAT(text, HasSubstr("bbbb222 Faster &#60;i&#62;acks"));
  EXPECT_THAT(text, HasSubstr("## Performance"));
  EXPECT_THAT(text, HasSubstr("## Historical trends"));
  EXPECT_THAT(text, HasSubstr("| aaaa111 |"));
}

TEST(ReportFiles, AreWhatTheFlagSays) {
  const std::vector<std::string> texts = {"html=a.html,json=b.json",
                                          "markdown=-"};
  const auto reports = ParseReports(texts);
  ASSERT_TRUE(reports.ok()) << reports.status();
  EXPECT_EQ(*reports,
            (std::vector<ReportTarget>{{ReportFormat::kHtml, "a.html"},
                                       {ReportFormat::kJson, "b.json"},
                                       {ReportFormat::kMarkdown, "-"}}));
  EXPECT_TRUE(TakesStandardOutput(*reports));
  for (const char* wrong : {"html", "html=", "junit=x", "", "json=a,html=a"}) {
    const std::vector<std::string> one = {wrong};
    EXPECT_FALSE(ParseReports(one).ok()) << wrong;
  }
}

TEST(ReportFiles, AreThereWholeOrNotAtAll) {
  const TempDir folder;
  const std::string file = folder.File("report.json");
  const std::vector<ReportTarget> targets = {{ReportFormat::kJson, file},
                                             {ReportFormat::kMarkdown, "-"}};
  {
    const auto unwritten = ReportFiles::Open(targets);
    ASSERT_TRUE(unwritten.ok());
  }
  EXPECT_FALSE(std::ifstream(file).good());
  auto files = ReportFiles::Open(targets);
  std::ostringstream out;
  ASSERT_TRUE(files->Write(GoodReport(), out).ok());
  EXPECT_TRUE(std::ifstream(file).good());
  EXPECT_THAT(out.str(), HasSubstr("## Stress: Passed"));
  EXPECT_EQ(ReportFiles::Open(
                std::vector<ReportTarget>{
                    {ReportFormat::kHtml, folder.File("no/such/folder.html")}})
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace duroxide::stress
