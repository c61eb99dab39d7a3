#ifndef DUROXIDE_RUNTIME_SYSTEM_ACTIVITIES_H_
#define DUROXIDE_RUNTIME_SYSTEM_ACTIVITIES_H_

// The activities that every runtime has: what an orchestration must not do by
// itself, because it would not be the same the next time. Their names, inputs
// and results are upstream's, so that a history may be continued there.

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/registry.h"

namespace duroxide::runtime {

// No input. The result is a random UUID (version 4 of RFC 9562) as text.
inline constexpr std::string_view kNewGuidActivity =
    "__duroxide_syscall:new_guid";
// No input. The result is the time in milliseconds since the Unix epoch, in
// decimal digits.
inline constexpr std::string_view kUtcNowActivity =
    "__duroxide_syscall:utc_now_ms";
// The input is made by KeyValueQuery, the result is read by ParseKeyValue.
inline constexpr std::string_view kGetKeyValueActivity =
    "__duroxide_syscall:get_kv_value";

// Adds them. Those that are there already stay.
void AddSystemActivities(ActivityRegistry& registry);

// {"instance_id": ..., "key": ...}
std::string KeyValueQuery(std::string_view instance, std::string_view key);
// A JSON text, or null where there is no such key. INVALID_ARGUMENT where
// `result` is neither.
absl::StatusOr<std::optional<std::string>> ParseKeyValue(
    std::string_view result);

// The time that kUtcNowActivity gave. INVALID_ARGUMENT where it is none.
absl::StatusOr<absl::Time> ParseUtcNow(std::string_view result);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_SYSTEM_ACTIVITIES_H_
