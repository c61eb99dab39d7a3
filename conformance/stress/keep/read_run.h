#ifndef DUROXIDE_CONFORMANCE_STRESS_KEEP_READ_RUN_H_
#define DUROXIDE_CONFORMANCE_STRESS_KEEP_READ_RUN_H_

#include <vector>

#include "absl/status/statusor.h"
#include "conformance/stress/keep/record.h"
#include "conformance/stress/keep/results.h"

namespace duroxide::stress {

class Connection;

// The runs that the filter chooses, oldest first. DATA_LOSS where a histogram
// cannot be read; the connection's error where a statement failed.
absl::StatusOr<std::vector<RunRecord>> ReadRuns(Connection& connection,
                                                const RunFilter& filter);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_KEEP_READ_RUN_H_
