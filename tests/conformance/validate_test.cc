// duroxide-compat validate, flag by flag, over the real programs.

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "tests/conformance/programs.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ChildProcess;
using testing_support::TempDir;

// A shell command that serves the SQLite provider, as --spawn takes it.
std::string SpawnFlag(const std::string& extra = "--enable-test-service") {
  return std::string("--spawn=exec ") + DUROXIDE_PROVIDER_PROGRAM +
         " --database={data} --listen={listen} " + extra;
}

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

size_t CountOf(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ValidateTest, TellsTheConditionsOfTheRun) {
  const Ended ended =
      RunCompat({"validate", "--run=instance_creation", "--seed=42",
                 "--shuffle", "--jobs=3", "--round-trip=50ms"});
  EXPECT_EQ(ended.exit_code, 0) << ended.output << ended.errors;
  EXPECT_THAT(
      ended.output,
      AllOf(HasSubstr("4 cases, isolation store, 3 at a time, lock time 1s, "
                      "seed 42, shuffled\nRound trip 50ms, at most 50ms; the "
                      "provider's clock is "),
            HasSubstr("score core: 4 of 4\n")));
}

TEST(ValidateTest, TakesLongerLocksOverALongerWay) {
  const Ended ended = RunCompat(
      {"validate", "--run=no_instance_creation_on_enqueue", "--round-trip=1s"});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("lock time 10s"));
}

TEST(ValidateTest, RunsOneProfile) {
  const Ended core =
      RunCompat({"validate", "--profile=core", "--run=atomicity"});
  EXPECT_THAT(core.output, AllOf(HasSubstr("4 passed in "),
                                 HasSubstr("score core: 4 of 4\n"),
                                 Not(HasSubstr("score strict"))));
  const Ended strict =
      RunCompat({"validate", "--profile=strict", "--run=instance_creation"});
  EXPECT_EQ(strict.exit_code, 2);
  EXPECT_THAT(strict.errors, HasSubstr("no case is left to run"));
}

TEST(ValidateTest, RepeatsAndTraces) {
  const Ended ended = RunCompat(
      {"validate", "--run=null_version_handling", "--repeat=3", "--trace"});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("1 passed in "));
  const std::string enqueue =
      "  instance_creation/null_version_handling  EnqueueOrchestratorItem item "
      "{ start_orchestration { instance: ";
  EXPECT_EQ(CountOf(ended.errors, enqueue), 3u) << ended.errors;
  EXPECT_THAT(ended.errors, HasSubstr(" -> OK"));
}

TEST(ValidateTest, RepeatsForATime) {
  const Ended ended = RunCompat({"validate", "--run=null_version_handling",
                                 "--repeat-for=300ms", "--jobs=1", "--trace"});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_GT(CountOf(ended.errors, "  FetchOrchestrationItems "), 1u);
}

TEST(ValidateTest, JudgesReplicas) {
  const TempDir folder;
  const std::string database = folder.File("shared.db");
  ProviderProcess first("unix:" + folder.File("1"), true, database);
  ProviderProcess second("unix:" + folder.File("2"), true, database);
  const Ended ended = RunCompat({"validate", "--endpoint=" + first.endpoint(),
                                 "--endpoint=" + second.endpoint()});
  EXPECT_EQ(ended.exit_code, 0) << ended.output << ended.errors;
  EXPECT_THAT(ended.output, HasSubstr(AllPassed(/*started=*/false)));
}

TEST(ValidateTest, RefusesEndpointsThatAreNoReplicas) {
  const TempDir folder;
  ProviderProcess first("unix:" + folder.File("1"), true);
  ProviderProcess other("unix:" + folder.File("2"), true);
  const Ended ended = RunCompat({"validate", "--endpoint=" + first.endpoint(),
                                 "--endpoint=" + other.endpoint()});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.errors, HasSubstr("replicas that share their storage"));
}

