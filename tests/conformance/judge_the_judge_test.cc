// The judge is judged: behind a real server stands a provider that does one
// thing wrong, and the right cases must fail and name the clause. And behind
// the same server a provider that does nothing wrong must pass them all.

#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/report.h"
#include "conformance/scheduler.h"
#include "conformance/selection.h"
#include "conformance/target.h"
#include "gmock/gmock.h"
#include "providers/sqlite/sqlite_provider.h"
#include "server/server.h"
#include "tests/conformance/faults.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::HasSubstr;

class SilentObserver : public RunObserver {
  void OnCaseStarted(const Case& /*started*/) override {}
  void OnCaseEnded(const CaseResult& /*result*/) override {}
};

// Runs the cases of `patterns` against the SQLite provider behind `hooks`.
RunResult Judge(FaultHooks hooks, const std::vector<std::string>& patterns) {
  const testing_support::TempDir folder;
  const auto working =
      sqlite::OpenSqliteProvider({.database = ":memory:", .test_hooks = true});
  EXPECT_TRUE(working.ok()) << working.status();
  FaultyProvider faulty(**working, std::move(hooks));
  const auto server = server::StartServer(
      faulty,
      {.listen = "unix:" + folder.File("socket"), .test_service = true});
  EXPECT_TRUE(server.ok()) << server.status();
  const auto target = Connect((*server)->endpoint(), "");
  EXPECT_TRUE(target.ok()) << target.status();
  const auto cases = Select(RegisteredCases(), patterns, {});
  EXPECT_TRUE(cases.ok()) << cases.status();
  SilentObserver observer;
  return RunCases(*cases, /*jobs=*/32,
                  {.provider = target->client.get(),
                   .info = target->info,
                   .lock_timeout = absl::Milliseconds(500)},
                  observer);
}

std::string ReportOf(const RunResult& run) {
  std::ostringstream out;
  WriteReport(out, run, {.style = Style(false), .command = "duroxide-compat"});
  return out.str();
}

TEST(JudgeTheJudgeTest, AProviderWithoutFaultPassesAll) {
  const RunResult run = Judge({}, {});
  EXPECT_EQ(run.Count(Verdict::kPassed), RegisteredCases().size())
      << ReportOf(run);
}

TEST(JudgeTheJudgeTest, EveryCaseFindsAFault) {
  std::set<std::string> finders;
  for (const Fault& fault : AllFaults()) {
    for (const Finding& finding : fault.findings) {
      finders.insert(finding.case_id);
    }
  }
  for (const Case& each : RegisteredCases()) {
    EXPECT_TRUE(finders.contains(each.id()))
        << each.id() << " may pass whatever a provider does";
  }
}

class FaultTest : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultTest, IsFound) {
  std::vector<std::string> ids;
  for (const Finding& finding : GetParam().findings) {
    ids.push_back(finding.case_id);
  }
  const RunResult run = Judge(GetParam().hooks(), ids);
  ASSERT_EQ(run.cases.size(), ids.size());
  EXPECT_EQ(run.Count(Verdict::kFailed), ids.size()) << ReportOf(run);
  for (const Finding& finding : GetParam().findings) {
    EXPECT_THAT((*FindCase(RegisteredCases(), finding.case_id))->traits.clauses,
                ::testing::Contains(finding.clause));
    EXPECT_THAT(ReportOf(run), HasSubstr("clause    " + finding.clause));
  }
}

INSTANTIATE_TEST_SUITE_P(All, FaultTest, ::testing::ValuesIn(AllFaults()),
                         [](const auto& fault) { return fault.param.name; });

}  // namespace
}  // namespace duroxide::conformance
