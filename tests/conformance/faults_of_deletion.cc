// Faults of deletions, by root and by name.

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "conformance/builders.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/instead.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using Ack = v1::AckOrchestrationItemRequest;
using DeleteRoot = v1::DeleteInstanceRequest;
using DeleteNamed = v1::DeleteInstancesRequest;

// Does something with what a deletion says that it deleted.
template <typename Do>
FaultHooks AfterDeletions(Do act) {
  const auto change = [act](auto& response) {
    act(*response.mutable_result());
  };
  return {.after = [change](const Message&, Message& response,
                            const absl::Status& status) {
    if (!status.ok()) return;
    On<v1::DeleteInstanceResponse>(response, change);
    On<v1::DeleteInstancesResponse>(response, change);
    On<v1::DeleteInstancesByFilterResponse>(response, change);
  }};
}

// Says OK where a request of this type failed for `reason`.
template <typename Request>
FaultHooks Allowing(v1::ErrorReason reason) {
  return {.after = [reason](const Message& request, Message&,
                            absl::Status& status) {
    if (dynamic_cast<const Request*>(&request) != nullptr) {
      Hide(reason, status);
    }
  }};
}

// One fault after the other.
FaultHooks Both(const FaultHooks& first, const FaultHooks& second) {
  return {
      .before =
          [=](Provider& working, Message& request) {
            if (first.before) first.before(working, request);
            if (second.before) second.before(working, request);
          },
      .after =
          [=](const Message& request, Message& response, absl::Status& status) {
            if (first.after) first.after(request, response, status);
            if (second.after) second.after(request, response, status);
          }};
}

FaultHooks DeletionsAreForced() {
  const auto force = [](auto& deletion) { deletion.set_force(true); };
  return {.before = [force](Provider&, Message& request) {
    On<DeleteRoot>(request, force);
    On<DeleteNamed>(request, force);
  }};
}

FaultHooks UnknownRootsAreDeleted() {
  return Allowing<DeleteRoot>(v1::ERROR_REASON_INSTANCE_NOT_FOUND);
}

FaultHooks ChildrenAreDeletedByThemselves() {
  return Allowing<DeleteRoot>(v1::ERROR_REASON_HAS_PARENT);
}

FaultHooks ParentsAreDeletedByThemselves() {
  return Allowing<DeleteNamed>(v1::ERROR_REASON_HAS_CHILDREN);
}

FaultHooks ParentsAreForgotten() {
  return {.before = [](Provider&, Message& request) {
    On<Ack>(request, [](auto& ack) {
      ack.mutable_metadata()->clear_parent_instance_id();
    });
  }};
}

// Leaves a message in either queue for an instance that was deleted.
void Leave(Provider& working, const std::string& store,
           const std::string& instance) {
  v1::EnqueueOrchestratorItemRequest message;
  message.set_store(store);
  *message.mutable_item() = ExternalItem(instance, "left");
  Ask(working, &Provider::EnqueueOrchestratorItem, message).IgnoreError();
  v1::EnqueueWorkItemRequest work;
  work.set_store(store);
  *work.mutable_item() = ActivityItem(instance, 99);
  Ask(working, &Provider::EnqueueWorkItem, work).IgnoreError();
}

FaultHooks MessagesOutliveTheirInstance() {
  return Both(
      Instead<DeleteRoot, v1::DeleteInstanceResponse>(
          [](Provider& working, const DeleteRoot& request) {
            auto reply = Ask(working, &Provider::DeleteInstance, request);
            if (reply.ok()) {
              Leave(working, request.store(), request.instance());
            }
            return reply;
          }),
      Instead<DeleteNamed, v1::DeleteInstancesResponse>(
          [](Provider& working, const DeleteNamed& request) {
            auto reply = Ask(working, &Provider::DeleteInstances, request);
            if (reply.ok() && request.instances_size() > 0) {
              Leave(working, request.store(), request.instances(0));
            }
            return reply;
          }));
}

FaultHooks DeletionsCountOneInstance() {
  return AfterDeletions(
      [](v1::DeletionResult& result) { result.set_instances_deleted(1); });
}

FaultHooks DeletionsCountNoEvents() {
  return AfterDeletions(
      [](v1::DeletionResult& result) { result.clear_events_deleted(); });
}

FaultHooks IdsAreCounted() {
  return {.after = [](const Message& request, Message& response,
                      const absl::Status& status) {
    const auto* named = dynamic_cast<const DeleteNamed*>(&request);
    if (named == nullptr || !status.ok()) return;
    On<v1::DeleteInstancesResponse>(response, [&](auto& reply) {
      reply.mutable_result()->set_instances_deleted(
          static_cast<uint64_t>(named->instances_size()));
    });
  }};
}

