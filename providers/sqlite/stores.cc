#include "providers/sqlite/stores.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "providers/errors.h"
#include "providers/sqlite/lock_token.h"
#include "providers/sqlite/moment.h"

namespace duroxide::sqlite {

absl::StatusOr<int64_t> FindStore(Connection& db, std::string_view name) {
  if (name.empty()) return kDefaultStore;
  const std::optional<int64_t> key =
      db.Number("SELECT store_key FROM stores WHERE name = ?", name);
  if (!db.error().ok()) return db.error();
  if (!key.has_value()) {
    return MakeError(
        provider::v1::ERROR_REASON_STORE_NOT_FOUND,
        absl::StrCat("store: there is no store \"", std::string(name), "\""));
  }
  return *key;
}

std::string CreateStore(Connection& db, std::string_view label) {
  std::string name = absl::StrCat("store-", RandomHex128());
  db.Run("INSERT INTO stores (name, label, created_ms) VALUES (?, ?, ?)", name,
         label, NowMs());
  return name;
}

absl::Status DropStore(Connection& db, std::string_view name) {
  const absl::StatusOr<int64_t> store = FindStore(db, name);
  if (!store.ok()) return store.status();
  if (*store == kDefaultStore) {
    return InvalidField("store", "the default store cannot be dropped");
  }
  db.Run(
      "DELETE FROM history WHERE instance_key IN"
      " (SELECT instance_key FROM instances WHERE store_key = ?)",
      *store);
  db.Run(
      "DELETE FROM executions WHERE instance_key IN"
      " (SELECT instance_key FROM instances WHERE store_key = ?)",
      *store);
  db.Run(
      "DELETE FROM messages WHERE instance_key IN"
      " (SELECT instance_key FROM instances WHERE store_key = ?)",
      *store);
  db.Run(
      "DELETE FROM kv_values WHERE instance_key IN"
      " (SELECT instance_key FROM instances WHERE store_key = ?)",
      *store);
  db.Run(
      "DELETE FROM kv_changes WHERE instance_key IN"
      " (SELECT instance_key FROM instances WHERE store_key = ?)",
      *store);
  db.Run(
      "DELETE FROM custom_statuses WHERE instance_key IN"
      " (SELECT instance_key FROM instances WHERE store_key = ?)",
      *store);
  db.Run("DELETE FROM instances WHERE store_key = ?", *store);
  db.Run("DELETE FROM work_items WHERE store_key = ?", *store);
  db.Run("DELETE FROM sessions WHERE store_key = ?", *store);
  db.Run("DELETE FROM session_heads WHERE store_key = ?", *store);
  db.Run("DELETE FROM request_outcomes WHERE store_key = ?", *store);
  db.Run("DELETE FROM stores WHERE store_key = ?", *store);
  return absl::OkStatus();
}

}  // namespace duroxide::sqlite
