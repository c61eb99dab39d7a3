// Faults of the custom status.

#include <atomic>
#include <memory>
#include <vector>

#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using Ack = v1::AckOrchestrationItemRequest;

bool HasStatus(const Ack& ack) {
  for (const v1::Event& event : ack.history_delta()) {
    if (event.has_custom_status_updated()) return true;
  }
  return false;
}

// Changes what GetCustomStatus answers.
template <typename Change>
FaultHooks OnEachStatus(Change change) {
  return {.after = [change](const Message&, Message& response, absl::Status&) {
    On<v1::GetCustomStatusResponse>(response, change);
  }};
}

// Takes later events for updates of what the first one set.
FaultHooks TheFirstStatusCounts() {
  return {.before = [](Provider&, Message& request) {
    On<Ack>(request, [](Ack& ack) {
      bool seen = false;
      for (v1::Event& event : *ack.mutable_history_delta()) {
        if (!event.has_custom_status_updated()) continue;
        // Any kind that the provider does not look into.
        if (seen) event.mutable_timer_created();
        seen = true;
      }
    });
  }};
}

FaultHooks AClearedStatusIsEmpty() {
  return OnEachStatus([](v1::GetCustomStatusResponse& status) {
    if (status.has_change() && !status.change().has_custom_status()) {
      status.mutable_change()->set_custom_status("");
    }
  });
}

FaultHooks TheVersionIsNotRaised() {
  return OnEachStatus([](v1::GetCustomStatusResponse& status) {
    if (status.has_change()) status.mutable_change()->set_version(1);
  });
}

FaultHooks TheVersionSeenIsIgnored() {
  return {.before = [](Provider&, Message& request) {
    On<v1::GetCustomStatusRequest>(
        request, [](auto& asked) { asked.set_last_seen_version(0); });
  }};
}

FaultHooks EveryTurnWritesTheStatus() {
  auto next = std::make_shared<std::atomic<uint64_t>>(1'000'000);
  return {.before = [next](Provider&, Message& request) {
    On<Ack>(request, [&](Ack& ack) {
      if (HasStatus(ack)) return;
      v1::Event& cleared = *ack.add_history_delta();
      cleared.set_event_id(++*next);
      cleared.set_instance_id("order-1");
      cleared.set_execution_id(ack.execution_id());
      cleared.mutable_custom_status_updated();
    });
  }};
}

FaultHooks NoStatusIsVersionZero() {
  return OnEachStatus(
      [](v1::GetCustomStatusResponse& status) { status.mutable_change(); });
}

}  // namespace

std::vector<Fault> FaultsOfStatus() {
  return {
      {"TheFirstStatusCounts",
       {{"custom_status/custom_status_set", "ACK-7"},
        {"custom_status/custom_status_clear", "ACK-7"}},
       &TheFirstStatusCounts},
      {"AClearedStatusIsEmpty",
       {{"custom_status/custom_status_clear", "WIRE-9"}},
       &AClearedStatusIsEmpty},
      {"TheVersionIsNotRaised",
       {{"custom_status/custom_status_set", "ACK-7"},
        {"custom_status/custom_status_version_increments", "ACK-7"},
        {"custom_status/custom_status_polling_no_change", "ACK-7"}},
       &TheVersionIsNotRaised},
      {"TheVersionSeenIsIgnored",
       {{"custom_status/custom_status_polling_no_change", "ACK-7"},
        {"custom_status/custom_status_none_preserves", "ACK-7"}},
       &TheVersionSeenIsIgnored},
      {"EveryTurnWritesTheStatus",
       {{"custom_status/custom_status_none_preserves", "ACK-7"},
        {"custom_status/custom_status_default_on_new_instance", "ACK-7"}},
       &EveryTurnWritesTheStatus},
      {"NoStatusIsVersionZero",
       {{"custom_status/custom_status_nonexistent_instance", "ACK-7"},
        {"custom_status/custom_status_default_on_new_instance", "ACK-7"}},
       &NoStatusIsVersionZero},
  };
}

}  // namespace duroxide::conformance