void AddTo(v1::DeletionResult& sum, const v1::DeletionResult& more) {
  sum.set_instances_deleted(sum.instances_deleted() + more.instances_deleted());
  sum.set_executions_deleted(sum.executions_deleted() +
                             more.executions_deleted());
  sum.set_events_deleted(sum.events_deleted() + more.events_deleted());
  sum.set_queue_messages_deleted(sum.queue_messages_deleted() +
                                 more.queue_messages_deleted());
}

FaultHooks BatchesAreDeletedOneByOne() {
  return Instead<DeleteNamed, v1::DeleteInstancesResponse>(
      [](Provider& working,
         DeleteNamed request) -> absl::StatusOr<v1::DeleteInstancesResponse> {
        const auto ids = request.instances();
        v1::DeleteInstancesResponse sum;
        for (const std::string& id : ids) {
          request.clear_instances();
          request.add_instances(id);
          const auto one = Ask(working, &Provider::DeleteInstances, request);
          if (!one.ok()) return one.status();
          AddTo(*sum.mutable_result(), one->result());
        }
        return sum;
      });
}

FaultHooks LeavesAreRefused() {
  return Instead<DeleteNamed, v1::DeleteInstancesResponse>(
      [](Provider& working, const DeleteNamed& request)
          -> absl::StatusOr<v1::DeleteInstancesResponse> {
        for (const std::string& id : request.instances()) {
          v1::GetParentRequest ask;
          ask.set_store(request.store());
          ask.set_instance(id);
          const auto parent = Ask(working, &Provider::GetParent, ask);
          if (parent.ok() && parent->has_parent_instance_id()) {
            return MakeError(v1::ERROR_REASON_HAS_PARENT, "has a parent");
          }
        }
        return Ask(working, &Provider::DeleteInstances, request);
      });
}

FaultHooks LocksOutliveTheirInstance() {
  return {.after = [](const Message&, Message&, absl::Status& status) {
    Hide(v1::ERROR_REASON_LOCK_LOST, status);
  }};
}

// Takes every token for the newest one that was given for its instance.
FaultHooks TokensStandForTheirInstance() {
  struct State {
    std::mutex mutex;
    std::map<std::string, std::string> instances;
    std::map<std::string, std::string> newest;
  };
  auto state = std::make_shared<State>();
  const auto renew = [state](auto& request) {
    std::lock_guard lock(state->mutex);
    const auto found = state->instances.find(request.lock_token());
    if (found == state->instances.end()) return;
    request.set_lock_token(state->newest[found->second]);
  };
  return {
      .before =
          [renew](Provider&, Message& request) {
            On<Ack>(request, renew);
            On<v1::AbandonOrchestrationItemRequest>(request, renew);
            On<v1::RenewOrchestrationItemLockRequest>(request, renew);
          },
      .after =
          [state](const Message& request, Message& response,
                  const absl::Status&) {
            On<v1::FetchOrchestrationItemsResponse>(response, [&](auto& given) {
              const auto& fetch =
                  dynamic_cast<const v1::FetchOrchestrationItemsRequest&>(
                      request);
              std::lock_guard lock(state->mutex);
              for (const auto& turn : given.items()) {
                const std::string instance =
                    fetch.store() + "/" + turn.item().instance();
                state->instances[turn.lock_token()] = instance;
                state->newest[instance] = turn.lock_token();
              }
            });
          }};
}

FaultHooks CompletionsAreAppended() {
  return {.before = [](Provider& working, Message& request) {
    On<v1::EnqueueOrchestratorItemRequest>(request, [&](const auto& enqueue) {
      if (!enqueue.item().has_activity_completed()) return;
      const auto& completed = enqueue.item().activity_completed();
      v1::AppendHistoryRequest append;
      append.set_store(enqueue.store());
      append.set_instance(completed.instance());
      append.set_execution_id(completed.execution_id());
      *append.add_events() =
          WithOwner(ActivityCompletedEvent(1000, completed.id()),
                    completed.instance(), completed.execution_id());
      Ask(working, &Provider::AppendHistory, append).IgnoreError();
    });
  }};
}

