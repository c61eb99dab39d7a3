// duroxide-compat as users call it, against duroxide-provider as they start it.

#include <signal.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "conformance/case.h"
#include "gmock/gmock.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::ChildProcess;
using testing_support::TempDir;

struct Outcome {
  int exit_code;
  std::string output;
  std::string errors;
};

Outcome RunCompat(const std::vector<std::string>& arguments) {
  ChildProcess compat(DUROXIDE_COMPAT_PROGRAM, arguments);
  const int exit_code = compat.Wait();
  return {exit_code, compat.output(), compat.error()};
}

// How the report of a run of the SQLite provider ends in which every case
// passed that is for a provider with all capabilities. Cases that restart the
// provider are skipped where the runner has not started it.
std::string AllPassed(bool started) {
  size_t passed = 0;
  size_t skipped = 0;
  for (const Case& each : RegisteredCases()) {
    if (!each.traits.absent.empty()) continue;
    ++(each.traits.restarts && !started ? skipped : passed);
  }
  return std::to_string(passed) + " passed" +
         (skipped == 0 ? "" : ", " + std::to_string(skipped) + " skipped") +
         " in ";
}

// A provider process on a unix socket or a port of its own.
class ProviderProcess {
 public:
  ProviderProcess(const std::string& listen, bool test_service)
      : process_(DUROXIDE_PROVIDER_PROGRAM, Arguments(listen, test_service)) {
    const std::string line = process_.WaitForOutput(" on ");
    const size_t begin = line.find(" on ") + 4;
    endpoint_ = line.substr(begin, line.find(',', begin) - begin);
  }

  // As it says itself.
  const std::string& endpoint() const { return endpoint_; }

 private:
  static std::vector<std::string> Arguments(const std::string& listen,
                                            bool test_service) {
    std::vector<std::string> arguments = {
        "--provider=sqlite", "--database=:memory:", "--listen=" + listen};
    if (test_service) arguments.emplace_back("--enable-test-service");
    return arguments;
  }

  ChildProcess process_;
  std::string endpoint_;
};

