#include "bench/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace duroxide::bench {
namespace {

// Between fork and exec only the simplest calls are allowed, for the threads of
// the parent are not there.
[[noreturn]] void BecomeChild(char* const* arguments, int log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

absl::Duration OwnCpuTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) +
         absl::DurationFromTimeval(usage.ru_stime);
}

std::string OwnProgram() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

std::string OwnFolder() {
  return std::filesystem::path(OwnProgram()).parent_path().string();
}

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    const std::vector<std::string>& command, const std::string& log_file) {
  if (access(command[0].c_str(), X_OK) != 0) {
    return absl::NotFoundError(
        absl::StrCat("cannot run ", command[0], "; build it first"));
  }
  const int log =
      open(log_file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (log < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", log_file));
  }
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) BecomeChild(arguments.data(), log);
  const int error = errno;
  close(log);
  if (pid < 0) return absl::ErrnoToStatus(error, "cannot start a process");
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid, log_file));
}

ChildProcess::~ChildProcess() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

bool ChildProcess::Runs() const {
  siginfo_t info{};
  // Only looks: who has ended stays to be waited for.
  waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  return info.si_pid == 0;
}

absl::Duration ChildProcess::CpuTime() const {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid_, &clock) != 0 ||
      clock_gettime(clock, &time) != 0) {
    return absl::ZeroDuration();
  }
  return absl::DurationFromTimespec(time);
}

int ChildProcess::ThreadCount() const {
  std::error_code error;
  const auto threads = std::filesystem::directory_iterator(
      absl::StrCat("/proc/", pid_, "/task"), error);
  return error ? 0
               : static_cast<int>(std::distance(begin(threads), end(threads)));
}

std::string ChildProcess::Log() const {
  std::ostringstream text;
  text << std::ifstream(log_file_).rdbuf();
  return text.str();
}

}  // namespace duroxide::bench
