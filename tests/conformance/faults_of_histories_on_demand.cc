// Faults of fetches that are to leave long histories out.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/instead.h"

namespace duroxide::conformance {
namespace {

using Fetch = v1::FetchOrchestrationItemsRequest;
using Fetched = v1::FetchOrchestrationItemsResponse;
using Message = FaultHooks::Message;

// Changes what every fetch of instances asks for.
template <typename Change>
FaultHooks OnEachFetch(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<Fetch>(request, change);
  }};
}

// Changes the items that have left their history out.
template <typename Change>
FaultHooks OnEachLeftOut(Change change) {
  return OnEachItem<Fetched>([change](v1::LockedOrchestrationItem& locked) {
    if (locked.item().history_omitted()) change(*locked.mutable_item());
  });
}

// Changes what fetches give, with the help of the provider that works:
// `change(working, request, fetched)`.
template <typename Change>
FaultHooks AfterEachFetch(Change change) {
  return Instead<Fetch, Fetched>([change](Provider& working,
                                          const Fetch& request) {
    auto fetched = Ask(working, &Provider::FetchOrchestrationItems, request);
    if (fetched.ok()) change(working, request, *fetched);
    return fetched;
  });
}

void LeaveOut(v1::OrchestrationItem& item) {
  if (item.history_size() > 0) {
    *item.mutable_last_event() = *item.history().rbegin();
  }
  item.clear_history();
  item.set_history_omitted(true);
}

absl::StatusOr<v1::ReadHistoryResponse> Read(Provider& working,
                                             const std::string& store,
                                             const std::string& instance,
                                             uint64_t execution_id) {
  v1::ReadHistoryRequest request;
  request.set_store(store);
  request.set_instance(instance);
  request.set_execution_id(execution_id);
  return Ask(working, &Provider::ReadHistory, request);
}

FaultHooks HistoriesAreNeverLeftOut() {
  return OnEachFetch([](Fetch& fetch) { fetch.clear_max_inline_events(); });
}

FaultHooks HistoriesAreLeftOutAtTheLimit() {
  return OnEachFetch([](Fetch& fetch) {
    if (fetch.max_inline_events() == 0) return;
    fetch.set_max_inline_events(fetch.max_inline_events() - 1);
  });
}

FaultHooks NoInlineEventsMeansAll() {
  return OnEachFetch([](Fetch& fetch) {
    if (fetch.max_inline_events() == 0) fetch.clear_max_inline_events();
  });
}

FaultHooks HistoriesAreLeftOutUnasked() {
  return OnEachFetch([](Fetch& fetch) {
    if (!fetch.has_max_inline_events()) fetch.set_max_inline_events(256);
  });
}

// Counts the events, whatever ids they have.
FaultHooks EventsAreCountedForIds() {
  return AfterEachFetch([](Provider& working, const Fetch& request,
                           Fetched& fetched) {
    for (auto& locked : *fetched.mutable_items()) {
      v1::OrchestrationItem& item = *locked.mutable_item();
      if (!item.history_omitted()) continue;
      const auto history =
          Read(working, request.store(), item.instance(), item.execution_id());
      if (!history.ok()) continue;
      const auto count = static_cast<uint64_t>(history->events_size());
      item.set_last_event_id(count);
      if (count > request.max_inline_events()) continue;
      *item.mutable_history() = history->events();
      item.clear_history_omitted();
      item.clear_last_event();
    }
  });
}

FaultHooks LastEventsAreNotTold() {
  return OnEachLeftOut(
      [](v1::OrchestrationItem& item) { item.clear_last_event(); });
}

FaultHooks LeftOutHistoriesComeAllTheSame() {
  return AfterEachFetch([](Provider& working, const Fetch& request,
                           Fetched& fetched) {
    for (auto& locked : *fetched.mutable_items()) {
      v1::OrchestrationItem& item = *locked.mutable_item();
      if (!item.history_omitted()) continue;
      const auto history =
          Read(working, request.store(), item.instance(), item.execution_id());
      if (history.ok()) *item.mutable_history() = history->events();
    }
  });
}

FaultHooks WhatHasNoEventsIsLeftOut() {
  return OnEachItem<Fetched>([](v1::LockedOrchestrationItem& locked) {
    if (locked.item().history().empty() && !locked.item().has_history_error()) {
      locked.mutable_item()->set_history_omitted(true);
    }
  });
}

FaultHooks LastIdsOfNothingAreAbsent() {
  return OnEachItem<Fetched>([](v1::LockedOrchestrationItem& locked) {
    if (locked.item().last_event_id() == 0) {
      locked.mutable_item()->clear_last_event_id();
    }
  });
}

// Looks for the last event in the first execution, too.
FaultHooks EarlierExecutionsCount() {
  return AfterEachFetch(
      [](Provider& working, const Fetch& request, Fetched& fetched) {
        if (!request.has_max_inline_events()) return;
        for (auto& locked : *fetched.mutable_items()) {
          v1::OrchestrationItem& item = *locked.mutable_item();
          const auto first = Read(working, request.store(), item.instance(), 1);
          if (!first.ok() || first->events().empty()) continue;
          item.set_last_event_id(std::max(
              item.last_event_id(), first->events().rbegin()->event_id()));
          if (item.last_event_id() > request.max_inline_events()) {
            LeaveOut(item);
          }
        }
      });
}

