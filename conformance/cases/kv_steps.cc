#include "conformance/cases/kv_steps.h"

#include <algorithm>

#include "conformance/builders.h"

namespace duroxide::conformance {
namespace {

template <typename Entries>
KeyValues PairsOf(const Entries& entries) {
  KeyValues pairs;
  for (const v1::KvEntry& entry : entries) {
    pairs.emplace_back(entry.key(), entry.value());
  }
  return pairs;
}

}  // namespace

v1::Event Set(std::string_view key, std::string_view value,
              std::optional<uint64_t> updated_at_ms) {
  return KeyValueSetEvent(0, key, value, updated_at_ms);
}

v1::Event Clear(std::string_view key) { return KeyValueClearedEvent(0, key); }

v1::Event ClearAll() { return KeyValuesClearedEvent(0); }

std::optional<std::string> ValueOf(Fixture& t, std::string_view instance,
                                   std::string_view key) {
  v1::GetKvValueRequest request;
  request.set_instance(std::string(instance));
  request.set_key(std::string(key));
  const v1::GetKvValueResponse response =
      t.Do(&Provider::GetKvValue, std::move(request));
  if (!response.has_value()) return std::nullopt;
  return response.value();
}

std::vector<v1::KvEntry> EntriesOf(Fixture& t, std::string_view instance) {
  v1::ListKvValuesRequest request;
  request.set_instance(std::string(instance));
  const v1::ListKvValuesResponse response =
      t.Do(&Provider::ListKvValues, std::move(request));
  return {response.entries().begin(), response.entries().end()};
}

KeyValues ValuesOf(Fixture& t, std::string_view instance) {
  return PairsOf(EntriesOf(t, instance));
}

KeyValues SnapshotOf(const LockedItem& turn) {
  KeyValues snapshot = PairsOf(turn.item().kv_snapshot());
  std::sort(snapshot.begin(), snapshot.end());
  return snapshot;
}

v1::KvEntry Entry(std::string_view key, std::string_view value,
                  uint64_t updated_at_ms) {
  v1::KvEntry entry;
  entry.set_key(std::string(key));
  entry.set_value(std::string(value));
  entry.set_last_updated_at_ms(updated_at_ms);
  return entry;
}

}  // namespace duroxide::conformance
