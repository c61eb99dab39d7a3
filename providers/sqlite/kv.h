#ifndef DUROXIDE_PROVIDERS_SQLITE_KV_H_
#define DUROXIDE_PROVIDERS_SQLITE_KV_H_

// The key-value store of an instance (KV-1 to KV-3) and its custom status
// (ACK-7): all that the provider reads out of events.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "duroxide/provider/v1/orchestration.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "providers/sqlite/connection.h"
#include "providers/sqlite/history.h"

namespace duroxide::sqlite {

using KvEntries = google::protobuf::RepeatedPtrField<provider::v1::KvEntry>;

// Applies the key-value and custom-status events of a delta, in order.
void ApplyStateEvents(Connection& db, int64_t instance_key,
                      const Events& events);

// The current execution has ended: what it changed is what it leaves (KV-2).
void MergeKvChanges(Connection& db, int64_t instance_key);

// What earlier executions left, by key (KV-2).
void ReadKvSnapshot(Connection& db, int64_t instance_key, KvEntries& entries);

// All values with the current execution's changes, by key (KV-1).
void ReadKvValues(Connection& db, int64_t instance_key, KvEntries& entries);

// One value with the current execution's changes (KV-1).
std::optional<std::string> ReadKvValue(Connection& db, int64_t instance_key,
                                       std::string_view key);

// The custom status where its version is above `last_seen_version` (ACK-7).
std::optional<provider::v1::GetCustomStatusResponse::Change> ReadCustomStatus(
    Connection& db, int64_t instance_key, uint64_t last_seen_version);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_KV_H_
