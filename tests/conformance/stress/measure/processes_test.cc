#include "conformance/stress/measure/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::stress {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;
using testing_support::ChildProcess;
using testing_support::TempDir;

namespace fs = std::filesystem;

constexpr char kId[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

void WriteFile(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

// The only use, after one sample.
ProcessUse Sampled(const WatchedProcess& watched) {
  ProcessSampler sampler({watched});
  sampler.Sample(absl::Seconds(1));
  return sampler.Read().at(0);
}

// Uses at least so much of a processor, in this process.
void UseCpu(std::chrono::milliseconds time) {
  const std::clock_t until =
      std::clock() + CLOCKS_PER_SEC * time.count() / 1000;
  while (std::clock() < until) {
  }
}

TEST(ProcessSampler, SeesWhatThisProcessUses) {
  ProcessSampler sampler({Runner()});
  sampler.Sample(absl::ZeroDuration());
  UseCpu(std::chrono::milliseconds(100));
  const std::ifstream file("/proc/self/stat");
  std::vector<char> memory(32 << 20, 'x');
  std::jthread thread([](const std::stop_token& stop) {
    while (!stop.stop_requested()) std::this_thread::yield();
  });
  sampler.Sample(absl::Seconds(1));
  EXPECT_EQ(memory.back(), 'x');
  const ProcessUse use = sampler.Read().at(0);
  EXPECT_EQ(use.name, "runner");
  EXPECT_EQ(use.pid, getpid());
  ASSERT_THAT(use.samples, SizeIs(2));
  const ProcessSample& before = use.samples[0];
  const ProcessSample& after = use.samples[1];
  EXPECT_EQ(before.at, absl::ZeroDuration());
  EXPECT_EQ(after.at, absl::Seconds(1));
  // Ticks are 10 ms.
  EXPECT_THAT(use.cpu(), Ge(absl::Milliseconds(80)));
  EXPECT_EQ(after.open_files, before.open_files + 1);
  // A sanitizer has threads of its own.
  EXPECT_THAT(after.threads, Ge(before.threads + 1));
  EXPECT_THAT(after.resident_bytes,
              AllOf(Ge(before.resident_bytes + (30 << 20)),
                    Le(before.resident_bytes + (500 << 20))));
  EXPECT_EQ(use.most_resident_bytes(), after.resident_bytes);
}

TEST(ProcessSampler, AProcessThatEndsKeepsItsSamples) {
  ChildProcess child("/bin/sleep", {"1000"});
  ProcessSampler sampler({{.name = "provider", .pid = child.pid()}, Runner()});
  sampler.Sample(absl::Seconds(1));
  child.Signal(SIGKILL);
  child.Wait();
  sampler.Sample(absl::Seconds(2));
  EXPECT_THAT(sampler.Read().at(0).samples, SizeIs(1));
  EXPECT_THAT(sampler.Read().at(1).samples, SizeIs(2));
}

TEST(ProcessSampler, AZombieHasEnded) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t ended{};
  ASSERT_EQ(waitid(P_PID, child, &ended, WEXITED | WNOWAIT), 0);
  EXPECT_THAT(Sampled({.name = "provider", .pid = child}).samples, IsEmpty());
  waitpid(child, nullptr, 0);
}

TEST(ProcessSampler, SumsTheProcessesOfAGroup) {
  const TempDir folder;
  ChildProcess one("/bin/sleep", {"1000"});
  ChildProcess other("/bin/sleep", {"1000"});
  WriteFile(folder.File("group/cgroup.procs"), absl::StrCat(one.pid(), "\n"));
  WriteFile(folder.File("group/inner/cgroup.procs"),
            absl::StrCat(other.pid(), "\n4194304\n"));
  const ProcessUse use =
      Sampled({.name = "provider", .cgroup = folder.File("group")});
  ASSERT_THAT(use.samples, SizeIs(1));
  EXPECT_EQ(use.samples[0].threads, 2u);
  EXPECT_THAT(use.samples[0].resident_bytes, Gt(1000u));
  EXPECT_THAT(use.samples[0].open_files, Ge(4u));
}

TEST(ProcessSampler, PrefersTheFiguresOfTheGroupItself) {
  const TempDir folder;
  ChildProcess one("/bin/sleep", {"1000"});
  WriteFile(folder.File("cgroup.procs"), absl::StrCat(one.pid(), "\n"));
  WriteFile(folder.File("cpu.stat"), "usage_usec 1500000\nuser_usec 7\n");
  WriteFile(folder.File("memory.stat"),
            "anon 5000\nfile 900000\nkernel 12\nfile_mapped 300\n");
  const ProcessUse use =
      Sampled({.name = "provider", .cgroup = folder.File("")});
  ASSERT_THAT(use.samples, SizeIs(1));
  EXPECT_EQ(use.samples[0].cpu, absl::Seconds(1.5));
  EXPECT_EQ(use.samples[0].resident_bytes, 5300u);
}

TEST(ProcessSampler, AGroupThatGoesIsNoError) {
  const TempDir folder;
  WriteFile(folder.File("group/cgroup.procs"), absl::StrCat(getpid(), "\n"));
  ProcessSampler sampler({{.name = "p", .cgroup = folder.File("group")}});
  sampler.Sample(absl::Seconds(1));
  fs::remove_all(folder.File("group"));
  sampler.Sample(absl::Seconds(2));
  EXPECT_THAT(sampler.Read().at(0).samples, SizeIs(1));
}

TEST(ProcessSampler, TheTimeOfAGroupNeverFalls) {
  const TempDir folder;
  WriteFile(folder.File("cgroup.procs"), absl::StrCat(getpid(), "\n"));
  UseCpu(std::chrono::milliseconds(50));
  ChildProcess fresh("/bin/sleep", {"1000"});
  ProcessSampler sampler({{.name = "p", .cgroup = folder.File("")}});
  sampler.Sample(absl::Seconds(1));
  WriteFile(folder.File("cgroup.procs"), absl::StrCat(fresh.pid(), "\n"));
  sampler.Sample(absl::Seconds(2));
  const ProcessUse use = sampler.Read().at(0);
  ASSERT_THAT(use.samples, SizeIs(2));
  EXPECT_GT(use.samples[0].cpu, absl::ZeroDuration());
  EXPECT_EQ(use.samples[1].cpu, use.samples[0].cpu);
}

TEST(ParseWatched, TakesAProcess) {
  const auto watched = ParseWatched(absl::StrCat("my-server_2=", getpid()));
  ASSERT_TRUE(watched.ok()) << watched.status();
  EXPECT_EQ(watched->name, "my-server_2");
  EXPECT_EQ(watched->pid, getpid());
  EXPECT_EQ(watched->cgroup, "");
}

TEST(ParseWatched, TakesAGroupByItsPath) {
  const TempDir folder;
  WriteFile(folder.File("a/b/cgroup.procs"), "");
  for (const std::string& path : {folder.File("a/b"), std::string("a/b")}) {
    const auto watched = ParseWatched("p=cgroup:" + path, folder.File(""));
    ASSERT_TRUE(watched.ok()) << watched.status();
    EXPECT_TRUE(fs::equivalent(watched->cgroup, folder.File("a/b")));
    EXPECT_EQ(watched->pid, 0);
  }
}

TEST(ParseWatched, FindsTheGroupOfAContainer) {
  for (const std::string& group :
       {absl::StrCat("docker/", kId),
        absl::StrCat("system.slice/docker-", kId, ".scope"),
        absl::StrCat("user.slice/u/libpod-", kId, ".scope")}) {
    const TempDir folder;
    WriteFile(folder.File(group + "/cgroup.procs"), "");
    WriteFile(folder.File("docker/0123/cgroup.procs"), "");
    const auto watched =
        ParseWatched("p=container:0123456789ab", folder.File(""));
    ASSERT_TRUE(watched.ok()) << watched.status();
    EXPECT_TRUE(fs::equivalent(watched->cgroup, folder.File(group)));
  }
}

TEST(ParseWatched, PrefersTheGroupOfAContainerThatCountsForItself) {
  // Both versions at once.
  const TempDir folder;
  for (const char* hierarchy : {"blkio", "cpu", "unified"}) {
    WriteFile(
        folder.File(absl::StrCat(hierarchy, "/docker/", kId, "/cgroup.procs")),
        "");
  }
  WriteFile(folder.File(absl::StrCat("cpu/docker/", kId, "/cpu.stat")),
            "nr_periods 0\n");
  WriteFile(folder.File(absl::StrCat("unified/docker/", kId, "/cpu.stat")),
            "usage_usec 12\n");
  const auto watched =
      ParseWatched(absl::StrCat("p=container:", kId), folder.File(""));
  ASSERT_TRUE(watched.ok()) << watched.status();
  EXPECT_TRUE(fs::equivalent(
      watched->cgroup, folder.File(absl::StrCat("unified/docker/", kId))));
}

TEST(ParseWatched, TellsContainersApart) {
  const TempDir folder;
  std::string other = kId;
  other.back() = '0';
  WriteFile(folder.File(absl::StrCat("docker/", kId, "/cgroup.procs")), "");
  WriteFile(folder.File(absl::StrCat("docker/", other, "/cgroup.procs")), "");
  EXPECT_THAT(
      std::string(ParseWatched("p=container:0123456789ab", folder.File(""))
                      .status()
                      .message()),
      HasSubstr("several containers"));
  EXPECT_TRUE(
      ParseWatched(absl::StrCat("p=container:", kId), folder.File("")).ok());
}

TEST(ParseWatched, SaysWhatIsWrong) {
  const auto problem = [](const std::string& text) {
    return std::string(ParseWatched(text, "/no/such").status().message());
  };
  EXPECT_THAT(problem("4711"), HasSubstr("write NAME=PID"));
  EXPECT_THAT(problem("=1"), HasSubstr("a name consists of"));
  EXPECT_THAT(problem("A B=1"), HasSubstr("a name consists of"));
  EXPECT_THAT(problem("runner=1"), HasSubstr("watched anyway"));
  EXPECT_THAT(problem("p=x"), HasSubstr("after = comes"));
  EXPECT_THAT(problem("p=-1"), HasSubstr("after = comes"));
  EXPECT_EQ(problem("p=4194304"),
            "--watch p=4194304: there is no process of this id");
  EXPECT_THAT(problem("p=cgroup:x"), HasSubstr("no control group"));
  EXPECT_THAT(problem("p=container:web"), HasSubstr("12 to 64 hex"));
  EXPECT_THAT(problem("p=container:0123456789ab"), HasSubstr("/no/such"));
}

}  // namespace
}  // namespace duroxide::stress
