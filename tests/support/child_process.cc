#include "tests/support/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace duroxide::testing_support {
namespace {

struct Pipe {
  int read;
  int write;
};

Pipe MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  return {ends[0], ends[1]};
}

constexpr int kCannotStart = 127;  // as shells have it

// Becomes the program. Between fork and exec nothing may allocate or lock:
// other threads of the parent may have been in the middle of either.
[[noreturn]] void Become(char* const* argv, int output, int error,
                         pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(kCannotStart);  // it died before the line above
  dup2(output, STDOUT_FILENO);
  dup2(error, STDERR_FILENO);
  execv(argv[0], argv);
  _exit(kCannotStart);
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program,
                           const std::vector<std::string>& arguments) {
  const Pipe output = MakePipe();
  const Pipe error = MakePipe();
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) Become(argv.data(), output.write, error.write, parent);
  close(output.write);
  close(error.write);
  if (pid_ < 0) throw std::runtime_error("cannot start " + program);

  output_.fd = output.read;
  error_.fd = error.read;
  output_.reader = std::thread([this] { Read(output_); });
  error_.reader = std::thread([this] { Read(error_); });
}

ChildProcess::~ChildProcess() {
  if (!waited_) {
    Signal(SIGKILL);
    Wait();
  }
  close(output_.fd);
  close(error_.fd);
}

void ChildProcess::Signal(int signal) const {
  // Once it has been waited for, its id may be another process's.
  if (!waited_) kill(pid_, signal);
}

int ChildProcess::Wait() {
  if (waited_) return exit_code_;
  int status = 0;
  waitpid(pid_, &status, 0);
  output_.reader.join();
  error_.reader.join();
  waited_ = true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return exit_code_;
}

std::string ChildProcess::WaitForOutput(const std::string& text) {
  return WaitForLine(output_, text);
}

std::string ChildProcess::WaitForError(const std::string& text) {
  return WaitForLine(error_, text);
}

std::string ChildProcess::output() {
  const std::lock_guard lock(mutex_);
  return output_.text;
}

std::string ChildProcess::error() {
  const std::lock_guard lock(mutex_);
  return error_.text;
}

void ChildProcess::Read(Stream& stream) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = read(stream.fd, buffer.data(), buffer.size());
    const std::lock_guard lock(mutex_);
    if (size <= 0) stream.ended = true;
    if (size > 0) stream.text.append(buffer.data(), static_cast<size_t>(size));
    changed_.notify_all();
    if (stream.ended) return;
  }
}

std::string ChildProcess::WaitForLine(Stream& stream, const std::string& text) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const size_t found = stream.text.find(text);
    const size_t end = found == std::string::npos
                           ? std::string::npos
                           : stream.text.find('\n', found);
    if (end != std::string::npos) {
      const size_t before = stream.text.rfind('\n', found);
      const size_t begin = before == std::string::npos ? 0 : before + 1;
      return stream.text.substr(begin, end - begin);
    }
    if (stream.ended) return "";
    changed_.wait(lock);
  }
}

}  // namespace duroxide::testing_support