TEST(CommandTest, ListsAsTsv) {
  const Outcome outcome = RunCompat({"list", "--format=tsv"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(
      outcome.output,
      AllOf(StartsWith("category\tname\tupstream\tprofile\tclauses\tneeds\n"),
            HasSubstr("\natomicity\tatomicity_failure_rollback\t"
                      "test_atomicity_failure_rollback\tcore\tACK-1"
                      "\t\n")));
  EXPECT_THAT(outcome.errors, IsEmpty());
}

TEST(CommandTest, ListsForPeople) {
  const Outcome outcome = RunCompat({"list"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output,
              AllOf(StartsWith("atomicity\n  "),
                    HasSubstr("\n  atomicity_failure_rollback "),
                    HasSubstr("\npoison_message\n"), HasSubstr(" cases\n")));
}

TEST(CommandTest, ListsClauses) {
  const Outcome outcome = RunCompat({"list", "--clauses"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output,
              AllOf(StartsWith("WIRE-1 Stores share nothing\n"),
                    HasSubstr("\nFETCH-1 One instance, one holder\n"),
                    HasSubstr("\n  instance_locking/exclusive_instance_lock\n"),
                    HasSubstr(" clauses are proved by cases\n")));
}

TEST(CommandTest, ListsClausesAsTsv) {
  const Outcome outcome = RunCompat({"list", "--clauses", "--format=tsv"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output,
              AllOf(StartsWith("clause\ttitle\tcases\treason\n"),
                    HasSubstr("\nFETCH-1\tOne instance, one holder\t")));
}

TEST(CommandTest, ExplainsACase) {
  const Outcome outcome = RunCompat({"explain", "exclusive_instance_lock"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output,
              AllOf(StartsWith("instance_locking/exclusive_instance_lock\n"),
                    HasSubstr("clause    FETCH-1 One instance, one holder\n"),
                    HasSubstr("procedure"), HasSubstr("likely    - ")));
}

TEST(CommandTest, DocumentsItsExitCodes) {
  const Outcome outcome = RunCompat({"validate", "--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("0  all cases passed"),
                                    HasSubstr("3  no case failed, but")));
}

TEST(CommandTest, RefusesWrongFlagsInOneLine) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{}, "subcommand is required"},
      {{"explain", "no_such_case"}, "there is no case no_such_case"},
      {{"validate", "--jobs=0"}, "--jobs: "},
      {{"validate", "--lock-timeout=5"}, "--lock-timeout 5: is no duration"},
      {{"validate", "--run=lockng"}, "--run lockng: no case has that name"},
      {{"validate", "--skip=*"}, "no case is left to run"},
      {{"validate", "--embedded=postgres"}, "--embedded postgres: give sqlite"},
      {{"validate", "--endpoint=nowhere"}, "--endpoint: "},
      {{"validate", "--endpoint=a:1", "--embedded=sqlite"}, "excludes"},
      {{"list", "--format=xml"}, "--format: "},
  };
  for (const auto& [arguments, message] : wrong) {
    const Outcome outcome = RunCompat(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << message;
    EXPECT_THAT(outcome.errors, HasSubstr(message));
    EXPECT_THAT(outcome.output, IsEmpty()) << message;
  }
}

TEST(CommandTest, JudgesTheEmbeddedProvider) {
  const TempDir folder;
  ChildProcess compat("/usr/bin/env",
                      {"TMPDIR=" + folder.File(""), DUROXIDE_COMPAT_PROGRAM,
                       "validate", "--lock-timeout=500ms"});
  EXPECT_EQ(compat.Wait(), 0) << compat.output() << compat.error();
  EXPECT_THAT(compat.output(), AllOf(StartsWith("Provider sqlite "),
                                     HasSubstr(AllPassed(true))));
  EXPECT_THAT(compat.output() + compat.error(), Not(HasSubstr("\x1b")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.File("")));
}

TEST(CommandTest, KeepsTheDatabaseThatItIsGiven) {
  const TempDir folder;
  const Outcome outcome =
      RunCompat({"validate", "--embedded=sqlite:" + folder.File("kept.db"),
                 "--run=instance_creation", "error_handling"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("11 passed in "));
  EXPECT_TRUE(std::filesystem::exists(folder.File("kept.db")));
}

TEST(CommandTest, JudgesAProcessOnAUnixSocket) {
  const TempDir folder;
  ProviderProcess provider("unix:" + folder.File("socket"), true);
  const Outcome outcome =
      RunCompat({"validate", "--endpoint=" + provider.endpoint(),
                 "--lock-timeout=500ms"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr(AllPassed(false)));
}

TEST(CommandTest, JudgesAProcessOverTcp) {
  ProviderProcess provider("127.0.0.1:0", true);
  const Outcome outcome =
      RunCompat({"validate", "--endpoint", provider.endpoint(), "--run",
                 "*/exclusive*", "--jobs", "1"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("1 passed in "));
}

TEST(CommandTest, SaysWhatToDoWithoutTheTestService) {
  ProviderProcess provider("127.0.0.1:0", false);
  const Outcome outcome =
      RunCompat({"validate", "--endpoint", provider.endpoint()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("came back:"),
                                    HasSubstr("--enable-test-service")));
}

TEST(CommandTest, SaysWhatToDoWhereNobodyListens) {
  const TempDir folder;
  const Outcome outcome =
      RunCompat({"validate", "--endpoint=unix:" + folder.File("nobody")});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors,
              AllOf(HasSubstr("tried:      GetProviderInfo at unix:"),
                    HasSubstr("came back:  UNAVAILABLE"),
                    HasSubstr("check that the provider runs")));
}

TEST(CommandTest, AnInterruptedRunEndsAndTellsWhatWasDone) {
  // The case waits out a lock of a minute, so it does not end by itself.
  ChildProcess compat(
      DUROXIDE_COMPAT_PROGRAM,
      {"validate", "--run=lock_expires_after_timeout", "--lock-timeout=1m"});
  ASSERT_NE(compat.WaitForOutput("1 case"), "");
  compat.Signal(SIGINT);
  EXPECT_EQ(compat.Wait(), 130);
  EXPECT_THAT(compat.output(),
              HasSubstr("Interrupted: 1 not run to their end"));
}

}  // namespace
}  // namespace duroxide::conformance
