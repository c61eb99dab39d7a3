#ifndef DUROXIDE_CONFORMANCE_STRESS_STRESS_RESULT_H_
#define DUROXIDE_CONFORMANCE_STRESS_STRESS_RESULT_H_

// What came out of one load.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "conformance/stress/measure/histogram.h"
#include "conformance/stress/stress_config.h"

namespace duroxide::stress {

// How a unit of load ended: an instance, or what else the scenario counts.
enum class Outcome {
  kCompleted,
  // The rest failed, by the category of the error (upstream's).
  kInfrastructure,
  kConfiguration,
  kApplication,
};

// "completed", "failed_infrastructure", "failed_configuration",
// "failed_application".
std::string_view OutcomeName(Outcome outcome);

// Units by how they ended.
struct Outcomes {
  bool operator==(const Outcomes&) const = default;

  void Count(Outcome outcome, uint64_t times = 1);
  uint64_t of(Outcome outcome) const;
  uint64_t completed() const { return of(Outcome::kCompleted); }
  uint64_t failed() const { return total() - completed(); }
  uint64_t total() const;

  uint64_t by_outcome[4] = {};
};

// What happened in a stretch of the run. They follow each other without gaps.
struct Slot {
  // Since the load began.
  absl::Duration begin;
  absl::Duration length;
  uint64_t started = 0;
  Outcomes ended;
  uint64_t activities = 0;
  // At its end.
  uint64_t in_flight = 0;
  // Of the units that ended in it, from start to end.
  Histogram latency;
};

// The calls of one method.
struct CallFigures {
  // By gRPC's name of the status code.
  std::map<std::string, uint64_t> by_code;
  Histogram latency;
};

// A process at a moment.
struct ProcessSample {
  // Since the load began.
  absl::Duration at;
  // Used since the process began.
  absl::Duration cpu;
  uint64_t resident_bytes = 0;
  uint64_t open_files = 0;
  uint64_t threads = 0;
};

struct ProcessUse {
  // "runner", "provider", or what the user named.
  std::string name;
  int64_t pid = 0;
  std::vector<ProcessSample> samples;

  // Used while the load went on.
  absl::Duration cpu() const;
  uint64_t most_resident_bytes() const;
};

// How well the runner itself kept up.
struct RunnerLag {
  // The part of the time by which the runner was late for what it meant to do.
  double ratio = 0;
  absl::Duration longest;
};

// One line of what the check after the load found wrong.
struct Finding {
  // A short name of the kind: "lost_instance", "effect_twice", ...
  std::string kind;
  // How many of the kind, and an example.
  uint64_t count = 0;
  std::string example;
};

// What else a scenario measured, with its unit in its name as Prometheus has
// it: "drain_seconds".
struct Measure {
  std::string name;
  std::string help;
  double value = 0;
};

struct StressResult {
  std::string scenario;
  // As the user or the provider calls it.
  std::string provider;
  std::string provider_version;
  StressConfig config;
  absl::Time began;

  // The whole load, until the last unit has ended.
  absl::Duration elapsed;
  uint64_t started = 0;
  Outcomes outcomes;
  uint64_t activities = 0;

  // The steady part: after the warm-up, while new units were started.
  absl::Duration steady;
  uint64_t steady_completed = 0;
  uint64_t steady_activities = 0;
  // From the start of a unit, in an open loop from its intended start, to its
  // end; of those that ended well.
  Histogram latency;

  std::map<std::string, CallFigures> calls;
  std::vector<Slot> slots;
  std::vector<ProcessUse> processes;
  RunnerLag lag;
  std::vector<Measure> measures;
  // Empty where the check after the load found all well.
  std::vector<Finding> findings;
  // The first few errors, each once.
  std::vector<std::string> errors;

  // In percent. 0 where nothing ended.
  double success_rate() const;
  double orchestrations_per_second() const;
  double activities_per_second() const;
  // Upstream calls it average latency: the time of the load by what completed.
  absl::Duration inverse_throughput() const;
  // Over all processes. Zero where none was watched or nothing completed.
  absl::Duration cpu_per_orchestration() const;
  // Beyond this part the figures say more about the runner than about the
  // provider.
  static constexpr double kMostLag = 0.01;
  bool certified() const { return lag.ratio <= kMostLag; }
  // Something ended, nothing failed, nothing was found wrong.
  bool sound() const;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_STRESS_RESULT_H_
