// Faults of what providers say of themselves.

#include <memory>
#include <mutex>
#include <vector>

#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

template <typename Change>
FaultHooks OnInfo(Change change) {
  return {.after = [change](const Message&, Message& response, absl::Status&) {
    On<v1::GetProviderInfoResponse>(response, change);
  }};
}

FaultHooks AdministrationIsUndeclared() { return Hiding(v1::CAPABILITY_ADMIN); }

FaultHooks InstanceStatsAreUndeclared() {
  return Hiding(v1::CAPABILITY_INSTANCE_STATS);
}

FaultHooks TheCorruptionHookIsUndeclared() {
  return Hiding(v1::CAPABILITY_CORRUPTION_HOOK);
}

FaultHooks StoresAreUndeclared() {
  return Hiding(v1::CAPABILITY_ISOLATED_STORES);
}

FaultHooks LimitsAreUnknown() {
  return OnInfo([](auto& info) { info.clear_limits(); });
}

FaultHooks TheClockIsInSeconds() {
  return OnInfo([](auto& info) { info.set_now_ms(info.now_ms() / 1000); });
}

FaultHooks TheClockStandsStill() {
  struct State {
    std::mutex mutex;
    uint64_t first_ms = 0;
  };
  auto state = std::make_shared<State>();
  return OnInfo([state](auto& info) {
    const std::lock_guard lock(state->mutex);
    if (state->first_ms == 0) state->first_ms = info.now_ms();
    info.set_now_ms(state->first_ms);
  });
}

FaultHooks TreesAreNotServed() {
  return {.after = [](const Message&, Message& response, absl::Status& status) {
    On<v1::GetInstanceTreeResponse>(response, [&](auto&) {
      status = absl::UnimplementedError("not written yet");
    });
  }};
}

}  // namespace

std::vector<Fault> FaultsOfCapabilities() {
  return {
      {"AdministrationIsUndeclared",
       {{"capabilities/administration_is_absent", "WIRE-10"}},
       &AdministrationIsUndeclared},
      {"InstanceStatsAreUndeclared",
       {{"capabilities/instance_stats_are_absent", "WIRE-10"}},
       &InstanceStatsAreUndeclared},
      {"TheCorruptionHookIsUndeclared",
       {{"capabilities/corruption_hook_is_absent", "WIRE-10"}},
       &TheCorruptionHookIsUndeclared},
      {"StoresAreUndeclared",
       {{"capabilities/isolated_stores_are_absent", "WIRE-10"}},
       &StoresAreUndeclared},
      {"LimitsAreUnknown",
       {{"capabilities/provider_info", "WIRE-10"}},
       &LimitsAreUnknown},
      {"TheClockIsInSeconds",
       {{"capabilities/clock", "WIRE-10"}},
       &TheClockIsInSeconds},
      {"TheClockStandsStill",
       {{"capabilities/clock", "WIRE-10"}},
       &TheClockStandsStill},
      {"TreesAreNotServed",
       {{"capabilities/what_is_declared_is_served", "WIRE-10"}},
       &TreesAreNotServed},
  };
}

}  // namespace duroxide::conformance
