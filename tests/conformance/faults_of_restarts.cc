// Faults that show when a provider has been restarted.

#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

FaultHooks NoFault() { return {}; }

FaultHooks RequestIdsAreForgotten() {
  return {.before = [](Provider&, FaultHooks::Message& request) {
    On<v1::EnqueueWorkItemRequest>(
        request, [](auto& enqueue) { enqueue.clear_request_id(); });
    On<v1::AckOrchestrationItemRequest>(
        request, [](auto& ack) { ack.clear_request_id(); });
  }};
}

}  // namespace

std::vector<Fault> FaultsOfRestarts() {
  return {
      {"ARestartLosesEverything",
       {{"restart/acked_turn_survives_a_restart", "ACK-1"},
        {"restart/delays_survive_a_restart", "ENQ-1"},
        {"restart/enqueued_work_survives_a_restart", "WORK-1"},
        {"restart/lock_runs_out_over_a_restart", "FETCH-6"},
        {"restart/locks_survive_a_restart", "FETCH-1"},
        {"restart/request_ids_survive_a_restart", "WIRE-7"},
        {"restart/session_claims_survive_a_restart", "SESS-2"}},
       &NoFault,
       {.loses_everything = true}},
      {"ARestartForgetsRequestIds",
       {{"restart/enqueue_is_done_once_over_a_restart", "WIRE-7"},
        {"restart/request_ids_survive_a_restart", "WIRE-7"}},
       &NoFault,
       {.hooks = &RequestIdsAreForgotten}},
  };
}

}  // namespace duroxide::conformance
