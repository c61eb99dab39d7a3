#include "providers/sqlite/connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "providers/errors.h"

namespace duroxide::sqlite {
namespace {

using provider::v1::ErrorReason;

ErrorReason ReasonOfCode(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return provider::v1::ERROR_REASON_STORE_BUSY;
    case SQLITE_TOOBIG:
      return provider::v1::ERROR_REASON_MESSAGE_TOO_LARGE;
    default:
      return provider::v1::ERROR_REASON_INTERNAL;
  }
}

}  // namespace

Rows::Rows(Rows&& other) noexcept
    : connection_(other.connection_),
      key_(other.key_),
      statement_(std::exchange(other.statement_, nullptr)) {}

Rows::~Rows() {
  if (statement_ != nullptr) connection_->Release(key_, statement_);
}

bool Rows::Next() {
  if (statement_ == nullptr || !connection_->error_.ok()) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_->Fail(code, key_);
  return false;
}

bool Rows::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t Rows::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Rows::Text(int column) const { return Bytes(column); }

std::string_view Rows::Bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::string> Rows::OptionalText(int column) const {
  if (IsNull(column)) return std::nullopt;
  return std::string(Text(column));
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(
    const std::string& database, Mode mode, absl::Duration busy_timeout) {
  const int flags = mode == Mode::kReadWrite
                        ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                        : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  // Debian's SQLite takes a name that begins with "file:" for a URI; here it is
  // a file's name like any other.
  const std::string path =
      database.starts_with("file:") ? absl::StrCat("./", database) : database;
  const int code = sqlite3_open_v2(path.c_str(), &handle,
                                   flags | SQLITE_OPEN_NOMUTEX, nullptr);
  // Owns the handle from here on: it is to be closed after a failure too.
  std::unique_ptr<Connection> connection(new Connection(handle, busy_timeout));
  if (code != SQLITE_OK) {
    return absl::UnavailableError(absl::StrCat(
        "cannot open ", database, ": ",
        handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle)));
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_handler(handle, &Connection::OnBusy, connection.get());
  return connection;
}

Connection::~Connection() {
  for (auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close(database_);
}

int Connection::OnBusy(void* self, int tries) {
  auto* connection = static_cast<Connection*>(self);
  const absl::Time now = absl::Now();
  if (tries == 0) connection->busy_since_ = now;
  if (now - connection->busy_since_ >= connection->busy_timeout_) return 0;
  absl::SleepFor(kBusyPause);
  return 1;
}

void Connection::RunScript(const std::string& script) {
  if (!error_.ok()) return;
  const int code =
      sqlite3_exec(database_, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) Fail(code, "a script");
}

int64_t Connection::LastInsertId() const {
  return sqlite3_last_insert_rowid(database_);
}

bool Connection::InTransaction() const {
  return sqlite3_get_autocommit(database_) == 0;
}

std::vector<std::string> Connection::PreparedSql() const {
  std::vector<std::string> result;
  result.reserve(idle_.size());
  for (const auto& [sql, statements] : idle_) result.emplace_back(sql);
  std::sort(result.begin(), result.end());
  return result;
}

absl::Status Connection::CopyTo(Connection& target) {
  const auto failed = [&](int code) {
    target.Fail(code, "the copy of a database");
    return absl::UnavailableError(sqlite3_errmsg(target.database_));
  };
  sqlite3_backup* copy =
      sqlite3_backup_init(target.database_, "main", database_, "main");
  if (copy == nullptr) return failed(sqlite3_errcode(target.database_));
  // All pages in one step, and so in one read transaction: in steps a copy
  // would begin anew whenever another process writes.
  constexpr int kAllPages = -1;
  const int stepped = sqlite3_backup_step(copy, kAllPages);
  const int finished = sqlite3_backup_finish(copy);
  if (finished != SQLITE_OK) return failed(finished);
  if (stepped != SQLITE_DONE) return failed(stepped);
  return absl::OkStatus();
}

void Connection::CountLogPages() {
  sqlite3_wal_hook(database_, &Connection::OnCommit, this);
}

int Connection::OnCommit(void* self, sqlite3* /*database*/,
                         const char* /*name*/, int log_pages) {
  static_cast<Connection*>(self)->log_pages_ = log_pages;
  return SQLITE_OK;
}

void Connection::Checkpoint() {
  sqlite3_wal_checkpoint_v2(database_, "main", SQLITE_CHECKPOINT_PASSIVE,
                            nullptr, nullptr);
}

void Connection::LeaveFileAlone(bool leave) {
  sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave ? 1 : 0,
                    nullptr);
}

sqlite3_stmt* Connection::Acquire(const char* sql) {
  if (!error_.ok()) return nullptr;
  std::vector<sqlite3_stmt*>& idle = idle_[sql];
  if (!idle.empty()) {
    sqlite3_stmt* statement = idle.back();
    idle.pop_back();
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(
      database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) Fail(code, sql);
  return statement;
}

void Connection::Release(const char* sql, sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  idle_[sql].push_back(statement);
}

void Connection::Fail(int code, const char* doing) {
  if (!error_.ok()) return;
  error_ = MakeError(ReasonOfCode(code),
                     absl::StrCat("SQLite: ", sqlite3_errmsg(database_), " (",
                                  sqlite3_errstr(code), ") in: ", doing));
}

int64_t Connection::Changes() const { return sqlite3_changes64(database_); }

void Connection::Bind(sqlite3_stmt* statement, int index, int64_t value) {
  sqlite3_bind_int64(statement, index, value);
}

// Bound without a copy: a statement ends before its arguments do, because Rows
// lives within the full expression or block that made it.
void Connection::Bind(sqlite3_stmt* statement, int index,
                      std::string_view value) {
  sqlite3_bind_text64(statement, index, value.data() ? value.data() : "",
                      value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Connection::Bind(sqlite3_stmt* statement, int index, Blob value) {
  sqlite3_bind_blob64(statement, index,
                      value.bytes.data() ? value.bytes.data() : "",
                      value.bytes.size(), SQLITE_STATIC);
}

void Connection::Bind(sqlite3_stmt* statement, int index, std::nullopt_t) {
  sqlite3_bind_null(statement, index);
}

}  // namespace duroxide::sqlite
