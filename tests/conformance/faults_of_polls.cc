// Faults of fetches that wait.

#include <algorithm>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using ::google::protobuf::util::TimeUtil;

// Changes every fetch, of either queue.
template <typename Change>
FaultHooks OnEachFetch(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<v1::FetchOrchestrationItemsRequest>(request, change);
    On<v1::FetchWorkItemsRequest>(request, change);
  }};
}

FaultHooks FetchesDoNotWait() {
  return OnEachFetch([](auto& fetch) { fetch.clear_poll_timeout(); });
}

FaultHooks FetchesWaitHalfTheTime() {
  return OnEachFetch([](auto& fetch) {
    *fetch.mutable_poll_timeout() = fetch.poll_timeout() / 2;
  });
}

// Waits for some time also where it should not.
FaultHooks FetchesWaitTooLong() {
  return OnEachFetch([](auto& fetch) {
    *fetch.mutable_poll_timeout() += TimeUtil::SecondsToDuration(8);
  });
}

// Waits although it does not say so.
FaultHooks LongPollingIsNotDeclared() {
  return Hiding(v1::CAPABILITY_LONG_POLLING);
}

// Does not wait, and does not say so; but then refuses what it does not have.
FaultHooks PollTimeoutsAreRefused() {
  FaultHooks hooks = Hiding(v1::CAPABILITY_LONG_POLLING);
  hooks.before = OnEachFetch([](auto& fetch) {
                   if (fetch.has_poll_timeout()) fetch.clear_lock_timeout();
                 }).before;
  return hooks;
}

}  // namespace

std::vector<Fault> FaultsOfPolls() {
  return {
      {"FetchesDoNotWait",
       {{"long_polling/long_poll_waits_for_timeout", "WIRE-5"},
        {"long_polling/long_poll_work_item_waits_for_timeout", "WIRE-5"}},
       &FetchesDoNotWait},
      {"FetchesWaitHalfTheTime",
       {{"long_polling/long_poll_waits_for_timeout", "WIRE-5"},
        {"long_polling/long_poll_work_item_waits_for_timeout", "WIRE-5"}},
       &FetchesWaitHalfTheTime},
      {"FetchesWaitTooLong",
       {{"long_polling/fetch_respects_timeout_upper_bound", "WIRE-5"}},
       &FetchesWaitTooLong},
      {"LongPollingIsNotDeclared",
       {{"long_polling/short_poll_returns_immediately", "WIRE-5"},
        {"long_polling/short_poll_work_item_returns_immediately", "WIRE-5"}},
       &LongPollingIsNotDeclared},
      {"PollTimeoutsAreRefused",
       {{"long_polling/short_poll_returns_immediately", "WIRE-5"},
        {"long_polling/short_poll_work_item_returns_immediately", "WIRE-5"}},
       &PollTimeoutsAreRefused},
  };
}

}  // namespace duroxide::conformance
