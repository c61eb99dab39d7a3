#ifndef DUROXIDE_PROVIDERS_SQLITE_CONNECTION_H_
#define DUROXIDE_PROVIDERS_SQLITE_CONNECTION_H_

// One SQLite connection with its prepared statements.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace duroxide::sqlite {

// How long a statement sleeps before it looks again whether another process has
// finished writing. Short, because a commit takes about as long.
inline constexpr absl::Duration kBusyPause = absl::Microseconds(300);

// The text of a statement, always a literal: its address is the key under which
// a connection keeps the prepared statement.
struct Sql {
  // Implicit, so that a literal can stand where a statement is asked for.
  // NOLINTNEXTLINE(google-explicit-constructor)
  consteval Sql(const char* literal) : text(literal) {}
  const char* text;
};

// Bytes to bind, or bytes of a row.
struct Blob {
  std::string_view bytes;
};

class Connection;

// The rows of one statement under way. Keeps the statement until it is
// destroyed. Views into a row are good until the next call of Next.
class Rows {
 public:
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  // Steps to the next row. False at the end, and where anything failed.
  bool Next();

  bool IsNull(int column) const;
  int64_t Int(int column) const;
  std::string_view Text(int column) const;
  std::string_view Bytes(int column) const;
  // The column as a std::string, or nothing where it is NULL.
  std::optional<std::string> OptionalText(int column) const;

 private:
  friend class Connection;
  Rows(Connection* connection, const char* key, sqlite3_stmt* statement)
      : connection_(connection), key_(key), statement_(statement) {}

  Connection* connection_;
  const char* key_;
  sqlite3_stmt* statement_;  // null: could not be prepared, no rows
};

// Errors stick: after the first failure every further statement does nothing
// and gives no rows, until ClearError. A room can therefore be written as a
// sequence of statements, and whoever owns the transaction asks `error` once
// and rolls back. For one thread at a time.
class Connection {
 public:
  enum class Mode { kReadWrite, kReadOnly };

  // Opens the file (made if missing and `mode` allows it) or ":memory:".
  // Writes nothing. A statement waits up to `busy_timeout` for another process.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(
      const std::string& database, Mode mode, absl::Duration busy_timeout);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Starts a statement with its parameters bound in order.
  template <typename... Args>
  Rows Query(Sql sql, const Args&... args) {
    Rows rows(this, sql.text, Acquire(sql.text));
    if (rows.statement_ != nullptr) {
      int index = 0;
      (Bind(rows.statement_, ++index, args), ...);
    }
    return rows;
  }

  // Runs a statement to its end and returns how many rows it changed.
  template <typename... Args>
  int64_t Run(Sql sql, const Args&... args) {
    Rows rows = Query(sql, args...);
    while (rows.Next()) {
    }
    return error_.ok() ? Changes() : 0;
  }

  // The first column of the first row as a number, where there is a row.
  template <typename... Args>
  std::optional<int64_t> Number(Sql sql, const Args&... args) {
    Rows rows = Query(sql, args...);
    if (!rows.Next() || rows.IsNull(0)) return std::nullopt;
    return rows.Int(0);
  }

  // Runs a script of several statements without parameters.
  void RunScript(const std::string& script);

  // The row id of the last insert.
  int64_t LastInsertId() const;

  // The first failure since the last ClearError.
  const absl::Status& error() const { return error_; }
  void ClearError() { error_ = absl::OkStatus(); }
  void SetError(absl::Status error) { error_ = std::move(error); }

  // True while a transaction is open. SQLite ends one by itself after some
  // failures (disk full, I/O error).
  bool InTransaction() const;

  // The text of every statement prepared so far, for tests of query plans.
  std::vector<std::string> PreparedSql() const;

  // Makes `target`'s database a copy of this one as it is at one moment, in one
  // transaction of either: other connections may go on writing to this one.
  // UNAVAILABLE where a file cannot be read or written.
  absl::Status CopyTo(Connection& target);

  // Counts the pages of the write-ahead log from now on, at each commit of this
  // connection, and makes no checkpoint by itself any more.
  void CountLogPages();
  // As of the last commit; 0 before.
  int64_t log_pages() const { return log_pages_; }

  // Copies what can be copied of the log into the database file without waiting
  // for anybody. Outside of transactions. Where it fails, or another connection
  // is at it, the log is as it was, and grows.
  void Checkpoint();

  // With true, what the write-ahead log holds is kept out of the database file
  // when the connection closes: a file that is refused stays as it was.
  void LeaveFileAlone(bool leave);

 private:
  friend class Rows;
  Connection(sqlite3* database, absl::Duration busy_timeout)
      : database_(database), busy_timeout_(busy_timeout) {}

  static int OnBusy(void* self, int tries);
  static int OnCommit(void* self, sqlite3*, const char*, int log_pages);
  sqlite3_stmt* Acquire(const char* sql);
  void Release(const char* sql, sqlite3_stmt* statement);
  void Fail(int code, const char* doing);
  int64_t Changes() const;

  static void Bind(sqlite3_stmt* statement, int index, int64_t value);
  static void Bind(sqlite3_stmt* statement, int index, std::string_view value);
  static void Bind(sqlite3_stmt* statement, int index, Blob value);
  static void Bind(sqlite3_stmt* statement, int index, std::nullopt_t);
  template <typename T>
  static void Bind(sqlite3_stmt* statement, int index,
                   const std::optional<T>& value) {
    if (value.has_value()) {
      Bind(statement, index, *value);
    } else {
      Bind(statement, index, std::nullopt);
    }
  }

  sqlite3* database_;
  absl::Duration busy_timeout_;
  absl::Time busy_since_;
  int64_t log_pages_ = 0;
  absl::Status error_;
  // Statements that are not under way, by the address of their text. More than
  // one where a statement ran while another run of it was not finished.
  std::unordered_map<const char*, std::vector<sqlite3_stmt*>> idle_;
};

// Runs `work` in the savepoint that InSavepoint has opened: all that was done
// since is undone where it does not return OK or a statement failed, and the
// connection's error cleared. The savepoint stays open.
template <typename Work>
absl::Status TryInSavepoint(Connection& connection, Work&& work) {
  absl::Status status = work();
  if (!connection.error().ok()) {
    status = connection.error();
    connection.ClearError();
  }
  if (!connection.InTransaction()) {
    // SQLite rolled the whole transaction back by itself, and with it what
    // other requests did: the error stays, so that the transaction fails as a
    // whole.
    connection.SetError(status);
    return status;
  }
  if (!status.ok()) connection.Run("ROLLBACK TO request");
  return status;
}

// Runs `work` in a savepoint: what it did stays if it returns OK and no
// statement failed, else all of it is undone and the connection's error
// cleared.
template <typename Work>
absl::Status InSavepoint(Connection& connection, Work&& work) {
  connection.Run("SAVEPOINT request");
  absl::Status status = TryInSavepoint(connection, work);
  if (connection.InTransaction()) connection.Run("RELEASE request");
  return status;
}

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_CONNECTION_H_
