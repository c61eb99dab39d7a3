#ifndef DUROXIDE_BENCH_PROCESS_H_
#define DUROXIDE_BENCH_PROCESS_H_

// Servers under measurement: processes of their own, so that their processor
// time is theirs.

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace duroxide::bench {

// The processor time that this process has used.
absl::Duration OwnCpuTime();

// The folder of this program.
std::string OwnFolder();
// This program.
std::string OwnProgram();

class ChildProcess {
 public:
  // Starts `command`; what it prints goes to `log_file`. It ends with this
  // process, whatever happens.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(
      const std::vector<std::string>& command, const std::string& log_file);

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Ends it (SIGTERM) and waits until it is gone.
  ~ChildProcess();

  // False once it has ended by itself.
  bool Runs() const;
  // The processor time that it has used.
  absl::Duration CpuTime() const;
  int ThreadCount() const;
  // What it printed.
  std::string Log() const;

 private:
  ChildProcess(pid_t pid, std::string log_file)
      : pid_(pid), log_file_(std::move(log_file)) {}

  const pid_t pid_;
  const std::string log_file_;
};

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_PROCESS_H_
