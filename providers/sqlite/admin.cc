#include "providers/sqlite/admin.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "providers/errors.h"
#include "providers/sqlite/history.h"
#include "providers/sqlite/instances.h"
#include "providers/sqlite/kv.h"
#include "providers/sqlite/moment.h"

namespace duroxide::sqlite {
namespace {

using provider::v1::OrchestrationStatus;

constexpr int64_t kDefaultPageSize = 1000;
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

int64_t PageSize(uint32_t asked) {
  return asked == 0 ? kDefaultPageSize : asked;
}

// The lists that are read by pages; the letter that their tokens begin with.
enum class List : char {
  kInstances = 'i',
  kExecutions = 'e',
  kChildren = 'c',
};

// A page token holds its list and the sort keys of the last row that was given.
using PageKey = std::pair<int64_t, int64_t>;

std::string PageToken(List list, const PageKey& last) {
  return absl::StrCat(std::string(1, static_cast<char>(list)), last.first, ".",
                      last.second);
}

absl::StatusOr<PageKey> ParsePageToken(List list, const std::string& token,
                                       PageKey first_page) {
  if (token.empty()) return first_page;
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(token.substr(1), absl::MaxSplits('.', 1));
  PageKey key;
  if (token.front() != static_cast<char>(list) ||
      !absl::SimpleAtoi(parts.first, &key.first) ||
      !absl::SimpleAtoi(parts.second, &key.second)) {
    return InvalidField("page_token",
                        "is not a token of an earlier reply; leave it empty "
                        "for the first page");
  }
  return key;
}

// Adds rows to a reply until the page is full, and the token of the next page
// if there are more. Rows begin with the two sort keys; the query gives one row
// more than the page holds.
template <typename AddRow>
std::string ReadPage(List list, Rows rows, int64_t page_size,
                     const AddRow& add) {
  std::string last;
  for (int64_t count = 0; rows.Next(); ++count) {
    if (count == page_size) return last;
    add(rows);
    last = PageToken(list, {rows.Int(0), rows.Int(1)});
  }
  return "";
}

absl::StatusOr<Instance> FindOrFail(Connection& db, int64_t store,
                                    const std::string& instance_id) {
  const std::optional<Instance> instance = FindRecorded(db, store, instance_id);
  if (!instance.has_value()) return InstanceNotFound(instance_id);
  return *instance;
}

}  // namespace

absl::Status InstanceNotFound(std::string_view instance_id) {
  return MakeError(provider::v1::ERROR_REASON_INSTANCE_NOT_FOUND,
                   absl::StrCat("instance: there is no instance \"",
                                std::string(instance_id), "\""));
}

absl::Status CheckPageToken(const provider::v1::ListInstancesRequest& request) {
  return ParsePageToken(List::kInstances, request.page_token(), {}).status();
}

absl::Status CheckPageToken(
    const provider::v1::ListExecutionsRequest& request) {
  return ParsePageToken(List::kExecutions, request.page_token(), {}).status();
}

absl::Status CheckPageToken(const provider::v1::ListChildrenRequest& request) {
  return ParsePageToken(List::kChildren, request.page_token(), {}).status();
}

absl::Status ReadInstances(Connection& db, int64_t store,
                           const provider::v1::ListInstancesRequest& request,
                           provider::v1::ListInstancesResponse& response) {
  const absl::StatusOr<PageKey> before =
      ParsePageToken(List::kInstances, request.page_token(), {kMax, kMax});
  if (!before.ok()) return before.status();
  std::optional<int64_t> status;
  if (request.has_status()) status = int64_t{request.status()};
  const int64_t page_size = PageSize(request.page_size());
  response.set_next_page_token(ReadPage(
      List::kInstances,
      db.Query("SELECT created_ms, instance_key, instance_id FROM instances"
               " WHERE store_key = ? AND created_ms IS NOT NULL"
               " AND (created_ms, instance_key) < (?, ?)"
               " AND (?4 IS NULL OR ?4 = (SELECT status FROM executions"
               "  WHERE executions.instance_key = instances.instance_key"
               "  AND execution_id = current_execution))"
               " ORDER BY created_ms DESC, instance_key DESC LIMIT ?",
               store, before->first, before->second, status, page_size + 1),
      page_size, [&response](const Rows& rows) {
        response.add_instance_ids(std::string(rows.Text(2)));
      }));
  return db.error();
}

absl::Status ReadExecutions(Connection& db, int64_t store,
                            const provider::v1::ListExecutionsRequest& request,
                            provider::v1::ListExecutionsResponse& response) {
  const absl::StatusOr<PageKey> after =
      ParsePageToken(List::kExecutions, request.page_token(), {0, 0});
  if (!after.ok()) return after.status();
  const std::optional<Instance> instance =
      FindRecorded(db, store, request.instance());
  if (!instance.has_value()) return db.error();
  const int64_t page_size = PageSize(request.page_size());
  response.set_next_page_token(
      ReadPage(List::kExecutions,
               db.Query("SELECT execution_id, 0 FROM executions"
                        " WHERE instance_key = ? AND execution_id > ?"
                        " ORDER BY execution_id LIMIT ?",
                        instance->key, after->first, page_size + 1),
               page_size, [&response](const Rows& rows) {
                 response.add_execution_ids(static_cast<uint64_t>(rows.Int(0)));
               }));
  return db.error();
}

absl::Status ReadChildren(Connection& db, int64_t store,
                          const provider::v1::ListChildrenRequest& request,
                          provider::v1::ListChildrenResponse& response) {
  const absl::StatusOr<PageKey> after =
      ParsePageToken(List::kChildren, request.page_token(), {0, 0});
  if (!after.ok()) return after.status();
  const int64_t page_size = PageSize(request.page_size());
  response.set_next_page_token(ReadPage(
      List::kChildren,
      db.Query("SELECT created_ms, instance_key, instance_id FROM instances"
               " WHERE store_key = ? AND parent_id = ?"
               " AND (created_ms, instance_key) > (?, ?)"
               " ORDER BY created_ms, instance_key LIMIT ?",
               store, request.instance(), after->first, after->second,
               page_size + 1),
      page_size, [&response](const Rows& rows) {
        response.add_instance_ids(std::string(rows.Text(2)));
      }));
  return db.error();
}

absl::Status ReadLatestExecution(
    Connection& db, int64_t store,
    const provider::v1::GetLatestExecutionRequest& request,
    provider::v1::GetLatestExecutionResponse& response) {
  const absl::StatusOr<Instance> instance =
      FindOrFail(db, store, request.instance());
  if (!instance.ok()) return instance.status();
  response.set_execution_id(static_cast<uint64_t>(instance->current_execution));
  return absl::OkStatus();
}

absl::Status ReadInstanceInfo(
    Connection& db, int64_t store,
    const provider::v1::GetInstanceInfoRequest& request,
    provider::v1::GetInstanceInfoResponse& response) {
  Rows rows = db.Query(
      "SELECT name, version, current_execution, status, output, created_ms,"
      " updated_ms, parent_id FROM instances JOIN executions"
      " ON executions.instance_key = instances.instance_key"
      " AND execution_id = current_execution"
      " WHERE store_key = ? AND instance_id = ? AND created_ms IS NOT NULL",
      store, request.instance());
  if (!rows.Next()) return InstanceNotFound(request.instance());
  provider::v1::InstanceInfo& info = *response.mutable_info();
  info.set_instance_id(request.instance());
  info.set_orchestration_name(std::string(rows.Text(0)));
  info.set_orchestration_version(rows.OptionalText(1).value_or("unknown"));
  info.set_current_execution_id(static_cast<uint64_t>(rows.Int(2)));
  info.set_status(static_cast<OrchestrationStatus>(rows.Int(3)));
  if (!rows.IsNull(4)) info.set_output(std::string(rows.Text(4)));
  info.set_created_at_ms(static_cast<uint64_t>(rows.Int(5)));
  info.set_updated_at_ms(static_cast<uint64_t>(rows.Int(6)));
  if (!rows.IsNull(7)) info.set_parent_instance_id(std::string(rows.Text(7)));
  return absl::OkStatus();
}

absl::Status ReadExecutionInfo(
    Connection& db, int64_t store,
    const provider::v1::GetExecutionInfoRequest& request,
    provider::v1::GetExecutionInfoResponse& response) {
  Rows rows = db.Query(
      "SELECT status, output, started_ms, completed_ms, event_count"
      " FROM instances JOIN executions"
      " ON executions.instance_key = instances.instance_key"
      " WHERE store_key = ? AND instance_id = ? AND created_ms IS NOT NULL"
      " AND execution_id = ?",
      store, request.instance(), static_cast<int64_t>(request.execution_id()));
  if (!rows.Next()) {
    return MakeError(
        provider::v1::ERROR_REASON_INSTANCE_NOT_FOUND,
        absl::StrCat("execution_id: instance \"", request.instance(),
                     "\" has no execution ", request.execution_id()));
  }
  provider::v1::ExecutionInfo& info = *response.mutable_info();
  info.set_execution_id(request.execution_id());
  info.set_status(static_cast<OrchestrationStatus>(rows.Int(0)));
  if (!rows.IsNull(1)) info.set_output(std::string(rows.Text(1)));
  info.set_started_at_ms(static_cast<uint64_t>(rows.Int(2)));
  if (!rows.IsNull(3)) {
    info.set_completed_at_ms(static_cast<uint64_t>(rows.Int(3)));
  }
  info.set_event_count(static_cast<uint64_t>(rows.Int(4)));
  return absl::OkStatus();
}

absl::Status ReadParent(Connection& db, int64_t store,
                        const provider::v1::GetParentRequest& request,
                        provider::v1::GetParentResponse& response) {
  Rows rows = db.Query(
      "SELECT parent_id FROM instances"
      " WHERE store_key = ? AND instance_id = ? AND created_ms IS NOT NULL",
      store, request.instance());
  if (!rows.Next()) return InstanceNotFound(request.instance());
  if (!rows.IsNull(0)) {
    response.set_parent_instance_id(std::string(rows.Text(0)));
  }
  return absl::OkStatus();
}

absl::Status ReadTree(Connection& db, int64_t store,
                      const provider::v1::GetInstanceTreeRequest& request,
                      provider::v1::GetInstanceTreeResponse& response) {
  const absl::StatusOr<Instance> root =
      FindOrFail(db, store, request.instance());
  if (!root.ok()) return root.status();
  response.set_root_id(request.instance());
  // UNION, not UNION ALL: parents that form a circle must not loop for ever.
  Rows rows = db.Query(
      "WITH RECURSIVE tree (instance_id) AS ("
      " SELECT ?2 UNION"
      " SELECT child.instance_id FROM tree JOIN instances AS child"
      "  ON child.store_key = ?1 AND child.parent_id = tree.instance_id)"
      " SELECT instance_id FROM tree",
      store, request.instance());
  while (rows.Next()) response.add_all_ids(std::string(rows.Text(0)));
  return db.error();
}

void ReadSystemMetrics(Connection& db, int64_t store,
                       provider::v1::SystemMetrics& metrics) {
  {
    Rows rows = db.Query(
        "SELECT status, count(*) FROM instances JOIN executions"
        " ON executions.instance_key = instances.instance_key"
        " AND execution_id = current_execution"
        " WHERE store_key = ? AND created_ms IS NOT NULL GROUP BY status",
        store);
    while (rows.Next()) {
      const auto count = static_cast<uint64_t>(rows.Int(1));
      metrics.set_total_instances(metrics.total_instances() + count);
      switch (rows.Int(0)) {
        case provider::v1::ORCHESTRATION_STATUS_RUNNING:
          metrics.set_running_instances(count);
          break;
        case provider::v1::ORCHESTRATION_STATUS_COMPLETED:
          metrics.set_completed_instances(count);
          break;
        case provider::v1::ORCHESTRATION_STATUS_FAILED:
          metrics.set_failed_instances(count);
          break;
        default:
          break;
      }
    }
  }
  Rows rows = db.Query(
      "SELECT count(*), coalesce(sum(event_count), 0)"
      " FROM instances JOIN executions"
      " ON executions.instance_key = instances.instance_key"
      " WHERE store_key = ? AND created_ms IS NOT NULL",
      store);
  if (!rows.Next()) return;
  metrics.set_total_executions(static_cast<uint64_t>(rows.Int(0)));
  metrics.set_total_events(static_cast<uint64_t>(rows.Int(1)));
}

void ReadQueueDepths(Connection& db, int64_t store,
                     provider::v1::QueueDepths& depths) {
  const int64_t now_us = NowUs();
  depths.set_orchestrator_queue(static_cast<uint64_t>(
      db.Number("SELECT count(*) FROM instances JOIN messages"
                " ON messages.instance_key = instances.instance_key"
                " WHERE store_key = ?1 AND visible_us <= ?2"
                " AND (locked_until_us IS NULL OR locked_until_us <= ?2)",
                store, now_us)
          .value_or(0)));
  depths.set_worker_queue(static_cast<uint64_t>(
      db.Number("SELECT count(*) FROM work_items"
                " WHERE store_key = ? AND (due_us IS NULL OR due_us <= ?)",
                store, now_us)
          .value_or(0)));
}

absl::Status ReadInstanceStats(
    Connection& db, int64_t store,
    const provider::v1::GetInstanceStatsRequest& request,
    provider::v1::GetInstanceStatsResponse& response) {
  const std::optional<Instance> instance =
      FindRecorded(db, store, request.instance());
  if (!instance.has_value()) return db.error();
  provider::v1::InstanceStats& stats = *response.mutable_stats();
  {
    Rows rows = db.Query(
        "SELECT event_count, event_bytes FROM executions"
        " WHERE instance_key = ? AND execution_id = ?",
        instance->key, instance->current_execution);
    if (rows.Next()) {
      stats.set_history_event_count(static_cast<uint64_t>(rows.Int(0)));
      stats.set_history_size_bytes(static_cast<uint64_t>(rows.Int(1)));
    }
  }
  {
    // What continue-as-new took along stands in the event that began the
    // execution.
    const std::optional<std::string> data =
        ReadEvent(db, instance->key, instance->current_execution, 1);
    provider::v1::Event first;
    if (data.has_value() && !first.ParseFromString(*data)) {
      response.clear_stats();
      return MakeError(provider::v1::ERROR_REASON_HISTORY_CORRUPT,
                       "event 1 of the current execution cannot be read back");
    }
    stats.set_queue_pending_count(static_cast<uint64_t>(
        first.orchestration_started().carry_forward_events().events_size()));
  }
  KvEntries values;
  ReadKvValues(db, instance->key, values);
  uint64_t value_bytes = 0;
  for (const provider::v1::KvEntry& entry : values) {
    value_bytes += entry.value().size();
  }
  stats.set_kv_user_key_count(static_cast<uint64_t>(values.size()));
  stats.set_kv_total_value_bytes(value_bytes);
  return db.error();
}

uint32_t ReadMaxAttempts(Connection& db, int64_t store,
                         std::string_view instance_id) {
  const std::optional<Instance> instance = FindInstance(db, store, instance_id);
  if (!instance.has_value()) return 0;
  return static_cast<uint32_t>(
      db.Number("SELECT max(attempts) FROM messages WHERE instance_key = ?",
                instance->key)
          .value_or(0));
}

}  // namespace duroxide::sqlite
