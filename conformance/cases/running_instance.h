#ifndef DUROXIDE_CONFORMANCE_CASES_RUNNING_INSTANCE_H_
#define DUROXIDE_CONFORMANCE_CASES_RUNNING_INSTANCE_H_

// Turns of an instance, for cases about what it keeps besides its history.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/builders.h"
#include "conformance/fixture.h"

namespace duroxide::conformance {

// An instance whose turns do what a case says. Numbers the events by itself:
// the ids that they come with do not count. Needs a store in which no other
// instance can be fetched, and fails the case where the provider does not do
// its part.
class RunningInstance {
 public:
  // Makes the instance by its first turn.
  RunningInstance(Fixture& t, std::string_view id,
                  const std::optional<std::string>& parent = std::nullopt);

  const std::string& id() const { return id_; }

  // Takes a turn that appends `events`, maybe none. Returns what the turn was
  // given.
  LockedItem Turn(const std::vector<v1::Event>& events = {});

  // Each ends the current execution by a turn that appends `events` before the
  // last one.
  void Complete(const std::vector<v1::Event>& events = {});
  void Fail(const std::vector<v1::Event>& events = {});
  // Also takes the first turn of the next execution. Returns what that turn was
  // given.
  LockedItem ContinueAsNew(const std::vector<v1::Event>& events = {});

 private:
  // Takes a turn that appends `events` and `last` and has this status.
  void End(std::vector<v1::Event> events, v1::Event last,
           v1::OrchestrationStatus status);
  // Fetches the next turn.
  LockedItem Fetch();
  // The ack of `turn`, with `events` under the next ids.
  AckBuilder Appending(const LockedItem& turn,
                       const std::vector<v1::Event>& events);

  Fixture& t_;
  const std::string id_;
  uint64_t execution_id_ = 1;
  uint64_t next_event_id_ = 2;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_RUNNING_INSTANCE_H_