// Counts the versions of an instance's custom status for good.
FaultHooks StatusesGoOnCounting() {
  struct State {
    std::mutex mutex;
    std::map<std::string, uint64_t> versions;
  };
  auto state = std::make_shared<State>();
  return {.before =
              [state](Provider&, Message& request) {
                On<Ack>(request, [&](const Ack& ack) {
                  std::lock_guard lock(state->mutex);
                  for (const v1::Event& event : ack.history_delta()) {
                    if (!event.has_custom_status_updated()) continue;
                    ++state->versions[ack.store() + "/" + event.instance_id()];
                  }
                });
              },
          .after =
              [state](const Message& request, Message& response,
                      const absl::Status&) {
                On<v1::GetCustomStatusResponse>(response, [&](auto& status) {
                  if (!status.has_change()) return;
                  const auto& asked =
                      dynamic_cast<const v1::GetCustomStatusRequest&>(request);
                  std::lock_guard lock(state->mutex);
                  status.mutable_change()->set_version(
                      state->versions[asked.store() + "/" + asked.instance()]);
                });
              }};
}

std::string Deletion(const std::string& name) { return "deletion/" + name; }

}  // namespace

std::vector<Fault> FaultsOfDeletion() {
  return {
      {"DeletionsAreForced",
       {{Deletion("delete_running_rejected_force_succeeds"), "DEL-2"},
        {Deletion("delete_instances_atomic_force"), "DEL-1"},
        {Deletion("a_batch_with_one_running_deletes_nothing"), "DEL-1"},
        {Deletion("a_tree_with_one_running_deletes_nothing"), "DEL-2"}},
       &DeletionsAreForced},
      {"UnknownRootsAreDeleted",
       {{Deletion("delete_nonexistent_instance"), "DEL-2"}},
       &UnknownRootsAreDeleted},
      {"ChildrenAreDeletedByThemselves",
       {{Deletion("cascade_delete_hierarchy"), "DEL-2"}},
       &ChildrenAreDeletedByThemselves},
      {"ParentsAreDeletedByThemselves",
       {{Deletion("delete_instances_atomic_orphan_detection"), "DEL-1"}},
       &ParentsAreDeletedByThemselves},
      {"ParentsAreForgotten",
       {{Deletion("list_children"), "ADMIN-1"},
        {Deletion("delete_get_parent_id"), "ADMIN-1"},
        {Deletion("delete_get_instance_tree"), "ADMIN-1"},
        {Deletion("cascade_delete_hierarchy"), "DEL-2"},
        {Deletion("delete_instances_atomic_orphan_detection"), "DEL-1"}},
       &ParentsAreForgotten},
      {"MessagesOutliveTheirInstance",
       {{Deletion("delete_running_rejected_force_succeeds"), "DEL-1"},
        {Deletion("delete_cleans_queues_and_locks"), "DEL-1"},
        {Deletion("delete_instances_atomic"), "DEL-1"},
        {Deletion("stale_activity_after_delete_recreate"), "DEL-1"},
        {Deletion("messages_of_every_kind_and_state_are_deleted"), "DEL-1"}},
       &MessagesOutliveTheirInstance},
      {"DeletionsCountOneInstance",
       {{Deletion("cascade_delete_hierarchy"), "DEL-2"},
        {Deletion("delete_instances_atomic"), "DEL-1"},
        {Deletion("one_of_many_deletions_counts"), "DEL-1"}},
       &DeletionsCountOneInstance},
      {"DeletionsCountNoEvents",
       {{Deletion("delete_terminal_instances"), "DEL-1"}},
       &DeletionsCountNoEvents},
      {"IdsAreCounted",
       {{Deletion("a_batch_counts_what_was_there"), "DEL-1"}},
       &IdsAreCounted},
      {"BatchesAreDeletedOneByOne",
       {{Deletion("delete_instances_atomic_force"), "DEL-1"},
        {Deletion("a_batch_with_one_running_deletes_nothing"), "DEL-1"},
        {Deletion("delete_instances_atomic_orphan_detection"), "DEL-1"}},
       &BatchesAreDeletedOneByOne},
      {"LeavesAreRefused",
       {{Deletion("a_leaf_can_be_deleted_by_name"), "DEL-1"}},
       &LeavesAreRefused},
      {"LocksOutliveTheirInstance",
       {{Deletion("force_delete_prevents_ack_recreation"), "ACK-8"},
        {Deletion("stale_activity_after_delete_recreate"), "ACK-8"},
        {Deletion("old_tokens_do_not_touch_a_new_instance"), "ACK-8"}},
       &LocksOutliveTheirInstance},
      {"TokensStandForTheirInstance",
       {{Deletion("old_tokens_do_not_touch_a_new_instance"), "ACK-8"}},
       &TokensStandForTheirInstance},
      {"CompletionsAreAppended",
       {{Deletion("late_completions_are_messages_and_no_more"), "DEL-3"}},
       &CompletionsAreAppended},
      {"StatusesGoOnCounting",
       {{Deletion("an_instance_made_again_starts_afresh"), "ACK-7"}},
       &StatusesGoOnCounting},
  };
}

}  // namespace duroxide::conformance
