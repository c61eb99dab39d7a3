// Faults of who comes first, and of what stands in others' way.

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/instead.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using FetchTurns = v1::FetchOrchestrationItemsRequest;
using Turns = v1::FetchOrchestrationItemsResponse;
using FetchWork = v1::FetchWorkItemsRequest;
using Work = v1::FetchWorkItemsResponse;

// What can be fetched, at once and up to `max_items`.
absl::StatusOr<Turns> Fetch(Provider& working, FetchTurns request,
                            uint32_t max_items) {
  request.clear_poll_timeout();
  request.set_max_items(max_items);
  return Ask(working, &Provider::FetchOrchestrationItems, request);
}
absl::StatusOr<Work> Fetch(Provider& working, FetchWork request,
                           uint32_t max_items) {
  request.clear_poll_timeout();
  request.set_max_items(max_items);
  return Ask(working, &Provider::FetchWorkItems, request);
}

template <typename Abandon>
Abandon Uncounted(const std::string& store, const std::string& token) {
  Abandon abandon;
  abandon.set_store(store);
  abandon.set_lock_token(token);
  abandon.set_ignore_attempt(true);
  return abandon;
}

// Leaves an item as if it had never been fetched.
void PutBack(Provider& working, const std::string& store,
             const v1::LockedOrchestrationItem& item) {
  Ask(working, &Provider::AbandonOrchestrationItem,
      Uncounted<v1::AbandonOrchestrationItemRequest>(store, item.lock_token()))
      .IgnoreError();
}
void PutBack(Provider& working, const std::string& store,
             const v1::LockedWorkItem& item) {
  Ask(working, &Provider::AbandonWorkItem,
      Uncounted<v1::AbandonWorkItemRequest>(store, item.lock_token()))
      .IgnoreError();
}

// Gives the last of all that can be fetched.
template <typename Request, typename Response>
FaultHooks TheLastComesFirst() {
  return Instead<Request, Response>(
      [](Provider& working,
         const Request& request) -> absl::StatusOr<Response> {
        absl::StatusOr<Response> all = Fetch(working, request, 128);
        if (!all.ok()) return all;
        auto& items = *all->mutable_items();
        while (items.size() > 1) {
          PutBack(working, request.store(), items[0]);
          items.DeleteSubrange(0, 1);
        }
        return all;
      });
}

// Takes what is the oldest for anybody, and gives nothing where this caller may
// not take it. `any` makes the request into anybody's.
template <typename Request, typename Response>
FaultHooks OnlyTheHeadIsLookedAt(void (*any)(Request&)) {
  return Instead<Request, Response>(
      [any](Provider& working,
            const Request& request) -> absl::StatusOr<Response> {
        Request unfiltered = request;
        any(unfiltered);
        const absl::StatusOr<Response> head = Fetch(working, unfiltered, 1);
        if (!head.ok() || head->items().empty()) return head;
        PutBack(working, request.store(), head->items(0));
        absl::StatusOr<Response> allowed = Fetch(working, request, 1);
        if (!allowed.ok() || allowed->items().empty()) return allowed;
        if (allowed->items(0).item().SerializeAsString() !=
            head->items(0).item().SerializeAsString()) {
          PutBack(working, request.store(), allowed->items(0));
          allowed->clear_items();
        }
        return allowed;
      });
}

FaultHooks OnlyTheOldestInstanceIsLookedAt() {
  return OnlyTheHeadIsLookedAt<FetchTurns, Turns>(
      [](FetchTurns& fetch) { fetch.clear_filter(); });
}

FaultHooks OnlyTheOldestActivityIsLookedAt() {
  return OnlyTheHeadIsLookedAt<FetchWork, Work>([](FetchWork& fetch) {
    fetch.mutable_tag_filter()->set_mode(v1::TagFilter::MODE_ANY);
    fetch.mutable_tag_filter()->clear_tags();
  });
}

// Keeps the instances of a store as long as `blocked` says of it.
FaultHooks BlockingWhere(std::function<bool(const std::string&)> blocked) {
  return Instead<FetchTurns, Turns>(
      [blocked](Provider& working,
                const FetchTurns& request) -> absl::StatusOr<Turns> {
        if (blocked(request.store())) return Turns();
        return Fetch(working, request, request.max_items());
      });
}

// Does this, too, before a call.
FaultHooks And(FaultHooks hooks,
               std::function<void(Provider&, Message&)> before) {
  hooks.before = [first = std::move(before), second = std::move(hooks.before)](
                     Provider& working, Message& request) {
    first(working, request);
    second(working, request);
  };
  return hooks;
}

// The instances of a store that were started, and those that have messages
// although they were not.
class Strays {
 public:
  void OnMessage(const std::string& store, const std::string& instance) {
    std::lock_guard lock(mutex_);
    if (!started_.contains({store, instance})) stray_[store].insert(instance);
  }
  void OnStart(const std::string& store, const std::string& instance) {
    std::lock_guard lock(mutex_);
    started_.emplace(store, instance);
    stray_[store].erase(instance);
  }
  void OnDeletion(const std::string& store, const std::string& instance) {
    std::lock_guard lock(mutex_);
    started_.erase({store, instance});
  }
  bool Has(const std::string& store) {
    std::lock_guard lock(mutex_);
    return !stray_[store].empty();
  }

