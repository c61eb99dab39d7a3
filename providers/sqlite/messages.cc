#include "providers/sqlite/messages.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "providers/sqlite/large_data.h"

namespace duroxide::sqlite {
namespace {

using provider::v1::WorkItem;

// What is around the parts of an item, at most: the tag and the length of a
// message or an event, what a key-value has beside its texts, and all the rest.
constexpr int64_t kFieldBytes = 6;
constexpr int64_t kEntryBytes = 32;
constexpr int64_t kItemBytes = 256;

Role RoleOf(const WorkItem& item) {
  switch (item.kind_case()) {
    case WorkItem::kStartOrchestration:
    case WorkItem::kContinueAsNew:
      return Role::kStartsInstance;
    case WorkItem::kQueueMessage:
      return Role::kDroppedWithoutInstance;
    default:
      return Role::kNeedsInstance;
  }
}

// What an item may have.
struct Terms {
  int64_t max_inline_events = std::numeric_limits<int64_t>::max();
  uint64_t max_bytes = 0;
};

// A message that has joined a batch.
struct Joined {
  int64_t message = 0;
  Role role = Role::kNeedsInstance;
  uint32_t attempts = 0;
  uint64_t bytes = 0;
};

// What an item has beside its messages: history, key-values and names. A
// history that the caller wants to read by itself is not in it (FETCH-9). Zero
// where that alone does not fit, because it is then left out (FETCH-8).
uint64_t BytesBesideMessages(Connection& db, const Instance& instance,
                             const Terms& terms) {
  const auto bytes = static_cast<uint64_t>(
      kItemBytes +
      db.Number("SELECT length(CAST(instance_id || coalesce(name, '')"
                " || coalesce(version, '') AS BLOB))"
                " FROM instances WHERE instance_key = ?",
                instance.key)
          .value_or(0) +
      db.Number("SELECT event_bytes + event_count * ?1 FROM executions"
                " WHERE instance_key = ?2 AND execution_id = ?3 AND ?4 >="
                " (SELECT max(event_id) FROM history"
                "  WHERE instance_key = ?2 AND execution_id = ?3)",
                kFieldBytes, instance.key, instance.current_execution,
                terms.max_inline_events)
          .value_or(0) +
      db.Number("SELECT sum(length(CAST(key || value AS BLOB)) + ?)"
                " FROM kv_values WHERE instance_key = ?",
                kEntryBytes, instance.key)
          .value_or(0));
  return bytes < terms.max_bytes ? bytes : 0;
}

// How many of these messages, in their order, go into an item. One at least,
// and with a new instance the message that starts it.
size_t CountThatFit(const std::vector<Joined>& batch, bool starts_instance,
                    uint64_t room) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < batch.size(); ++i) {
    bytes += batch[i].bytes + kFieldBytes;
    if (bytes > room && i > 0 && !starts_instance) return i;
    if (batch[i].role == Role::kStartsInstance) starts_instance = false;
  }
  return batch.size();
}

// Puts the visible messages of an instance into the batch and counts the
// attempt.
std::vector<Joined> JoinBatch(Connection& db, const Instance& instance,
                              int64_t batch, int64_t now_us) {
  std::vector<Joined> joined;
  Rows rows = db.Query(
      "UPDATE messages SET batch = ?, attempts = attempts + 1"
      " WHERE instance_key = ? AND role IN (0, 1, 2) AND visible_us <= ?"
      " RETURNING message_id, role, attempts, iif(length(data) > 0,"
      "  length(data), (SELECT length(large.data) FROM large_messages AS large"
      "   WHERE large.message_id = messages.message_id))",
      batch, instance.key, now_us);
  while (rows.Next()) {
    joined.push_back({.message = rows.Int(0),
                      .role = static_cast<Role>(rows.Int(1)),
                      .attempts = static_cast<uint32_t>(rows.Int(2)),
                      .bytes = static_cast<uint64_t>(rows.Int(3))});
  }
  return joined;
}

