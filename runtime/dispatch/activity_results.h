#ifndef DUROXIDE_RUNTIME_DISPATCH_ACTIVITY_RESULTS_H_
#define DUROXIDE_RUNTIME_DISPATCH_ACTIVITY_RESULTS_H_

// What a worker tells an orchestration about an activity (WORK-2).

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "duroxide/provider/v1/orchestration.pb.h"
#include "duroxide/provider/v1/work_item.pb.h"

namespace duroxide::runtime {

provider::v1::WorkItem Completed(const provider::v1::ActivityExecuteItem& item,
                                 std::string result);

// An error of the activity's own. Its message is all that orchestrations see.
provider::v1::WorkItem Failed(const provider::v1::ActivityExecuteItem& item,
                              const absl::Status& error);

// It was fetched too often.
provider::v1::WorkItem Poisoned(const provider::v1::LockedWorkItem& locked,
                                uint32_t max_attempts);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_ACTIVITY_RESULTS_H_