 private:
  std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> started_;
  std::map<std::string, std::set<std::string>> stray_;
};

// A message for an instance that was never started keeps all others waiting.
FaultHooks StrayMessagesBlockTheQueue() {
  auto strays = std::make_shared<Strays>();
  return And(
      BlockingWhere(
          [strays](const std::string& store) { return strays->Has(store); }),
      [strays](Provider&, Message& request) {
        On<v1::EnqueueOrchestratorItemRequest>(request, [&](const auto& sent) {
          const v1::WorkItem& item = sent.item();
          if (item.has_start_orchestration()) {
            strays->OnStart(sent.store(),
                            item.start_orchestration().instance());
          } else if (item.has_external_raised()) {
            strays->OnMessage(sent.store(), item.external_raised().instance());
          } else if (item.has_activity_completed()) {
            strays->OnMessage(sent.store(),
                              item.activity_completed().instance());
          }
        });
        On<v1::DeleteInstanceRequest>(request, [&](const auto& gone) {
          strays->OnDeletion(gone.store(), gone.instance());
        });
      });
}

// The end of the latest delay in each store.
class Delays {
 public:
  void Add(const std::string& store, const google::protobuf::Duration& delay) {
    std::lock_guard lock(mutex_);
    absl::Time& end =
        ends_.try_emplace(store, absl::InfinitePast()).first->second;
    end = std::max(end, absl::Now() + absl::Seconds(delay.seconds()) +
                            absl::Nanoseconds(delay.nanos()));
  }
  bool Last(const std::string& store) {
    std::lock_guard lock(mutex_);
    const auto found = ends_.find(store);
    return found != ends_.end() && absl::Now() < found->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, absl::Time> ends_;
};

// A delayed message keeps all others waiting. `Delayed` is the request that
// may have a delay.
template <typename Delayed>
FaultHooks DelaysBlockTheQueue() {
  auto delays = std::make_shared<Delays>();
  return And(BlockingWhere([delays](const std::string& store) {
               return delays->Last(store);
             }),
             [delays](Provider&, Message& request) {
               On<Delayed>(request, [&](const auto& delayed) {
                 if (delayed.has_delay())
                   delays->Add(delayed.store(), delayed.delay());
               });
             });
}

}  // namespace

std::vector<Fault> FaultsOfFairness() {
  return {
      {"StrayMessagesBlockTheQueue",
       {{"fairness/stray_messages_hold_back_nobody", "FETCH-3"},
        {"fairness/completions_of_a_deleted_instance_hold_back_nobody",
         "FETCH-3"},
        {"cancellation/orphan_activity_after_instance_force_deletion",
         "FETCH-3"}},
       &StrayMessagesBlockTheQueue},
      {"DelayedMessagesBlockTheQueue",
       {{"fairness/delayed_messages_wait_in_their_place", "FETCH-3"}},
       &DelaysBlockTheQueue<v1::EnqueueOrchestratorItemRequest>},
      {"DelayedAbandonsBlockTheQueue",
       {{"fairness/an_instance_that_comes_back_keeps_its_place", "FETCH-3"},
        {"lock_expiration/an_abandon_with_delay_hides_the_batch_alone",
         "ABANDON-1"}},
       &DelaysBlockTheQueue<v1::AbandonOrchestrationItemRequest>},
      {"TheLastInstanceComesFirst",
       {{"fairness/a_busy_instance_does_not_starve_others", "FETCH-3"},
        {"fairness/a_late_start_comes_in_the_place_of_what_awaited_it",
         "FETCH-3"},
        {"fairness/delayed_messages_wait_in_their_place", "FETCH-3"},
        {"fairness/many_instances_come_first_in_first_out", "FETCH-3"},
        {"fairness/an_instance_that_comes_back_keeps_its_place", "FETCH-3"}},
       &TheLastComesFirst<FetchTurns, Turns>},
      {"TheLastActivityComesFirst",
       {{"fairness/activities_not_to_be_had_hold_back_nothing", "WORK-1"},
        {"fairness/many_activities_come_first_in_first_out", "WORK-1"}},
       &TheLastComesFirst<FetchWork, Work>},
      {"OnlyTheOldestInstanceIsLookedAt",
       {{"fairness/filtered_out_instances_hold_back_nobody", "FETCH-3"}},
       &OnlyTheOldestInstanceIsLookedAt},
      {"OnlyTheOldestActivityIsLookedAt",
       {{"fairness/activities_not_to_be_had_hold_back_nothing", "WORK-1"}},
       &OnlyTheOldestActivityIsLookedAt},
  };
}

}  // namespace duroxide::conformance
