// The formats of reports: against golden texts, and as their readers read them.

#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "conformance/reports/reports.h"
#include "gmock/gmock.h"
#include "tests/conformance/reports/golden.h"
#include "tests/conformance/reports/sample_run.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ChildProcess;
using testing_support::TempDir;

using Writer = void (*)(std::ostream&, const RunResult&, const RunInfo&);

std::string Written(Writer writer, const RunResult& run) {
  std::ostringstream out;
  writer(out, run, SampleInfo());
  return out.str();
}

// Has check_report.py read a report of `format`.
void ExpectReadable(const std::string& format, const std::string& text) {
  const TempDir folder;
  const std::string file = folder.File("report");
  std::ofstream(file) << text;
  ChildProcess check("/usr/bin/env", {"python3", DUROXIDE_CHECK_REPORT, format,
                                      file, DUROXIDE_SCHEMA});
  EXPECT_EQ(check.Wait(), 0) << check.output() << check.error();
}

struct Format {
  std::string name;
  Writer writer;
};

void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

class FormatTest : public testing::TestWithParam<Format> {};

TEST_P(FormatTest, TellsAllOfARun) {
  ExpectGolden(Written(GetParam().writer, SampleRun()),
               "report." + GetParam().name);
}

TEST_P(FormatTest, CanBeReadWhateverAProviderSent) {
  ExpectReadable(GetParam().name, Written(GetParam().writer, SampleRun()));
}

TEST_P(FormatTest, CanBeReadWhereAllPassed) {
  const std::string text = Written(GetParam().writer, PassedRun());
  ExpectReadable(GetParam().name, text);
  EXPECT_THAT(text, Not(HasSubstr("DEMO-2")));
}

TEST_P(FormatTest, CanBeReadWhereNothingWasRun) {
  ExpectReadable(GetParam().name, Written(GetParam().writer, RunResult()));
}

TEST_P(FormatTest, TellsOfAnInterruption) {
  RunResult run = SampleRun();
  run.cases.resize(2);
  run.interrupted = true;
  const std::string text = Written(GetParam().writer, run);
  ExpectReadable(GetParam().name, text);
}

INSTANTIATE_TEST_SUITE_P(All, FormatTest,
                         testing::Values(Format{"xml", &WriteJUnit},
                                         Format{"json", &WriteJson},
                                         Format{"html", &WriteHtml},
                                         Format{"md", &WriteMarkdown}),
                         [](const auto& format) { return format.param.name; });

}  // namespace
}  // namespace duroxide::conformance
