// Programs that the runner starts, and what is left of them: nothing.

#include "conformance/process.h"

#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "conformance/free_port.h"
#include "conformance/temporary_folder.h"
#include "gmock/gmock.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::Lt;
using ::testing::Optional;
using testing_support::TempDir;

std::string Content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string WaitForContent(const std::string& path) {
  while (true) {
    if (std::string text = Content(path); text.ends_with('\n')) return text;
    std::this_thread::yield();
  }
}

// Waits until no process has this id. One that has ended but whose parent has
// not looked has it still; init looks soon.
void WaitUntilGone(pid_t pid) {
  while (kill(pid, 0) == 0) std::this_thread::yield();
}

class ProcessTest : public ::testing::Test {
 protected:
  std::unique_ptr<Process> Start(const std::string& command) {
    return Process::Start(command, output_).value();
  }

  const TempDir folder_;
  const std::string output_ = folder_.File("output");
};

TEST_F(ProcessTest, KeepsWhatItWritesAndTellsHowItEnded) {
  const auto process = Start("echo to output; echo to error >&2; exit 3");
  std::optional<std::string> ended;
  while (!ended) ended = process->Ended();
  EXPECT_THAT(ended, Optional(Eq("exit code 3")));
  EXPECT_EQ(Content(output_), "to output\nto error\n");
}

TEST_F(ProcessTest, HasNoInput) {
  const auto process = Start("cat; exec sleep 1000");
  EXPECT_EQ(process->Ended(), std::nullopt);
}

TEST_F(ProcessTest, KillsWithAllThatItHasStarted) {
  const auto process = Start("sleep 1000 & echo $!; wait");
  const pid_t child = std::stoi(WaitForContent(output_));
  EXPECT_EQ(process->Ended(), std::nullopt);
  process->Kill();
  EXPECT_THAT(process->Ended(), Optional(Eq("signal 9")));
  WaitUntilGone(child);
}

TEST_F(ProcessTest, TerminatesInOrder) {
  const auto process = Start(
      "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; "
      "done");
  WaitForContent(output_);
  process->Terminate(absl::Minutes(1));
  EXPECT_THAT(Content(output_), ::testing::EndsWith("bye\n"));
}

TEST_F(ProcessTest, KillsWhatDoesNotListen) {
  const auto process =
      Start("trap '' TERM; echo $$; while :; do sleep 1; done");
  const pid_t pid = std::stoi(WaitForContent(output_));
  process->Terminate(absl::Milliseconds(10));
  WaitUntilGone(pid);
}

TEST_F(ProcessTest, OutlivesTheThreadThatHasStartedIt) {
  std::unique_ptr<Process> process;
  std::thread([&] { process = Start("echo $$; exec sleep 1000"); }).join();
  WaitForContent(output_);
  EXPECT_EQ(process->Ended(), std::nullopt);
}

TEST_F(ProcessTest, TellsOfOutputThatCannotBeWritten) {
  EXPECT_FALSE(Process::Start("true", folder_.File("none/output")).ok());
}

TEST(TemporaryFolderTest, IsRemovedWithAllThatIsInIt) {
  auto folder = TemporaryFolder::Make().value();
  const std::string file = folder->File("file");
  std::ofstream(file) << "text";
  EXPECT_EQ(access(file.c_str(), F_OK), 0);
  folder.reset();
  EXPECT_NE(access(file.c_str(), F_OK), 0);
}

// Another program's connection could have such a port when the provider that
// had it is started again.
TEST(FreePortTest, GivesNoPortThatAConnectionMayGet) {
  int first_of_connections = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >>
      first_of_connections;
  if (first_of_connections <= 10'000) {
    GTEST_SKIP() << "this system keeps no other ports";
  }
  const int port = FreePort().value();
  EXPECT_THAT(port, AllOf(Ge(1024), Lt(first_of_connections)));
}

// Two runners that start at once each ask before the other one listens.
TEST(FreePortTest, GivesNotTheSamePortToAll) {
  std::set<int> ports;
  for (int i = 0; i < 20; ++i) ports.insert(FreePort().value());
  EXPECT_GT(ports.size(), 1U);
}

}  // namespace
}  // namespace duroxide::conformance
