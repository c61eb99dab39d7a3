#include "providers/sqlite/history.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "providers/errors.h"

namespace duroxide::sqlite {

absl::Status AppendEvents(Connection& db, const Instance& instance,
                          int64_t execution_id, const Events& events) {
  if (events.empty()) return absl::OkStatus();
  int64_t bytes = 0;
  for (const provider::v1::Event& event : events) {
    const std::string data = event.SerializeAsString();
    const int64_t inserted = db.Run(
        "INSERT OR IGNORE INTO history"
        " (instance_key, execution_id, event_id, data) VALUES (?, ?, ?, ?)",
        instance.key, execution_id, static_cast<int64_t>(event.event_id()),
        Blob{data});
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
      "SELECT event_id, data FROM history"
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

int64_t CorruptEvents(Connection& db, const Instance& instance) {
  // A field of a group that never ends: no parser of Event accepts it.
  constexpr std::string_view kUnreadable = "\x0b not an event";
  return db.Run(
      "UPDATE history SET data = ? WHERE instance_key = ? AND execution_id = ?",
      Blob{kUnreadable}, instance.key, instance.current_execution);
}

}  // namespace duroxide::sqlite
