#ifndef DUROXIDE_PROVIDERS_SQLITE_HISTORY_H_
#define DUROXIDE_PROVIDERS_SQLITE_HISTORY_H_

// The events of executions.

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "duroxide/provider/v1/event.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "providers/sqlite/connection.h"
#include "providers/sqlite/instances.h"

namespace duroxide::sqlite {

using Events = google::protobuf::RepeatedPtrField<provider::v1::Event>;

// Appends events with the ids that they have (ACK-3). Reads none back. The
// execution must exist. DUPLICATE_EVENT.
absl::Status AppendEvents(Connection& db, const Instance& instance,
                          int64_t execution_id, const Events& events);

// Adds an execution's events to `events`, by event id. HISTORY_CORRUPT where
// one cannot be read back; `events` may then hold some of them.
absl::Status ReadEvents(Connection& db, int64_t instance_key,
                        int64_t execution_id, Events& events);

// The bytes of one event, where there is such an event.
std::optional<std::string> ReadEvent(Connection& db, int64_t instance_key,
                                     int64_t execution_id, int64_t event_id);

// Replaces the events of the current execution with bytes that cannot be read
// back, and returns how many. For tests of FETCH-8.
int64_t CorruptEvents(Connection& db, const Instance& instance);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_HISTORY_H_