// Takes what does not fit out of the batch, as if it had come later (WIRE-8).
void EndBatchEarly(Connection& db, const Instance& instance, int64_t batch,
                   const Terms& terms, std::vector<Joined>& joined) {
  std::sort(joined.begin(), joined.end(),
            [](const auto& a, const auto& b) { return a.message < b.message; });
  const size_t fit =
      CountThatFit(joined, !instance.recorded,
                   terms.max_bytes - BytesBesideMessages(db, instance, terms));
  for (size_t i = fit; i < joined.size(); ++i) {
    db.Run(
        "UPDATE messages SET batch = NULL, attempts = attempts - 1"
        " WHERE message_id = ? AND batch = ?",
        joined[i].message, batch);
  }
  joined.resize(fit);
}

}  // namespace

std::string_view TargetInstance(const WorkItem& item) {
  switch (item.kind_case()) {
    case WorkItem::kStartOrchestration:
      return item.start_orchestration().instance();
    case WorkItem::kActivityExecute:
      return item.activity_execute().instance();
    case WorkItem::kActivityCompleted:
      return item.activity_completed().instance();
    case WorkItem::kActivityFailed:
      return item.activity_failed().instance();
    case WorkItem::kTimerFired:
      return item.timer_fired().instance();
    case WorkItem::kExternalRaised:
      return item.external_raised().instance();
    case WorkItem::kSubOrchestrationCompleted:
      return item.sub_orchestration_completed().parent_instance();
    case WorkItem::kSubOrchestrationFailed:
      return item.sub_orchestration_failed().parent_instance();
    case WorkItem::kCancelInstance:
      return item.cancel_instance().instance();
    case WorkItem::kContinueAsNew:
      return item.continue_as_new().instance();
    case WorkItem::kQueueMessage:
      return item.queue_message().instance();
    case WorkItem::KIND_NOT_SET:
      break;
  }
  return {};
}

int64_t StoreMessage(Connection& db, const Instance& instance,
                     const WorkItem& item, int64_t visible_us) {
  const std::string data = item.SerializeAsString();
  const bool large = data.size() >= kLargeItem;
  db.Run(
      "INSERT INTO messages (instance_key, role, visible_us, data)"
      " VALUES (?, ?, ?, ?)",
      instance.key, static_cast<int64_t>(RoleOf(item)), visible_us,
      Blob{large ? std::string_view() : data});
  const int64_t message = db.LastInsertId();
  if (large) {
    db.Run("INSERT INTO large_messages (message_id, data) VALUES (?, ?)",
           message, Blob{data});
  }
  return message;
}

uint32_t FillBatch(Connection& db, const Instance& instance, int64_t batch,
                   const provider::v1::FetchOrchestrationItemsRequest& request,
                   uint64_t max_bytes, int64_t now_us) {
  std::vector<Joined> joined = JoinBatch(db, instance, batch, now_us);
  if (joined.size() > 1) {
    Terms terms = {.max_bytes = max_bytes};
    if (request.has_max_inline_events()) {
      terms.max_inline_events = request.max_inline_events();
    }
    EndBatchEarly(db, instance, batch, terms, joined);
  }
  uint32_t attempts = 0;
  for (const Joined& message : joined) {
    attempts = std::max(attempts, message.attempts);
  }
  return attempts;
}

void ReadBatch(Connection& db, int64_t instance_key, int64_t batch,
               int64_t locked_at_us, provider::v1::OrchestrationItem& item) {
  Rows rows = db.Query(
      "SELECT iif(length(data) > 0, data, (SELECT large.data"
      "  FROM large_messages AS large"
      "  WHERE large.message_id = messages.message_id))"
      " FROM messages WHERE instance_key = ? AND role IN (0, 1, 2)"
      " AND visible_us <= ? AND batch = ? ORDER BY message_id",
      instance_key, locked_at_us, batch);
  while (rows.Next()) {
    const std::string_view data = rows.Bytes(0);
    item.add_messages()->ParseFromArray(data.data(),
                                        static_cast<int>(data.size()));
  }
}

}  // namespace duroxide::sqlite
