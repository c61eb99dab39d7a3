// Faults of the two queues: who gets what, when, and how often.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// Gives an activity back that the client means to keep or to finish.
void AbandonInstead(Provider& working, const std::string& store,
                    std::string& token) {
  v1::AbandonWorkItemRequest abandon;
  abandon.set_store(store);
  abandon.set_lock_token(token);
  Await(working, &Provider::AbandonWorkItem, abandon).IgnoreError();
}

// Gives out no instance of a store in which one is held.
FaultHooks OneLockForAllInstances() {
  struct State {
    std::mutex mutex;
    std::map<std::string, int> held;
  };
  auto state = std::make_shared<State>();
  return {.after = [state](const Message& request, Message& response,
                           const absl::Status& status) {
    if (!status.ok()) return;
    std::lock_guard lock(state->mutex);
    On<v1::FetchOrchestrationItemsResponse>(response, [&](auto& fetched) {
      int& held =
          state->held[dynamic_cast<const v1::FetchOrchestrationItemsRequest&>(
                          request)
                          .store()];
      if (held > 0) fetched.clear_items();
      held += fetched.items_size();
    });
    On<v1::AckOrchestrationItemResponse>(response, [&](auto&) {
      --state
            ->held[dynamic_cast<const v1::AckOrchestrationItemRequest&>(request)
                       .store()];
    });
  }};
}

// Tokens are 1, 2, 3 and so on.
FaultHooks TokensAreCounted() {
  struct State {
    std::mutex mutex;
    std::map<std::string, std::string> real;
  };
  auto state = std::make_shared<State>();
  return {.before =
              [state](Provider&, Message& request) {
                On<v1::AbandonOrchestrationItemRequest>(
                    request, [&](auto& given) {
                      std::lock_guard lock(state->mutex);
                      given.set_lock_token(state->real[given.lock_token()]);
                    });
              },
          .after =
              [state](const Message&, Message& response, const absl::Status&) {
                On<v1::FetchOrchestrationItemsResponse>(
                    response, [&](auto& fetched) {
                      std::lock_guard lock(state->mutex);
                      for (auto& item : *fetched.mutable_items()) {
                        const std::string token =
                            std::to_string(state->real.size() + 1);
                        state->real[token] = item.lock_token();
                        item.set_lock_token(token);
                      }
                    });
              }};
}

// An ack deletes what arrived for the instance during the turn.
FaultHooks AckDeletesLaterMessages() {
  struct State {
    std::mutex mutex;
    std::map<std::string, bool> acked;

    bool TakeAcked(const std::string& store) {
      std::lock_guard lock(mutex);
      return std::exchange(acked[store], false);
    }
  };
  auto state = std::make_shared<State>();
  // Done when the next fetch comes, which is the first to see it.
  const auto drain = [](Provider& working, auto fetch) {
    fetch.clear_poll_timeout();
    const auto rest = Await(working, &Provider::FetchOrchestrationItems, fetch);
    if (!rest.ok() || rest->items().empty()) return;
    v1::AckOrchestrationItemRequest ack;
    ack.set_store(fetch.store());
    ack.set_lock_token(rest->items(0).lock_token());
    ack.set_execution_id(rest->items(0).item().execution_id());
    Await(working, &Provider::AckOrchestrationItem, ack).IgnoreError();
  };
  return {
      .before =
          [state, drain](Provider& working, Message& request) {
            On<v1::FetchOrchestrationItemsRequest>(request, [&](auto& fetch) {
              if (state->TakeAcked(fetch.store())) {
                drain(working, fetch);
              }
            });
          },
      .after =
          [state](const Message& request, Message&,
                  const absl::Status& status) {
            const auto* ack =
                dynamic_cast<const v1::AckOrchestrationItemRequest*>(&request);
            if (ack == nullptr || !status.ok()) return;
            std::lock_guard lock(state->mutex);
            state->acked[ack->store()] = true;
          }};
}

// Takes every message that a fetch meets before its instance's start for an
// orphan that is to be deleted.
FaultHooks EarlyMessagesAreDeleted() {
  return {.before = [](Provider&, Message& request) {
    On<v1::EnqueueOrchestratorItemRequest>(request, [](auto& enqueue) {
      if (!enqueue.item().has_external_raised()) return;
      const std::string instance = enqueue.item().external_raised().instance();
      enqueue.mutable_item()->mutable_queue_message()->set_instance(instance);
    });
  }};
}

FaultHooks RenewalFreesTheActivity() {
  return {.before =
              [](Provider& working, Message& request) {
                On<v1::RenewWorkItemLockRequest>(request, [&](auto& renew) {
                  AbandonInstead(working, renew.store(),
                                 *renew.mutable_lock_token());
                });
              },
          .after =
              [](const Message&, Message&, absl::Status& status) {
                Hide(v1::ERROR_REASON_LOCK_LOST, status);
              }};
}

FaultHooks AckedActivitiesAreOnlyUnlocked() {
  return {.before =
              [](Provider& working, Message& request) {
                On<v1::AckWorkItemRequest>(request, [&](auto& ack) {
                  AbandonInstead(working, ack.store(),
                                 *ack.mutable_lock_token());
                });
              },
          .after =
              [](const Message&, Message&, absl::Status& status) {
                Hide(v1::ERROR_REASON_LOCK_LOST, status);
              }};
}

FaultHooks AttemptsOfInstancesBeginAtZero() {
  return OnEachItem<v1::FetchOrchestrationItemsResponse>(
      [](auto& item) { item.set_attempt_count(item.attempt_count() - 1); });
}

FaultHooks AttemptsOfActivitiesBeginAtZero() {
  return OnEachItem<v1::FetchWorkItemsResponse>(
      [](auto& item) { item.set_attempt_count(item.attempt_count() - 1); });
}

}  // namespace

std::vector<Fault> FaultsOfQueues() {
  return {
      {"OneLockForAllInstances",
       {{"instance_locking/cross_instance_lock_isolation", "FETCH-1"}},
       &OneLockForAllInstances},
      {"TokensAreCounted",
       {{"instance_locking/lock_token_uniqueness", "FETCH-1"}},
       &TokensAreCounted},
      {"AckDeletesLaterMessages",
       {{"instance_locking/message_tagging_during_lock", "FETCH-2"},
        {"instance_locking/ack_only_affects_locked_messages", "FETCH-2"},
        {"lock_expiration/lock_renewal_on_ack", "ACK-1"}},
       &AckDeletesLaterMessages},
      {"EarlyMessagesAreDeleted",
       {{"queue_semantics/orphan_queue_messages_dropped", "FETCH-5"}},
       &EarlyMessagesAreDeleted},
      {"RenewalFreesTheActivity",
       {{"lock_expiration/worker_lock_renewal_success", "WORK-3"}},
       &RenewalFreesTheActivity},
      {"AckedActivitiesAreOnlyUnlocked",
       {{"queue_semantics/worker_peek_lock_semantics", "WORK-2"}},
       &AckedActivitiesAreOnlyUnlocked},
      {"AttemptsOfInstancesBeginAtZero",
       {{"poison_message/orchestration_attempt_count_starts_at_one",
         "FETCH-6"}},
       &AttemptsOfInstancesBeginAtZero},
      {"AttemptsOfActivitiesBeginAtZero",
       {{"poison_message/worker_attempt_count_starts_at_one", "WORK-1"}},
       &AttemptsOfActivitiesBeginAtZero},
  };
}

}  // namespace duroxide::conformance
