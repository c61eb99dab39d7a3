// Faults of pruning: too much is removed, or too little.

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/instead.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using PruneOne = v1::PruneExecutionsRequest;
using PruneMany = v1::PruneExecutionsByFilterRequest;

// Changes the options of every prune.
template <typename Change>
FaultHooks OnEachOptions(Change change) {
  const auto change_request = [change](auto& request) {
    change(*request.mutable_options());
  };
  return {.before = [change_request](Provider&, Message& request) {
    On<PruneOne>(request, change_request);
    On<PruneMany>(request, change_request);
  }};
}

// Changes the filter of every prune by filter.
template <typename Change>
FaultHooks OnEachFilter(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<PruneMany>(request,
                  [&](auto& prune) { change(*prune.mutable_filter()); });
  }};
}

FaultHooks KeepLastIsIgnored() {
  return OnEachOptions(
      [](v1::PruneOptions& options) { options.clear_keep_last(); });
}

FaultHooks TheCurrentExecutionIsKeptBesides() {
  return OnEachOptions([](v1::PruneOptions& options) {
    if (options.has_keep_last()) options.set_keep_last(options.keep_last() + 1);
  });
}

FaultHooks NoCriteriaKeepAll() {
  return OnEachOptions([](v1::PruneOptions& options) {
    if (options.has_keep_last() || options.has_completed_before_ms()) return;
    options.set_completed_before_ms(0);
  });
}

FaultHooks TheEndIsIgnored() {
  return OnEachOptions(
      [](v1::PruneOptions& options) { options.clear_completed_before_ms(); });
}

FaultHooks TheMomentBelongsToTheRange() {
  return OnEachOptions([](v1::PruneOptions& options) {
    if (!options.has_completed_before_ms()) return;
    options.set_completed_before_ms(options.completed_before_ms() + 1);
  });
}

FaultHooks OneCriterionIsEnough() {
  return Instead<PruneOne, v1::PruneExecutionsResponse>(
      [](Provider& working, const PruneOne& request)
          -> absl::StatusOr<v1::PruneExecutionsResponse> {
        PruneOne by_end = request;
        by_end.mutable_options()->clear_keep_last();
        PruneOne by_count = request;
        by_count.mutable_options()->clear_completed_before_ms();
        if (!request.options().has_keep_last() ||
            !request.options().has_completed_before_ms()) {
          return Ask(working, &Provider::PruneExecutions, request);
        }
        auto sum = Ask(working, &Provider::PruneExecutions, by_end);
        const auto more = Ask(working, &Provider::PruneExecutions, by_count);
        if (!sum.ok() || !more.ok()) return sum;
        v1::PruneResult& result = *sum->mutable_result();
        result.set_executions_deleted(result.executions_deleted() +
                                      more->result().executions_deleted());
        result.set_events_deleted(result.events_deleted() +
                                  more->result().events_deleted());
        return sum;
      });
}

FaultHooks UnknownInstancesArePruned() {
  return {.after = [](const Message& request, Message&, absl::Status& status) {
    if (dynamic_cast<const PruneOne*>(&request) != nullptr) {
      Hide(v1::ERROR_REASON_INSTANCE_NOT_FOUND, status);
    }
  }};
}

// Says of an instance that was pruned that the current execution is all it has.
FaultHooks RunningExecutionsArePruned() {
  struct State {
    std::mutex mutex;
    std::set<std::string> pruned;
  };
  auto state = std::make_shared<State>();
  return {.after = [state](const Message& request, Message& response,
                           const absl::Status&) {
    std::lock_guard lock(state->mutex);
    if (const auto* prune = dynamic_cast<const PruneMany*>(&request)) {
      state->pruned.insert(prune->store());
    }
    On<v1::ListExecutionsResponse>(response, [&](auto& list) {
      const auto& asked =
          dynamic_cast<const v1::ListExecutionsRequest&>(request);
      auto& ids = *list.mutable_execution_ids();
      if (!state->pruned.contains(asked.store()) || ids.empty()) return;
      ids.erase(ids.begin(), ids.end() - 1);
    });
  }};
}

FaultHooks PrunesClearTheStatus() {
  struct State {
    std::mutex mutex;
    std::set<std::string> pruned;
  };
  auto state = std::make_shared<State>();
  return {.after = [state](const Message& request, Message& response,
                           const absl::Status&) {
    std::lock_guard lock(state->mutex);
    if (const auto* prune = dynamic_cast<const PruneOne*>(&request)) {
      state->pruned.insert(prune->store());
    }
    On<v1::GetCustomStatusResponse>(response, [&](auto& status) {
      const auto& asked =
          dynamic_cast<const v1::GetCustomStatusRequest&>(request);
      if (state->pruned.contains(asked.store())) status.clear_change();
    });
  }};
}

