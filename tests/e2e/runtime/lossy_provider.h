#ifndef DUROXIDE_TESTS_E2E_RUNTIME_LOSSY_PROVIDER_H_
#define DUROXIDE_TESTS_E2E_RUNTIME_LOSSY_PROVIDER_H_

#include <cstdint>
#include <memory>

#include "providers/provider.h"

namespace duroxide::e2e {

// A way to a provider on which replies get lost: some calls are made, and the
// caller hears that the store was busy. Which ones follows from `seed` and the
// order of the calls. Fetches are left alone: whoever loses their reply loses
// the lock for its time. Thread-safe.
std::shared_ptr<Provider> LossyProvider(std::shared_ptr<Provider> next,
                                        uint64_t seed);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_RUNTIME_LOSSY_PROVIDER_H_
