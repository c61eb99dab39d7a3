#include "providers/sqlite/process.h"

#include <sqlite3.h>

namespace duroxide::sqlite {

void LeaveMemoryUncounted() { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

}  // namespace duroxide::sqlite
