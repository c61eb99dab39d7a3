#ifndef DUROXIDE_RUNTIME_DISPATCH_OBSERVED_PROVIDER_H_
#define DUROXIDE_RUNTIME_DISPATCH_OBSERVED_PROVIDER_H_

#include <memory>

#include "providers/provider.h"
#include "runtime/runtime_observer.h"

namespace duroxide::runtime {

// The same provider, whose every answer is told to the observer.
std::shared_ptr<Provider> Observed(std::shared_ptr<Provider> provider,
                                   std::shared_ptr<RuntimeObserver> observer);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_OBSERVED_PROVIDER_H_
