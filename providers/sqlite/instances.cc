#include "providers/sqlite/instances.h"

#include <utility>

#include "providers/sqlite/moment.h"

namespace duroxide::sqlite {
namespace {

using provider::v1::ExecutionMetadata;

// A column's new value, or nothing to leave the column as it is.
std::optional<std::string_view> View(bool present, const std::string& value) {
  if (!present) return std::nullopt;
  return std::string_view(value);
}

// Copies the current execution's pinned version to where fetches look. An
// instance without a record passes every filter (FETCH-7).
void RefreshPinned(Connection& db, const Instance& instance) {
  if (!instance.recorded) return;
  db.Run(
      "UPDATE instances SET pinned = (SELECT pinned FROM executions"
      "  WHERE instance_key = ?1 AND execution_id = current_execution)"
      " WHERE instance_key = ?1",
      instance.key);
}

}  // namespace

std::optional<Instance> FindInstance(Connection& db, int64_t store,
                                     std::string_view instance_id) {
  Rows rows = db.Query(
      "SELECT instance_key, created_ms IS NOT NULL, current_execution"
      " FROM instances WHERE store_key = ? AND instance_id = ?",
      store, instance_id);
  if (!rows.Next()) return std::nullopt;
  return Instance{.key = rows.Int(0),
                  .recorded = rows.Int(1) != 0,
                  .current_execution = rows.Int(2)};
}

Instance FindOrAddInstance(Connection& db, int64_t store,
                           std::string_view instance_id) {
  if (std::optional<Instance> found = FindInstance(db, store, instance_id)) {
    return *found;
  }
  db.Run("INSERT INTO instances (store_key, instance_id) VALUES (?, ?)", store,
         instance_id);
  return Instance{.key = db.LastInsertId()};
}

std::optional<Instance> FindRecorded(Connection& db, int64_t store,
                                     std::string_view instance_id) {
  std::optional<Instance> found = FindInstance(db, store, instance_id);
  if (found.has_value() && !found->recorded) return std::nullopt;
  return found;
}

void EnsureExecution(Connection& db, const Instance& instance,
                     int64_t execution_id) {
  db.Run(
      "INSERT OR IGNORE INTO executions"
      " (instance_key, execution_id, status, started_ms) VALUES (?, ?, ?, ?)",
      instance.key, execution_id,
      int64_t{provider::v1::ORCHESTRATION_STATUS_RUNNING}, NowMs());
}

void AdvanceCurrentExecution(Connection& db, Instance& instance,
                             int64_t execution_id) {
  if (execution_id <= instance.current_execution) return;
  instance.current_execution = execution_id;
  db.Run("UPDATE instances SET current_execution = ? WHERE instance_key = ?",
         execution_id, instance.key);
  RefreshPinned(db, instance);
}

void ApplyMetadata(Connection& db, Instance& instance, int64_t execution_id,
                   const ExecutionMetadata& metadata) {
  const int64_t now_ms = NowMs();
  bool made_record = false;
  if (MakesRecord(metadata)) {
    made_record = !std::exchange(instance.recorded, true);
    // The parent is set with the record and stays as it was then.
    db.Run(
        "UPDATE instances SET name = ?, version = ?,"
        " parent_id = CASE WHEN created_ms IS NULL THEN ? ELSE parent_id END,"
        " created_ms = coalesce(created_ms, ?), updated_ms = ?"
        " WHERE instance_key = ?",
        metadata.orchestration_name(), metadata.orchestration_version(),
        View(metadata.has_parent_instance_id(), metadata.parent_instance_id()),
        now_ms, now_ms, instance.key);
  } else {
    db.Run("UPDATE instances SET updated_ms = ? WHERE instance_key = ?", now_ms,
           instance.key);
  }
  if (metadata.has_status()) {
    std::optional<int64_t> completed_ms;
    if (IsTerminal(metadata.status())) completed_ms = now_ms;
    db.Run(
        "UPDATE executions SET status = ?, output = ?, completed_ms = ?"
        " WHERE instance_key = ? AND execution_id = ?",
        int64_t{metadata.status()},
        View(metadata.has_output(), metadata.output()), completed_ms,
        instance.key, execution_id);
  }
  if (metadata.has_pinned_version()) {
    const std::string key = VersionKey(metadata.pinned_version());
    db.Run(
        "UPDATE executions SET pinned = ?"
        " WHERE instance_key = ? AND execution_id = ?",
        Blob{key}, instance.key, execution_id);
  }
  if (metadata.has_pinned_version() || made_record) {
    RefreshPinned(db, instance);
  }
}

void ForgetIfEmpty(Connection& db, const Instance& instance) {
  if (instance.known()) return;
  db.Run(
      "DELETE FROM instances WHERE instance_key = ?1 AND NOT EXISTS"
      " (SELECT 1 FROM messages WHERE instance_key = ?1)",
      instance.key);
}

std::string VersionKey(const provider::v1::SemanticVersion& version) {
  std::string key;
  for (const uint64_t number :
       {version.major(), version.minor(), version.patch()}) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      key.push_back(static_cast<char>(number >> shift & 0xff));
    }
  }
  return key;
}

}  // namespace duroxide::sqlite
