#ifndef DUROXIDE_CONFORMANCE_STRESS_MEASURE_PROCESSES_H_
#define DUROXIDE_CONFORMANCE_STRESS_MEASURE_PROCESSES_H_

// What the processes use that a load goes through: from /proc and, of
// containers, from their control groups.

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// A process, or all processes of a container, to watch during a load.
struct WatchedProcess {
  std::string name;
  // One process, without its children; 0 where it is a control group.
  int64_t pid = 0;
  // The folder of a control group: the processes of it and of the groups in it.
  std::string cgroup = {};
};

// Where control groups are.
inline constexpr char kCgroupRoot[] = "/sys/fs/cgroup";

// What --watch says: "NAME=PID", "NAME=cgroup:PATH" with PATH as it is or below
// `cgroup_root`, "NAME=container:ID" with the id of a container, or its first
// 12 digits or more. A name consists of a to z, digits, "_" and "-", because
// metrics carry it; "runner" is taken.
//
// INVALID_ARGUMENT where it is none of these, NOT_FOUND where there is no such
// process or group, each with the text and what is wrong.
absl::StatusOr<WatchedProcess> ParseWatched(
    std::string_view text, const std::string& cgroup_root = kCgroupRoot);

// This process, as "runner".
WatchedProcess Runner();

// Samples processes when it is told to. A process that has ended has no more
// samples, nor one that has got the id of one that ended. Thread-safe.
class ProcessSampler {
 public:
  explicit ProcessSampler(std::vector<WatchedProcess> watched);
  ProcessSampler(const ProcessSampler&) = delete;
  ProcessSampler& operator=(const ProcessSampler&) = delete;

  // Takes a sample of each, `at` so long after the load's begin. Reads some
  // files for each, which takes less than a millisecond for most processes.
  void Sample(absl::Duration at);

  // So far, in the order in which they were given.
  std::vector<ProcessUse> Read() const;

 private:
  struct Watched {
    WatchedProcess what;
    // When the process began, in ticks since the machine did; tells it from a
    // later one with the same id. 0 before the first sample.
    uint64_t begin_ticks = 0;
    bool ended = false;
  };

  mutable std::mutex mutex_;
  std::vector<Watched> watched_;
  std::vector<ProcessUse> uses_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_MEASURE_PROCESSES_H_
