#include "conformance/stress/stress_config.h"

#include "absl/strings/str_cat.h"

namespace duroxide::stress {
namespace {

struct Preset {
  std::string_view name;
  int max_concurrent;
  absl::Duration duration;
  int tasks_per_instance;
  absl::Duration activity_delay;
  int concurrency;
};

// As the guide has them.
const Preset kPresets[] = {
    {"quick", 5, absl::Seconds(2), 2, absl::Milliseconds(5), 1},
    {"baseline", 20, absl::Seconds(10), 5, absl::Milliseconds(10), 1},
    {"concurrency", 20, absl::Seconds(10), 5, absl::Milliseconds(10), 2},
};

absl::Status AtLeast(std::string_view flag, double value, double least) {
  if (value >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--", std::string(flag), " is ", value, "; it must be at least ", least));
}

absl::Status MoreThanNothing(std::string_view flag, absl::Duration value) {
  if (value > absl::ZeroDuration() && value < absl::InfiniteDuration()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--", std::string(flag), " must be a time like 500ms, 10s or 5m"));
}

}  // namespace

std::string Label(const StressConfig& config) {
  return absl::StrCat(config.orchestration_concurrency, "/",
                      config.worker_concurrency);
}

absl::Status Validate(const StressConfig& config) {
  for (const absl::Status& status :
       {AtLeast("max-concurrent", config.max_concurrent, 1),
        AtLeast("tasks", config.tasks_per_instance, 0),
        AtLeast("concurrency", config.orchestration_concurrency, 1),
        AtLeast("concurrency", config.worker_concurrency, 1),
        AtLeast("rate", config.rate, 0),
        AtLeast("small-payload-kb", config.payload.small_kb, 0),
        AtLeast("medium-payload-kb", config.payload.medium_kb, 0),
        AtLeast("large-payload-kb", config.payload.large_kb, 0),
        AtLeast("payload-activities", config.payload.activities, 0),
        AtLeast("payload-children", config.payload.sub_orchestrations, 0),
        MoreThanNothing("duration", config.duration),
        MoreThanNothing("wait-timeout", config.wait_timeout)}) {
    if (!status.ok()) return status;
  }
  if (config.activity_delay < absl::ZeroDuration() ||
      config.activity_delay > absl::Hours(1)) {
    return absl::InvalidArgumentError("--activity-delay must be from 0s to 1h");
  }
  if (config.warm_up < absl::ZeroDuration() ||
      config.warm_up >= config.duration) {
    return absl::InvalidArgumentError(
        absl::StrCat("--warm-up is ", absl::FormatDuration(config.warm_up),
                     "; it must be shorter than --duration, ",
                     absl::FormatDuration(config.duration)));
  }
  return absl::OkStatus();
}

absl::Status ApplyPreset(std::string_view name, StressConfig& base) {
  std::string names;
  for (const Preset& preset : kPresets) {
    absl::StrAppend(&names, names.empty() ? "" : ", ",
                    std::string(preset.name));
    if (preset.name != name) continue;
    base.max_concurrent = preset.max_concurrent;
    base.duration = preset.duration;
    base.tasks_per_instance = preset.tasks_per_instance;
    base.activity_delay = preset.activity_delay;
    base.orchestration_concurrency = preset.concurrency;
    base.worker_concurrency = preset.concurrency;
    return absl::OkStatus();
  }
  return absl::NotFoundError(absl::StrCat(
      "there is no preset \"", std::string(name), "\"; there are: ", names));
}

}  // namespace duroxide::stress
