#include "providers/sqlite/sessions.h"

#include <set>
#include <vector>

#include "providers/sqlite/moment.h"

namespace duroxide::sqlite {
namespace {

void SetOwnerOfHeads(Connection& db, int64_t store, std::string_view session_id,
                     std::optional<std::string_view> owner) {
  db.Run(
      "UPDATE session_heads SET owner = ?"
      " WHERE store_key = ? AND session_id = ? AND owner IS NOT ?1",
      owner, store, session_id);
}

std::optional<std::string> OwnerOf(Connection& db, int64_t store,
                                   std::string_view session_id) {
  Rows rows = db.Query(
      "SELECT owner FROM sessions"
      " WHERE store_key = ? AND session_id = ? AND held = 1",
      store, session_id);
  if (!rows.Next()) return std::nullopt;
  return rows.OptionalText(0);
}

}  // namespace

void RefreshSessionHead(Connection& db, int64_t store,
                        std::string_view session_id, const OptionalTag& tag) {
  const std::optional<int64_t> oldest = db.Number(
      "SELECT item_id FROM work_items"
      " WHERE store_key = ? AND session_id = ? AND tag IS ?"
      " AND due_us IS NULL AND session_id IS NOT NULL"
      " ORDER BY item_id LIMIT 1",
      store, session_id, tag);
  const std::optional<int64_t> head = db.Number(
      "SELECT head_key FROM session_heads"
      " WHERE store_key = ? AND session_id = ? AND tag IS ?",
      store, session_id, tag);
  if (oldest.has_value() && head.has_value()) {
    db.Run("UPDATE session_heads SET item_id = ? WHERE head_key = ?", oldest,
           *head);
  } else if (oldest.has_value()) {
    db.Run(
        "INSERT INTO session_heads (store_key, session_id, tag, owner, item_id)"
        " VALUES (?, ?, ?, ?, ?)",
        store, session_id, tag, OwnerOf(db, store, session_id), oldest);
  } else if (head.has_value()) {
    db.Run("DELETE FROM session_heads WHERE head_key = ?", *head);
  }
}

void FreeExpiredSessions(Connection& db, int64_t store, int64_t now_us) {
  std::vector<std::string> expired;
  {
    Rows rows = db.Query(
        "SELECT session_id FROM sessions"
        " WHERE store_key = ? AND locked_until_us <= ? AND held = 1",
        store, now_us);
    while (rows.Next()) expired.emplace_back(rows.Text(0));
  }
  for (const std::string& session_id : expired) {
    db.Run(
        "UPDATE sessions SET held = 0 WHERE store_key = ? AND session_id = ?",
        store, session_id);
    SetOwnerOfHeads(db, store, session_id, std::nullopt);
  }
}

void ClaimSession(Connection& db, int64_t store, std::string_view session_id,
                  const provider::v1::SessionFetchConfig& config,
                  int64_t now_us) {
  db.Run(
      "INSERT INTO sessions (store_key, session_id, owner, locked_until_us,"
      " last_activity_us, held) VALUES (?, ?, ?, ?, ?, 1)"
      " ON CONFLICT (store_key, session_id) DO UPDATE"
      " SET owner = excluded.owner, locked_until_us = excluded.locked_until_us,"
      " last_activity_us = excluded.last_activity_us, held = 1",
      store, session_id, config.owner_id(),
      After(now_us, config.lock_timeout()), now_us);
  SetOwnerOfHeads(db, store, session_id, config.owner_id());
}

void TouchSession(Connection& db, int64_t store, std::string_view session_id,
                  int64_t now_us) {
  db.Run(
      "UPDATE sessions SET last_activity_us = ?1"
      " WHERE store_key = ?2 AND session_id = ?3 AND locked_until_us > ?1",
      now_us, store, session_id);
}

int64_t RenewSessions(Connection& db, int64_t store,
                      const provider::v1::RenewSessionLocksRequest& request) {
  const int64_t now_us = NowUs();
  const int64_t until_us = After(now_us, request.extend_for());
  const int64_t idle_us = After(0, request.idle_timeout());
  // Each owner once, however often it is named.
  const std::set<std::string_view> owners(request.owner_ids().begin(),
                                          request.owner_ids().end());
  int64_t renewed = 0;
  for (const std::string_view owner : owners) {
    renewed += db.Run(
        "UPDATE sessions SET locked_until_us = ?1"
        " WHERE store_key = ?2 AND owner = ?3 AND held = 1"
        " AND locked_until_us > ?4 AND last_activity_us > ?5",
        until_us, store, owner, now_us, now_us - idle_us);
  }
  return renewed;
}

int64_t RemoveOrphanedSessions(Connection& db, int64_t store) {
  return db.Run(
      "DELETE FROM sessions WHERE store_key = ? AND locked_until_us <= ?"
      " AND NOT EXISTS (SELECT 1 FROM work_items"
      "  WHERE work_items.store_key = sessions.store_key"
      "  AND work_items.session_id = sessions.session_id)",
      store, NowUs());
}

int64_t NextSessionExpiry(Connection& db, int64_t store) {
  return db
      .Number(
          "SELECT min(locked_until_us) FROM sessions"
          " WHERE store_key = ? AND held = 1",
          store)
      .value_or(kNeverUs);
}

}  // namespace duroxide::sqlite
