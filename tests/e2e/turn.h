#ifndef DUROXIDE_TESTS_E2E_TURN_H_
#define DUROXIDE_TESTS_E2E_TURN_H_

#include <string>

#include "providers/provider.h"

namespace duroxide::e2e {

// What a turn does besides writing down the messages that it was given.
struct TurnPlan {
  // Names this turn in all that it makes; no two turns have the same.
  std::string nonce;
  int activities = 0;
  // When a timer is to fire, in milliseconds since the Unix epoch; 0 for none.
  uint64_t timer_at_ms = 0;
  // Raises an event for this instance; empty for none.
  std::string raise_for;
};

// The key under which every turn leaves its nonce.
inline constexpr const char* kLastTurnKey = "last turn";

// The ack of a turn. Every message becomes one event; what is planned becomes
// an event and a message each.
v1::AckOrchestrationItemRequest TurnOf(const v1::LockedOrchestrationItem& held,
                                       const TurnPlan& plan);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_TURN_H_
