// Faults of activities whose orchestration cancels them, ends or is deleted.

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Ack = v1::AckOrchestrationItemRequest;
using Message = FaultHooks::Message;

FaultHooks OnEachTurn(void (*change)(Ack&)) {
  return {.before = [change](Provider&, Message& request) {
    On<Ack>(request, [&](Ack& ack) { change(ack); });
  }};
}

bool Cancels(const v1::ScheduledActivityIdentifier& cancelled,
             const v1::WorkItem& item) {
  const v1::ActivityExecuteItem& activity = item.activity_execute();
  return cancelled.instance() == activity.instance() &&
         cancelled.execution_id() == activity.execution_id() &&
         cancelled.activity_id() == activity.id();
}

FaultHooks CancellationsAreIgnored() {
  return OnEachTurn([](Ack& ack) { ack.clear_cancelled_activities(); });
}

// What an ack both schedules and cancels is not there yet when it is cancelled.
FaultHooks CancellationsComeFirst() {
  return OnEachTurn([](Ack& ack) {
    auto& cancelled = *ack.mutable_cancelled_activities();
    for (const v1::WorkItem& item : ack.worker_items()) {
      for (int i = cancelled.size() - 1; i >= 0; --i) {
        if (Cancels(cancelled[i], item)) cancelled.DeleteSubrange(i, 1);
      }
    }
  });
}

FaultHooks OneCancellationAnAck() {
  return OnEachTurn([](Ack& ack) {
    auto& cancelled = *ack.mutable_cancelled_activities();
    if (cancelled.size() > 1) {
      cancelled.DeleteSubrange(1, cancelled.size() - 1);
    }
  });
}

// Looks at the id alone, so far as that shows: in these instances and
// executions.
FaultHooks CancellationsGoByIdAlone() {
  return OnEachTurn([](Ack& ack) {
    const auto named = ack.cancelled_activities();
    for (const v1::ScheduledActivityIdentifier& one : named) {
      for (const char* instance : {"order-1", "order-2"}) {
        for (uint64_t execution = 1; execution <= 2; ++execution) {
          v1::ScheduledActivityIdentifier& added =
              *ack.add_cancelled_activities();
          added = one;
          added.set_instance(instance);
          added.set_execution_id(execution);
        }
      }
    }
  });
}

// Fails an ack that cancels an activity which no ack has scheduled.
FaultHooks CancellingNothingIsAnError() {
  using Known = std::tuple<std::string, std::string, uint64_t, uint64_t>;
  struct State {
    std::mutex mutex;
    std::set<Known> scheduled;
  };
  auto state = std::make_shared<State>();
  return {.before = [state](Provider&, Message& request) {
    On<Ack>(request, [&](Ack& ack) {
      std::lock_guard lock(state->mutex);
      for (const v1::WorkItem& item : ack.worker_items()) {
        const v1::ActivityExecuteItem& activity = item.activity_execute();
        state->scheduled.emplace(ack.store(), activity.instance(),
                                 activity.execution_id(), activity.id());
      }
      for (const auto& cancelled : ack.cancelled_activities()) {
        if (!state->scheduled.contains({ack.store(), cancelled.instance(),
                                        cancelled.execution_id(),
                                        cancelled.activity_id()})) {
          ack.set_lock_token("refused");
        }
      }
    });
  }};
}

// The end of an execution takes along what it has scheduled.
FaultHooks EndedExecutionsHaveNoActivities() {
  return OnEachTurn([](Ack& ack) {
    if (ack.metadata().has_status() &&
        ack.metadata().status() != v1::ORCHESTRATION_STATUS_RUNNING) {
      ack.clear_worker_items();
    }
  });
}

// The end of an execution takes its activities away from their workers.
FaultHooks EndedExecutionsLoseTheirActivities() {
  return OnEachTurn([](Ack& ack) {
    if (ack.metadata().has_status() &&
        ack.metadata().status() == v1::ORCHESTRATION_STATUS_COMPLETED) {
      v1::ScheduledActivityIdentifier& added = *ack.add_cancelled_activities();
      added.set_instance("order-1");
      added.set_execution_id(1);
      added.set_activity_id(2);
    }
  });
}

// Hides the activities of instances that it does not know behind a tag.
FaultHooks ActivitiesNeedAnInstance() {
  return {.before = [](Provider&, Message& request) {
    On<v1::EnqueueWorkItemRequest>(request, [](auto& enqueue) {
      enqueue.mutable_item()->mutable_activity_execute()->set_tag("unknown");
    });
  }};
}

FaultHooks CompletionsAreForgotten() {
  return {.before = [](Provider&, Message& request) {
    On<v1::AckWorkItemRequest>(request,
                               [](auto& ack) { ack.clear_completion(); });
  }};
}

