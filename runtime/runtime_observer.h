#ifndef DUROXIDE_RUNTIME_RUNTIME_OBSERVER_H_
#define DUROXIDE_RUNTIME_RUNTIME_OBSERVER_H_

// What a runtime tells about its work, for whoever counts it.

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "duroxide/provider/v1/admin_service.pb.h"
#include "runtime/turn_facts.h"

namespace duroxide::runtime {

// A turn whose commit succeeded.
struct CommittedTurn {
  std::string_view instance;
  const TurnFacts& facts;
  // The turn began a child's first execution.
  bool began_child = false;
  // From the fetch to the commit.
  absl::Duration elapsed;
  // From the execution's begin, and its turns: where it has ended and both are
  // known.
  std::optional<absl::Duration> execution_time;
  std::optional<uint64_t> turns;
};

enum class ActivityOutcome {
  kSuccess,
  kApplicationError,     // of the activity's own
  kInfrastructureError,  // its result could not be stored
  kPoison,               // fetched too often
  kCancelled,            // its lock was lost; the result is dropped
};

// An activity whose slot is free again. One that goes back to the queue is
// none.
struct FinishedActivity {
  std::string_view name;
  std::optional<std::string_view> tag;
  ActivityOutcome outcome;
  // How often it was fetched, from 1.
  uint32_t attempt = 1;
  // Since it began.
  absl::Duration elapsed;
};

// Thread-safe. Must not block: the runtime's own threads and the provider's
// call it.
class RuntimeObserver {
 public:
  virtual ~RuntimeObserver() = default;

  virtual void OnTurn(const CommittedTurn& turn) = 0;
  // A turn was given back, since the provider refused it for a reason other
  // than a lost lock.
  virtual void OnTurnNotCommitted(const TurnFacts& facts) = 0;
  virtual void OnActivity(const FinishedActivity& activity) = 0;

  virtual void OnOrchestrationsFetched(int count) = 0;
  virtual void OnActivitiesFetched(int count) = 0;

  // A call of the provider was answered. `method` is its name, a literal.
  virtual void OnProviderCall(std::string_view method,
                              const absl::Status& status,
                              absl::Duration elapsed) = 0;

  // Asked for now and then, where the provider has ADMIN.
  virtual void OnSystemMetrics(const provider::v1::SystemMetrics& metrics) = 0;
  virtual void OnQueueDepths(const provider::v1::QueueDepths& depths) = 0;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_RUNTIME_OBSERVER_H_
