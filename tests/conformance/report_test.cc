// Reports against golden texts. To take over a wanted change, run the test with
// DUROXIDE_UPDATE_GOLDEN=1 and look at the difference. Their case cites a
// clause that there is not, so that they stay as they are where the contract is
// worded better.

#include "conformance/report.h"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "conformance/clauses.h"
#include "conformance/exit_codes.h"
#include "gmock/gmock.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Moment kBegan{};

const Case& ExclusiveCase() {
  static const Case one = {
      .category = "instance_locking",
      .name = "exclusive_instance_lock",
      .traits = {.upstream = "test_exclusive_instance_lock",
                 .clauses = {"DEMO-1"},
                 .proves = "A locked instance is given to nobody else, however "
                           "many fetches ask for it at the same moment.",
                 .procedure = "Fetch twice.",
                 .likely_causes = {"The fetch selects and locks in two steps.",
                                   "The lock's end is not compared with the "
                                   "provider's clock but with that of the "
                                   "client, which may be another."}}};
  return one;
}

const Case& OtherCase(std::string_view name) {
  static const Case first = {.category = "atomicity", .name = "rollback"};
  static const Case second = {.category = "atomicity", .name = "all_at_once"};
  return name == "rollback" ? first : second;
}

CallRecord Call(double sent_ms, double received_ms, absl::Status status) {
  auto request = std::make_shared<v1::FetchOrchestrationItemsRequest>();
  request->set_store("store-17");
  request->mutable_lock_timeout()->set_seconds(1);
  auto response = std::make_shared<v1::FetchOrchestrationItemsResponse>();
  v1::LockedOrchestrationItem& item = *response->add_items();
  item.mutable_item()->set_instance("order-1\x1b[31m");
  item.set_lock_token(std::string(100, 'x'));
  const bool ok = status.ok();
  return {.method = "FetchOrchestrationItems",
          .request = request,
          .sent = Add(kBegan, absl::Milliseconds(1) * sent_ms),
          .received = Add(kBegan, absl::Milliseconds(1) * received_ms),
          .status = std::move(status),
          .response = ok ? response : nullptr};
}

RunResult SomeRun() {
  RunResult run;
  run.selected = 5;
  run.elapsed = absl::Milliseconds(3210);
  run.cases.push_back({.of = &OtherCase("all_at_once"),
                       .verdict = Verdict::kSkipped,
                       .reason = "the provider does not declare ADMIN"});
  run.cases.push_back({.of = &OtherCase("rollback"),
                       .verdict = Verdict::kPassed,
                       .attempts = 1,
                       .elapsed = absl::Milliseconds(1200)});
  run.cases.push_back(
      {.of = &ExclusiveCase(),
       .verdict = Verdict::kFailed,
       .failure = Failure{.expected = "no item",
                          .seen = "(instance \"order-1\x1b[31m\")",
                          .context = "order-1 is locked",
                          .file = "/somewhere/conformance/cases/locking.cc",
                          .line = 42},
       .calls = {Call(0.25, 1.5, absl::OkStatus()),
                 Call(1.75, 1002.5,
                      MakeError(v1::ERROR_REASON_STORE_BUSY, "wait\n"))},
       .store = "store-17",
       .attempts = 1,
       .began = kBegan,
       .elapsed = absl::Milliseconds(1003)});
  run.cases.push_back({.of = &OtherCase("rollback"),
                       .verdict = Verdict::kInconclusive,
                       .reason = "the check at line 7 came 5ms too late",
                       .attempts = 4,
                       .elapsed = absl::Seconds(15)});
  return run;
}

std::string Written(const RunResult& run, bool colours = false) {
  std::ostringstream out;
  WriteReport(out, run,
              {.style = Style(colours),
               .command = "duroxide-compat validate --endpoint=host:1"});
  return out.str();
}

void ExpectGolden(const std::string& text, const std::string& name) {
  const std::string path = std::string(DUROXIDE_GOLDEN_DIR) + "/" + name;
  if (std::getenv("DUROXIDE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << text;
  }
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, golden.str()) << "the golden text is " << path;
}

TEST(ReportTest, TellsOfFailuresSkipsAndDoubts) {
  RunResult run = SomeRun();
  run.selected = run.cases.size();
  ExpectGolden(Written(run), "report.txt");
}

TEST(ReportTest, GivesTheTextOfClauses) {
  RunResult run = SomeRun();
  Case cited = ExclusiveCase();
  cited.traits.clauses = {"WIRE-3"};
  run.cases[2].of = &cited;
  const Clause* clause = FindClause("WIRE-3");
  ASSERT_NE(clause, nullptr);
  const std::string first_words = clause->text.substr(0, 40);
  EXPECT_THAT(Written(run),
              AllOf(HasSubstr("clause    WIRE-3 " + clause->title + "\n"),
                    HasSubstr("              " + first_words)));
}

TEST(ReportTest, TellsWhatWasForetoldAndWhatTheProviderWrote) {
  RunResult run = SomeRun();
  run.cases[2].expectation =
      Expectation{.kind = Expectation::Kind::kKnownFailing,
                  .reason = "no locks yet",
                  .owner = "ada",
                  .until = absl::CivilDay(2026, 12, 31)};
  run.cases[2].provider_output = "panic\x1b[0m\nat line 3";
  EXPECT_THAT(
      Written(run),
      AllOf(HasSubstr("expected failure instance_locking/exclusive"),
            HasSubstr("  listed    no locks yet (ada, until 2026-12-31)\n"),
            HasSubstr("  output    what the provider wrote meanwhile\n"
                      "    panic\\u001b[0m\n"
                      "    at line 3\n")));
}

TEST(ReportTest, TellsOfAnInterruptedRun) {
  RunResult run = SomeRun();
  run.cases.resize(2);
  run.interrupted = true;
  ExpectGolden(Written(run), "report_interrupted.txt");
}

TEST(ReportTest, HasColoursWhereTheyCanBeSeen) {
  RunResult run = SomeRun();
  EXPECT_EQ(Written(run).find('\x1b'), std::string::npos);
  EXPECT_NE(Written(run, /*colours=*/true).find("\x1b[31mFAILED"),
            std::string::npos);
}

TEST(ReportTest, ShowsStoresThatAreNotTheCasesOwn) {
  RunResult run = SomeRun();
  EXPECT_EQ(Written(run).find("store-17"), std::string::npos);
  run.cases[2].store = "store-18";
  EXPECT_THAT(Written(run), HasSubstr("store: \"store-17\""));
}

TEST(ReportTest, ShowsOnlyTheLastOfManyCalls) {
  RunResult run = SomeRun();
  run.cases[2].calls.assign(100, Call(1, 2, absl::OkStatus()));
  EXPECT_THAT(Written(run), HasSubstr("(60 earlier calls)"));
}

int ExitCode(std::vector<Verdict> verdicts) {
  RunResult run;
  for (const Verdict verdict : verdicts)
    run.cases.push_back({.verdict = verdict});
  return ExitCodeOf(run);
}

TEST(ExitCodeTest, IsThatOfTheWorstVerdict) {
  using enum Verdict;
  EXPECT_EQ(ExitCode({kPassed, kSkipped}), kExitPassed);
  EXPECT_EQ(ExitCode({kPassed, kInconclusive, kFailed}), kExitFailed);
  EXPECT_EQ(ExitCode({kPassed, kInconclusive}), kExitInconclusive);
  EXPECT_EQ(ExitCode({kSkipped}), kExitCouldNotRun);
  EXPECT_EQ(ExitCode({}), kExitCouldNotRun);
}

}  // namespace
}  // namespace duroxide::conformance
