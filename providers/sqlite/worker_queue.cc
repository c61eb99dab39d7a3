#include "providers/sqlite/worker_queue.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "providers/sqlite/large_data.h"
#include "providers/sqlite/lock_token.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/sessions.h"

namespace duroxide::sqlite {
namespace {

using provider::v1::FetchWorkItemsRequest;
using provider::v1::TagFilter;
using provider::v1::WorkItem;

// An item and where it belongs.
struct Placed {
  int64_t item_id = 0;
  std::optional<std::string> session_id = std::nullopt;
  OptionalTag tag = std::nullopt;
};

// Reads rows of item_id, session_id, tag.
std::vector<Placed> ReadPlaced(Rows rows) {
  std::vector<Placed> items;
  while (rows.Next()) {
    items.push_back({.item_id = rows.Int(0),
                     .session_id = rows.OptionalText(1),
                     .tag = rows.OptionalText(2)});
  }
  return items;
}

void RefreshHeadOf(Connection& db, int64_t store, const Placed& item) {
  if (item.session_id.has_value()) {
    RefreshSessionHead(db, store, *item.session_id, item.tag);
  }
}

// The oldest item that a fetch may take, as far as it has been looked for.
class Oldest {
 public:
  void Consider(std::optional<int64_t> item_id) {
    if (item_id.has_value() && (!found_.has_value() || *item_id < *found_)) {
      found_ = item_id;
    }
  }
  std::optional<int64_t> found() const { return found_; }

