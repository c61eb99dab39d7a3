#include "tests/providers/sqlite/raw_database.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace duroxide::sqlite {

RawDatabase::RawDatabase(const std::string& file) {
  EXPECT_EQ(sqlite3_open(file.c_str(), &database_), SQLITE_OK);
  sqlite3_busy_timeout(database_, 30'000);
}

RawDatabase::~RawDatabase() { sqlite3_close(database_); }

void RawDatabase::Run(const std::string& script) {
  EXPECT_EQ(sqlite3_exec(database_, script.c_str(), nullptr, nullptr, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(database_) << " in " << script;
}

std::vector<std::vector<std::string>> RawDatabase::Rows(
    const std::string& sql) {
  std::vector<std::vector<std::string>> rows;
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(database_) << " in " << sql;
  int code = SQLITE_DONE;
  while (statement != nullptr &&
         (code = sqlite3_step(statement)) == SQLITE_ROW) {
    std::vector<std::string>& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* text =
          reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      row.emplace_back(text == nullptr ? "NULL" : text);
    }
  }
  EXPECT_EQ(code, SQLITE_DONE) << sqlite3_errmsg(database_) << " in " << sql;
  sqlite3_finalize(statement);
  return rows;
}

std::vector<std::string> RawDatabase::Column(const std::string& sql) {
  std::vector<std::string> values;
  for (std::vector<std::string>& row : Rows(sql)) {
    values.push_back(std::move(row.front()));
  }
  return values;
}

std::string RawDatabase::Value(const std::string& sql) {
  const std::vector<std::string> values = Column(sql);
  EXPECT_EQ(values.size(), 1u) << sql;
  return values.empty() ? "" : values.front();
}

std::string RawDatabase::Dump() {
  std::string dump;
  for (const std::string& table :
       Column("SELECT name FROM sqlite_master WHERE type = 'table'"
              " AND name NOT LIKE 'sqlite%' ORDER BY name")) {
    std::string columns;
    for (const std::string& column :
         Column("SELECT name FROM pragma_table_info('" + table + "')")) {
      absl::StrAppend(&columns, columns.empty() ? "" : "||','||", "quote(",
                      column, ")");
    }
    for (const std::string& row : Column(absl::StrCat(
             "SELECT ", columns, " FROM ", table, " ORDER BY 1"))) {
      absl::StrAppend(&dump, table, ": ", row, "\n");
    }
  }
  return dump;
}

std::vector<std::string> RawDatabase::Plan(const std::string& sql) {
  std::vector<std::string> steps;
  for (std::vector<std::string>& row : Rows("EXPLAIN QUERY PLAN " + sql)) {
    steps.push_back(std::move(row.back()));
  }
  return steps;
}

std::string BytesOf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void WriteBytes(const std::string& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace duroxide::sqlite
