#ifndef DUROXIDE_CONFORMANCE_ROUND_ROBIN_H_
#define DUROXIDE_CONFORMANCE_ROUND_ROBIN_H_

#include <memory>
#include <vector>

#include "providers/provider.h"

namespace duroxide::conformance {

// A provider whose calls go to the replicas of one backend, one after the
// other, so that what one call does is seen by the next one in another process.
// Of a single replica it is that replica. `replicas` is not empty.
std::shared_ptr<Provider> RoundRobin(
    std::vector<std::shared_ptr<Provider>> replicas);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_ROUND_ROBIN_H_
