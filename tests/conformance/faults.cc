#include "tests/conformance/faults.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using ::google::protobuf::util::TimeUtil;

void Stretch(google::protobuf::Duration& duration, double factor) {
  duration = TimeUtil::NanosecondsToDuration(static_cast<int64_t>(
      static_cast<double>(TimeUtil::DurationToNanoseconds(duration)) * factor));
}

// Where nothing else is there, gives what it gave last in that store.
FaultHooks FetchIgnoresLocks() {
  struct State {
    std::mutex mutex;
    std::map<std::string, v1::FetchOrchestrationItemsResponse> last;
  };
  auto state = std::make_shared<State>();
  return {.after = [state](const Message& request, Message& response,
                           const absl::Status& status) {
    On<v1::FetchOrchestrationItemsResponse>(response, [&](auto& fetched) {
      if (!status.ok()) return;
      const auto& asked =
          dynamic_cast<const v1::FetchOrchestrationItemsRequest&>(request);
      std::lock_guard lock(state->mutex);
      auto& last = state->last[asked.store()];
      if (fetched.items().empty()) {
        fetched = last;
      } else {
        last = fetched;
      }
    });
  }};
}

// Enqueues an ack's activities before it knows whether the rest succeeds.
FaultHooks AckIsNotAtomic() {
  return {.before = [](Provider& working, Message& request) {
    On<v1::AckOrchestrationItemRequest>(request, [&](auto& ack) {
      for (const v1::WorkItem& item : ack.worker_items()) {
        v1::EnqueueWorkItemRequest enqueue;
        enqueue.set_store(ack.store());
        *enqueue.mutable_item() = item;
        Await(working, &Provider::EnqueueWorkItem, enqueue).IgnoreError();
      }
      ack.clear_worker_items();
    });
  }};
}

// Enqueues a completion before it knows whether the lock is held.
FaultHooks CompletionIsNotAtomic() {
  return {.before = [](Provider& working, Message& request) {
    On<v1::AckWorkItemRequest>(request, [&](auto& ack) {
      v1::EnqueueOrchestratorItemRequest enqueue;
      enqueue.set_store(ack.store());
      *enqueue.mutable_item() = ack.completion();
      Await(working, &Provider::EnqueueOrchestratorItem, enqueue).IgnoreError();
      ack.clear_completion();
    });
  }};
}

FaultHooks LastEventIsLost() {
  return {.before = [](Provider&, Message& request) {
    On<v1::AckOrchestrationItemRequest>(request, [](auto& ack) {
      if (!ack.history_delta().empty()) {
        ack.mutable_history_delta()->RemoveLast();
      }
    });
  }};
}

// Says that the lock is given back, and keeps it.
FaultHooks AbandonKeepsTheLock() {
  const auto forget = [](auto& abandon) { abandon.set_lock_token("no lock"); };
  return {.before =
              [forget](Provider&, Message& request) {
                On<v1::AbandonOrchestrationItemRequest>(request, forget);
                On<v1::AbandonWorkItemRequest>(request, forget);
              },
          .after =
              [](const Message&, Message&, absl::Status& status) {
                Hide(v1::ERROR_REASON_LOCK_LOST, status);
              }};
}

FaultHooks LostLocksAreAccepted() {
  return {.after = [](const Message&, Message&, absl::Status& status) {
    Hide(v1::ERROR_REASON_LOCK_LOST, status);
  }};
}

FaultHooks TakenEventIdsAreAccepted() {
  return {.after = [](const Message&, Message&, absl::Status& status) {
    Hide(v1::ERROR_REASON_DUPLICATE_EVENT, status);
  }};
}

// The right code without the reason.
FaultHooks ErrorsHaveNoReason() {
  return {.after = [](const Message&, Message&, absl::Status& status) {
    status = absl::Status(status.code(), status.message());
  }};
}

FaultHooks LocksHold(double factor) {
  const auto change = [factor](auto& fetch) {
    Stretch(*fetch.mutable_lock_timeout(), factor);
  };
  return {.before = [change](Provider&, Message& request) {
    On<v1::FetchOrchestrationItemsRequest>(request, change);
    On<v1::FetchWorkItemsRequest>(request, change);
  }};
}

