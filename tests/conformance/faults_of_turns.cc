// Faults of what a turn reads and commits: records, executions, histories.

#include <vector>

#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

FaultHooks MetadataIsForgotten() {
  return {.before = [](Provider&, Message& request) {
    On<v1::AckOrchestrationItemRequest>(
        request, [](auto& ack) { ack.clear_metadata(); });
  }};
}

FaultHooks OrchestratorItemsAreForgotten() {
  return {.before = [](Provider&, Message& request) {
    On<v1::AckOrchestrationItemRequest>(
        request, [](auto& ack) { ack.clear_orchestrator_items(); });
  }};
}

// Puts the timers of an ack into the queue like any other message.
FaultHooks TimersAreVisibleAtOnce() {
  return {.before = [](Provider& working, Message& request) {
    On<v1::AckOrchestrationItemRequest>(request, [&](auto& ack) {
      auto& items = *ack.mutable_orchestrator_items();
      for (int i = 0; i < items.size();) {
        if (!items[i].has_timer_fired()) {
          ++i;
          continue;
        }
        v1::EnqueueOrchestratorItemRequest enqueue;
        enqueue.set_store(ack.store());
        *enqueue.mutable_item() = items[i];
        Await(working, &Provider::EnqueueOrchestratorItem, enqueue)
            .IgnoreError();
        items.DeleteSubrange(i, 1);
      }
    });
  }};
}

FaultHooks WorkerItemsAreForgotten() {
  return {.before = [](Provider&, Message& request) {
    On<v1::AckOrchestrationItemRequest>(
        request, [](auto& ack) { ack.clear_worker_items(); });
  }};
}

// Makes the record of an instance when its start is enqueued, by a turn of its
// own that comes before.
FaultHooks EnqueueMakesTheRecord() {
  return {.before = [](Provider& working, Message& request) {
    On<v1::EnqueueOrchestratorItemRequest>(request, [&](auto& enqueue) {
      if (!enqueue.item().has_start_orchestration()) return;
      v1::EnqueueOrchestratorItemRequest copy = enqueue;
      copy.clear_request_id();
      Await(working, &Provider::EnqueueOrchestratorItem, copy).IgnoreError();
      v1::FetchOrchestrationItemsRequest fetch;
      fetch.set_store(enqueue.store());
      fetch.mutable_lock_timeout()->set_seconds(60);
      const auto turn =
          Await(working, &Provider::FetchOrchestrationItems, fetch);
      if (!turn.ok() || turn->items().empty()) return;
      v1::AckOrchestrationItemRequest ack;
      ack.set_store(enqueue.store());
      ack.set_lock_token(turn->items(0).lock_token());
      ack.set_execution_id(1);
      const auto& start = enqueue.item().start_orchestration();
      ack.mutable_metadata()->set_orchestration_name(start.orchestration());
      ack.mutable_metadata()->set_orchestration_version(start.version());
      Await(working, &Provider::AckOrchestrationItem, ack).IgnoreError();
    });
  }};
}

FaultHooks TheNextExecutionIsGiven() {
  return OnEachItem<v1::FetchOrchestrationItemsResponse>([](auto& locked) {
    auto& item = *locked.mutable_item();
    item.set_execution_id(item.execution_id() + 1);
  });
}

FaultHooks TurnsSeeNoHistory() {
  return OnEachItem<v1::FetchOrchestrationItemsResponse>(
      [](auto& locked) { locked.mutable_item()->clear_history(); });
}

FaultHooks AnUnknownHistoryIsAnError() {
  return {.after = [](const Message&, Message& response, absl::Status& status) {
    On<v1::ReadHistoryResponse>(response, [&](auto& read) {
      if (status.ok() && read.events().empty()) {
        status = MakeError(v1::ERROR_REASON_INSTANCE_NOT_FOUND, "unknown");
      }
    });
  }};
}

}  // namespace

std::vector<Fault> FaultsOfTurns() {
  return {
      {"MetadataIsForgotten",
       {{"instance_creation/instance_creation_via_metadata", "ACK-2"},
        {"instance_creation/null_version_handling", "ACK-2"}},
       &MetadataIsForgotten},
      {"OrchestratorItemsAreForgotten",
       {{"instance_creation/sub_orchestration_instance_creation", "ACK-1"},
        {"multi_execution/continue_as_new_creates_new_execution", "ACK-5"},
        {"queue_semantics/timer_delayed_visibility", "ACK-5"}},
       &OrchestratorItemsAreForgotten},
      {"TimersAreVisibleAtOnce",
       {{"queue_semantics/timer_delayed_visibility", "ACK-5"},
        {"queue_semantics/timers_take_the_place_of_their_moment", "ACK-5"}},
       &TimersAreVisibleAtOnce},
      {"WorkerItemsAreForgotten",
       {{"queue_semantics/worker_item_immediate_visibility", "ACK-1"}},
       &WorkerItemsAreForgotten},
      {"EnqueueMakesTheRecord",
       {{"instance_creation/no_instance_creation_on_enqueue", "ENQ-1"}},
       &EnqueueMakesTheRecord},
      {"TheNextExecutionIsGiven",
       {{"multi_execution/execution_id_sequencing", "FETCH-4"},
        {"multi_execution/continue_as_new_creates_new_execution", "FETCH-4"}},
       &TheNextExecutionIsGiven},
      {"TurnsSeeNoHistory",
       {{"multi_execution/execution_isolation", "FETCH-4"},
        {"instance_creation/instance_creation_via_metadata", "FETCH-4"}},
       &TurnsSeeNoHistory},
      {"AnUnknownHistoryIsAnError",
       {{"error_handling/missing_instance_metadata", "ACK-3"}},
       &AnUnknownHistoryIsAnError},
  };
}

}  // namespace duroxide::conformance