TEST(ValidateTest, StartsTheProviderAndLeavesNothing) {
  const TempDir folder;
  ChildProcess compat("/usr/bin/env",
                      InFolder(folder.File(""), {"validate", SpawnFlag()}));
  const int exit_code = compat.Wait();
  ExpectNoFailure(exit_code, compat.output() + compat.error(),
                  AllPassed(/*started=*/true));
  EXPECT_TRUE(std::filesystem::is_empty(folder.File("")));
}

TEST(ValidateTest, StartsAProviderForEachCase) {
  // Without its test service the provider has no stores.
  const Ended ended =
      RunCompat({"validate", SpawnFlag(""), "--run=atomicity", "restart"});
  EXPECT_EQ(ended.exit_code, 0) << ended.output << ended.errors;
  EXPECT_THAT(ended.output, AllOf(HasSubstr(" cases, isolation spawn, "),
                                  HasSubstr(" passed in ")));
}

TEST(ValidateTest, ServesAtAPort) {
  const Ended ended =
      RunCompat({"validate",
                 std::string("--spawn=") + DUROXIDE_PROVIDER_PROGRAM +
                     " --database={data} --listen=127.0.0.1:{port}",
                 "--run=enqueued_work_survives_a_restart"});
  EXPECT_EQ(ended.exit_code, 0) << ended.output << ended.errors;
}

TEST(ValidateTest, JudgesInTheOneStoreThatAProviderHas) {
  const TempDir folder;
  ProviderProcess provider("unix:" + folder.File("socket"), false);
  // Cases that leave locks, sessions, delays and stray messages behind; the
  // second run finds nothing of the first.
  for (int run = 0; run < 2; ++run) {
    const Ended ended = RunCompat(
        {"validate", "--endpoint=" + provider.endpoint(), "--isolation=shared",
         "--lock-timeout=500ms", "--run=atomicity",
         "no_instance_creation_on_enqueue", "cleanup_*",
         "timer_delayed_visibility", "a_repeated_ack_of_a_turn*"});
    EXPECT_EQ(ended.exit_code, 0) << ended.output << ended.errors;
    EXPECT_THAT(ended.output,
                AllOf(HasSubstr("isolation shared, 1 at a time"),
                      HasSubstr("skipped: the one store remembers the request "
                                "ids of earlier runs")));
  }
}

class ExpectationsFlagTest : public ::testing::Test {
 protected:
  // Runs two cases, one of which needs what the provider does not have.
  Ended Run(const std::vector<std::string>& flags) {
    std::vector<std::string> arguments = {"validate", SpawnFlag(""),
                                          "--run=corrupted_serialization_data",
                                          "duplicate_event_id_rejection"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunCompat(arguments);
  }

  std::string List(const std::string& text) {
    Write(list_, text);
    return list_;
  }

  const TempDir folder_;
  const std::string list_ = folder_.File("list");
};

TEST_F(ExpectationsFlagTest, SkipsCountAgainstTheScore) {
  const Ended ended = Run({});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("skipped: the provider does not declare "
                              "CORRUPTION_HOOK"),
                    HasSubstr("score core: 1 of 2\n")));
}

TEST_F(ExpectationsFlagTest, RequiresCapabilities) {
  const Ended ended = Run({"--require-capabilities"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("the provider to declare CORRUPTION_HOOK"),
                    HasSubstr(" --require-capabilities --run "),
                    HasSubstr("1 passed, 1 failed in ")));
}

TEST_F(ExpectationsFlagTest, AKnownFailureDoesNotFailTheRun) {
  for (const std::string flag : {"--known-failing=", "--known-flaky="}) {
    const Ended ended =
        Run({"--require-capabilities",
             flag + List("corrupted_serialization_data | no hook | ada | until "
                         "9999-12-31\n")});
    EXPECT_EQ(ended.exit_code, 0) << ended.output << ended.errors;
    EXPECT_THAT(ended.output, AllOf(HasSubstr("no hook"), HasSubstr("ada")));
  }
}

