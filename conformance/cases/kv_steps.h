#ifndef DUROXIDE_CONFORMANCE_CASES_KV_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_KV_STEPS_H_

// Steps of cases about the key-value store. They go with RunningInstance, which
// numbers the events.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/fixture.h"

namespace duroxide::conformance {

// Events of a turn.
v1::Event Set(std::string_view key, std::string_view value,
              std::optional<uint64_t> updated_at_ms = std::nullopt);
v1::Event Clear(std::string_view key);
v1::Event ClearAll();

// Keys and their values.
using KeyValues = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string> ValueOf(Fixture& t, std::string_view instance,
                                   std::string_view key);

// All of an instance, in the order of the reply.
std::vector<v1::KvEntry> EntriesOf(Fixture& t, std::string_view instance);
KeyValues ValuesOf(Fixture& t, std::string_view instance);

// What a turn was given, by key.
KeyValues SnapshotOf(const LockedItem& turn);

v1::KvEntry Entry(std::string_view key, std::string_view value,
                  uint64_t updated_at_ms);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_KV_STEPS_H_
