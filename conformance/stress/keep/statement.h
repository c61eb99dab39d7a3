#ifndef DUROXIDE_CONFORMANCE_STRESS_KEEP_STATEMENT_H_
#define DUROXIDE_CONFORMANCE_STRESS_KEEP_STATEMENT_H_

// As much of SQLite as the results database needs. For one thread at a time.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace duroxide::stress {

// One connection. Errors stick: after the first one nothing more is done and no
// row comes, so that whoever began asks once at the end.
class Connection {
 public:
  // Opens the file; makes it where it is missing and `create` allows that.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(
      const std::string& path, bool create, absl::Duration busy_timeout);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Begins anew: rolls back what is under way and forgets the error.
  void Reset();
  void Run(const std::string& script);
  int64_t last_insert_id() const;
  const absl::Status& error() const { return error_; }

 private:
  friend class Statement;
  explicit Connection(sqlite3* database) : database_(database) {}
  void Fail(std::string_view what);

  sqlite3* database_;
  absl::Status error_;
};

// One statement, which may be run several times with other values.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Binds the values in order, after what the run before has left is undone.
  template <typename... Values>
  Statement& Bind(const Values&... values) {
    Reset();
    int index = 0;
    (BindOne(++index, values), ...);
    return *this;
  }
  // Runs it to its end.
  template <typename... Values>
  void Run(const Values&... values) {
    Bind(values...);
    while (Next()) {
    }
  }

  // Steps to the next row; false at the end and after an error.
  bool Next();
  int64_t Int(int column) const;
  uint64_t Count(int column) const;
  double Real(int column) const;
  std::string Text(int column) const;

 private:
  void Reset();
  void BindOne(int index, int64_t value);
  void BindOne(int index, uint64_t value);
  void BindOne(int index, int value) {
    BindOne(index, static_cast<int64_t>(value));
  }
  void BindOne(int index, double value);
  void BindOne(int index, std::string_view value);

  Connection& connection_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_KEEP_STATEMENT_H_