TEST_F(ExpectationsFlagTest, AnUnexpectedPassFailsTheRun) {
  const std::string entry =
      "duplicate_event_id_rejection | broken | ada | until 9999-12-31\n";
  const Ended failing = Run({"--known-failing=" + List(entry)});
  EXPECT_EQ(failing.exit_code, 1);
  EXPECT_THAT(failing.output,
              HasSubstr("unexpected pass: "
                        "error_handling/duplicate_event_id_rejection"));
  EXPECT_EQ(Run({"--known-flaky=" + List(entry)}).exit_code, 0);
}

TEST_F(ExpectationsFlagTest, AListThatIsOutOfDateStopsTheRun) {
  const Ended ended =
      Run({"--known-failing=" +
           List("no_such_case | broken | ada | until "
                "9999-12-31\n"
                "sessions | broken | ada | until 2020-01-01\n")});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.errors,
              AllOf(HasSubstr("/list:1: no case has the name"),
                    HasSubstr("/list:2: sessions expired on 2020-01-01")));
}

TEST(ValidateTest, ACaseThatTakesTooLongFails) {
  const Ended ended = RunCompat({"validate", "--run=lock_expires_after_timeout",
                                 "--lock-timeout=1m", "--timeout=1s"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("the case to end within 1s (--timeout)"),
                    HasSubstr("it waited for the end of 1m since "),
                    HasSubstr(" --lock-timeout=1m --timeout=1s --run ")));
}

// A run that does not end by itself: a case waits out a lock of a minute. Its
// provider is a process, whose id it tells.
class InterruptTest : public ::testing::Test {
 protected:
  InterruptTest()
      : compat_("/usr/bin/env",
                InFolder(Temporary(), {"validate",
                                       "--spawn=echo $$ >> " + pids_ +
                                           SpawnFlag().replace(0, 8, "; "),
                                       "--run=lock_expires_after_timeout",
                                       "--lock-timeout=1m", "--trace"})) {}

  // A folder for what the runner makes.
  std::string Temporary() {
    std::filesystem::create_directory(folder_.File("tmp"));
    return folder_.File("tmp");
  }

  // Until the case holds its lock.
  void WaitUntilItWaits() {
    ASSERT_NE(compat_.WaitForError("FetchOrchestrationItems"), "");
    std::ifstream(pids_) >> provider_;
    ASSERT_GT(provider_, 0);
  }

  void ExpectNothingLeft() {
    while (kill(provider_, 0) == 0) std::this_thread::yield();
    EXPECT_TRUE(std::filesystem::is_empty(folder_.File("tmp")));
  }

  const TempDir folder_;
  const std::string pids_ = folder_.File("pids");
  ChildProcess compat_;
  pid_t provider_ = 0;
};

TEST_F(InterruptTest, EndsInOrder) {
  WaitUntilItWaits();
  compat_.Signal(SIGINT);
  EXPECT_EQ(compat_.Wait(), 130);
  EXPECT_THAT(compat_.output(),
              HasSubstr("Interrupted: 1 not run to their end"));
  ExpectNothingLeft();
}

TEST_F(InterruptTest, EndsAlthoughTheProviderHangs) {
  WaitUntilItWaits();
  kill(provider_, SIGSTOP);
  compat_.Signal(SIGTERM);
  EXPECT_EQ(compat_.Wait(), 143);
  ExpectNothingLeft();
}

TEST_F(InterruptTest, EndsAtOnceAtTheSecondSignal) {
  WaitUntilItWaits();
  kill(provider_, SIGSTOP);
  // Signals of one kind that meet are one.
  compat_.Signal(SIGINT);
  compat_.Signal(SIGTERM);
  const int exit_code = compat_.Wait();
  EXPECT_TRUE(exit_code == 130 || exit_code == 143) << exit_code;
  ExpectNothingLeft();
}

TEST_F(InterruptTest, TheProviderEndsWithARunnerThatIsKilled) {
  WaitUntilItWaits();
  compat_.Signal(SIGKILL);
  compat_.Wait();
  while (kill(provider_, 0) == 0) std::this_thread::yield();
}

}  // namespace
}  // namespace duroxide::conformance
