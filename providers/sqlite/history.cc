#include "providers/sqlite/history.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "providers/errors.h"
#include "providers/sqlite/large_data.h"

namespace duroxide::sqlite {
namespace {

// Returns the key of the bytes where they are large and now lie apart.
std::optional<int64_t> StoreApart(Connection& db, std::string_view data) {
  if (data.size() < kLargeEvent) return std::nullopt;
  db.Run("INSERT INTO large_events (data) VALUES (?)", Blob{data});
  return db.LastInsertId();
}

}  // namespace

absl::Status AppendEvents(Connection& db, const Instance& instance,
                          int64_t execution_id, const Events& events) {
  if (events.empty()) return absl::OkStatus();
  int64_t bytes = 0;
  for (const provider::v1::Event& event : events) {
    const std::string data = event.SerializeAsString();
    const std::optional<int64_t> large_key = StoreApart(db, data);
    const int64_t inserted = db.Run(
        "INSERT OR IGNORE INTO history"
        " (instance_key, execution_id, event_id, data, large_key)"
        " VALUES (?, ?, ?, ?, ?)",
        instance.key, execution_id, static_cast<int64_t>(event.event_id()),
        Blob{large_key.has_value() ? std::string_view() : data}, large_key);
    if (!db.error().ok()) return db.error();
    if (inserted == 0) {
      return MakeError(
          provider::v1::ERROR_REASON_DUPLICATE_EVENT,
          absl::StrCat("event_id: execution ", execution_id,
                       " already has an event ", event.event_id()));
    }
    bytes += static_cast<int64_t>(data.size());
  }
  db.Run(
      "UPDATE executions SET event_count = event_count + ?,"
      " event_bytes = event_bytes + ?"
      " WHERE instance_key = ? AND execution_id = ?",
      int64_t{events.size()}, bytes, instance.key, execution_id);
  return absl::OkStatus();
}

absl::Status ReadEvents(Connection& db, int64_t instance_key,
                        int64_t execution_id, Events& events) {
  Rows rows = db.Query(
      "SELECT event_id, coalesce((SELECT large.data FROM large_events AS large"
      "  WHERE large.event_key = history.large_key), data) FROM history"
      " WHERE instance_key = ? AND execution_id = ? ORDER BY event_id",
      instance_key, execution_id);
  while (rows.Next()) {
    const std::string_view data = rows.Bytes(1);
    if (!events.Add()->ParseFromArray(data.data(),
                                      static_cast<int>(data.size()))) {
      return MakeError(provider::v1::ERROR_REASON_HISTORY_CORRUPT,
                       absl::StrCat("event ", rows.Int(0), " of execution ",
                                    execution_id, " cannot be read back"));
    }
  }
  return db.error();
}

std::optional<std::string> ReadEvent(Connection& db, int64_t instance_key,
                                     int64_t execution_id, int64_t event_id) {
  Rows rows = db.Query(
      "SELECT coalesce((SELECT large.data FROM large_events AS large"
      "  WHERE large.event_key = history.large_key), data) FROM history"
      " WHERE instance_key = ? AND execution_id = ? AND event_id = ?",
      instance_key, execution_id, event_id);
  if (!rows.Next()) return std::nullopt;
  return std::string(rows.Bytes(0));
}

int64_t CorruptEvents(Connection& db, const Instance& instance) {
  // A field of a group that never ends: no parser of Event accepts it.
  constexpr std::string_view kUnreadable = "\x0b not an event";
  db.Run(
      "UPDATE large_events SET data = ?1 WHERE event_key IN"
      " (SELECT large_key FROM history"
      "  WHERE instance_key = ?2 AND execution_id = ?3)",
      Blob{kUnreadable}, instance.key, instance.current_execution);
  return db.Run(
      "UPDATE history SET data = ? WHERE instance_key = ? AND execution_id = ?",
      Blob{kUnreadable}, instance.key, instance.current_execution);
}

}  // namespace duroxide::sqlite