// Enqueues an empty completion where an ack has none.
FaultHooks EveryAckedActivityCompletes() {
  return {.before = [](Provider&, Message& request) {
    On<v1::AckWorkItemRequest>(request, [](auto& ack) {
      if (ack.has_completion()) return;
      auto& completion =
          *ack.mutable_completion()->mutable_activity_completed();
      completion.set_instance("order-1");
      completion.set_execution_id(1);
      completion.set_id(2);
    });
  }};
}

// Says that an instance was deleted, and leaves it as it is.
FaultHooks DeletionsAreForgotten() {
  return {.before =
              [](Provider&, Message& request) {
                On<v1::DeleteInstanceRequest>(request, [](auto& remove) {
                  remove.set_instance("nobody");
                });
              },
          .after =
              [](const Message&, Message&, absl::Status& status) {
                Hide(v1::ERROR_REASON_INSTANCE_NOT_FOUND, status);
              }};
}

}  // namespace

std::vector<Fault> FaultsOfCancellation() {
  return {
      {"CancellationsAreIgnored",
       {{"cancellation/cancelled_activities_deleted_from_worker_queue",
         "ACK-4"},
        {"cancellation/ack_work_item_fails_when_entry_deleted", "ACK-4"},
        {"cancellation/renew_fails_when_entry_deleted", "ACK-4"},
        {"cancellation/a_cancelled_activity_frees_the_next_of_its_session",
         "ACK-4"},
        {"cancellation/batch_cancellation_deletes_multiple_activities",
         "ACK-4"},
        {"cancellation/same_activity_in_worker_items_and_cancelled_is_noop",
         "ACK-4"}},
       &CancellationsAreIgnored},
      {"CancellationsComeFirst",
       {{"cancellation/same_activity_in_worker_items_and_cancelled_is_noop",
         "ACK-4"}},
       &CancellationsComeFirst},
      {"OneCancellationAnAck",
       {{"cancellation/cancelled_activities_deleted_from_worker_queue",
         "ACK-4"},
        {"cancellation/batch_cancellation_deletes_multiple_activities",
         "ACK-4"}},
       &OneCancellationAnAck},
      {"CancellationsGoByIdAlone",
       {{"cancellation/cancelling_nonexistent_activities_is_idempotent",
         "ACK-4"}},
       &CancellationsGoByIdAlone},
      {"CancellingNothingIsAnError",
       {{"cancellation/cancelling_nonexistent_activities_is_idempotent",
         "ACK-4"}},
       &CancellingNothingIsAnError},
      {"EndedExecutionsHaveNoActivities",
       {{"cancellation/"
         "fetch_returns_terminal_state_when_orchestration_completed",
         "WORK-1"},
        {"cancellation/fetch_returns_terminal_state_when_orchestration_failed",
         "WORK-1"},
        {"cancellation/"
         "fetch_returns_terminal_state_when_orchestration_continued_as_new",
         "WORK-1"}},
       &EndedExecutionsHaveNoActivities},
      {"EndedExecutionsLoseTheirActivities",
       {{"cancellation/renew_returns_terminal_when_orchestration_completed",
         "ACK-4"},
        {"cancellation/"
         "fetch_returns_terminal_state_when_orchestration_completed",
         "ACK-4"}},
       &EndedExecutionsLoseTheirActivities},
      {"ActivitiesNeedAnInstance",
       {{"cancellation/fetch_returns_missing_state_when_instance_deleted",
         "WORK-1"},
        {"cancellation/renew_returns_missing_when_instance_deleted", "WORK-3"}},
       &ActivitiesNeedAnInstance},
      {"CompletionsAreForgotten",
       {{"cancellation/fetch_returns_running_state_for_active_orchestration",
         "WORK-2"},
        {"cancellation/renew_returns_running_when_orchestration_active",
         "WORK-3"}},
       &CompletionsAreForgotten},
      {"EveryAckedActivityCompletes",
       {{"cancellation/ack_work_item_none_deletes_without_enqueue", "WORK-2"},
        {"cancellation/renew_returns_terminal_when_orchestration_completed",
         "WORK-2"}},
       &EveryAckedActivityCompletes},
      {"DeletionsAreForgotten",
       {{"cancellation/fetch_returns_missing_state_when_instance_deleted",
         "WORK-1"},
        {"cancellation/renew_returns_missing_when_instance_deleted", "ACK-8"},
        {"cancellation/orphan_activity_after_instance_force_deletion",
         "DEL-1"}},
       &DeletionsAreForgotten},
  };
}

}  // namespace duroxide::conformance
