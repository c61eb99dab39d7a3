// Faults of fetches that wait.

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/instead.h"

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

// Waits do not end by what comes: a fetch looks once, and where it finds
// nothing it waits in a store that stays empty.
class EmptyRoom {
 public:
  // What is there at once, or nothing; then the fetch is sent to where it may
  // wait.
  template <typename Request, typename Response>
  void Send(Provider& working, Request& request,
            void (Provider::*method)(const CallContext&, const Request*,
                                     Response*, Provider::Done)) {
    Request at_once = request;
    at_once.clear_poll_timeout();
    const absl::StatusOr<Response> found = Ask(working, method, at_once);
    if (!found.ok()) return;
    if (!found->items().empty()) {
      std::lock_guard lock(mutex_);
      found_[&request] = std::make_shared<Response>(*found);
      request.clear_poll_timeout();
    }
    request.set_store(StoreOf(working));
  }

  // What was there at once for this request.
  void Receive(const Message& request, Message& response) {
    std::lock_guard lock(mutex_);
    const auto found = found_.extract(&request);
    if (!found.empty()) response.CopyFrom(*found.mapped());
  }

 private:
  // Not under the mutex: the answer may come from a thread that is in Receive.
  const std::string& StoreOf(Provider& working) {
    std::call_once(made_, [&] {
      store_ = Ask(working, &Provider::CreateStore, {}).value().store();
    });
    return store_;
  }

  std::once_flag made_;
  std::string store_;
  std::mutex mutex_;
  std::map<const Message*, std::shared_ptr<Message>> found_;
};

// Nothing wakes a fetch that asks for as many items.
FaultHooks NothingWakes(uint32_t min_items) {
  auto room = std::make_shared<EmptyRoom>();
  const auto concerns = [min_items](const auto& fetch) {
    return fetch.has_poll_timeout() && fetch.max_items() >= min_items;
  };
  return {
      .before =
          [room, concerns](Provider& working, Message& request) {
            On<v1::FetchOrchestrationItemsRequest>(request, [&](auto& fetch) {
              if (!concerns(fetch)) return;
              room->Send(working, fetch, &Provider::FetchOrchestrationItems);
            });
            On<v1::FetchWorkItemsRequest>(request, [&](auto& fetch) {
              if (!concerns(fetch)) return;
              room->Send(working, fetch, &Provider::FetchWorkItems);
            });
          },
      .after = [room](const Message& request, Message& response,
                      absl::Status&) { room->Receive(request, response); }};
}

FaultHooks NothingWakesAFetch() { return NothingWakes(0); }
FaultHooks OnlyAFullBatchWakesAFetch() { return NothingWakes(2); }

// Looks for work from time to time, and then says that there is none.
FaultHooks WaitsEndSoon() {
  return OnEachFetch([](auto& fetch) {
    const auto soon = TimeUtil::MillisecondsToDuration(20);
    if (fetch.poll_timeout() > soon) *fetch.mutable_poll_timeout() = soon;
  });
}

// Does not hear that a caller is gone, and does not take back what nobody got.
FaultHooks CallersThatAreGoneAreServed() {
  const auto keep = [](auto& abandon) {
    if (abandon.ignore_attempt()) abandon.set_lock_token("kept");
  };
  return {.before =
              [keep](Provider&, Message& request) {
                On<v1::AbandonOrchestrationItemRequest>(request, keep);
                On<v1::AbandonWorkItemRequest>(request, keep);
              },
          .deaf = true};
}

FaultHooks DroppedStoresAreEmpty() {
  return {.after = [](const Message&, Message& response, absl::Status& status) {
    const auto pretend = [&](auto&) {
      Hide(v1::ERROR_REASON_STORE_NOT_FOUND, status);
    };
    On<v1::FetchOrchestrationItemsResponse>(response, pretend);
    On<v1::FetchWorkItemsResponse>(response, pretend);
  }};
}

std::vector<Fault> FaultsOfWakeUps() {
  return {
      {"NothingWakesAFetch",
       {{"long_polling/an_enqueue_wakes_a_fetch", "WIRE-5"},
        {"long_polling/an_ack_wakes_fetches_of_both_queues", "WIRE-5"},
        {"long_polling/a_completion_wakes_a_fetch", "WIRE-5"},
        {"long_polling/what_is_given_back_wakes_a_fetch", "WIRE-5"},
        {"long_polling/the_end_of_a_delay_wakes_a_fetch", "WIRE-5"},
        {"long_polling/what_it_may_not_take_does_not_wake_a_fetch", "WIRE-5"},
        {"long_polling/the_end_of_a_lock_wakes_a_fetch", "WIRE-5"},
        {"long_polling/the_end_of_a_session_wakes_a_fetch", "WIRE-5"}},
       &NothingWakesAFetch},
      {"OnlyAFullBatchWakesAFetch",
       {{"long_polling/a_woken_fetch_does_not_wait_for_a_full_batch",
         "WIRE-6"}},
       &OnlyAFullBatchWakesAFetch},
      {"WaitsEndSoon",
       {{"long_polling/what_is_given_back_wakes_a_fetch", "WIRE-5"},
        {"long_polling/what_it_may_not_take_does_not_wake_a_fetch", "WIRE-5"},
        {"long_polling/one_message_wakes_one_fetch", "WIRE-5"},
        {"long_polling/the_end_of_a_lock_wakes_a_fetch", "WIRE-5"}},
       &WaitsEndSoon},
      {"CallersThatAreGoneAreServed",
       {{"long_polling/a_cancelled_fetch_takes_nothing", "WIRE-5"},
        {"long_polling/a_fetch_past_its_deadline_takes_nothing", "WIRE-5"}},
       &CallersThatAreGoneAreServed},
      {"DroppedStoresAreEmpty",
       {{"stores/fetches_that_wait_end_with_their_store", "WIRE-1"}},
       &DroppedStoresAreEmpty},
  };
}

std::vector<Fault> FaultsOfWaits() {
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

}  // namespace

std::vector<Fault> FaultsOfPolls() {
  std::vector<Fault> all = FaultsOfWaits();
  const std::vector<Fault> wake_ups = FaultsOfWakeUps();
  all.insert(all.end(), wake_ups.begin(), wake_ups.end());
  return all;
}

}  // namespace duroxide::conformance
