#ifndef DUROXIDE_CONFORMANCE_STRESS_STRESS_CONFIG_H_
#define DUROXIDE_CONFORMANCE_STRESS_STRESS_CONFIG_H_

// What a load is made of. The defaults are those of the provider testing guide.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace duroxide::stress {

// The payloads of the scenario large_payload.
struct PayloadSizes {
  bool operator==(const PayloadSizes&) const = default;

  int small_kb = 10;
  int medium_kb = 50;
  int large_kb = 100;
  // Activities and children of an instance: 80 to 100 events together.
  int activities = 20;
  int sub_orchestrations = 5;
};

struct StressConfig {
  bool operator==(const StressConfig&) const = default;

  // Instances that are under way at a time, in a closed loop.
  int max_concurrent = 20;
  // How long new ones are started.
  absl::Duration duration = absl::Seconds(10);
  int tasks_per_instance = 5;
  // What an activity takes, without using a processor.
  absl::Duration activity_delay = absl::Milliseconds(10);
  // The runtime's options of the same names.
  int orchestration_concurrency = 2;
  int worker_concurrency = 2;
  // An instance that has not ended by then has failed.
  absl::Duration wait_timeout = absl::Seconds(60);

  PayloadSizes payload = {};

  // Instances that are started per second however many are under way: an open
  // loop. Zero is a closed one.
  double rate = 0;
  // How many units a load of a fixed size has (backlog, timers); 0 is the
  // scenario's own number.
  uint64_t count = 0;
  // The part of `duration` at its begin of which the figures know nothing:
  // connections are made, caches filled.
  absl::Duration warm_up = absl::Seconds(1);
  // Where the choices begin that a scenario leaves to chance.
  uint64_t seed = 1;
};

// "2/2": both concurrencies, as in the guide's tables.
std::string Label(const StressConfig& config);

// INVALID_ARGUMENT with the flag's name where a value makes no sense.
absl::Status Validate(const StressConfig& config);

// The guide's presets: "quick", "baseline", "concurrency". NOT_FOUND with the
// names where there is none of this name. Settings that the preset does not
// name are those of `base`.
absl::Status ApplyPreset(std::string_view name, StressConfig& base);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_STRESS_CONFIG_H_
