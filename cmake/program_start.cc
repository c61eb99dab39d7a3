// What every program of this project does before main.

#include "absl/synchronization/mutex.h"

namespace {

// Debian builds Abseil with its checks on, and so with the search for deadlocks
// in all mutexes of gRPC: one lock around a graph of all of them, some 5 % of
// the processor time of a busy server. The thread sanitizer searches better.
[[maybe_unused]] const bool no_search_for_deadlocks = [] {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return true;
}();

}  // namespace
