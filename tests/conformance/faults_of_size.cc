// Faults of large messages.

#include <vector>

#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// Gives a history that does not fit as one without events.
FaultHooks LargeHistoriesAreEmpty() {
  return OnEachItem<v1::FetchOrchestrationItemsResponse>(
      [](auto& locked) { locked.mutable_item()->clear_history_error(); });
}

// Gives no more of a history than fits into 16 MiB, and does not say so.
FaultHooks HistoriesAreCut() {
  return {.after = [](const Message&, Message& response, absl::Status&) {
    On<v1::ReadHistoryResponse>(response, [](auto& read) {
      constexpr size_t kMost = 16 << 20;
      while (read.ByteSizeLong() > kMost) read.mutable_events()->RemoveLast();
    });
  }};
}

// Tells a limit that is larger than the one that holds.
FaultHooks TheLimitIsNotTheOneThatHolds() {
  return {.after = [](const Message&, Message& response, absl::Status&) {
    On<v1::GetProviderInfoResponse>(response, [](auto& info) {
      info.mutable_limits()->set_max_message_bytes(2 << 20);
    });
  }};
}

// Locks one more than it gives.
FaultHooks WhatDoesNotFitStaysLocked() {
  return {.before = [](Provider& working, Message& request) {
    On<v1::FetchWorkItemsRequest>(request, [&](const auto& fetch) {
      if (fetch.max_items() != 10) return;
      Await(working, &Provider::FetchWorkItems, fetch).IgnoreError();
    });
  }};
}

}  // namespace

std::vector<Fault> FaultsOfSize() {
  return {
      {"LargeHistoriesAreEmpty",
       {{"size/large_history", "WIRE-8"}},
       &LargeHistoriesAreEmpty},
      {"HistoriesAreCut", {{"size/large_history", "ACK-3"}}, &HistoriesAreCut},
      {"TheLimitIsNotTheOneThatHolds",
       {{"size/request_above_the_limit", "WIRE-8"}},
       &TheLimitIsNotTheOneThatHolds},
      {"WhatDoesNotFitStaysLocked",
       {{"size/batch_above_the_limit", "WIRE-8"}},
       &WhatDoesNotFitStaysLocked},
  };
}

}  // namespace duroxide::conformance
