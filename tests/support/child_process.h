#ifndef DUROXIDE_TESTS_SUPPORT_CHILD_PROCESS_H_
#define DUROXIDE_TESTS_SUPPORT_CHILD_PROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace duroxide::testing_support {

// A program that a test runs. Killed in the end if it still runs: with this
// object, and with the thread that made it, however that ends.
class ChildProcess {
 public:
  // Starts `program` with `arguments`.
  ChildProcess(const std::string& program,
               const std::vector<std::string>& arguments);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }

  void Signal(int signal) const;

  // Blocks until the program ends. Its exit code, or minus the signal that
  // ended it.
  int Wait();

  // Blocks until its standard output, or standard error, has a line that holds
  // `text`, and returns the line; "" where the program ends without one.
  std::string WaitForOutput(const std::string& text);
  std::string WaitForError(const std::string& text);

  // All that it wrote; complete once Wait has returned.
  std::string output();
  std::string error();

 private:
  // One of its streams, read by a thread of its own.
  struct Stream {
    int fd = -1;
    std::string text;
    bool ended = false;
    std::thread reader;
  };

  void Read(Stream& stream);
  std::string WaitForLine(Stream& stream, const std::string& text);

  pid_t pid_ = -1;
  bool waited_ = false;
  int exit_code_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  Stream output_;
  Stream error_;
};

}  // namespace duroxide::testing_support

#endif  // DUROXIDE_TESTS_SUPPORT_CHILD_PROCESS_H_