FaultHooks LocksEndEarly() { return LocksHold(0.5); }
FaultHooks LocksNeverEnd() { return LocksHold(1000); }

// Says that the lock is extended, and leaves it as it is.
FaultHooks RenewalDoesNothing() {
  const auto shorten = [](auto& renew) {
    *renew.mutable_extend_for() = TimeUtil::MillisecondsToDuration(1);
  };
  return {.before = [shorten](Provider&, Message& request) {
    On<v1::RenewOrchestrationItemLockRequest>(request, shorten);
    On<v1::RenewWorkItemLockRequest>(request, shorten);
  }};
}

FaultHooks DelaysAreIgnored() {
  const auto at_once = [](auto& delayed) { delayed.clear_delay(); };
  return {.before = [at_once](Provider&, Message& request) {
    On<v1::EnqueueOrchestratorItemRequest>(request, at_once);
    On<v1::AbandonOrchestrationItemRequest>(request, at_once);
    On<v1::AbandonWorkItemRequest>(request, at_once);
  }};
}

FaultHooks AttemptsAreNotCounted() {
  const auto first = [](auto& fetched) {
    for (auto& item : *fetched.mutable_items()) item.set_attempt_count(1);
  };
  return {.after = [first](const Message&, Message& response, absl::Status&) {
    On<v1::FetchOrchestrationItemsResponse>(response, first);
    On<v1::FetchWorkItemsResponse>(response, first);
  }};
}

FaultHooks IgnoreAttemptIsIgnored() {
  const auto count = [](auto& abandon) { abandon.clear_ignore_attempt(); };
  return {.before = [count](Provider&, Message& request) {
    On<v1::AbandonOrchestrationItemRequest>(request, count);
    On<v1::AbandonWorkItemRequest>(request, count);
  }};
}

// Changes places of every two activities that come one after the other.
FaultHooks ActivitiesAreNotInOrder() {
  struct State {
    std::mutex mutex;
    std::map<std::string, v1::EnqueueWorkItemRequest> kept;

    std::optional<v1::EnqueueWorkItemRequest> Take(const std::string& store) {
      std::lock_guard lock(mutex);
      const auto found = kept.extract(store);
      if (found.empty()) return std::nullopt;
      return found.mapped();
    }
  };
  auto state = std::make_shared<State>();
  return {
      .before =
          [state](Provider& working, Message& request) {
            On<v1::FetchWorkItemsRequest>(request, [&](auto& fetch) {
              if (const auto kept = state->Take(fetch.store())) {
                Await(working, &Provider::EnqueueWorkItem, *kept).IgnoreError();
              }
            });
            On<v1::EnqueueWorkItemRequest>(request, [&](auto& enqueue) {
              if (const auto kept = state->Take(enqueue.store())) {
                Await(working, &Provider::EnqueueWorkItem, enqueue)
                    .IgnoreError();
                enqueue = *kept;
                return;
              }
              std::lock_guard lock(state->mutex);
              state->kept[enqueue.store()] = enqueue;
              enqueue.clear_item();
            });
          },
      .after =
          [](const Message& request, Message&, absl::Status& status) {
            const auto* enqueue =
                dynamic_cast<const v1::EnqueueWorkItemRequest*>(&request);
            if (enqueue != nullptr && !enqueue->has_item()) {
              status = absl::OkStatus();
            }
          }};
}

FaultHooks MessagesAreNotInOrder() {
  return {.after = [](const Message&, Message& response, absl::Status&) {
    On<v1::FetchOrchestrationItemsResponse>(response, [](auto& fetched) {
      for (auto& item : *fetched.mutable_items()) {
        auto& messages = *item.mutable_item()->mutable_messages();
        std::reverse(messages.begin(), messages.end());
      }
    });
  }};
}

