#ifndef DUROXIDE_TESTS_E2E_CHILD_PROCESS_H_
#define DUROXIDE_TESTS_E2E_CHILD_PROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace duroxide::e2e {

// A program that a test started. It ends with this object, and with the thread
// that made it, however that ends: so none is left behind.
class ChildProcess {
 public:
  // Starts `command`: a program's path and its arguments. Its standard output
  // and error are kept.
  explicit ChildProcess(const std::vector<std::string>& command);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills it if it still runs. Shows its output where the test has failed.
  ~ChildProcess();

  pid_t pid() const { return pid_; }

  // Blocks until the program has written a line that begins with `prefix`, and
  // returns it; std::nullopt where its output ended without one.
  std::optional<std::string> WaitForLine(std::string_view prefix);

  // Sends a signal, to this process alone.
  void Signal(int signal) const;

  // Blocks until the program has ended. Returns its exit code, or minus the
  // signal that killed it.
  int WaitForExit();

  // All that it has written.
  std::string Output() const;

 private:
  void ReadOutput(int fd);

  std::string program_;
  pid_t pid_ = -1;
  std::optional<int> exit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;   // guarded by mutex_
  bool at_end_ = false;  // guarded by mutex_
  std::jthread reader_;  // last: it uses all of the above
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_CHILD_PROCESS_H_
