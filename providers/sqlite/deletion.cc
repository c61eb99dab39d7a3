#include "providers/sqlite/deletion.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "providers/errors.h"
#include "providers/sqlite/admin.h"
#include "providers/sqlite/instances.h"
#include "providers/sqlite/worker_queue.h"

namespace duroxide::sqlite {
namespace {

using provider::v1::DeletionResult;
using provider::v1::InstanceFilter;
using provider::v1::PruneOptions;
using provider::v1::PruneResult;

constexpr int64_t kDefaultLimit = 1000;
constexpr int64_t kRunning = provider::v1::ORCHESTRATION_STATUS_RUNNING;

bool IsRunning(Connection& db, const Instance& instance) {
  return db.Number(
             "SELECT status FROM executions"
             " WHERE instance_key = ? AND execution_id = ?",
             instance.key, instance.current_execution) == kRunning;
}

absl::Status RefuseRunning(Connection& db, int64_t store,
                           const std::string& instance_id) {
  const std::optional<Instance> instance = FindRecorded(db, store, instance_id);
  if (!instance.has_value() || !IsRunning(db, *instance)) {
    return absl::OkStatus();
  }
  return MakeError(provider::v1::ERROR_REASON_INSTANCE_RUNNING,
                   absl::StrCat("instance \"", instance_id,
                                "\" is running; cancel it first or set force"));
}

// Removes every trace of one instance id (DEL-1).
void DeleteOne(Connection& db, int64_t store, const std::string& instance_id,
               DeletionResult& result) {
  int64_t messages = DeleteWorkOf(db, store, instance_id);
  if (const std::optional<Instance> instance =
          FindInstance(db, store, instance_id)) {
    result.set_events_deleted(
        result.events_deleted() +
        static_cast<uint64_t>(db.Run(
            "DELETE FROM history WHERE instance_key = ?", instance->key)));
    result.set_executions_deleted(
        result.executions_deleted() +
        static_cast<uint64_t>(db.Run(
            "DELETE FROM executions WHERE instance_key = ?", instance->key)));
    messages +=
        db.Run("DELETE FROM messages WHERE instance_key = ?", instance->key);
    db.Run("DELETE FROM kv_values WHERE instance_key = ?", instance->key);
    db.Run("DELETE FROM kv_changes WHERE instance_key = ?", instance->key);
    db.Run("DELETE FROM custom_statuses WHERE instance_key = ?", instance->key);
    db.Run("DELETE FROM instances WHERE instance_key = ?", instance->key);
    if (instance->recorded) {
      result.set_instances_deleted(result.instances_deleted() + 1);
    }
  }
  result.set_queue_messages_deleted(result.queue_messages_deleted() +
                                    static_cast<uint64_t>(messages));
}

absl::StatusOr<std::vector<std::string>> TreeOf(Connection& db, int64_t store,
                                                const std::string& root) {
  provider::v1::GetInstanceTreeRequest request;
  request.set_instance(root);
  provider::v1::GetInstanceTreeResponse tree;
  if (absl::Status read = ReadTree(db, store, request, tree); !read.ok()) {
    return read;
  }
  return std::vector<std::string>(tree.all_ids().begin(), tree.all_ids().end());
}

// What a filter asks of an instance.
struct Selected {
  std::string instance_id;
  int64_t key = 0;
};

// Instances that match the filter; with `terminal_roots`, only roots whose
// current execution has ended.
std::vector<Selected> Select(Connection& db, int64_t store,
                             const InstanceFilter& filter,
                             bool terminal_roots) {
  const int64_t limit = filter.has_limit() ? filter.limit() : kDefaultLimit;
  std::optional<int64_t> before;
  if (filter.has_completed_before_ms()) {
    before = static_cast<int64_t>(std::min<uint64_t>(
        filter.completed_before_ms(), std::numeric_limits<int64_t>::max()));
  }
  std::vector<Selected> selected;
  const auto add = [&](Rows rows) {
    while (rows.Next() && static_cast<int64_t>(selected.size()) < limit) {
      selected.push_back({std::string(rows.Text(0)), rows.Int(1)});
    }
  };
  if (!filter.has_instance_ids()) {
    add(
        db.Query("SELECT instance_id, instances.instance_key"
                 " FROM instances JOIN executions"
                 " ON executions.instance_key = instances.instance_key"
                 " AND execution_id = current_execution"
                 " WHERE store_key = ?1 AND created_ms IS NOT NULL"
                 " AND (?2 = 0 OR (parent_id IS NULL AND status <> ?3))"
                 " AND (?4 IS NULL OR completed_ms < ?4)"
                 " ORDER BY created_ms, instances.instance_key LIMIT ?5",
                 store, int64_t{terminal_roots}, kRunning, before, limit));
    return selected;
  }
  const std::set<std::string> ids(filter.instance_ids().ids().begin(),
                                  filter.instance_ids().ids().end());
  for (const std::string& id : ids) {
    add(db.Query(
        "SELECT instance_id, instances.instance_key"
        " FROM instances JOIN executions"
        " ON executions.instance_key = instances.instance_key"
        " AND execution_id = current_execution"
        " WHERE store_key = ?1 AND instance_id = ?5 AND created_ms IS NOT NULL"
        " AND (?2 = 0 OR (parent_id IS NULL AND status <> ?3))"
        " AND (?4 IS NULL OR completed_ms < ?4)",
        store, int64_t{terminal_roots}, kRunning, before, id));
  }
  return selected;
}

// Removes the executions of one instance that the options select (PRUNE-1).
void PruneOne(Connection& db, int64_t instance_key, const PruneOptions& options,
              PruneResult& result) {
  std::optional<int64_t> before;
  if (options.has_completed_before_ms()) {
    before = static_cast<int64_t>(std::min<uint64_t>(
        options.completed_before_ms(), std::numeric_limits<int64_t>::max()));
  }
  // The current execution is the newest, so keeping none and keeping one are
  // the same.
  const int64_t keep = std::max<int64_t>(1, options.keep_last());
  std::vector<int64_t> pruned;
  {
    Rows rows = db.Query(
        "SELECT execution_id FROM executions WHERE instance_key = ?1"
        " AND status <> ?2 AND (?3 IS NULL OR completed_ms < ?3)"
        " AND execution_id <> (SELECT current_execution FROM instances"
        "  WHERE instance_key = ?1)"
        " AND execution_id NOT IN (SELECT execution_id FROM executions"
        "  WHERE instance_key = ?1 ORDER BY execution_id DESC LIMIT ?4)",
        instance_key, kRunning, before, keep);
    while (rows.Next()) pruned.push_back(rows.Int(0));
  }
  for (const int64_t execution_id : pruned) {
    result.set_events_deleted(
        result.events_deleted() +
        static_cast<uint64_t>(db.Run(
            "DELETE FROM history WHERE instance_key = ? AND execution_id = ?",
            instance_key, execution_id)));
    db.Run("DELETE FROM executions WHERE instance_key = ? AND execution_id = ?",
           instance_key, execution_id);
  }
  result.set_executions_deleted(result.executions_deleted() + pruned.size());
  result.set_instances_processed(result.instances_processed() + 1);
}

}  // namespace

absl::Status DeleteTree(Connection& db, int64_t store,
                        const provider::v1::DeleteInstanceRequest& request,
                        DeletionResult& result) {
  provider::v1::GetParentRequest parent_request;
  parent_request.set_instance(request.instance());
  provider::v1::GetParentResponse parent;
  if (absl::Status read = ReadParent(db, store, parent_request, parent);
      !read.ok()) {
    return read;
  }
  if (parent.has_parent_instance_id()) {
    return MakeError(
        provider::v1::ERROR_REASON_HAS_PARENT,
        absl::StrCat("instance \"", request.instance(), "\" is a child of \"",
                     parent.parent_instance_id(), "\"; delete its root"));
  }
  const absl::StatusOr<std::vector<std::string>> tree =
      TreeOf(db, store, request.instance());
  if (!tree.ok()) return tree.status();
  if (!request.force()) {
    for (const std::string& id : *tree) {
      if (absl::Status refused = RefuseRunning(db, store, id); !refused.ok()) {
        return refused;
      }
    }
  }
  for (const std::string& id : *tree) DeleteOne(db, store, id, result);
  return absl::OkStatus();
}

absl::Status DeleteNamed(Connection& db, int64_t store,
                         const provider::v1::DeleteInstancesRequest& request,
                         DeletionResult& result) {
  const std::set<std::string> ids(request.instances().begin(),
                                  request.instances().end());
  for (const std::string& id : ids) {
    if (!request.force()) {
      if (absl::Status refused = RefuseRunning(db, store, id); !refused.ok()) {
        return refused;
      }
    }
    Rows children = db.Query(
        "SELECT instance_id FROM instances"
        " WHERE store_key = ? AND parent_id = ?",
        store, id);
    while (children.Next()) {
      if (ids.contains(std::string(children.Text(0)))) continue;
      return MakeError(
          provider::v1::ERROR_REASON_HAS_CHILDREN,
          absl::StrCat("instance \"", id, "\" has the child \"",
                       *children.OptionalText(0),
                       "\"; name it too, or delete the whole tree"));
    }
  }
  for (const std::string& id : ids) DeleteOne(db, store, id, result);
  return absl::OkStatus();
}

absl::Status DeleteByFilter(Connection& db, int64_t store,
                            const InstanceFilter& filter,
                            DeletionResult& result) {
  for (const Selected& root : Select(db, store, filter, true)) {
    const absl::StatusOr<std::vector<std::string>> tree =
        TreeOf(db, store, root.instance_id);
    if (!tree.ok()) return tree.status();
    for (const std::string& id : *tree) DeleteOne(db, store, id, result);
  }
  return absl::OkStatus();
}

absl::Status Prune(Connection& db, int64_t store,
                   const provider::v1::PruneExecutionsRequest& request,
                   PruneResult& result) {
  const std::optional<Instance> instance =
      FindRecorded(db, store, request.instance());
  if (!instance.has_value()) return InstanceNotFound(request.instance());
  PruneOne(db, instance->key, request.options(), result);
  return absl::OkStatus();
}

absl::Status PruneByFilter(
    Connection& db, int64_t store,
    const provider::v1::PruneExecutionsByFilterRequest& request,
    PruneResult& result) {
  for (const Selected& instance : Select(db, store, request.filter(), false)) {
    PruneOne(db, instance.key, request.options(), result);
  }
  return absl::OkStatus();
}

}  // namespace duroxide::sqlite
