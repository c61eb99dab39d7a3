// What `duroxide-compat validate` leaves behind, and `replay`, over the real
// program against providers that have a fault.

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faulty_server.h"
#include "tests/support/child_process.h"
#include "tests/support/http_get.h"
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

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Says that every message was fetched once more than it was.
FaultHooks CountsOneTooMany() {
  FaultHooks hooks;
  hooks.after = [](const FaultHooks::Message& /*request*/,
                   FaultHooks::Message& response, absl::Status& /*status*/) {
    auto* fetched =
        dynamic_cast<v1::FetchOrchestrationItemsResponse*>(&response);
    if (fetched == nullptr) return;
    for (v1::LockedOrchestrationItem& item : *fetched->mutable_items()) {
      item.set_attempt_count(item.attempt_count() + 1);
    }
  };
  return hooks;
}

constexpr char kFailing[] =
    "poison_message/orchestration_attempt_count_starts_at_one";
constexpr char kTranscript[] =
    "poison_message.orchestration_attempt_count_starts_at_one.txtpb";

// Has check_report.py read a report.
void ExpectReadable(const std::string& format, const std::string& file) {
  ChildProcess check("/usr/bin/env", {"python3", DUROXIDE_CHECK_REPORT, format,
                                      file, DUROXIDE_SCHEMA});
  EXPECT_EQ(check.Wait(), 0) << check.output() << check.error();
}

TEST(OutputsTest, WritesEveryReportOfAFailedRun) {
  const TempDir folder;
  const FaultyServer server(&CountsOneTooMany);
  const Outcome run = RunCompat(
      {"validate", "--endpoint=" + server.endpoint(), "--run=poison_message",
       "--report=junit=" + folder.File("a.xml") +
           ",json=" + folder.File("a.json"),
       "--report", "html=" + folder.File("a.html"),
       "--report=markdown=" + folder.File("a.md"),
       "--artifacts=" + folder.File("artifacts/of/this")});
  EXPECT_EQ(run.exit_code, 1) << run.errors;
  for (const std::string format : {"xml", "json", "html", "md"}) {
    SCOPED_TRACE(format);
    const std::string file = folder.File("a." + format);
    ExpectReadable(format, file);
    EXPECT_THAT(TextOf(file),
                AllOf(HasSubstr("orchestration_attempt_count_starts_at_one"),
                      HasSubstr("FETCH-6")));
  }
  EXPECT_THAT(TextOf(folder.File("artifacts/of/this/") + kTranscript),
              StartsWith("# proto-file: "));
  EXPECT_THAT(TextOf(folder.File("a.json")),
              HasSubstr(folder.File("artifacts/of/this/") + kTranscript));
}

TEST(OutputsTest, AReportOnStandardOutputHasItAlone) {
  const TempDir folder;
  const Outcome run =
      RunCompat({"validate", "--run=instance_creation", "--report=json=-"});
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  std::ofstream(folder.File("a.json")) << run.output;
  ExpectReadable("json", folder.File("a.json"));
  EXPECT_THAT(run.errors, HasSubstr(" passed in "));
}

TEST(OutputsTest, RefusesBeforeTheRunWhatCannotBeWritten) {
  const TempDir folder;
  std::ofstream(folder.File("file")) << "as it was";
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"--report=html", "--report: give FORMAT=FILE"},
      {"--report=html=", "--report: give FORMAT=FILE"},
      {"--report=", "--report: give FORMAT=FILE"},
      {"--report=pdf=a", "--report: give FORMAT=FILE"},
      {"--report=html=a,json=a", "--report: two reports cannot go to a"},
      {"--report=html=/no/such/folder/a",
       "--report: cannot write /no/such/folder/a: No such file or directory"},
      {"--report=html=" + folder.File(""), "Is a directory"},
      {"--artifacts=" + folder.File("file"), "--artifacts: "},
      {"--metrics-file=/no/such/folder/a", "--metrics-file: cannot write"},
      {"--metrics-listen=nowhere", "--metrics-listen: "},
  };
  for (const auto& [flag, message] : wrong) {
    const Outcome run =
        RunCompat({"validate", flag, "--run=instance_creation"});
    EXPECT_EQ(run.exit_code, 2) << flag;
    EXPECT_THAT(run.errors, HasSubstr(message));
    EXPECT_THAT(run.output, IsEmpty()) << flag;
  }
  EXPECT_EQ(TextOf(folder.File("file")), "as it was");
}

TEST(OutputsTest, LeavesNothingHalfDone) {
  const TempDir folder;
  RunCompat({"validate", "--report=html=" + folder.File("a.html"),
             "--run=no_such_case", "--artifacts=" + folder.File("artifacts"),
             "--endpoint=unix:" + folder.File("nobody")});
  RunCompat({"validate", "--report=html=" + folder.File("a.html"),
             "--artifacts=" + folder.File("artifacts"),
             "--endpoint=unix:" + folder.File("nobody")});
  EXPECT_FALSE(std::filesystem::exists(folder.File("a.html")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.File("artifacts")));
}

