#include "tests/e2e/sqlite_file.h"

#include <sqlite3.h>

namespace duroxide::e2e {

std::string IntegrityOf(const std::string& database) {
  sqlite3* handle = nullptr;
  std::string verdict;
  if (sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READWRITE,
                      nullptr) == SQLITE_OK) {
    sqlite3_exec(
        handle, "PRAGMA integrity_check",
        [](void* text, int, char** columns, char**) {
          *static_cast<std::string*>(text) += columns[0];
          return 0;
        },
        &verdict, nullptr);
  }
  if (sqlite3_errcode(handle) != SQLITE_OK) verdict = sqlite3_errmsg(handle);
  sqlite3_close(handle);
  return verdict;
}

}  // namespace duroxide::e2e
