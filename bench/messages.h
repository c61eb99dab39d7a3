#ifndef DUROXIDE_BENCH_MESSAGES_H_
#define DUROXIDE_BENCH_MESSAGES_H_

// The messages that are measured with. Instances take turns of one shape: the
// first schedules two activities, every later one takes their completions and
// schedules two more. Inputs and results have 100 bytes.

#include <cstdint>
#include <string>

#include "providers/provider.h"

namespace duroxide::bench {

// An item under a lock.
struct Held {
  std::string lock_token;
  std::string instance;
  // For an activity: the event that scheduled it.
  uint64_t activity = 0;
};
Held HeldBy(const v1::LockedOrchestrationItem& locked);
Held HeldBy(const v1::LockedWorkItem& locked);

// Starts an instance.
v1::EnqueueOrchestratorItemRequest Start(const std::string& instance);
// The activity of event `id`.
v1::EnqueueWorkItemRequest Activity(const std::string& instance, uint64_t id);

// One item, locked for an hour, without waiting for it.
v1::FetchOrchestrationItemsRequest FetchTurn();
v1::FetchWorkItemsRequest FetchActivity();

// Removes an activity and enqueues its completion.
v1::AckWorkItemRequest AckOfActivity(const Held& held);

// The turn of a new instance: 3 events, 2 activities, the instance's record.
v1::AckOrchestrationItemRequest FirstTurn(const Held& held);
// The turn after it: 4 events, 2 activities.
v1::AckOrchestrationItemRequest SecondTurn(const Held& held);
// The only turn of an instance: 2 events, and its end.
v1::AckOrchestrationItemRequest OnlyTurn(const Held& held);

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_MESSAGES_H_
