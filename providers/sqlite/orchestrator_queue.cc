#include "providers/sqlite/orchestrator_queue.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "providers/sqlite/lock_token.h"
#include "providers/sqlite/messages.h"
#include "providers/sqlite/moment.h"

namespace duroxide::sqlite {
namespace {

using provider::v1::WorkItem;

// A place in the queue: since when, and which message.
struct Due {
  int64_t at_us = 0;
  int64_t message = 0;

  bool operator<(const Due& other) const {
    return std::tie(at_us, message) < std::tie(other.at_us, other.message);
  }
};

std::optional<Due> Earliest(Connection& db, const Instance& instance,
                            Role role) {
  Rows rows = db.Query(
      "SELECT visible_us, message_id FROM messages"
      " WHERE instance_key = ? AND role = ?"
      " ORDER BY visible_us, message_id LIMIT 1",
      instance.key, static_cast<int64_t>(role));
  if (!rows.Next()) return std::nullopt;
  return Due{.at_us = rows.Int(0), .message = rows.Int(1)};
}

std::optional<Due> Min(std::optional<Due> a, std::optional<Due> b) {
  if (!a.has_value()) return b;
  if (!b.has_value()) return a;
  return std::min(*a, *b);
}

bool VisibleAt(const std::optional<Due>& due, int64_t now_us) {
  return due.has_value() && due->at_us <= now_us;
}

// When an instance is due.
struct Place {
  std::optional<Due> due;
  // It has a start that is not visible yet.
  bool awaits_start = false;
};

Place WorkOutPlace(Connection& db, const Instance& instance, int64_t now_us) {
  const std::optional<Due> needing =
      Earliest(db, instance, Role::kNeedsInstance);
  const std::optional<Due> start =
      Earliest(db, instance, Role::kStartsInstance);
  const std::optional<Due> droppable =
      Earliest(db, instance, Role::kDroppedWithoutInstance);
  if (instance.known() || VisibleAt(start, now_us)) {
    return {.due = Min(Min(needing, start), droppable)};
  }
  // Nothing can be given out before the start is there; queue messages alone
  // are due, to be dropped.
  return {.due = VisibleAt(needing, now_us) ? start : Min(start, droppable),
          .awaits_start = start.has_value()};
}

void StorePlace(Connection& db, const Instance& instance, const Place& place) {
  std::optional<int64_t> at_us;
  std::optional<int64_t> message;
  if (place.due.has_value()) {
    at_us = place.due->at_us;
    message = place.due->message;
  }
  db.Run(
      "UPDATE instances SET due_us = ?, due_message = ?, awaits_start = ?"
      " WHERE instance_key = ?",
      at_us, message, int64_t{place.awaits_start}, instance.key);
}

// Gives the instances whose start has become visible their place by the message
// that has waited longest (FETCH-3).
void PlaceStarted(Connection& db, int64_t store, int64_t now_us) {
  std::vector<Instance> instances;
  {
    Rows rows = db.Query(
        "SELECT instance_key, created_ms IS NOT NULL, current_execution"
        " FROM instances WHERE store_key = ? AND awaits_start = 1"
        " AND due_us <= ?",
        store, now_us);
    while (rows.Next()) {
      instances.push_back({.key = rows.Int(0),
                           .recorded = rows.Int(1) != 0,
                           .current_execution = rows.Int(2)});
    }
  }
  for (const Instance& instance : instances) RefreshDue(db, instance, now_us);
}

// An instance that may be given out.
struct Candidate {
  Instance instance;
  Due due;
};

std::optional<Candidate> OldestPinnedTo(Connection& db, int64_t store,
                                        std::string_view pinned,
                                        int64_t now_us) {
  Rows rows = db.Query(
      "SELECT instance_key, created_ms IS NOT NULL, current_execution, due_us,"
      " due_message FROM instances"
      " WHERE store_key = ? AND pinned = ? AND locked_until_us IS NULL"
      " AND due_us IS NOT NULL AND due_us <= ?"
      " ORDER BY due_us, due_message LIMIT 1",
      store, Blob{pinned}, now_us);
  if (!rows.Next()) return std::nullopt;
  return Candidate{.instance = {.key = rows.Int(0),
                                .recorded = rows.Int(1) != 0,
                                .current_execution = rows.Int(2)},
                   .due = {.at_us = rows.Int(3), .message = rows.Int(4)}};
}

// The pinned versions that a fetch may give out, as keys from..to.
struct PinnedRange {
  bool nothing = false;
  std::string from;
  std::optional<std::string> to;
};

PinnedRange AllowedBy(
    const provider::v1::FetchOrchestrationItemsRequest& request) {
  PinnedRange range;
  if (!request.has_filter()) return range;
  if (request.filter().supported_versions().empty()) {
    range.nothing = true;
    return range;
  }
  const auto& first = request.filter().supported_versions(0);
  range.from = VersionKey(first.min());
  range.to = VersionKey(first.max());
  return range;
}

// The next pinned version after `after` that ready instances have. There are as
// many as the runtime has had releases, so a fetch looks at each.
std::optional<std::string> NextPinned(Connection& db, int64_t store,
                                      std::string_view after) {
  Rows rows = db.Query(
      "SELECT pinned FROM instances WHERE store_key = ? AND pinned > ?"
      " AND locked_until_us IS NULL AND due_us IS NOT NULL"
      " ORDER BY pinned LIMIT 1",
      store, Blob{after});
  if (!rows.Next()) return std::nullopt;
  return std::string(rows.Bytes(0));
}

std::optional<std::string> FirstPinned(Connection& db, int64_t store,
                                       std::string_view from) {
  Rows rows = db.Query(
      "SELECT pinned FROM instances WHERE store_key = ? AND pinned >= ?"
      " AND locked_until_us IS NULL AND due_us IS NOT NULL"
      " ORDER BY pinned LIMIT 1",
      store, Blob{from});
  if (!rows.Next()) return std::nullopt;
  return std::string(rows.Bytes(0));
}

std::optional<Candidate> OldestAllowed(Connection& db, int64_t store,
                                       const PinnedRange& range,
                                       int64_t now_us) {
  // No pinned version is compatible with every filter (FETCH-7).
  std::optional<Candidate> oldest = OldestPinnedTo(db, store, "", now_us);
  std::optional<std::string> pinned = range.from.empty()
                                          ? NextPinned(db, store, "")
                                          : FirstPinned(db, store, range.from);
  while (pinned.has_value() &&
         (!range.to.has_value() || *pinned <= *range.to)) {
    std::optional<Candidate> candidate =
        OldestPinnedTo(db, store, *pinned, now_us);
    if (candidate.has_value() &&
        (!oldest.has_value() || candidate->due < oldest->due)) {
      oldest = candidate;
    }
    pinned = NextPinned(db, store, *pinned);
  }
  return oldest;
}

// True where the candidate can be given out. Else drops or leaves its messages
// as FETCH-5 says, so that it does not come up again.
bool CanBeGivenOut(Connection& db, const Instance& instance, int64_t now_us) {
  if (instance.known() ||
      VisibleAt(Earliest(db, instance, Role::kStartsInstance), now_us)) {
    return true;
  }
  if (!VisibleAt(Earliest(db, instance, Role::kNeedsInstance), now_us)) {
    db.Run(
        "DELETE FROM messages"
        " WHERE instance_key = ? AND role = ? AND visible_us <= ?",
        instance.key, static_cast<int64_t>(Role::kDroppedWithoutInstance),
        now_us);
  }
  RefreshDue(db, instance, now_us);
  ForgetIfEmpty(db, instance);
  return false;
}

LockedTurn Lock(Connection& db, const Instance& instance,
                const provider::v1::FetchOrchestrationItemsRequest& request,
                uint64_t max_bytes, int64_t now_us) {
  LockedTurn turn{.instance_key = instance.key,
                  .lock_token = MakeLockToken(instance.key)};
  {
    Rows rows = db.Query(
        "UPDATE instances SET lock_token = ?, locked_until_us = ?,"
        " locked_at_us = ?, batch = batch + 1 WHERE instance_key = ?"
        " RETURNING batch",
        turn.lock_token, After(now_us, request.lock_timeout()), now_us,
        instance.key);
    if (rows.Next()) turn.batch = rows.Int(0);
  }
  turn.attempt_count =
      FillBatch(db, instance, turn.batch, request, max_bytes, now_us);
  return turn;
}

}  // namespace

void EnqueueMessage(Connection& db, int64_t store, const WorkItem& item,
                    int64_t visible_us) {
  const Instance instance = FindOrAddInstance(db, store, TargetInstance(item));
  const int64_t message = StoreMessage(db, instance, item, visible_us);
  if (instance.known()) {
    db.Run(
        "UPDATE instances SET due_us = ?1, due_message = ?2"
        " WHERE instance_key = ?3 AND (due_us IS NULL OR due_us > ?1)",
        visible_us, message, instance.key);
  } else {
    RefreshDue(db, instance, NowUs());
  }
}

int64_t FreeExpiredTurns(Connection& db, int64_t store, int64_t now_us) {
  PlaceStarted(db, store, now_us);
  return db.Run(
      "UPDATE instances SET lock_token = NULL, locked_until_us = NULL"
      " WHERE store_key = ? AND locked_until_us IS NOT NULL"
      " AND locked_until_us <= ?",
      store, now_us);
}

std::optional<LockedTurn> LockNextTurn(
    Connection& db, int64_t store,
    const provider::v1::FetchOrchestrationItemsRequest& request,
    uint64_t max_bytes, int64_t now_us) {
  const PinnedRange range = AllowedBy(request);
  if (range.nothing) return std::nullopt;
  while (std::optional<Candidate> candidate =
             OldestAllowed(db, store, range, now_us)) {
    if (!db.error().ok()) break;
    if (!CanBeGivenOut(db, candidate->instance, now_us)) continue;
    return Lock(db, candidate->instance, request, max_bytes, now_us);
  }
  return std::nullopt;
}

absl::StatusOr<HeldTurn> FindHeldTurn(Connection& db, int64_t store,
                                      std::string_view lock_token,
                                      int64_t now_us) {
  const std::optional<int64_t> row = RowOfToken(lock_token);
  if (!row.has_value()) return LockLost();
  Rows rows = db.Query(
      "SELECT created_ms IS NOT NULL, current_execution, batch, locked_at_us"
      " FROM instances WHERE instance_key = ? AND store_key = ?"
      " AND lock_token = ? AND locked_until_us > ?",
      *row, store, lock_token, now_us);
  if (!rows.Next()) return LockLost();
  return HeldTurn{.instance = {.key = *row,
                               .recorded = rows.Int(0) != 0,
                               .current_execution = rows.Int(1)},
                  .batch = rows.Int(2),
                  .locked_at_us = rows.Int(3)};
}

void DeleteBatch(Connection& db, const HeldTurn& turn) {
  db.Run(
      "DELETE FROM messages WHERE instance_key = ? AND role IN (0, 1, 2)"
      " AND visible_us <= ? AND batch = ?",
      turn.instance.key, turn.locked_at_us, turn.batch);
}

void ReleaseTurn(Connection& db, const HeldTurn& turn, int64_t now_us) {
  db.Run(
      "UPDATE instances SET lock_token = NULL, locked_until_us = NULL"
      " WHERE instance_key = ?",
      turn.instance.key);
  RefreshDue(db, turn.instance, now_us);
}

absl::Status AbandonTurn(
    Connection& db, int64_t store,
    const provider::v1::AbandonOrchestrationItemRequest& request) {
  const int64_t now_us = NowUs();
  const absl::StatusOr<HeldTurn> turn =
      FindHeldTurn(db, store, request.lock_token(), now_us);
  if (!turn.ok()) return turn.status();
  const int64_t visible_us = After(now_us, request.delay());
  // Without a delay the messages keep their place in the queue.
  db.Run(
      "UPDATE messages SET batch = NULL,"
      " attempts = max(0, attempts - ?),"
      " visible_us = CASE WHEN ?2 > ?3 THEN ?2 ELSE visible_us END"
      " WHERE instance_key = ? AND role IN (0, 1, 2)"
      " AND visible_us <= ? AND batch = ?",
      int64_t{request.ignore_attempt() ? 1 : 0}, visible_us, now_us,
      turn->instance.key, turn->locked_at_us, turn->batch);
  ReleaseTurn(db, *turn, now_us);
  ForgetIfEmpty(db, turn->instance);
  return absl::OkStatus();
}

absl::Status RenewTurn(
    Connection& db, int64_t store,
    const provider::v1::RenewOrchestrationItemLockRequest& request) {
  const int64_t now_us = NowUs();
  const absl::StatusOr<HeldTurn> turn =
      FindHeldTurn(db, store, request.lock_token(), now_us);
  if (!turn.ok()) return turn.status();
  db.Run("UPDATE instances SET locked_until_us = ? WHERE instance_key = ?",
         After(now_us, request.extend_for()), turn->instance.key);
  return absl::OkStatus();
}

void RefreshDue(Connection& db, const Instance& instance, int64_t now_us) {
  StorePlace(db, instance, WorkOutPlace(db, instance, now_us));
}

int64_t NextTurnDue(Connection& db, int64_t store, int64_t now_us) {
  int64_t next = kNeverUs;
  const auto consider = [&next](std::optional<int64_t> moment) {
    if (moment.has_value()) next = std::min(next, *moment);
  };
  consider(
      db.Number("SELECT min(locked_until_us) FROM instances"
                " WHERE store_key = ? AND locked_until_us IS NOT NULL",
                store));
  std::optional<std::string> pinned = FirstPinned(db, store, "");
  while (pinned.has_value()) {
    consider(
        db.Number("SELECT due_us FROM instances"
                  " WHERE store_key = ? AND pinned = ? AND due_us > ?"
                  " AND locked_until_us IS NULL AND due_us IS NOT NULL"
                  " ORDER BY due_us LIMIT 1",
                  store, Blob{*pinned}, now_us));
    pinned = NextPinned(db, store, *pinned);
  }
  return next;
}

}  // namespace duroxide::sqlite
