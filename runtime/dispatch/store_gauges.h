#ifndef DUROXIDE_RUNTIME_DISPATCH_STORE_GAUGES_H_
#define DUROXIDE_RUNTIME_DISPATCH_STORE_GAUGES_H_

#include "runtime/dispatch/environment.h"
#include "runtime/dispatch/periodic.h"

namespace duroxide::runtime {

// Asks the provider for the figures of its store now and then, and tells them
// to the observer. Needs ADMIN. Thread-safe.
class StoreGauges {
 public:
  // The environment has an observer.
  explicit StoreGauges(Environment& environment);

  void Start();
  void Stop();

 private:
  void Ask();

  Environment& environment_;
  Periodic asking_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_STORE_GAUGES_H_
