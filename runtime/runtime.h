#ifndef DUROXIDE_RUNTIME_RUNTIME_H_
#define DUROXIDE_RUNTIME_RUNTIME_H_

// Runs orchestrations and activities over a provider.

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/provider.h"
#include "runtime/registry.h"
#include "runtime/runtime_observer.h"
#include "runtime/runtime_options.h"
#include "runtime/trace.h"

namespace duroxide::runtime {

// Who is told what a runtime does. Each may be null.
struct RuntimeObservers {
  // Gets what runtime, orchestrations and activities have to say.
  std::shared_ptr<TraceSink> log = nullptr;
  // Counts; runtime/metrics.h has one for Prometheus.
  std::shared_ptr<RuntimeObserver> metrics = nullptr;
};

// A worker process's part of one store: it takes the turns of orchestrations
// and runs activities until it is shut down. Any number of them may share a
// store. Thread-safe.
//
//   OrchestrationRegistry orchestrations;
//   ActivityRegistry activities;
//   ...
//   ASSIGN_OR_RETURN(std::unique_ptr<Runtime> runtime,
//                    Runtime::Start(provider, std::move(orchestrations),
//                                   std::move(activities), RuntimeOptions()));
//
// Threads: one for timers, one that starts asynchronous activities, one for
// each processor for turns, and up to `blocking_threads` for activities that
// block, made when they are needed.
class Runtime {
 public:
  // Starts to work. Blocks until the provider has told what it offers.
  //
  // Errors: INVALID_ARGUMENT where an option makes no sense,
  // FAILED_PRECONDITION where the provider speaks another version of the
  // contract, and those of the provider.
  static absl::StatusOr<std::unique_ptr<Runtime>> Start(
      std::shared_ptr<Provider> provider, OrchestrationRegistry orchestrations,
      ActivityRegistry activities, RuntimeOptions options,
      RuntimeObservers observers = {});

  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  // Shuts down without grace, if that was not done, and waits for the threads
  // of activities that block: they may use what is destroyed next.
  ~Runtime();

  // Ends the work. Nothing is fetched any more, turns under way are finished,
  // activities are told to end and have `grace` for it: a result that comes by
  // then is stored. What is left goes back to the store at once, its attempts
  // unharmed, for another runtime to take.
  //
  // Blocks until then, for `grace` and a few seconds at most; an activity that
  // goes on beyond keeps its thread, and what it gives is dropped. From any
  // thread but those of activities and of the provider; twice does no harm.
  void Shutdown(absl::Duration grace);

 private:
  class Impl;

  explicit Runtime(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_RUNTIME_H_