FaultHooks IdsOfPrunesAreIgnored() {
  return OnEachFilter(
      [](v1::InstanceFilter& filter) { filter.clear_instance_ids(); });
}

FaultHooks LimitsOfPrunesAreIgnored() {
  return OnEachFilter([](v1::InstanceFilter& filter) { filter.clear_limit(); });
}

// Prunes by filter what has ended, and nothing else.
FaultHooks RunningInstancesAreNotPruned() {
  return Instead<PruneMany, v1::PruneExecutionsByFilterResponse>(
      [](Provider& working, PruneMany request) {
        std::set<std::string> ids;
        v1::ListInstancesRequest list;
        list.set_store(request.store());
        const auto all = Ask(working, &Provider::ListInstances, list);
        list.set_status(v1::ORCHESTRATION_STATUS_RUNNING);
        const auto running = Ask(working, &Provider::ListInstances, list);
        if (request.filter().has_instance_ids()) {
          const auto& named = request.filter().instance_ids().ids();
          ids.insert(named.begin(), named.end());
        } else {
          ids.insert(all->instance_ids().begin(), all->instance_ids().end());
        }
        for (const std::string& id : running->instance_ids()) ids.erase(id);
        request.mutable_filter()->mutable_instance_ids()->mutable_ids()->Assign(
            ids.begin(), ids.end());
        return Ask(working, &Provider::PruneExecutionsByFilter, request);
      });
}

std::string Prune(const std::string& name) { return "prune/" + name; }

}  // namespace

std::vector<Fault> FaultsOfPruning() {
  return {
      {"KeepLastIsIgnored",
       {{Prune("prune_options_combinations"), "PRUNE-1"},
        {Prune("prune_bulk"), "PRUNE-1"},
        {Prune("keep_last_counts_the_current_execution"), "PRUNE-1"}},
       &KeepLastIsIgnored},
      {"TheCurrentExecutionIsKeptBesides",
       {{Prune("prune_options_combinations"), "PRUNE-1"},
        {Prune("prune_safety"), "PRUNE-1"},
        {Prune("prune_bulk_includes_running_instances"), "PRUNE-1"},
        {Prune("keep_last_counts_the_current_execution"), "PRUNE-1"}},
       &TheCurrentExecutionIsKeptBesides},
      {"NoCriteriaKeepAll",
       {{Prune("prune_options_combinations"), "PRUNE-1"},
        {Prune("prune_safety"), "PRUNE-1"},
        {Prune("a_pruned_instance_goes_on"), "PRUNE-1"}},
       &NoCriteriaKeepAll},
      {"TheEndIsIgnored",
       {{Prune("prune_options_combinations"), "PRUNE-1"},
        {Prune("completed_before_leaves_out_the_moment_itself"), "PRUNE-1"}},
       &TheEndIsIgnored},
      {"TheMomentBelongsToTheRange",
       {{Prune("completed_before_leaves_out_the_moment_itself"), "PRUNE-1"}},
       &TheMomentBelongsToTheRange},
      {"OneCriterionIsEnough",
       {{Prune("prune_options_combinations"), "PRUNE-1"}},
       &OneCriterionIsEnough},
      {"UnknownInstancesArePruned",
       {{Prune("prune_safety"), "PRUNE-1"}},
       &UnknownInstancesArePruned},
      {"RunningExecutionsArePruned",
       {{Prune("executions_that_run_are_never_pruned"), "PRUNE-1"}},
       &RunningExecutionsArePruned},
      {"PrunesClearTheStatus",
       {{Prune("a_pruned_instance_goes_on"), "ACK-7"}},
       &PrunesClearTheStatus},
      {"IdsOfPrunesAreIgnored",
       {{Prune("prune_bulk"), "PRUNE-1"},
        {Prune("filters_select_instances_of_all_kinds"), "PRUNE-1"}},
       &IdsOfPrunesAreIgnored},
      {"LimitsOfPrunesAreIgnored",
       {{Prune("prune_bulk"), "PRUNE-1"},
        {Prune("filters_select_instances_of_all_kinds"), "PRUNE-1"}},
       &LimitsOfPrunesAreIgnored},
      {"RunningInstancesAreNotPruned",
       {{Prune("prune_bulk_includes_running_instances"), "PRUNE-1"},
        {Prune("filters_select_instances_of_all_kinds"), "PRUNE-1"}},
       &RunningInstancesAreNotPruned},
  };
}

}  // namespace duroxide::conformance
