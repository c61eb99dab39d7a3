#ifndef DUROXIDE_TESTS_E2E_SQLITE_FILE_H_
#define DUROXIDE_TESTS_E2E_SQLITE_FILE_H_

#include <string>

namespace duroxide::e2e {

// What PRAGMA integrity_check says of a database file that no server has open:
// "ok" where nothing is wrong.
std::string IntegrityOf(const std::string& database);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_SQLITE_FILE_H_
