#include "tests/e2e/child_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <stdexcept>

namespace duroxide::e2e {
namespace {

constexpr int kCannotStart = 127;  // as shells have it

// Becomes the program. Between fork and exec nothing may allocate or lock:
// other threads of the parent may have been in the middle of either.
[[noreturn]] void Become(char* const* command, int output, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(kCannotStart);  // it died before the line above
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv(command[0], command);
  _exit(kCannotStart);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command)
    : program_(command.at(0)) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  int ends[2];
  // Closed on exec: otherwise the output of one child would end with another.
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) Become(arguments.data(), ends[1], parent);
  close(ends[1]);
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  reader_ = std::jthread([this, fd = ends[0]] { ReadOutput(fd); });
}

ChildProcess::~ChildProcess() {
  Signal(SIGKILL);
  WaitForExit();
  if (!testing::Test::HasFailure()) return;
  std::cerr << "---- output of process " << pid_ << ", " << program_ << "\n"
            << Output() << "----" << std::endl;
}

void ChildProcess::ReadOutput(int fd) {
  char buffer[4096];
  for (;;) {
    const ssize_t got = read(fd, buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    const std::lock_guard lock(mutex_);
    if (got > 0) output_.append(buffer, static_cast<size_t>(got));
    if (got <= 0) at_end_ = true;
    changed_.notify_all();
    if (got <= 0) break;
  }
  close(fd);
}

std::optional<std::string> ChildProcess::WaitForLine(std::string_view prefix) {
  std::unique_lock lock(mutex_);
  size_t begin = 0;
  for (;;) {
    const size_t end = output_.find('\n', begin);
    if (end == std::string::npos) {
      if (at_end_) return std::nullopt;
      changed_.wait(lock);
      continue;
    }
    const std::string line = output_.substr(begin, end - begin);
    if (line.starts_with(prefix)) return line;
    begin = end + 1;
  }
}

void ChildProcess::Signal(int signal) const {
  // Once it has been waited for, its id may be another process's.
  if (!exit_.has_value()) kill(pid_, signal);
}

int ChildProcess::WaitForExit() {
  if (exit_.has_value()) return *exit_;
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  exit_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  reader_.join();
  return *exit_;
}

std::string ChildProcess::Output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

}  // namespace duroxide::e2e
