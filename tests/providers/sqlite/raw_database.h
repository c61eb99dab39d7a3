#ifndef DUROXIDE_TESTS_PROVIDERS_SQLITE_RAW_DATABASE_H_
#define DUROXIDE_TESTS_PROVIDERS_SQLITE_RAW_DATABASE_H_

// A database file as SQLite itself sees it, beside the engine under test.

#include <sqlite3.h>

#include <string>
#include <vector>

namespace duroxide::sqlite {

class RawDatabase {
 public:
  explicit RawDatabase(const std::string& file);
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;
  ~RawDatabase();

  // Runs a script. A failure fails the test.
  void Run(const std::string& script);

  // The first column of a query's rows, as text; "NULL" for none.
  std::vector<std::string> Column(const std::string& sql);
  // The only value of a query.
  std::string Value(const std::string& sql);

  // Every row of every table, as text: two databases that give the same hold
  // the same.
  std::string Dump();

  // The steps of a statement's plan, as EXPLAIN QUERY PLAN words them.
  std::vector<std::string> Plan(const std::string& sql);

 private:
  std::vector<std::vector<std::string>> Rows(const std::string& sql);

  sqlite3* database_ = nullptr;
};

// The bytes of a file; empty where there is none.
std::string BytesOf(const std::string& file);
void WriteBytes(const std::string& file, const std::string& bytes);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_TESTS_PROVIDERS_SQLITE_RAW_DATABASE_H_
