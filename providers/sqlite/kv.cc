#include "providers/sqlite/kv.h"

#include "providers/sqlite/moment.h"

namespace duroxide::sqlite {
namespace {

using provider::v1::CustomStatusUpdated;
using provider::v1::Event;

// A NULL value is a cleared key.
void StoreChange(Connection& db, int64_t instance_key, std::string_view key,
                 std::optional<std::string_view> value, int64_t updated_ms) {
  db.Run(
      "INSERT INTO kv_changes (instance_key, key, value, updated_ms)"
      " VALUES (?, ?, ?, ?) ON CONFLICT (instance_key, key)"
      " DO UPDATE SET value = excluded.value, updated_ms = excluded.updated_ms",
      instance_key, key, value, updated_ms);
}

void ClearAll(Connection& db, int64_t instance_key) {
  const int64_t now_ms = NowMs();
  db.Run(
      "UPDATE kv_changes SET value = NULL, updated_ms = ?"
      " WHERE instance_key = ?",
      now_ms, instance_key);
  db.Run(
      "INSERT OR IGNORE INTO kv_changes (instance_key, key, value, updated_ms)"
      " SELECT instance_key, key, NULL, ? FROM kv_values"
      " WHERE instance_key = ?",
      now_ms, instance_key);
}

void StoreCustomStatus(Connection& db, int64_t instance_key,
                       const CustomStatusUpdated& update) {
  std::optional<std::string_view> status;
  if (update.has_status()) status = update.status();
  db.Run(
      "INSERT INTO custom_statuses (instance_key, status, version)"
      " VALUES (?, ?, 1) ON CONFLICT (instance_key)"
      " DO UPDATE SET status = excluded.status, version = version + 1",
      instance_key, status);
}

void ReadEntries(Rows rows, KvEntries& entries) {
  while (rows.Next()) {
    provider::v1::KvEntry& entry = *entries.Add();
    entry.set_key(std::string(rows.Text(0)));
    entry.set_value(std::string(rows.Text(1)));
    entry.set_last_updated_at_ms(static_cast<uint64_t>(rows.Int(2)));
  }
}

}  // namespace

void ApplyStateEvents(Connection& db, int64_t instance_key,
                      const Events& events) {
  const CustomStatusUpdated* last_status = nullptr;
  for (const Event& event : events) {
    switch (event.kind_case()) {
      case Event::kKeyValueSet:
        StoreChange(
            db, instance_key, event.key_value_set().key(),
            event.key_value_set().value(),
            static_cast<int64_t>(event.key_value_set().last_updated_at_ms()));
        break;
      case Event::kKeyValueCleared:
        StoreChange(db, instance_key, event.key_value_cleared().key(),
                    std::nullopt, NowMs());
        break;
      case Event::kKeyValuesCleared:
        ClearAll(db, instance_key);
        break;
      case Event::kCustomStatusUpdated:
        last_status = &event.custom_status_updated();
        break;
      default:
        break;
    }
  }
  if (last_status != nullptr) {
    StoreCustomStatus(db, instance_key, *last_status);
  }
}

void MergeKvChanges(Connection& db, int64_t instance_key) {
  db.Run(
      "INSERT INTO kv_values (instance_key, key, value, updated_ms)"
      " SELECT instance_key, key, value, updated_ms FROM kv_changes"
      " WHERE instance_key = ? AND value IS NOT NULL"
      " ON CONFLICT (instance_key, key) DO UPDATE"
      " SET value = excluded.value, updated_ms = excluded.updated_ms",
      instance_key);
  db.Run(
      "DELETE FROM kv_values WHERE instance_key = ?1 AND key IN"
      " (SELECT key FROM kv_changes"
      "  WHERE instance_key = ?1 AND value IS NULL)",
      instance_key);
  db.Run("DELETE FROM kv_changes WHERE instance_key = ?", instance_key);
}

void ReadKvSnapshot(Connection& db, int64_t instance_key, KvEntries& entries) {
  ReadEntries(db.Query("SELECT key, value, updated_ms FROM kv_values"
                       " WHERE instance_key = ? ORDER BY key",
                       instance_key),
              entries);
}

void ReadKvValues(Connection& db, int64_t instance_key, KvEntries& entries) {
  ReadEntries(db.Query("SELECT key, value, updated_ms FROM kv_changes"
                       " WHERE instance_key = ?1 AND value IS NOT NULL"
                       " UNION ALL"
                       " SELECT key, value, updated_ms FROM kv_values"
                       " WHERE instance_key = ?1 AND key NOT IN"
                       "  (SELECT key FROM kv_changes WHERE instance_key = ?1)"
                       " ORDER BY key",
                       instance_key),
              entries);
}

std::optional<std::string> ReadKvValue(Connection& db, int64_t instance_key,
                                       std::string_view key) {
  {
    Rows changed = db.Query(
        "SELECT value FROM kv_changes WHERE instance_key = ? AND key = ?",
        instance_key, key);
    if (changed.Next()) return changed.OptionalText(0);
  }
  Rows left =
      db.Query("SELECT value FROM kv_values WHERE instance_key = ? AND key = ?",
               instance_key, key);
  if (!left.Next()) return std::nullopt;
  return left.OptionalText(0);
}

std::optional<provider::v1::GetCustomStatusResponse::Change> ReadCustomStatus(
    Connection& db, int64_t instance_key, uint64_t last_seen_version) {
  Rows rows = db.Query(
      "SELECT status, version FROM custom_statuses WHERE instance_key = ?",
      instance_key);
  if (!rows.Next() || static_cast<uint64_t>(rows.Int(1)) <= last_seen_version) {
    return std::nullopt;
  }
  provider::v1::GetCustomStatusResponse::Change change;
  if (!rows.IsNull(0)) change.set_custom_status(std::string(rows.Text(0)));
  change.set_version(static_cast<uint64_t>(rows.Int(1)));
  return change;
}

}  // namespace duroxide::sqlite
