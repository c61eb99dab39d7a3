#include "runtime/system_activities.h"

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "runtime/activity_context.h"
#include "runtime/client.h"

namespace duroxide::runtime {
namespace {

using nlohmann::json;

uint64_t Random64() {
  // Opened once per thread.
  thread_local std::random_device device;
  return uint64_t{device()} << 32 | device();
}

std::string NewGuid() {
  const uint64_t high = Random64();
  const uint64_t low = Random64();
  return absl::StrFormat("%08x-%04x-4%03x-%04x-%012x", high >> 32,
                         (high >> 16) & 0xffff, high & 0xfff,
                         0x8000 | (low >> 48 & 0x3fff), low & 0xffffffffffff);
}

// An activity whose result is at hand: it needs no thread.
template <typename Function>
AsyncActivity AtOnce(Function function) {
  return [function](const std::shared_ptr<ActivityContext>& /*context*/,
                    const std::string& /*input*/,
                    ActivityDone done) { done(function()); };
}

absl::Status NoQuery(std::string_view field) {
  return absl::InvalidArgumentError(
      absl::StrCat("get_kv_value: ", std::string(field), ": must be a text"));
}

absl::StatusOr<std::string> GetKeyValue(ActivityContext& context,
                                        const std::string& input) {
  const json query =
      json::parse(input, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (!query.is_object()) {
    return absl::InvalidArgumentError("get_kv_value: input: must be an object");
  }
  const auto text = [&](const char* field) {
    const auto found = query.find(field);
    return found != query.end() && found->is_string()
               ? found->get_ptr<const std::string*>()
               : nullptr;
  };
  const std::string* instance = text("instance_id");
  if (instance == nullptr) return NoQuery("instance_id");
  const std::string* key = text("key");
  if (key == nullptr) return NoQuery("key");
  auto value = context.client()->GetKeyValue(*instance, *key);
  if (!value.ok()) return value.status();
  return *value ? json(**value).dump() : json().dump();
}

}  // namespace

void AddSystemActivities(ActivityRegistry& registry) {
  const auto add = [&](std::string_view name, ActivityFunction function) {
    // All that can be wrong is that it is there.
    registry.AddFunction(std::string(name), std::move(function)).IgnoreError();
  };
  add(kNewGuidActivity, {.async = AtOnce(NewGuid)});
  add(kUtcNowActivity, {.async = AtOnce([] {
                          return absl::StrCat(absl::ToUnixMillis(absl::Now()));
                        })});
  add(kGetKeyValueActivity, {.blocking = GetKeyValue});
}

std::string KeyValueQuery(std::string_view instance, std::string_view key) {
  return json({{"instance_id", instance}, {"key", key}}).dump();
}

absl::StatusOr<std::optional<std::string>> ParseKeyValue(
    std::string_view result) {
  const json value =
      json::parse(result, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (value.is_null()) return std::nullopt;
  if (value.is_string()) return value.get<std::string>();
  return absl::InvalidArgumentError(absl::StrCat(
      "result of ", std::string(kGetKeyValueActivity), " is not a JSON text"));
}

absl::StatusOr<absl::Time> ParseUtcNow(std::string_view result) {
  uint64_t millis = 0;
  if (!absl::SimpleAtoi(absl::string_view(result.data(), result.size()),
                        &millis)) {
    return absl::InvalidArgumentError(
        absl::StrCat("result of ", std::string(kUtcNowActivity),
                     " is not a number: ", std::string(result)));
  }
  return absl::FromUnixMillis(static_cast<int64_t>(millis));
}

}  // namespace duroxide::runtime
