// Faults of fetches that ask for several items.

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// Changes what every fetch asks for.
template <typename Change>
FaultHooks OnEachFetch(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<v1::FetchOrchestrationItemsRequest>(request, change);
    On<v1::FetchWorkItemsRequest>(request, change);
  }};
}

// Changes what every fetch gave.
template <typename Change>
FaultHooks OnEachBatch(Change change) {
  return {.after = [change](const Message&, Message& response, absl::Status&) {
    On<v1::FetchOrchestrationItemsResponse>(response, change);
    On<v1::FetchWorkItemsResponse>(response, change);
  }};
}

FaultHooks MaxItemsIsIgnored() {
  return OnEachFetch([](auto& fetch) { fetch.set_max_items(100); });
}

// Locks more than it gives.
FaultHooks BatchesLoseTheirLast() {
  return OnEachBatch([](auto& fetched) {
    if (fetched.items_size() > 1) fetched.mutable_items()->RemoveLast();
  });
}

FaultHooks NoItemsMeansAll() {
  return OnEachFetch([](auto& fetch) {
    if (fetch.max_items() == 0) fetch.set_max_items(100);
  });
}

FaultHooks BatchesAreReversed() {
  return OnEachBatch([](auto& fetched) {
    std::reverse(fetched.mutable_items()->begin(),
                 fetched.mutable_items()->end());
  });
}

FaultHooks OneTokenForABatch() {
  return OnEachBatch([](auto& fetched) {
    for (auto& item : *fetched.mutable_items()) {
      item.set_lock_token(fetched.items(0).lock_token());
    }
  });
}

// Gives the first instance of a batch once more at its end.
FaultHooks InstancesComeTwice() {
  return {.after = [](const Message& request, Message& response,
                      const absl::Status&) {
    On<v1::FetchOrchestrationItemsResponse>(response, [&](auto& fetched) {
      const auto& fetch =
          dynamic_cast<const v1::FetchOrchestrationItemsRequest&>(request);
      const auto room = static_cast<int>(fetch.max_items());
      if (fetched.items().empty() || fetched.items_size() >= room) return;
      *fetched.add_items() = v1::LockedOrchestrationItem(fetched.items(0));
    });
  }};
}

// Where nothing is there any more, gives the last batch of that store again.
template <typename Request, typename Response>
FaultHooks BatchesIgnoreLocks() {
  struct State {
    std::mutex mutex;
    std::map<std::string, Response> last;
  };
  auto state = std::make_shared<State>();
  return {.after = [state](const Message& request, Message& response,
                           const absl::Status& status) {
    if (!status.ok()) return;
    On<Response>(response, [&](Response& fetched) {
      std::lock_guard lock(state->mutex);
      Response& last =
          state->last[dynamic_cast<const Request&>(request).store()];
      if (fetched.items().empty()) {
        fetched = last;
      } else {
        last = fetched;
      }
    });
  }};
}

// The first item of a batch claims its session, the others' are left open: to
// whoever comes next.
FaultHooks EveryBatchIsAnOwner() {
  auto batches = std::make_shared<std::atomic<int>>(0);
  return {.before = [batches](Provider&, Message& request) {
    On<v1::FetchWorkItemsRequest>(request, [&](auto& fetch) {
      if (!fetch.has_session()) return;
      fetch.mutable_session()->set_owner_id(std::to_string(++*batches));
    });
  }};
}

FaultHooks BatchesAreNotDeclared() {
  return Hiding(v1::CAPABILITY_BATCH_FETCH);
}

}  // namespace

std::vector<Fault> FaultsOfBatches() {
  return {
      {"MaxItemsIsIgnored",
       {{"batch_fetch/zero_and_one_are_one", "WIRE-6"},
        {"batch_fetch/a_batch_has_what_was_asked_for_at_most", "WIRE-6"}},
       &MaxItemsIsIgnored},
      {"BatchesLoseTheirLast",
       {{"batch_fetch/activities_of_a_batch_end_one_by_one", "WIRE-6"},
        {"batch_fetch/instances_of_a_batch_end_one_by_one", "WIRE-6"},
        {"batch_fetch/a_batch_keeps_the_order", "WIRE-6"},
        {"batch_fetch/sessions_of_a_batch_have_one_owner", "WIRE-6"}},
       &BatchesLoseTheirLast},
      {"NoItemsMeansAll",
       {{"batch_fetch/zero_and_one_are_one", "WIRE-6"}},
       &NoItemsMeansAll},
      {"BatchesAreReversed",
       {{"batch_fetch/a_batch_keeps_the_order", "FETCH-3"}},
       &BatchesAreReversed},
      {"OneTokenForABatch",
       {{"batch_fetch/a_batch_keeps_the_order", "WIRE-6"},
        {"batch_fetch/activities_of_a_batch_end_one_by_one", "WIRE-6"},
        {"batch_fetch/instances_of_a_batch_end_one_by_one", "WIRE-6"}},
       &OneTokenForABatch},
      {"InstancesComeTwice",
       {{"batch_fetch/an_instance_is_never_twice_in_a_batch", "WIRE-6"}},
       &InstancesComeTwice},
      {"BatchesOfInstancesIgnoreLocks",
       {{"batch_fetch/batches_at_once_share_nothing", "FETCH-1"}},
       &BatchesIgnoreLocks<v1::FetchOrchestrationItemsRequest,
                           v1::FetchOrchestrationItemsResponse>},
      {"BatchesOfActivitiesIgnoreLocks",
       {{"batch_fetch/batches_at_once_share_nothing", "WORK-1"}},
       &BatchesIgnoreLocks<v1::FetchWorkItemsRequest,
                           v1::FetchWorkItemsResponse>},
      {"EveryBatchIsAnOwner",
       {{"batch_fetch/sessions_of_a_batch_have_one_owner", "SESS-1"}},
       &EveryBatchIsAnOwner},
      {"BatchesAreNotDeclared",
       {{"batch_fetch/without_the_capability_one_item_comes", "WIRE-6"}},
       &BatchesAreNotDeclared},
  };
}

}  // namespace duroxide::conformance
