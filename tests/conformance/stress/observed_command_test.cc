// duroxide-compat stress as users call it: what it demands, watches and leaves
// behind.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "conformance/exit_codes.h"
#include "tests/support/child_process.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ChildProcess;
using testing_support::HttpGet;
using testing_support::TempDir;

class StressCommand {
 public:
  explicit StressCommand(const std::vector<std::string>& more)
      : process_(DUROXIDE_COMPAT_PROGRAM, With(more)) {}

  ChildProcess& process() { return process_; }

 private:
  // A load of next to nothing, unless `more` says how long.
  static std::vector<std::string> With(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"stress", "--warm-up=0s",
                                          "--activity-delay=0s", "--tasks=1",
                                          "--max-concurrent=2"};
    if (more.front() != "--duration=1h") {
      arguments.push_back("--duration=300ms");
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  ChildProcess process_;
};

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ObservedStress, TellsWhatIsMetAndLeavesMetrics) {
  const TempDir folder;
  const std::string file = folder.File("stress.prom");
  StressCommand stress({"--require", "success_rate == 100", "completed > 0",
                        "--metrics-file", file});
  EXPECT_EQ(stress.process().Wait(), kExitPassed) << stress.process().error();
  EXPECT_THAT(stress.process().output(),
              AllOf(ContainsRegex("threshold met +success_rate == 100: 100 %"),
                    ContainsRegex("threshold met +completed > 0: ")));
  EXPECT_THAT(
      TextOf(file),
      AllOf(HasSubstr("threshold_met{scenario=\"\",threshold=\"success_rate == "
                      "100\"} 1\n"),
            HasSubstr("process_resident_bytes{process=\"runner\"} "),
            HasSubstr("duroxide_stress_calls_total{code=\"OK\",method="
                      "\"AckWorkItem\",scenario=\"parallel_orchestrations\"} "),
            Not(HasSubstr("outcome=\"completed\",scenario="
                          "\"parallel_orchestrations\"} 0\n"))));
}

TEST(ObservedStress, HasItsOwnExitCodeForThresholds) {
  StressCommand stress({"--require", "completed < 0"});
  EXPECT_EQ(stress.process().Wait(), kExitThresholdNotMet);
  EXPECT_THAT(stress.process().output(),
              HasSubstr("threshold NOT MET  completed < 0: "));
}

TEST(ObservedStress, AThresholdThatCannotBeJudgedIsAnError) {
  StressCommand stress({"--require", "scaling_2x > 1"});
  EXPECT_EQ(stress.process().Wait(), kExitCouldNotRun);
  EXPECT_THAT(stress.process().output(),
              HasSubstr("threshold NOT MET  scaling_2x > 1: it takes a load"));
}

TEST(ObservedStress, WrongFlagsAreToldBeforeTheLoad) {
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--require", "medium"},
        {"--watch", "provider=4194304"},
        {"--watch", "one=1", "one=1"},
        {"--metrics-linger", "1s"},
        {"--metrics-push", "nowhere"}}) {
    StressCommand stress(flags);
    EXPECT_EQ(stress.process().Wait(), kExitCouldNotRun) << flags[1];
    EXPECT_THAT(stress.process().error(), HasSubstr(flags[0])) << flags[1];
    EXPECT_THAT(stress.process().output(), Not(HasSubstr("parallel")));
  }
}

TEST(ObservedStress, AnInterruptLosesNoMetrics) {
  const TempDir folder;
  const std::string file = folder.File("stress.prom");
  StressCommand stress({"--duration=1h", "--metrics-file", file,
                        "--metrics-listen", "127.0.0.1:0", "--metrics-linger",
                        "1h"});
  const std::string line = stress.process().WaitForError("metrics at");
  const std::string before_port = "http://127.0.0.1:";
  const size_t at = line.find(before_port);
  ASSERT_NE(at, std::string::npos) << stress.process().error();
  const int port = std::stoi(line.substr(at + before_port.size()));
  const std::string none =
      "started_total{scenario=\"parallel_orchestrations\"} 0\n";
  // Until instances have been started.
  for (std::string text = none;
       text.find(none) != std::string::npos ||
       text.find("started_total{") == std::string::npos;
       text = HttpGet(port, "/metrics")) {
    std::this_thread::yield();
  }
  stress.process().Signal(SIGINT);
  EXPECT_EQ(stress.process().Wait(), 128 + SIGINT);
  EXPECT_THAT(TextOf(file),
              AllOf(HasSubstr("duroxide_stress_orchestrations_started_total{"),
                    Not(HasSubstr(none))));
}

}  // namespace
}  // namespace duroxide::conformance