 private:
  std::optional<int64_t> found_;
};

// The owners whose sessions a fetch may take items of: nobody, and itself.
std::array<std::optional<std::string_view>, 2> AllowedOwners(
    const FetchWorkItemsRequest& request) {
  return {std::nullopt, std::string_view(request.session().owner_id())};
}

void ConsiderAnyTag(Connection& db, int64_t store,
                    const FetchWorkItemsRequest& request, Oldest& oldest) {
  oldest.Consider(
      db.Number("SELECT item_id FROM work_items WHERE store_key = ?"
                " AND due_us IS NULL AND session_id IS NULL"
                " ORDER BY item_id LIMIT 1",
                store));
  if (!request.has_session()) return;
  for (const std::optional<std::string_view> owner : AllowedOwners(request)) {
    oldest.Consider(
        db.Number("SELECT item_id FROM session_heads"
                  " WHERE store_key = ? AND owner IS ?"
                  " ORDER BY item_id LIMIT 1",
                  store, owner));
  }
}

void ConsiderTag(Connection& db, int64_t store,
                 const FetchWorkItemsRequest& request,
                 std::optional<std::string_view> tag, Oldest& oldest) {
  oldest.Consider(
      db.Number("SELECT item_id FROM work_items WHERE store_key = ?"
                " AND tag IS ? AND due_us IS NULL AND session_id IS NULL"
                " ORDER BY item_id LIMIT 1",
                store, tag));
  if (!request.has_session()) return;
  for (const std::optional<std::string_view> owner : AllowedOwners(request)) {
    oldest.Consider(
        db.Number("SELECT item_id FROM session_heads"
                  " WHERE store_key = ? AND owner IS ? AND tag IS ?"
                  " ORDER BY item_id LIMIT 1",
                  store, owner, tag));
  }
}

std::optional<int64_t> OldestAllowed(Connection& db, int64_t store,
                                     const FetchWorkItemsRequest& request) {
  Oldest oldest;
  const TagFilter& filter = request.tag_filter();
  switch (filter.mode()) {
    case TagFilter::MODE_NONE:
      return std::nullopt;
    case TagFilter::MODE_ANY:
      ConsiderAnyTag(db, store, request, oldest);
      return oldest.found();
    case TagFilter::MODE_TAGS:
      break;
    default:
      ConsiderTag(db, store, request, std::nullopt, oldest);
      break;
  }
  for (const std::string& tag : filter.tags()) {
    ConsiderTag(db, store, request, tag, oldest);
  }
  return oldest.found();
}

void ParseItem(std::string_view data, WorkItem& item) {
  item.ParseFromArray(data.data(), static_cast<int>(data.size()));
}

void ReadLargeItem(Connection& db, int64_t item_id, WorkItem& item) {
  Rows rows =
      db.Query("SELECT data FROM large_work_items WHERE item_id = ?", item_id);
  if (rows.Next()) ParseItem(rows.Bytes(0), item);
}

// The item whose lock the token holds. LOCK_LOST.
absl::StatusOr<Placed> FindHeldWork(Connection& db, int64_t store,
                                    std::string_view lock_token,
                                    int64_t now_us) {
  const std::optional<int64_t> row = RowOfToken(lock_token);
  if (!row.has_value()) return LockLost();
  Rows rows = db.Query(
      "SELECT session_id, tag FROM work_items WHERE item_id = ?"
      " AND store_key = ? AND lock_token = ? AND due_us > ?",
      *row, store, lock_token, now_us);
  if (!rows.Next()) return LockLost();
  return Placed{.item_id = *row,
                .session_id = rows.OptionalText(0),
                .tag = rows.OptionalText(1)};
}

}  // namespace

void EnqueueWork(Connection& db, int64_t store,
                 const provider::v1::WorkItem& item) {
  const provider::v1::ActivityExecuteItem& activity = item.activity_execute();
  std::optional<std::string_view> tag;
  if (activity.has_tag()) tag = activity.tag();
  std::optional<std::string_view> session_id;
  if (activity.has_session_id()) session_id = activity.session_id();
  const std::string data = item.SerializeAsString();
  const bool large = data.size() >= kLargeItem;
  db.Run(
      "INSERT INTO work_items (store_key, instance_id, execution_id,"
      " activity_id, tag, session_id, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
      store, activity.instance(), static_cast<int64_t>(activity.execution_id()),
      static_cast<int64_t>(activity.id()), tag, session_id,
      Blob{large ? std::string_view() : data});
  if (large) {
    db.Run("INSERT INTO large_work_items (item_id, data) VALUES (?, ?)",
           db.LastInsertId(), Blob{data});
  }
  if (session_id.has_value()) {
    RefreshSessionHead(db, store, *session_id,
                       tag.has_value() ? OptionalTag(*tag) : std::nullopt);
  }
}

int64_t FreeExpiredWork(Connection& db, int64_t store, int64_t now_us) {
  FreeExpiredSessions(db, store, now_us);
  const int64_t locks =
      db.Number(
            "SELECT count(*) FROM work_items WHERE store_key = ?"
            " AND due_us IS NOT NULL AND due_us <= ?"
            " AND lock_token IS NOT NULL",
            store, now_us)
          .value_or(0);
  const std::vector<Placed> due = ReadPlaced(
      db.Query("UPDATE work_items SET due_us = NULL, lock_token = NULL"
               " WHERE store_key = ? AND due_us IS NOT NULL AND due_us <= ?"
               " RETURNING item_id, session_id, tag",
               store, now_us));
  for (const Placed& item : due) RefreshHeadOf(db, store, item);
  return locks;
}

std::optional<provider::v1::LockedWorkItem> LockNextWork(
    Connection& db, int64_t store, const FetchWorkItemsRequest& request,
    int64_t now_us) {
  const std::optional<int64_t> item_id = OldestAllowed(db, store, request);
  if (!item_id.has_value()) return std::nullopt;

  provider::v1::LockedWorkItem locked;
  locked.set_lock_token(MakeLockToken(*item_id));
  Placed placed{.item_id = *item_id};
  {
    Rows rows = db.Query(
        "UPDATE work_items SET due_us = ?, lock_token = ?,"
        " attempts = attempts + 1 WHERE item_id = ?"
        " RETURNING attempts, data, session_id, tag",
        After(now_us, request.lock_timeout()), locked.lock_token(), *item_id);
    if (!rows.Next()) return std::nullopt;
    locked.set_attempt_count(static_cast<uint32_t>(rows.Int(0)));
    if (const std::string_view data = rows.Bytes(1); !data.empty()) {
      ParseItem(data, *locked.mutable_item());
    } else {
      ReadLargeItem(db, *item_id, *locked.mutable_item());
    }
    placed.session_id = rows.OptionalText(2);
    placed.tag = rows.OptionalText(3);
  }
  if (placed.session_id.has_value()) {
    ClaimSession(db, store, *placed.session_id, request.session(), now_us);
    RefreshHeadOf(db, store, placed);
  }
  return locked;
}

absl::Status AckWork(Connection& db, int64_t store,
                     const provider::v1::AckWorkItemRequest& request) {
  const int64_t now_us = NowUs();
  const absl::StatusOr<Placed> item =
      FindHeldWork(db, store, request.lock_token(), now_us);
  if (!item.ok()) return item.status();
  db.Run("DELETE FROM work_items WHERE item_id = ?", item->item_id);
  if (item->session_id.has_value()) {
    TouchSession(db, store, *item->session_id, now_us);
  }
  if (request.has_completion()) {
    EnqueueMessage(db, store, request.completion(), now_us);
  }
  return absl::OkStatus();
}

absl::Status AbandonWork(Connection& db, int64_t store,
                         const provider::v1::AbandonWorkItemRequest& request) {
  const int64_t now_us = NowUs();
  const absl::StatusOr<Placed> item =
      FindHeldWork(db, store, request.lock_token(), now_us);
  if (!item.ok()) return item.status();
  std::optional<int64_t> due_us;
  if (const int64_t until_us = After(now_us, request.delay());
      until_us > now_us) {
    due_us = until_us;
  }
  db.Run(
      "UPDATE work_items SET due_us = ?, lock_token = NULL,"
      " attempts = max(0, attempts - ?) WHERE item_id = ?",
      due_us, int64_t{request.ignore_attempt() ? 1 : 0}, item->item_id);
  RefreshHeadOf(db, store, *item);
  return absl::OkStatus();
}

absl::Status RenewWork(Connection& db, int64_t store,
                       const provider::v1::RenewWorkItemLockRequest& request) {
  const int64_t now_us = NowUs();
  const absl::StatusOr<Placed> item =
      FindHeldWork(db, store, request.lock_token(), now_us);
  if (!item.ok()) return item.status();
  db.Run("UPDATE work_items SET due_us = ? WHERE item_id = ?",
         After(now_us, request.extend_for()), item->item_id);
  if (item->session_id.has_value()) {
    TouchSession(db, store, *item->session_id, now_us);
  }
  return absl::OkStatus();
}

void CancelWork(Connection& db, int64_t store,
                const provider::v1::ScheduledActivityIdentifier& activity) {
  const std::vector<Placed> cancelled = ReadPlaced(db.Query(
      "DELETE FROM work_items WHERE store_key = ? AND instance_id = ?"
      " AND execution_id = ? AND activity_id = ?"
      " RETURNING item_id, session_id, tag",
      store, activity.instance(), static_cast<int64_t>(activity.execution_id()),
      static_cast<int64_t>(activity.activity_id())));
  for (const Placed& item : cancelled) RefreshHeadOf(db, store, item);
}

int64_t DeleteWorkOf(Connection& db, int64_t store,
                     std::string_view instance_id) {
  const std::vector<Placed> deleted = ReadPlaced(
      db.Query("DELETE FROM work_items WHERE store_key = ? AND instance_id = ?"
               " RETURNING item_id, session_id, tag",
               store, instance_id));
  for (const Placed& item : deleted) RefreshHeadOf(db, store, item);
  return static_cast<int64_t>(deleted.size());
}

int64_t NextWorkDue(Connection& db, int64_t store) {
  const std::optional<int64_t> due = db.Number(
      "SELECT min(due_us) FROM work_items"
      " WHERE store_key = ? AND due_us IS NOT NULL",
      store);
  return std::min(due.value_or(kNeverUs), NextSessionExpiry(db, store));
}

}  // namespace duroxide::sqlite
