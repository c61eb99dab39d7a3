#ifndef DUROXIDE_CONFORMANCE_PROCESS_H_
#define DUROXIDE_CONFORMANCE_PROCESS_H_

// Programs that the runner starts.

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "conformance/last_resort.h"

namespace duroxide::conformance {

// A shell command, with all the processes that it starts: they are one process
// group and end together, at the latest with this program, however it ends.
// Not thread-safe.
class Process {
 public:
  // Starts `command` with /bin/sh. All that it writes is appended to the file
  // `output`. UNAVAILABLE where no process can be started.
  static absl::StatusOr<std::unique_ptr<Process>> Start(
      const std::string& command, const std::string& output);

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  // Kills it.
  ~Process();

  // How it has ended by itself, for people: "exit code 127"; std::nullopt while
  // it runs.
  std::optional<std::string> Ended();

  // Ends it without a warning, and blocks until it is gone.
  void Kill();

  // Asks it to end (SIGTERM), and kills it where it has not after `grace`.
  void Terminate(absl::Duration grace);

  pid_t pid() const { return pid_; }

 private:
  explicit Process(pid_t pid);

  // Looks whether it has ended; true where it has.
  bool Reap(int options);

  const pid_t pid_;
  bool gone_ = false;
  bool killed_ = false;
  int status_ = 0;
  const LastResort::Entry kill_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_PROCESS_H_
