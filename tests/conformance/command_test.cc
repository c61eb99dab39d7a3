// duroxide-compat as users call it, against duroxide-provider as they start it.

#include <signal.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "tests/conformance/programs.h"
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

TEST(CommandTest, ListsAsTsv) {
  const Ended outcome = RunCompat({"list", "--format=tsv"});
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
  const Ended outcome = RunCompat({"list"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output,
              AllOf(StartsWith("atomicity\n  "),
                    HasSubstr("\n  atomicity_failure_rollback "),
                    HasSubstr("\npoison_message\n"), HasSubstr(" cases\n")));
}

TEST(CommandTest, ListsClauses) {
  const Ended outcome = RunCompat({"list", "--clauses"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output,
              AllOf(StartsWith("WIRE-1 Stores share nothing\n"),
                    HasSubstr("\nFETCH-1 One instance, one holder\n"),
                    HasSubstr("\n  instance_locking/exclusive_instance_lock\n"),
                    HasSubstr(" clauses are proved by cases\n")));
}

TEST(CommandTest, ListsClausesAsTsv) {
  const Ended outcome = RunCompat({"list", "--clauses", "--format=tsv"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output,
              AllOf(StartsWith("clause\ttitle\tcases\treason\n"),
                    HasSubstr("\nFETCH-1\tOne instance, one holder\t")));
}

TEST(CommandTest, ExplainsACase) {
  const Ended outcome = RunCompat({"explain", "exclusive_instance_lock"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output,
              AllOf(StartsWith("instance_locking/exclusive_instance_lock\n"),
                    HasSubstr("clause    FETCH-1 One instance, one holder\n"),
                    HasSubstr("procedure"), HasSubstr("likely    - ")));
}

TEST(CommandTest, DocumentsItsExitCodes) {
  const Ended outcome = RunCompat({"validate", "--help"});
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
      {{"validate", "--endpoint=a:1", "--spawn=p {listen}"}, "excludes"},
      {{"validate", "--spawn=provider"}, "--spawn provider: has neither"},
      {{"validate", "--spawn=echo oh no; exit 7 # {listen}"},
       "ended with exit code 7 instead of serving"},
      {{"validate", "--isolation=none"}, "--isolation: "},
      {{"validate", "--profile=basic"}, "--profile: "},
      {{"validate", "--repeat=0"}, "--repeat: "},
      {{"validate", "--repeat-for=ten"}, "--repeat-for ten: is no duration"},
      {{"validate", "--repeat=2", "--repeat-for=1m"}, "excludes"},
      {{"validate", "--seed=-1"}, "--seed"},
      {{"validate", "--timeout=1ms"}, "--timeout 1ms: must be between 1s and"},
      {{"validate", "--round-trip=2h"}, "--round-trip 2h: must be between 0"},
      {{"validate", "--known-failing=/no/such/file"},
       "--known-failing /no/such/file: the file cannot be read"},
      {{"validate", "--known-flaky=/no/such/file"}, "--known-flaky "},
      {{"list", "--format=xml"}, "--format: "},
  };
  for (const auto& [arguments, message] : wrong) {
    const Ended outcome = RunCompat(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << message;
    EXPECT_THAT(outcome.errors, HasSubstr(message));
    EXPECT_THAT(outcome.output, IsEmpty()) << message;
  }
}

TEST(CommandTest, JudgesTheEmbeddedProvider) {
  const TempDir folder;
  ChildProcess compat(
      "/usr/bin/env",
      InFolder(folder.File(""), {"validate", "--lock-timeout=500ms"}));
  const int exit_code = compat.Wait();
  ExpectNoFailure(exit_code, compat.output() + compat.error(), AllPassed(true));
  EXPECT_THAT(compat.output(), StartsWith("Provider sqlite "));
  EXPECT_THAT(compat.output() + compat.error(), Not(HasSubstr("\x1b")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.File("")));
}

TEST(CommandTest, KeepsTheDatabaseThatItIsGiven) {
  const TempDir folder;
  const Ended outcome =
      RunCompat({"validate", "--embedded=sqlite:" + folder.File("kept.db"),
                 "--run=instance_creation", "error_handling"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("11 passed in "));
  EXPECT_TRUE(std::filesystem::exists(folder.File("kept.db")));
}

TEST(CommandTest, JudgesAProcessOnAUnixSocket) {
  const TempDir folder;
  ProviderProcess provider("unix:" + folder.File("socket"), true);
  const Ended outcome =
      RunCompat({"validate", "--endpoint=" + provider.endpoint(),
                 "--lock-timeout=500ms"});
  ExpectNoFailure(outcome.exit_code, outcome.output + outcome.errors,
                  AllPassed(false));
}

TEST(CommandTest, JudgesAProcessOverTcp) {
  ProviderProcess provider("127.0.0.1:0", true);
  const Ended outcome =
      RunCompat({"validate", "--endpoint", provider.endpoint(), "--run",
                 "*/exclusive*", "--jobs", "1"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("1 passed in "));
}

TEST(CommandTest, SaysWhatToDoWithoutTheTestService) {
  ProviderProcess provider("127.0.0.1:0", false);
  const Ended outcome =
      RunCompat({"validate", "--endpoint", provider.endpoint()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("came back:"),
                                    HasSubstr("--enable-test-service")));
}

TEST(CommandTest, SaysWhatToDoWhereNobodyListens) {
  const TempDir folder;
  const Ended outcome =
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