FaultHooks KeyValuesAreLeftOutToo() {
  return OnEachLeftOut(
      [](v1::OrchestrationItem& item) { item.clear_kv_snapshot(); });
}

// Gives back at once what it has left the history of out.
FaultHooks LeftOutItemsAreNotLocked() {
  return AfterEachFetch(
      [](Provider& working, const Fetch& request, const Fetched& fetched) {
        for (const auto& locked : fetched.items()) {
          if (!locked.item().history_omitted()) continue;
          v1::AbandonOrchestrationItemRequest abandon;
          abandon.set_store(request.store());
          abandon.set_lock_token(locked.lock_token());
          (void)Ask(working, &Provider::AbandonOrchestrationItem, abandon);
        }
      });
}

FaultHooks ReadHistoryLeavesOut() {
  return {.after = [](const Message&, Message& response, absl::Status&) {
    On<v1::ReadHistoryResponse>(response, [](auto& read) {
      if (read.events_size() > 2) read.mutable_events()->RemoveLast();
    });
  }};
}

FaultHooks TheFirstOfABatchDecides() {
  return AfterEachFetch([](Provider&, const Fetch&, Fetched& fetched) {
    for (auto& locked : *fetched.mutable_items()) {
      if (fetched.items(0).item().history_omitted()) {
        LeaveOut(*locked.mutable_item());
      }
    }
  });
}

// Reads what it leaves out, and tells that it cannot.
FaultHooks LeftOutHistoriesAreRead() {
  return AfterEachFetch([](Provider& working, const Fetch& request,
                           Fetched& fetched) {
    for (auto& locked : *fetched.mutable_items()) {
      v1::OrchestrationItem& item = *locked.mutable_item();
      const auto history =
          Read(working, request.store(), item.instance(), item.execution_id());
      if (history.ok() || !item.history_omitted()) continue;
      item.clear_history_omitted();
      item.set_history_error(std::string(history.status().message()));
    }
  });
}

FaultHooks HistoryOnDemandIsNotDeclared() {
  return Hiding(v1::CAPABILITY_HISTORY_ON_DEMAND);
}

std::string OnDemand(const std::string& name) {
  return "history_on_demand/" + name;
}

}  // namespace

std::vector<Fault> FaultsOfHistoriesOnDemand() {
  const std::string longer = OnDemand("a_longer_history_is_left_out");
  const std::string nothing = OnDemand("what_has_no_events_is_not_left_out");
  const std::string current = OnDemand("only_the_current_execution_counts");
  const std::string read = OnDemand("what_was_left_out_is_there_to_be_read");
  const std::string batch = OnDemand("each_item_of_a_batch_by_itself");
  const std::string corrupt = OnDemand("a_corrupt_history_is_left_out_unread");
  return {
      {"HistoriesAreNeverLeftOut",
       {{longer, "FETCH-9"},
        {current, "FETCH-9"},
        {read, "FETCH-9"},
        {batch, "FETCH-9"},
        {corrupt, "FETCH-9"}},
       &HistoriesAreNeverLeftOut},
      {"HistoriesAreLeftOutAtTheLimit",
       {{longer, "FETCH-9"}, {current, "FETCH-9"}},
       &HistoriesAreLeftOutAtTheLimit},
      {"NoInlineEventsMeansAll",
       {{longer, "FETCH-9"}, {read, "FETCH-9"}},
       &NoInlineEventsMeansAll},
      {"HistoriesAreLeftOutUnasked",
       {{OnDemand("unasked_no_history_is_left_out"), "FETCH-9"}},
       &HistoriesAreLeftOutUnasked},
      {"EventsAreCountedForIds",
       {{longer, "FETCH-9"}},
       &EventsAreCountedForIds},
      {"LastEventsAreNotTold",
       {{longer, "FETCH-9"}, {current, "FETCH-9"}, {read, "FETCH-9"}},
       &LastEventsAreNotTold},
      {"LeftOutHistoriesComeAllTheSame",
       {{longer, "FETCH-9"}, {read, "FETCH-9"}},
       &LeftOutHistoriesComeAllTheSame},
      {"WhatHasNoEventsIsLeftOut",
       {{nothing, "FETCH-9"}},
       &WhatHasNoEventsIsLeftOut},
      {"LastIdsOfNothingAreAbsent",
       {{nothing, "FETCH-9"}},
       &LastIdsOfNothingAreAbsent},
      {"EarlierExecutionsCount",
       {{current, "FETCH-9"}},
       &EarlierExecutionsCount},
      {"KeyValuesAreLeftOutToo", {{current, "KV-2"}}, &KeyValuesAreLeftOutToo},
      {"LeftOutItemsAreNotLocked",
       {{read, "FETCH-1"}},
       &LeftOutItemsAreNotLocked},
      {"ReadHistoryLeavesOut", {{read, "ACK-3"}}, &ReadHistoryLeavesOut},
      {"TheFirstOfABatchDecides",
       {{batch, "FETCH-9"}},
       &TheFirstOfABatchDecides},
      {"LeftOutHistoriesAreRead",
       {{corrupt, "FETCH-9"}},
       &LeftOutHistoriesAreRead},
      {"HistoryOnDemandIsNotDeclared",
       {{OnDemand("without_the_capability_every_history_comes"), "FETCH-9"}},
       &HistoryOnDemandIsNotDeclared},
  };
}

}  // namespace duroxide::conformance
