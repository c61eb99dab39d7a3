#ifndef DUROXIDE_CONFORMANCE_EMPTY_STORE_H_
#define DUROXIDE_CONFORMANCE_EMPTY_STORE_H_

#include <stop_token>

#include "absl/status/status.h"
#include "conformance/footprints.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// Removes all that is in the default store of `provider`: its instances, by the
// administration's deletion; what waits in its queues, by fetching and acking;
// its sessions, by their cleanup. First waits until what `footprints` knows to
// be locked or delayed is so no more; messages that no start belongs to get
// one.
//
// FAILED_PRECONDITION where something is left; else what the provider answers,
// CAPABILITY_ABSENT where it has no administration. Where `stop` stops it waits
// no longer, and removes what can be removed at once.
absl::Status EmptyStore(Provider& provider, const Footprints& footprints,
                        const std::stop_token& stop);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_EMPTY_STORE_H_
