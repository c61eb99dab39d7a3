#include "conformance/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stop_token>

#include "conformance/patience.h"
#include "conformance/process_thread.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

constexpr int kCannotStart = 127;  // as shells have it

// Becomes the command. Between fork and exec nothing may allocate or lock:
// other threads may have been in the middle of either.
[[noreturn]] void Become(const char* command, int output, pid_t parent) {
  setpgid(0, 0);
  // Ends the command with the thread that forked; see process_thread.h.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotStart);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
  _exit(kCannotStart);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(
    const std::string& command, const std::string& output) {
  const int file =
      open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) {
    return absl::UnavailableError(
        Concat("cannot write ", output, ": ", std::strerror(errno)));
  }
  const pid_t parent = getpid();
  pid_t pid = -1;
  OnProcessThread([&] {
    pid = fork();
    if (pid == 0) Become(command.c_str(), file, parent);
    // Also here, so that the group is there before anybody signals it.
    if (pid > 0) setpgid(pid, pid);
  });
  close(file);
  if (pid < 0) return absl::UnavailableError("cannot start another process");
  return std::unique_ptr<Process>(new Process(pid));
}

Process::Process(pid_t pid)
    : pid_(pid), kill_([pid] { kill(-pid, SIGKILL); }) {}

Process::~Process() { Kill(); }

std::optional<std::string> Process::Ended() {
  if (!Reap(WNOHANG)) return std::nullopt;
  return WIFEXITED(status_) ? Concat("exit code ", WEXITSTATUS(status_))
                            : Concat("signal ", WTERMSIG(status_));
}

void Process::Kill() {
  if (killed_) return;
  killed_ = true;
  // Also where the command itself is gone: it may have left processes behind.
  kill(-pid_, SIGKILL);
  Reap(0);
}

void Process::Terminate(absl::Duration grace) {
  kill(-pid_, SIGTERM);
  Patience patience(std::stop_token(), grace);
  while (!Reap(WNOHANG) && patience.Pause()) {
  }
  Kill();
}

bool Process::Reap(int options) {
  if (gone_) return true;
  pid_t reaped = 0;
  do {
    reaped = waitpid(pid_, &status_, options);
  } while (reaped < 0 && errno == EINTR);
  gone_ = reaped == pid_;
  return gone_;
}

}  // namespace duroxide::conformance
