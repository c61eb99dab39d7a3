#include "conformance/stress/keep/statement.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"

namespace duroxide::stress {

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(
    const std::string& path, bool create, absl::Duration busy_timeout) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &database,
      SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), nullptr);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot open ", path, ": ", sqlite3_errstr(code)));
  }
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(
      database, static_cast<int>(absl::ToInt64Milliseconds(busy_timeout)));
  return connection;
}

Connection::~Connection() { sqlite3_close_v2(database_); }

void Connection::Reset() {
  error_ = absl::OkStatus();
  if (sqlite3_get_autocommit(database_) == 0) Run("ROLLBACK");
  error_ = absl::OkStatus();
}

void Connection::Run(const std::string& script) {
  if (!error_.ok()) return;
  if (sqlite3_exec(database_, script.c_str(), nullptr, nullptr, nullptr) !=
      SQLITE_OK) {
    Fail(script);
  }
}

int64_t Connection::last_insert_id() const {
  return sqlite3_last_insert_rowid(database_);
}

void Connection::Fail(std::string_view what) {
  if (!error_.ok()) return;
  const int code = sqlite3_extended_errcode(database_);
  const std::string message = absl::StrCat(
      sqlite3_errmsg(database_), " in: ", std::string(what.substr(0, 60)));
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      error_ = absl::UnavailableError(message);
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      error_ = absl::DataLossError(message);
      break;
    default:
      error_ = absl::InternalError(message);
  }
}

Statement::Statement(Connection& connection, std::string_view sql)
    : connection_(connection) {
  if (!connection_.error_.ok()) return;
  if (sqlite3_prepare_v2(connection_.database_, sql.data(),
                         static_cast<int>(sql.size()), &statement_,
                         nullptr) != SQLITE_OK) {
    connection_.Fail(sql);
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

bool Statement::Next() {
  if (!connection_.error_.ok() || statement_ == nullptr) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_.Fail(sqlite3_sql(statement_));
  return false;
}

int64_t Statement::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

uint64_t Statement::Count(int column) const {
  return static_cast<uint64_t>(Int(column));
}

double Statement::Real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string Statement::Text(int column) const {
  const auto* text = sqlite3_column_text(statement_, column);
  if (text == nullptr) return "";
  return {reinterpret_cast<const char*>(text),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

void Statement::Reset() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

void Statement::BindOne(int index, int64_t value) {
  if (statement_ != nullptr) sqlite3_bind_int64(statement_, index, value);
}

void Statement::BindOne(int index, uint64_t value) {
  BindOne(index, static_cast<int64_t>(value));
}

void Statement::BindOne(int index, double value) {
  if (statement_ != nullptr) sqlite3_bind_double(statement_, index, value);
}

void Statement::BindOne(int index, std::string_view value) {
  if (statement_ == nullptr) return;
  // A text without an address would be NULL.
  sqlite3_bind_text(statement_, index, value.empty() ? "" : value.data(),
                    static_cast<int>(value.size()), SQLITE_TRANSIENT);
}

}  // namespace duroxide::stress
