// Faults of what operators see: lists, descriptions, trees and counts.

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/instead.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// Changes every successful reply of this type.
template <typename Response, typename Change>
FaultHooks OnEachReply(Change change) {
  return {.after = [change](const Message&, Message& response,
                            const absl::Status& status) {
    if (status.ok()) On<Response>(response, change);
  }};
}

// Changes every request of this type.
template <typename Request, typename Change>
FaultHooks OnEachRequest(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<Request>(request, change);
  }};
}

FaultHooks OnlyRunningInstancesAreListed() {
  return OnEachRequest<v1::ListInstancesRequest>([](auto& list) {
    if (!list.has_status()) list.set_status(v1::ORCHESTRATION_STATUS_RUNNING);
  });
}

FaultHooks TheStateIsIgnored() {
  return OnEachRequest<v1::ListInstancesRequest>(
      [](auto& list) { list.clear_status(); });
}

FaultHooks ContinuedAsNewIsCompleted() {
  return OnEachRequest<v1::AckOrchestrationItemRequest>([](auto& ack) {
    if (ack.metadata().status() == v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW) {
      ack.mutable_metadata()->set_status(v1::ORCHESTRATION_STATUS_COMPLETED);
    }
  });
}

FaultHooks OnlyTheNewestExecutionIsListed() {
  return OnEachReply<v1::ListExecutionsResponse>([](auto& list) {
    auto& ids = *list.mutable_execution_ids();
    if (ids.size() > 1) ids.erase(ids.begin(), ids.end() - 1);
  });
}

FaultHooks InstancesAreListedOldestFirst() {
  return OnEachReply<v1::ListInstancesResponse>([](auto& list) {
    std::reverse(list.mutable_instance_ids()->begin(),
                 list.mutable_instance_ids()->end());
  });
}

FaultHooks PageSizesAreIgnored() {
  const auto ignore = [](auto& list) { list.set_page_size(1000); };
  return {.before = [ignore](Provider&, Message& request) {
    On<v1::ListInstancesRequest>(request, ignore);
    On<v1::ListExecutionsRequest>(request, ignore);
    On<v1::ListChildrenRequest>(request, ignore);
  }};
}

FaultHooks UnreadablePageTokensAreTheFirstPage() {
  return {.after = [](const Message& request, Message&, absl::Status& status) {
    if (dynamic_cast<const v1::ListInstancesRequest*>(&request) != nullptr) {
      Hide(v1::ERROR_REASON_INVALID_REQUEST, status);
    }
  }};
}

// A page token says how many instances came before.
FaultHooks PageTokensAreOffsets() {
  return Instead<v1::ListInstancesRequest, v1::ListInstancesResponse>(
      [](Provider& working, v1::ListInstancesRequest request)
          -> absl::StatusOr<v1::ListInstancesResponse> {
        const int size = static_cast<int>(request.page_size());
        const int first =
            request.page_token().empty() ? 0 : std::stoi(request.page_token());
        request.clear_page_size();
        request.clear_page_token();
        auto page = Ask(working, &Provider::ListInstances, request);
        if (!page.ok() || size == 0) return page;
        auto& ids = *page->mutable_instance_ids();
        if (first + size < ids.size()) {
          page->set_next_page_token(std::to_string(first + size));
          ids.erase(ids.begin() + first + size, ids.end());
        }
        ids.erase(ids.begin(), ids.begin() + std::min(first, ids.size()));
        return page;
      });
}

FaultHooks OutputsAreForgotten() {
  return OnEachRequest<v1::AckOrchestrationItemRequest>(
      [](auto& ack) { ack.mutable_metadata()->clear_output(); });
}

FaultHooks AbsentOutputsAreEmpty() {
  const auto fill = [](auto& reply) {
    if (!reply.info().has_output()) reply.mutable_info()->set_output("");
  };
  return {.after = [fill](const Message&, Message& response, absl::Status&) {
    On<v1::GetInstanceInfoResponse>(response, fill);
    On<v1::GetExecutionInfoResponse>(response, fill);
  }};
}

FaultHooks MomentsAreZero() {
  return OnEachReply<v1::GetInstanceInfoResponse>([](auto& reply) {
    reply.mutable_info()->set_created_at_ms(0);
    reply.mutable_info()->set_updated_at_ms(0);
  });
}

