// Faults of deletions by filter.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/instead.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using DeleteByFilter = v1::DeleteInstancesByFilterRequest;
using Deleted = v1::DeleteInstancesByFilterResponse;

// Changes what a deletion by filter says that it deleted.
template <typename Change>
FaultHooks OnEachResult(Change change) {
  return {.after = [change](const Message&, Message& response,
                            const absl::Status& status) {
    if (!status.ok()) return;
    On<Deleted>(response,
                [&](auto& reply) { change(*reply.mutable_result()); });
  }};
}

FaultHooks BulkDeletionsCountOneInstance() {
  return OnEachResult(
      [](v1::DeletionResult& result) { result.set_instances_deleted(1); });
}

FaultHooks BulkDeletionsCountNoEvents() {
  return OnEachResult(
      [](v1::DeletionResult& result) { result.clear_events_deleted(); });
}

// Says OK where an ack has lost its lock.
FaultHooks AcksOfDeletedInstancesSucceed() {
  return {.after = [](const Message& request, Message&, absl::Status& status) {
    using Ack = v1::AckOrchestrationItemRequest;
    if (dynamic_cast<const Ack*>(&request) != nullptr) {
      Hide(v1::ERROR_REASON_LOCK_LOST, status);
    }
  }};
}

// Takes every child for a root.
FaultHooks ChildrenAreLeftBehind() {
  return {.before = [](Provider&, Message& request) {
    On<v1::AckOrchestrationItemRequest>(request, [](auto& ack) {
      ack.mutable_metadata()->clear_parent_instance_id();
    });
  }};
}

// Changes the filter of every deletion by filter.
template <typename Change>
FaultHooks OnEachFilter(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<DeleteByFilter>(
        request, [&](auto& deletion) { change(*deletion.mutable_filter()); });
  }};
}

FaultHooks IdsAreIgnored() {
  return OnEachFilter(
      [](v1::InstanceFilter& filter) { filter.clear_instance_ids(); });
}

FaultHooks NoIdsAreAnyIds() {
  return OnEachFilter([](v1::InstanceFilter& filter) {
    if (filter.instance_ids().ids().empty()) filter.clear_instance_ids();
  });
}

FaultHooks LimitsAreIgnored() {
  return OnEachFilter([](v1::InstanceFilter& filter) { filter.clear_limit(); });
}

FaultHooks MomentsAreIgnored() {
  return OnEachFilter(
      [](v1::InstanceFilter& filter) { filter.clear_completed_before_ms(); });
}

FaultHooks MomentsBelongToTheRange() {
  return OnEachFilter([](v1::InstanceFilter& filter) {
    if (!filter.has_completed_before_ms()) return;
    filter.set_completed_before_ms(filter.completed_before_ms() + 1);
  });
}

// The roots that are named, whatever they do.
FaultHooks NamedRootsAreDeleted() {
  return Instead<DeleteByFilter, Deleted>(
      [](Provider& working, const DeleteByFilter& request) {
        if (!request.filter().has_instance_ids()) {
          return Ask(working, &Provider::DeleteInstancesByFilter, request);
        }
        Deleted sum;
        for (const std::string& id : request.filter().instance_ids().ids()) {
          v1::DeleteInstanceRequest root;
          root.set_store(request.store());
          root.set_instance(id);
          root.set_force(true);
          const auto one = Ask(working, &Provider::DeleteInstance, root);
          if (!one.ok()) continue;
          v1::DeletionResult& result = *sum.mutable_result();
          result.set_instances_deleted(result.instances_deleted() +
                                       one->result().instances_deleted());
        }
        return absl::StatusOr<Deleted>(sum);
      });
}

// Deletes nothing where any child runs.
FaultHooks RunningDescendantsProtectTheirRoot() {
  return Instead<DeleteByFilter, Deleted>(
      [](Provider& working,
         const DeleteByFilter& request) -> absl::StatusOr<Deleted> {
        v1::ListInstancesRequest running;
        running.set_store(request.store());
        running.set_status(v1::ORCHESTRATION_STATUS_RUNNING);
        const auto listed = Ask(working, &Provider::ListInstances, running);
        for (const std::string& id : listed->instance_ids()) {
          v1::GetParentRequest ask;
          ask.set_store(request.store());
          ask.set_instance(id);
          const auto parent = Ask(working, &Provider::GetParent, ask);
          if (parent.ok() && parent->has_parent_instance_id()) {
            return Deleted();
          }
        }
        return Ask(working, &Provider::DeleteInstancesByFilter, request);
      });
}

std::string Bulk(const std::string& name) { return "bulk_deletion/" + name; }

}  // namespace

std::vector<Fault> FaultsOfBulkDeletion() {
  return {
      {"ChildrenAreLeftBehind",
       {{Bulk("delete_instance_bulk_cascades_to_children"), "DEL-2"},
        {Bulk("the_limit_counts_roots"), "DEL-2"}},
       &ChildrenAreLeftBehind},
      {"BulkDeletionsCountNoEvents",
       {{Bulk("delete_instance_bulk_filter_combinations"), "DEL-1"}},
       &BulkDeletionsCountNoEvents},
      {"AcksOfDeletedInstancesSucceed",
       {{Bulk("running_descendants_go_with_their_root"), "ACK-8"}},
       &AcksOfDeletedInstancesSucceed},
      {"IdsAreIgnored",
       {{Bulk("delete_instance_bulk_filter_combinations"), "DEL-2"},
        {Bulk("delete_instance_bulk_cascades_to_children"), "DEL-2"}},
       &IdsAreIgnored},
      {"NoIdsAreAnyIds",
       {{Bulk("criteria_that_select_nothing_delete_nothing"), "DEL-2"}},
       &NoIdsAreAnyIds},
      {"LimitsAreIgnored",
       {{Bulk("delete_instance_bulk_safety_and_limits"), "DEL-2"},
        {Bulk("the_limit_counts_roots"), "DEL-2"}},
       &LimitsAreIgnored},
      {"MomentsAreIgnored",
       {{Bulk("delete_instance_bulk_filter_combinations"), "DEL-2"},
        {Bulk("delete_instance_bulk_completed_before_filter"), "DEL-2"}},
       &MomentsAreIgnored},
      {"MomentsBelongToTheRange",
       {{Bulk("criteria_that_select_nothing_delete_nothing"), "DEL-2"}},
       &MomentsBelongToTheRange},
      {"NamedRootsAreDeleted",
       {{Bulk("delete_instance_bulk_safety_and_limits"), "DEL-2"}},
       &NamedRootsAreDeleted},
      {"RunningDescendantsProtectTheirRoot",
       {{Bulk("running_descendants_go_with_their_root"), "DEL-2"}},
       &RunningDescendantsProtectTheirRoot},
      {"BulkDeletionsCountOneInstance",
       {{Bulk("callers_at_once_share_the_work"), "DEL-1"}},
       &BulkDeletionsCountOneInstance},
  };
}

}  // namespace duroxide::conformance
