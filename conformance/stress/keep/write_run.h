#ifndef DUROXIDE_CONFORMANCE_STRESS_KEEP_WRITE_RUN_H_
#define DUROXIDE_CONFORMANCE_STRESS_KEEP_WRITE_RUN_H_

#include <cstdint>

#include "conformance/stress/keep/record.h"

namespace duroxide::stress {

class Connection;

// Writes all rows of a run and returns its number. To be called in a
// transaction; the connection's error says whether that went well.
int64_t WriteRun(Connection& connection, const RunRecord& record);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_KEEP_WRITE_RUN_H_