TEST(OutputsTest, WritesMetricsToAFile) {
  const TempDir folder;
  const std::string file = folder.File("duroxide.prom");
  const Outcome run = RunCompat(
      {"validate", "--run=instance_creation", "--metrics-file", file});
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_THAT(
      TextOf(file),
      AllOf(HasSubstr("duroxide_compat_cases_total{category=\"instance_"
                      "creation\",profile=\"core\",verdict=\"failed\"} 0\n"),
            HasSubstr("duroxide_compat_calls_total{code=\"OK\",method="
                      "\"AckOrchestrationItem\"}"),
            HasSubstr("duroxide_compat_score_ratio{profile=\"core\"} 1\n"),
            HasSubstr("# TYPE duroxide_compat_case_duration_seconds "
                      "histogram\n")));
}

// A run of a case that waits out a lock of a minute, so that it does not end by
// itself.
std::vector<std::string> LongRun(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {
      "validate", "--run=lock_expires_after_timeout", "--lock-timeout=1m"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(OutputsTest, ServesMetricsDuringTheRun) {
  ChildProcess run(DUROXIDE_COMPAT_PROGRAM,
                   LongRun({"--metrics-listen=127.0.0.1:0"}));
  const std::string line = run.WaitForError("metrics at http://");
  const int port = std::stoi(line.substr(line.rfind(':') + 1));
  ASSERT_NE(run.WaitForOutput("1 case"), "");
  EXPECT_THAT(testing_support::HttpGet(port, "/metrics"),
              HasSubstr("duroxide_compat_cases_selected 1"));
  run.Signal(SIGTERM);
  EXPECT_EQ(run.Wait(), 143);
}

TEST(OutputsTest, ServesMetricsAfterTheRun) {
  ChildProcess run(DUROXIDE_COMPAT_PROGRAM,
                   {"validate", "--run=capability_filtering",
                    "--metrics-listen=127.0.0.1:0", "--metrics-linger=1h"});
  const std::string line = run.WaitForError("metrics at http://");
  const int port = std::stoi(line.substr(line.rfind(':') + 1));
  ASSERT_NE(run.WaitForOutput("score "), "");
  while (testing_support::HttpGet(port, "/metrics").find("score_ratio{") ==
         std::string::npos) {
    std::this_thread::yield();
  }
  // The run was over: its result stays what it was.
  run.Signal(SIGTERM);
  EXPECT_EQ(run.Wait(), 0);
}

TEST(OutputsTest, WritesReportsOfAnInterruptedRun) {
  const TempDir folder;
  ChildProcess run(DUROXIDE_COMPAT_PROGRAM,
                   LongRun({"--report=json=" + folder.File("a.json"),
                            "--report=junit=" + folder.File("a.xml")}));
  ASSERT_NE(run.WaitForOutput("1 case"), "");
  run.Signal(SIGINT);
  EXPECT_EQ(run.Wait(), 130);
  ExpectReadable("json", folder.File("a.json"));
  ExpectReadable("xml", folder.File("a.xml"));
  EXPECT_THAT(TextOf(folder.File("a.json")),
              HasSubstr("\"interrupted\": true"));
}

class ReplayTest : public testing::Test {
 protected:
  // The transcript of a case that fails at `server`.
  std::string TranscriptOf(const FaultyServer& server) {
    const Outcome run =
        RunCompat({"validate", "--endpoint=" + server.endpoint(), "--run",
                   kFailing, "--artifacts=" + folder_.File("artifacts")});
    EXPECT_EQ(run.exit_code, 1) << run.output << run.errors;
    return folder_.File("artifacts/") + kTranscript;
  }

  const TempDir folder_;
};

TEST_F(ReplayTest, FindsTheSameAnswersWhereTheFaultIsStillThere) {
  const FaultyServer server(&CountsOneTooMany);
  const std::string file = TranscriptOf(server);
  const Outcome replay =
      RunCompat({"replay", file, "--endpoint=" + server.endpoint()});
  EXPECT_EQ(replay.exit_code, 0) << replay.output << replay.errors;
  EXPECT_THAT(replay.output,
              AllOf(StartsWith(kFailing), HasSubstr("\n  expected  "),
                    HasSubstr("same     FetchOrchestrationItems"),
                    HasSubstr("0 answers differ."), Not(HasSubstr("DIFFERS"))));
}

TEST_F(ReplayTest, ShowsWhatIsAnotherAnswerNow) {
  const FaultyServer server(&CountsOneTooMany);
  const Outcome replay = RunCompat({"replay", TranscriptOf(server)});
  EXPECT_EQ(replay.exit_code, 1) << replay.output << replay.errors;
  EXPECT_THAT(replay.output,
              AllOf(HasSubstr("DIFFERS  FetchOrchestrationItems"),
                    HasSubstr("modified: items[0].attempt_count: 2 -> 1"),
                    HasSubstr(" 1 answer differs.")));
}

TEST_F(ReplayTest, RefusesWhatIsNoTranscript) {
  std::ofstream(folder_.File("text")) << "what: is this?";
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"replay"}, "file is required"},
      {{"replay", folder_.File("nothing")}, "cannot be read"},
      {{"replay", folder_.File("text")}, "is no transcript: line 1: "},
      {{"replay", "a", "--endpoint=b:1", "--embedded=sqlite"}, "excludes"},
  };
  for (const auto& [arguments, message] : wrong) {
    const Outcome outcome = RunCompat(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << message;
    EXPECT_THAT(outcome.errors, HasSubstr(message));
    EXPECT_THAT(outcome.output, IsEmpty()) << message;
  }
}

}  // namespace
}  // namespace duroxide::conformance
