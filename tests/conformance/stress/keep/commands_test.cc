// stress, compare and trend as users call them, with what they keep and write.

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::stress {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_support::ChildProcess;
using testing_support::TempDir;
using Json = nlohmann::json;

struct Ended {
  int exit_code = 0;
  std::string output;
  std::string errors;
};

Ended RunCompat(const std::vector<std::string>& arguments) {
  ChildProcess program(DUROXIDE_COMPAT_PROGRAM, arguments);
  Ended ended;
  ended.exit_code = program.Wait();
  ended.output = program.output();
  ended.errors = program.error();
  return ended;
}

std::string Text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class CommandsTest : public testing::Test {
 protected:
  // The command with a load that is over soon.
  std::vector<std::string> Quick(std::vector<std::string> arguments) const {
    for (const char* more : {"--preset", "quick", "--duration", "300ms",
                             "--warm-up", "50ms", "--results"}) {
      arguments.emplace_back(more);
    }
    arguments.push_back(results_);
    return arguments;
  }

  const TempDir folder_;
  const std::string results_ = folder_.File("results.db");
  const std::string json_ = folder_.File("report.json");
};

TEST_F(CommandsTest, StressIsKeptAndReported) {
  const std::string html = folder_.File("report.html");
  const Ended ended = RunCompat(
      Quick({"stress", "--commit", "c0ffee12", "--report",
             "json=" + json_ + ",html=" + html, "--report", "markdown=-"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  // Standard output belongs to the report.
  EXPECT_THAT(ended.output, HasSubstr("## Stress: "));
  EXPECT_THAT(ended.output, Not(HasSubstr("=== Comparison Table ===")));
  EXPECT_THAT(ended.errors, HasSubstr("=== Comparison Table ==="));
  EXPECT_THAT(Text(html), HasSubstr("Chart.js"));
  const Json report = Json::parse(Text(json_));
  const Json& run = report["runs"][0];
  EXPECT_EQ(run["id"], 1);
  EXPECT_EQ(run["commit"], "c0ffee12");
  EXPECT_EQ(run["settings"]["max_concurrent"], 5);
  EXPECT_GT(run["outcomes"]["completed"], 0);
  EXPECT_THAT(run["machine"]["cpu_model"].get<std::string>(), Not(IsEmpty()));
}

TEST_F(CommandsTest, ComparesSettingsAndThenWhatIsKept) {
  const Ended ended =
      RunCompat(Quick({"compare", "--concurrency", "1/1,2/2", "--rounds", "2",
                       "--commit", "c0ffee12", "--report", "json=" + json_}));
  EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("2/2 against 1/1"),
                                  HasSubstr("orchestrations per second")));
  const Json comparison = Json::parse(Text(json_))["comparison"];
  ASSERT_EQ(comparison["contestants"].size(), 2);
  for (const Json& contestant : comparison["contestants"]) {
    ASSERT_EQ(contestant["runs"].size(), 2);
    EXPECT_EQ(contestant["runs"][1]["round"], 2);
  }
  // In turns.
  EXPECT_EQ(comparison["contestants"][0]["runs"][0]["id"], 1);
  EXPECT_EQ(comparison["contestants"][1]["runs"][0]["id"], 2);
  EXPECT_EQ(comparison["contestants"][0]["runs"][1]["id"], 3);

  const Ended kept = RunCompat(
      {"compare", "old=run:1,3", "new=run:2,4", "--results", results_});
  EXPECT_EQ(kept.exit_code, 0) << kept.errors;
  EXPECT_THAT(kept.output, HasSubstr("new against old"));
  // What is compared with itself is not different; where the machine let the
  // runner be late, nobody says so.
  const Ended same = RunCompat({"compare", "a=commit:c0ffee",
                                "b=commit:c0ffee12", "--results", results_});
  EXPECT_EQ(same.exit_code, 0) << same.errors;
  EXPECT_THAT(same.output, AnyOf(HasSubstr("1.000 times the orchestrations"),
                                 HasSubstr("no verdict")));
}

TEST_F(CommandsTest, ComparesProvidersByName) {
  const Ended ended =
      RunCompat(Quick({"compare", "Memory=embedded:sqlite::memory:",
                       "File=embedded:sqlite", "--rounds", "1"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("\nMemory "), HasSubstr("\nFile "),
                                  HasSubstr("no verdict")));
}

TEST_F(CommandsTest, WatchesTheProviderAndNotItsShell) {
  const std::string command = std::string(DUROXIDE_PROVIDER_PROGRAM) +
                              " --database={data} --listen={listen} "
                              "--enable-test-service";
  const Ended ended = RunCompat(
      Quick({"stress", "--spawn", command, "--report", "json=" + json_}));
  EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  const Json report = Json::parse(Text(json_));
  bool watched = false;
  for (const Json& process : report["runs"][0]["processes"]) {
    if (process["name"] != "provider") continue;
    watched = true;
    // A shell has one or two.
    EXPECT_GT(process["most_resident_bytes"], 6 << 20);
  }
  EXPECT_TRUE(watched);
}

TEST_F(CommandsTest, ShowsTrendsAndTracksThem) {
  for (const char* commit : {"aaaa1111", "bbbb2222"}) {
    ASSERT_EQ(RunCompat(Quick({"stress", "--commit", commit})).exit_code, 0);
  }
  const std::string track = folder_.File("stress-test-results.md");
  const Ended ended = RunCompat({"trend", "--results", results_, "--track",
                                 track, "--report", "json=" + json_});
  EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("aaaa111 "),
                                  HasSubstr("bbbb222 against aaaa111")));
  EXPECT_THAT(Text(track), AllOf(HasSubstr("# Stress test results"),
                                 HasSubstr("- Commit: bbbb2222"),
                                 HasSubstr("## Historical trends")));
  EXPECT_EQ(Json::parse(Text(json_))["trends"][0]["points"].size(), 2);
}

TEST(RunStressTests, TellsHowToCallIt) {
  const std::string script = DUROXIDE_SOURCE_DIR "/run-stress-tests.sh";
  ChildProcess help(script, {"--help"});
  EXPECT_EQ(help.Wait(), 0);
  for (const char* flag :
       {"[SECONDS]", "--parallel-only", "--large-payload", "--track"}) {
    EXPECT_THAT(help.output(), HasSubstr(flag));
  }
  for (const char* wrong : {"ten", "-5", "0", "--no-such-flag", ""}) {
    ChildProcess refused(script, {wrong});
    EXPECT_EQ(refused.Wait(), 2) << wrong;
    EXPECT_THAT(refused.error(), HasSubstr("usage: ./run-stress-tests.sh"));
  }
}

TEST_F(CommandsTest, RefuseWhatTheyCannotDo) {
  const std::vector<std::vector<std::string>> wrong = {
      {"compare"},
      {"compare", "only=embedded:sqlite"},
      {"compare", "nonsense", "also"},
      {"compare", "a=run:1", "b=run:2"},
      {"compare", "a=run:x", "b=run:2", "--results", results_},
      {"compare", "a=run:1", "b=run:2", "--results", results_},
      {"compare", "a=embedded:sqlite", "a=embedded:sqlite"},
      {"compare", "--concurrency", "1/1,2/2", "--rounds", "0"},
      {"trend"},
      {"trend", "--results", folder_.File("missing.db")},
      {"stress", "--report", "pdf=x"},
      {"stress", "--results", folder_.File("no/such/folder.db")},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    const Ended ended = RunCompat(arguments);
    EXPECT_EQ(ended.exit_code, 2) << testing::PrintToString(arguments);
    EXPECT_THAT(ended.errors, Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace duroxide::stress