FaultHooks ParentsAreWrittenByEveryTurn() {
  struct State {
    std::mutex mutex;
    std::map<std::string, std::string> last;
  };
  auto state = std::make_shared<State>();
  return {
      .before =
          [state](Provider&, Message& request) {
            On<v1::AckOrchestrationItemRequest>(request, [&](const auto& ack) {
              if (!ack.metadata().has_parent_instance_id()) return;
              std::lock_guard lock(state->mutex);
              state->last[ack.store()] = ack.metadata().parent_instance_id();
            });
          },
      .after =
          [state](const Message& request, Message& response, absl::Status&) {
            On<v1::GetParentResponse>(response, [&](auto& parent) {
              if (!parent.has_parent_instance_id()) return;
              const auto& asked =
                  dynamic_cast<const v1::GetParentRequest&>(request);
              std::lock_guard lock(state->mutex);
              parent.set_parent_instance_id(state->last[asked.store()]);
            });
          }};
}

FaultHooks TreesAreSorted() {
  return OnEachReply<v1::GetInstanceTreeResponse>([](auto& tree) {
    std::sort(tree.mutable_all_ids()->begin(), tree.mutable_all_ids()->end());
  });
}

FaultHooks InstancesAreCountedByExecution() {
  return OnEachReply<v1::GetSystemMetricsResponse>([](auto& reply) {
    reply.mutable_metrics()->set_total_instances(
        reply.metrics().total_executions());
  });
}

FaultHooks InstancesAreRunningUntilTheyEnd() {
  return OnEachReply<v1::GetSystemMetricsResponse>([](auto& reply) {
    v1::SystemMetrics& metrics = *reply.mutable_metrics();
    metrics.set_running_instances(metrics.total_instances() -
                                  metrics.completed_instances() -
                                  metrics.failed_instances());
  });
}

FaultHooks EventsAreNeverCountedDown() {
  struct State {
    std::mutex mutex;
    std::map<std::string, uint64_t> most;
  };
  auto state = std::make_shared<State>();
  return {.after = [state](const Message& request, Message& response,
                           absl::Status&) {
    On<v1::GetSystemMetricsResponse>(response, [&](auto& reply) {
      const auto& asked =
          dynamic_cast<const v1::GetSystemMetricsRequest&>(request);
      std::lock_guard lock(state->mutex);
      uint64_t& most = state->most[asked.store()];
      most = std::max<uint64_t>(most, reply.metrics().total_events());
      reply.mutable_metrics()->set_total_events(most);
    });
  }};
}

// Counts what is in a queue since it was enqueued, by what happens to it.
// Thread-safe.
class CountedDepths {
 public:
  using Depths = std::pair<uint64_t, uint64_t>;

  // Adds to both depths of a store, in turn.
  void Add(const std::string& store, int64_t orchestrator, int64_t worker) {
    std::lock_guard lock(mutex_);
    Depths& depths = depths_[store];
    depths.first += static_cast<uint64_t>(orchestrator);
    depths.second += static_cast<uint64_t>(worker);
  }

  Depths Of(const std::string& store) {
    std::lock_guard lock(mutex_);
    return depths_[store];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Depths> depths_;
};

// Answers with the counts in place of the depths.
FaultHooks CountingDepths(
    std::function<void(CountedDepths&, const Message& request,
                       const Message& response)>
        count) {
  auto counted = std::make_shared<CountedDepths>();
  return {.after = [counted, count = std::move(count)](
                       const Message& request, Message& response,
                       const absl::Status& status) {
    if (status.ok()) count(*counted, request, response);
    On<v1::GetQueueDepthsResponse>(response, [&](auto& reply) {
      const auto& asked =
          dynamic_cast<const v1::GetQueueDepthsRequest&>(request);
      const auto [orchestrator, worker] = counted->Of(asked.store());
      reply.mutable_depths()->set_orchestrator_queue(orchestrator);
      reply.mutable_depths()->set_worker_queue(worker);
    });
  }};
}

void CountEnqueued(CountedDepths& counted, const Message& request) {
  using Orchestrator = v1::EnqueueOrchestratorItemRequest;
  if (const auto* enqueue = dynamic_cast<const Orchestrator*>(&request)) {
    counted.Add(enqueue->store(), 1, 0);
  }
  using Worker = v1::EnqueueWorkItemRequest;
  if (const auto* enqueue = dynamic_cast<const Worker*>(&request)) {
    counted.Add(enqueue->store(), 0, 1);
  }
}

FaultHooks DepthsCountWhatWasEnqueued() {
  return CountingDepths(
      [](CountedDepths& counted, const Message& request, const Message&) {
        CountEnqueued(counted, request);
      });
}

// What was fetched once counts no more, whatever comes of it.
FaultHooks DepthsForgetWhatWasFetched() {
  return CountingDepths([](CountedDepths& counted, const Message& request,
                           const Message& response) {
    CountEnqueued(counted, request);
    using Turns = v1::FetchOrchestrationItemsResponse;
    if (const auto* fetched = dynamic_cast<const Turns*>(&response)) {
      const auto& fetch =
          dynamic_cast<const v1::FetchOrchestrationItemsRequest&>(request);
      for (const auto& turn : fetched->items()) {
        counted.Add(fetch.store(), -turn.item().messages_size(), 0);
      }
    }
    using Work = v1::FetchWorkItemsResponse;
    if (const auto* fetched = dynamic_cast<const Work*>(&response)) {
      const auto& fetch =
          dynamic_cast<const v1::FetchWorkItemsRequest&>(request);
      counted.Add(fetch.store(), 0, -fetched->items_size());
    }
  });
}

std::string Management(const std::string& name) { return "management/" + name; }

}  // namespace

