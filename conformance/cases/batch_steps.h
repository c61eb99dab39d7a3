#ifndef DUROXIDE_CONFORMANCE_CASES_BATCH_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_BATCH_STEPS_H_

// Steps of cases about fetches that ask for several items (WIRE-6).

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/fixture.h"

namespace duroxide::conformance {

// Each fetches batches of up to `max_items` until nothing comes: all, in the
// order in which it came. A provider may give fewer than it has.
std::vector<LockedItem> FetchAllInstances(Fixture& t, uint32_t max_items,
                                          const FetchOptions& options = {});
std::vector<LockedWork> FetchAllActivities(
    Fixture& t, uint32_t max_items, const WorkFetchOptions& options = {});

std::vector<std::string> InstancesOf(const std::vector<LockedItem>& items);
std::vector<uint64_t> IdsOf(const std::vector<LockedWork>& items);

// Starts order-0, order-1 and so on, and enqueues activities 1, 2 and so on of
// order-0, in this order.
void EnqueueMany(Fixture& t, int count);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_BATCH_STEPS_H_