// Leaves out what it cannot read and says nothing.
FaultHooks CorruptionIsHidden() {
  return {.after = [](const Message&, Message& response, absl::Status& status) {
    Hide(v1::ERROR_REASON_HISTORY_CORRUPT, status);
    On<v1::FetchOrchestrationItemsResponse>(response, [](auto& fetched) {
      for (auto& item : *fetched.mutable_items()) {
        item.mutable_item()->clear_history_error();
      }
    });
  }};
}

FaultHooks OnlyTheLatestExecutionIsRead() {
  return {.before = [](Provider&, Message& request) {
    On<v1::ReadHistoryRequest>(request,
                               [](auto& read) { read.clear_execution_id(); });
  }};
}

FaultHooks UnknownVersionsAreEmpty() {
  return {.after = [](const Message&, Message& response, absl::Status&) {
    On<v1::FetchOrchestrationItemsResponse>(response, [](auto& fetched) {
      for (auto& item : *fetched.mutable_items()) {
        if (item.item().version() == "unknown") {
          item.mutable_item()->clear_version();
        }
      }
    });
  }};
}

std::vector<Fault> CommonFaults() {
  return {
      {"FetchIgnoresLocks",
       {{"instance_locking/exclusive_instance_lock", "FETCH-1"},
        {"instance_locking/multi_threaded_lock_contention", "FETCH-1"},
        {"instance_locking/concurrent_instance_fetching", "FETCH-1"},
        {"instance_locking/multi_threaded_no_duplicate_processing", "FETCH-1"},
        {"lock_expiration/concurrent_lock_attempts_respect_expiration",
         "FETCH-1"},
        {"atomicity/lock_released_only_on_successful_ack", "FETCH-1"},
        {"capability_filtering/concurrent_filtered_fetch_no_double_lock",
         "FETCH-1"}},
       &FetchIgnoresLocks},
      {"AckIsNotAtomic",
       {{"atomicity/atomicity_failure_rollback", "ACK-1"}},
       &AckIsNotAtomic},
      {"CompletionIsNotAtomic",
       {{"queue_semantics/worker_ack_atomicity", "WORK-2"},
        {"lock_expiration/worker_ack_fails_after_lock_expiry", "WORK-2"}},
       &CompletionIsNotAtomic},
      {"LastEventIsLost",
       {{"atomicity/multi_operation_atomic_ack", "ACK-1"},
        {"multi_execution/execution_history_persistence", "ACK-3"}},
       &LastEventIsLost},
      {"AbandonKeepsTheLock",
       {{"lock_expiration/abandon_releases_lock_immediately", "ABANDON-1"},
        {"lock_expiration/abandon_work_item_releases_lock", "WORK-3"}},
       &AbandonKeepsTheLock},
      {"LostLocksAreAccepted",
       {{"error_handling/lock_expiration_during_ack", "ACK-1"},
        {"error_handling/invalid_lock_token_on_ack", "ACK-1"},
        {"lock_expiration/orchestration_lock_renewal_after_expiration",
         "RENEW-1"},
        {"lock_expiration/worker_ack_fails_after_lock_expiry", "WORK-2"},
        {"lock_expiration/worker_lock_renewal_after_expiration", "WORK-3"},
        {"atomicity/concurrent_ack_prevention", "ACK-1"},
        {"instance_locking/invalid_lock_token_rejection", "ABANDON-1"},
        {"lock_expiration/worker_lock_renewal_invalid_token", "WORK-3"},
        {"lock_expiration/worker_lock_renewal_after_ack", "WORK-3"}},
       &LostLocksAreAccepted},
      {"TakenEventIdsAreAccepted",
       {{"error_handling/duplicate_event_id_rejection", "ACK-3"}},
       &TakenEventIdsAreAccepted},
      {"ErrorsHaveNoReason",
       {{"error_handling/invalid_lock_token_on_ack", "WIRE-2"},
        {"error_handling/duplicate_event_id_rejection", "WIRE-2"}},
       &ErrorsHaveNoReason},
      {"LocksEndEarly",
       {{"instance_locking/multi_threaded_lock_expiration_recovery",
         "FETCH-1"}},
       &LocksEndEarly},
      {"LocksNeverEnd",
       {{"lock_expiration/lock_expires_after_timeout", "FETCH-1"},
        {"poison_message/worker_attempt_count_increments_on_lock_expiry",
         "WORK-1"},
        {"queue_semantics/lost_lock_token_handling", "WORK-1"}},
       &LocksNeverEnd},
      {"RenewalDoesNothing",
       {{"lock_expiration/worker_lock_renewal_extends_timeout", "WORK-3"},
        {"cancellation/renew_returns_running_when_orchestration_active",
         "WORK-3"},
        {"cancellation/renew_returns_missing_when_instance_deleted", "WORK-3"}},
       &RenewalDoesNothing},
      {"DelaysAreIgnored",
       {{"queue_semantics/timer_delayed_visibility", "ENQ-1"},
        {"lock_expiration/abandon_work_item_with_delay", "WORK-3"},
        {"queue_semantics/worker_delayed_visibility_skips_future_items",
         "WORK-3"}},
       &DelaysAreIgnored},
      {"AttemptsAreNotCounted",
       {{"poison_message/orchestration_attempt_count_increments_on_refetch",
         "FETCH-6"},
        {"poison_message/max_attempt_count_across_message_batch", "FETCH-6"},
        {"poison_message/attempt_count_is_per_message", "WORK-1"}},
       &AttemptsAreNotCounted},
      {"IgnoreAttemptIsIgnored",
       {{"poison_message/abandon_orchestration_item_ignore_attempt_decrements",
         "ABANDON-1"},
        {"poison_message/abandon_work_item_ignore_attempt_decrements",
         "WORK-3"},
        {"poison_message/ignore_attempt_never_goes_negative", "WORK-3"}},
       &IgnoreAttemptIsIgnored},
      {"ActivitiesAreNotInOrder",
       {{"queue_semantics/worker_queue_fifo_ordering", "WORK-1"}},
       &ActivitiesAreNotInOrder},
      {"MessagesAreNotInOrder",
       {{"instance_locking/completions_arriving_during_lock_blocked",
         "FETCH-2"}},
       &MessagesAreNotInOrder},
      {"CorruptionIsHidden",
       {{"error_handling/corrupted_serialization_data", "FETCH-8"},
        {"error_handling/read_corrupted_history_returns_error", "FETCH-8"},
        {"error_handling/read_with_execution_corrupted_history_returns_error",
         "FETCH-8"}},
       &CorruptionIsHidden},
      {"OnlyTheLatestExecutionIsRead",
       {{"multi_execution/execution_isolation", "ACK-3"},
        {"multi_execution/latest_execution_detection", "ACK-3"}},
       &OnlyTheLatestExecutionIsRead},
      {"UnknownVersionsAreEmpty",
       {{"instance_creation/null_version_handling", "FETCH-4"}},
       &UnknownVersionsAreEmpty},
  };
}

}  // namespace

const std::vector<Fault>& AllFaults() {
  static const std::vector<Fault> faults = [] {
    std::vector<Fault> all = CommonFaults();
    for (const auto& more :
         {FaultsOfAdmin(),        FaultsOfBatches(),
          FaultsOfBulkDeletion(), FaultsOfCancellation(),
          FaultsOfCapabilities(), FaultsOfDeletion(),
          FaultsOfErrors(),       FaultsOfFairness(),
          FaultsOfFilters(),      FaultsOfHistoriesOnDemand(),
          FaultsOfInput(),        FaultsOfKv(),
          FaultsOfLocks(),        FaultsOfModel(),
          FaultsOfPolls(),        FaultsOfPruning(),
          FaultsOfQueues(),       FaultsOfRequestIds(),
          FaultsOfRestarts(),     FaultsOfSessions(),
          FaultsOfSize(),         FaultsOfStats(),
          FaultsOfStatus(),       FaultsOfStores(),
          FaultsOfText(),         FaultsOfTurns()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }();
  return faults;
}

}  // namespace duroxide::conformance