std::vector<Fault> FaultsOfAdmin() {
  return {
      {"OnlyRunningInstancesAreListed",
       {{Management("list_instances"), "ADMIN-1"},
        {Management("list_instances_by_status"), "ADMIN-1"}},
       &OnlyRunningInstancesAreListed},
      {"TheStateIsIgnored",
       {{Management("list_instances_by_status"), "ADMIN-1"},
        {Management("states_follow_the_current_execution"), "ADMIN-1"}},
       &TheStateIsIgnored},
      {"ContinuedAsNewIsCompleted",
       {{Management("list_instances_by_status"), "ADMIN-1"},
        {Management("get_execution_info"), "ACK-2"}},
       &ContinuedAsNewIsCompleted},
      {"OnlyTheNewestExecutionIsListed",
       {{Management("list_executions"), "ADMIN-1"},
        {Management("lists_are_read_by_pages"), "ADMIN-1"}},
       &OnlyTheNewestExecutionIsListed},
      {"InstancesAreListedOldestFirst",
       {{Management("instances_are_listed_newest_first"), "ADMIN-1"},
        {Management("lists_are_read_by_pages"), "ADMIN-1"}},
       &InstancesAreListedOldestFirst},
      {"PageSizesAreIgnored",
       {{Management("lists_are_read_by_pages"), "ADMIN-1"}},
       &PageSizesAreIgnored},
      {"UnreadablePageTokensAreTheFirstPage",
       {{Management("page_tokens_of_others_are_refused"), "WIRE-9"}},
       &UnreadablePageTokensAreTheFirstPage},
      {"PageTokensAreOffsets",
       {{Management("pages_hold_while_instances_come_and_go"), "ADMIN-1"}},
       &PageTokensAreOffsets},
      {"OutputsAreForgotten",
       {{Management("get_instance_info"), "ACK-2"},
        {Management("get_execution_info"), "ACK-2"}},
       &OutputsAreForgotten},
      {"AbsentOutputsAreEmpty",
       {{Management("get_instance_info"), "ADMIN-1"},
        {Management("get_execution_info"), "ADMIN-1"}},
       &AbsentOutputsAreEmpty},
      {"MomentsAreZero",
       {{Management("moments_are_real"), "ADMIN-1"}},
       &MomentsAreZero},
      {"ParentsAreWrittenByEveryTurn",
       {{Management("parents_are_fixed_at_creation"), "ACK-2"}},
       &ParentsAreWrittenByEveryTurn},
      {"TreesAreSorted",
       {{Management("trees_may_be_deep_and_wide"), "ADMIN-1"}},
       &TreesAreSorted},
      {"InstancesAreCountedByExecution",
       {{Management("get_system_metrics"), "ADMIN-1"},
        {Management("metrics_follow_every_change"), "ADMIN-1"}},
       &InstancesAreCountedByExecution},
      {"InstancesAreRunningUntilTheyEnd",
       {{Management("states_follow_the_current_execution"), "ADMIN-1"}},
       &InstancesAreRunningUntilTheyEnd},
      {"EventsAreNeverCountedDown",
       {{Management("get_system_metrics"), "ADMIN-1"},
        {Management("metrics_follow_every_change"), "PRUNE-1"}},
       &EventsAreNeverCountedDown},
      {"DepthsCountWhatWasEnqueued",
       {{Management("get_queue_depths"), "ADMIN-1"},
        {Management("depths_count_given_back_messages"), "ADMIN-1"},
        {Management("depths_follow_locks_and_delays_of_instances"), "ENQ-1"},
        {Management("depths_follow_locks_and_delays_of_activities"), "WORK-3"}},
       &DepthsCountWhatWasEnqueued},
      {"DepthsForgetWhatWasFetched",
       {{Management("depths_count_given_back_messages"), "ABANDON-1"},
        {Management("depths_follow_locks_and_delays_of_instances"), "FETCH-1"},
        {Management("depths_follow_locks_and_delays_of_activities"), "WORK-1"}},
       &DepthsForgetWhatWasFetched},
  };
}

}  // namespace duroxide::conformance
