#ifndef DUROXIDE_CONFORMANCE_STRESS_KEEP_SETTINGS_H_
#define DUROXIDE_CONFORMANCE_STRESS_KEEP_SETTINGS_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "conformance/stress/stress_config.h"

namespace duroxide::stress {

// A setting as it is kept and shown: "activity_delay_us", 10000.
struct Setting {
  bool operator==(const Setting&) const = default;

  std::string name;
  double value = 0;
};

// All settings of a load, in the order of StressConfig. Units are in the names.
std::vector<Setting> SettingsOf(const StressConfig& config);

// The reverse. A setting that is missing has its default, one of another name
// is left out: databases may be older or newer than the program.
StressConfig ConfigOf(std::span<const Setting> settings);

// The settings in which two loads differ, for people: "concurrency 1/1, 2/2".
// Empty where they are the same. How long a load takes is no difference.
std::vector<std::string> Differences(const StressConfig& a,
                                     const StressConfig& b);

// What of a load is not as usual, but for both concurrencies, which its label
// says: "activity delay 0, tasks per instance 2". Empty where all is.
std::string Unusual(const StressConfig& config);

// A text that is the same for loads that can be held beside each other.
std::string SettingsKey(const StressConfig& config);

// A setting for people: "10ms", "20".
std::string SettingText(const Setting& setting);
// Its name for people: "activity delay".
std::string SettingTitle(const Setting& setting);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_KEEP_SETTINGS_H_
