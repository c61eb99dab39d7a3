#include "conformance/stress/keep/settings.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace duroxide::stress {
namespace {

constexpr std::string_view kMicroseconds = "_us";

// The settings that say how long and with which chance, not which load.
constexpr std::string_view kNotOfTheLoad[] = {"duration_us", "warm_up_us",
                                              "wait_timeout_us", "seed"};

// Calls `visit` with the name of each setting and the setting, which is the
// only place that lists them.
template <typename Config, typename Visit>
void ForEachSetting(Config& config, const Visit& visit) {
  visit("max_concurrent", config.max_concurrent);
  visit("duration_us", config.duration);
  visit("tasks_per_instance", config.tasks_per_instance);
  visit("activity_delay_us", config.activity_delay);
  visit("orchestration_concurrency", config.orchestration_concurrency);
  visit("worker_concurrency", config.worker_concurrency);
  visit("wait_timeout_us", config.wait_timeout);
  visit("small_payload_kb", config.payload.small_kb);
  visit("medium_payload_kb", config.payload.medium_kb);
  visit("large_payload_kb", config.payload.large_kb);
  visit("payload_activities", config.payload.activities);
  visit("payload_sub_orchestrations", config.payload.sub_orchestrations);
  visit("rate_per_second", config.rate);
  visit("count", config.count);
  visit("warm_up_us", config.warm_up);
  visit("seed", config.seed);
}

double ToNumber(absl::Duration value) {
  return static_cast<double>(absl::ToInt64Microseconds(value));
}
template <typename Number>
double ToNumber(Number value) {
  return static_cast<double>(value);
}

void FromNumber(double number, absl::Duration& value) {
  value = absl::Microseconds(std::llround(number));
}
template <typename Number>
void FromNumber(double number, Number& value) {
  if constexpr (std::is_integral_v<Number>) number = std::round(number);
  value = static_cast<Number>(number);
}

bool IsOfTheLoad(const Setting& setting) {
  return std::find(std::begin(kNotOfTheLoad), std::end(kNotOfTheLoad),
                   setting.name) == std::end(kNotOfTheLoad);
}

}  // namespace

std::vector<Setting> SettingsOf(const StressConfig& config) {
  std::vector<Setting> settings;
  ForEachSetting(config, [&settings](const char* name, const auto& value) {
    settings.push_back({name, ToNumber(value)});
  });
  return settings;
}

StressConfig ConfigOf(std::span<const Setting> settings) {
  StressConfig config;
  ForEachSetting(config, [settings](const char* name, auto& value) {
    const auto setting =
        std::find_if(settings.begin(), settings.end(),
                     [name](const Setting& one) { return one.name == name; });
    if (setting != settings.end()) FromNumber(setting->value, value);
  });
  return config;
}

std::vector<std::string> Differences(const StressConfig& a,
                                     const StressConfig& b) {
  const std::vector<Setting> of_a = SettingsOf(a);
  const std::vector<Setting> of_b = SettingsOf(b);
  std::vector<std::string> differences;
  for (size_t i = 0; i < of_a.size(); ++i) {
    if (of_a[i] == of_b[i] || !IsOfTheLoad(of_a[i])) continue;
    differences.push_back(absl::StrCat(SettingTitle(of_a[i]), " ",
                                       SettingText(of_a[i]), ", ",
                                       SettingText(of_b[i])));
  }
  return differences;
}

std::string Unusual(const StressConfig& config) {
  StressConfig usual;
  usual.orchestration_concurrency = config.orchestration_concurrency;
  usual.worker_concurrency = config.worker_concurrency;
  const std::vector<Setting> of_usual = SettingsOf(usual);
  const std::vector<Setting> settings = SettingsOf(config);
  std::string unusual;
  for (size_t i = 0; i < settings.size(); ++i) {
    if (settings[i] == of_usual[i] || !IsOfTheLoad(settings[i])) continue;
    absl::StrAppend(&unusual, unusual.empty() ? "" : ", ",
                    SettingTitle(settings[i]), " ", SettingText(settings[i]));
  }
  return unusual;
}

std::string SettingsKey(const StressConfig& config) {
  std::string key;
  for (const Setting& setting : SettingsOf(config)) {
    if (!IsOfTheLoad(setting)) continue;
    absl::StrAppend(&key, setting.name, "=", setting.value, ";");
  }
  return key;
}

std::string SettingText(const Setting& setting) {
  if (std::string_view(setting.name).ends_with(kMicroseconds)) {
    return absl::FormatDuration(
        absl::Microseconds(std::llround(setting.value)));
  }
  if (setting.value == std::round(setting.value)) {
    return absl::StrCat(static_cast<int64_t>(setting.value));
  }
  return absl::StrCat(setting.value);
}

std::string SettingTitle(const Setting& setting) {
  std::string title = setting.name;
  if (std::string_view(title).ends_with(kMicroseconds)) {
    title.resize(title.size() - kMicroseconds.size());
  }
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

}  // namespace duroxide::stress
