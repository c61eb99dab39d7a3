// Faults of locks and their tokens: how long, whose, and how many attempts.

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/time_util.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using ::google::protobuf::util::TimeUtil;

void Stretch(google::protobuf::Duration& duration, double factor) {
  duration = TimeUtil::NanosecondsToDuration(static_cast<int64_t>(
      static_cast<double>(TimeUtil::DurationToNanoseconds(duration)) * factor));
}

// Every lock and session ends a little early, but late enough for those who
// look at it at once.
FaultHooks LocksEndALittleEarly() {
  const auto shorten = [](auto& fetch) {
    Stretch(*fetch.mutable_lock_timeout(), 0.7);
  };
  return {.before = [shorten](Provider&, Message& request) {
    On<v1::FetchOrchestrationItemsRequest>(request, shorten);
    On<v1::FetchWorkItemsRequest>(request, [&](auto& fetch) {
      shorten(fetch);
      if (fetch.has_session()) shorten(*fetch.mutable_session());
    });
  }};
}

FaultHooks RenewalsExtendBy(double factor) {
  const auto change = [factor](auto& renew) {
    Stretch(*renew.mutable_extend_for(), factor);
  };
  return {.before = [change](Provider&, Message& request) {
    On<v1::RenewOrchestrationItemLockRequest>(request, change);
    On<v1::RenewWorkItemLockRequest>(request, change);
    On<v1::RenewSessionLocksRequest>(request, change);
  }};
}

FaultHooks RenewalsEndALittleEarly() { return RenewalsExtendBy(0.7); }
FaultHooks RenewalsNeverShorten() { return RenewalsExtendBy(1000); }

FaultHooks OnlyAcksLookAtTheLock() {
  return {.after = [](const Message& request, Message&, absl::Status& status) {
    if (dynamic_cast<const v1::AbandonOrchestrationItemRequest*>(&request) ||
        dynamic_cast<const v1::AbandonWorkItemRequest*>(&request)) {
      Hide(v1::ERROR_REASON_LOCK_LOST, status);
    }
  }};
}

FaultHooks RacesHaveNoLoser() {
  return {.after = [](const Message&, Message&, absl::Status& status) {
    Hide(v1::ERROR_REASON_LOCK_LOST, status);
  }};
}

// The first message of every batch is in it twice.
FaultHooks FirstMessagesComeTwice() {
  return OnEachItem<v1::FetchOrchestrationItemsResponse>([](auto& locked) {
    auto& messages = *locked.mutable_item()->mutable_messages();
    *messages.Add() = v1::WorkItem(messages[0]);
  });
}

// Counts something in each store. Thread-safe.
class Counts {
 public:
  uint32_t Of(const std::string& store) {
    std::lock_guard lock(mutex_);
    return counts_[store];
  }
  void Add(const std::string& store) {
    std::lock_guard lock(mutex_);
    ++counts_[store];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, uint32_t> counts_;
};

// ignore_attempt takes one from every message of the store, as far as that
// shows: never below 1.
FaultHooks IgnoreAttemptTakesFromAll() {
  auto taken = std::make_shared<Counts>();
  return {.after = [taken](const Message& request, Message& response,
                           const absl::Status& status) {
    if (const auto* abandon =
            dynamic_cast<const v1::AbandonOrchestrationItemRequest*>(&request);
        abandon != nullptr && abandon->ignore_attempt() && status.ok()) {
      taken->Add(abandon->store());
    }
    On<v1::FetchOrchestrationItemsResponse>(response, [&](auto& fetched) {
      const uint32_t less = taken->Of(
          dynamic_cast<const v1::FetchOrchestrationItemsRequest&>(request)
              .store());
      for (auto& item : *fetched.mutable_items()) {
        const uint32_t count = item.attempt_count();
        item.set_attempt_count(count > less ? count - less : 1);
      }
    });
  }};
}

// Fetches that find nothing count for what comes next.
FaultHooks EveryLookIsAnAttempt() {
  auto looks = std::make_shared<Counts>();
  const auto count = [looks](const std::string& store, auto& fetched) {
    if (fetched.items().empty()) looks->Add(store);
    for (auto& item : *fetched.mutable_items()) {
      item.set_attempt_count(item.attempt_count() + looks->Of(store));
    }
  };
  return {.after = [count](const Message& request, Message& response,
                           const absl::Status&) {
    On<v1::FetchOrchestrationItemsResponse>(response, [&](auto& fetched) {
      count(dynamic_cast<const v1::FetchOrchestrationItemsRequest&>(request)
                .store(),
            fetched);
    });
    On<v1::FetchWorkItemsResponse>(response, [&](auto& fetched) {
      count(dynamic_cast<const v1::FetchWorkItemsRequest&>(request).store(),
            fetched);
    });
  }};
}

// Tokens that the working provider knows by other names. Thread-safe.
class Tokens {
 public:
  explicit Tokens(std::function<std::string()> make) : make_(std::move(make)) {}

  void Rename(std::string& token) {
    std::lock_guard lock(mutex_);
    const std::string name = make_();
    real_[name] = std::exchange(token, name);
  }
  void Restore(std::string& token) {
    std::lock_guard lock(mutex_);
    if (const auto found = real_.find(token); found != real_.end()) {
      token = found->second;
    }
  }

 private:
  const std::function<std::string()> make_;
  std::mutex mutex_;
  std::map<std::string, std::string> real_;
};

FaultHooks TokensMadeBy(std::function<std::string()> make) {
  auto tokens = std::make_shared<Tokens>(std::move(make));
  const auto restore = [tokens](auto& request) {
    tokens->Restore(*request.mutable_lock_token());
  };
  const auto rename = [tokens](auto& fetched) {
    for (auto& item : *fetched.mutable_items()) {
      tokens->Rename(*item.mutable_lock_token());
    }
  };
  return {.before =
              [restore](Provider&, Message& request) {
                On<v1::AbandonOrchestrationItemRequest>(request, restore);
                On<v1::AbandonWorkItemRequest>(request, restore);
              },
          .after =
              [rename](const Message&, Message& response, const absl::Status&) {
                On<v1::FetchOrchestrationItemsResponse>(response, rename);
                On<v1::FetchWorkItemsResponse>(response, rename);
              }};
}

FaultHooks TokensAreTimestamps() {
  return TokensMadeBy([] {
    return absl::StrCat("lock_", absl::GetCurrentTimeNanos(), "_", getpid());
  });
}

// 64 random bits, which look like twice as many.
FaultHooks TokensAreHalfRandom() {
  auto random = std::make_shared<std::mt19937_64>(1);
  return TokensMadeBy([random] {
    return absl::StrCat(absl::Hex(absl::GetCurrentTimeNanos()), "-",
                        absl::Hex((*random)(), absl::kZeroPad16));
  });
}

}  // namespace

std::vector<Fault> FaultsOfLocks() {
  return {
      {"LocksEndALittleEarly",
       {{"lock_expiration/an_instance_is_held_to_the_end_of_its_lock",
         "FETCH-1"},
        {"lock_expiration/an_activity_is_held_to_the_end_of_its_lock",
         "WORK-1"},
        {"sessions/a_session_is_held_to_the_end_of_its_lock", "SESS-2"}},
       &LocksEndALittleEarly},
      {"RenewalsEndALittleEarly",
       {{"lock_expiration/an_instance_is_held_to_the_end_of_its_lock",
         "RENEW-1"},
        {"lock_expiration/an_activity_is_held_to_the_end_of_its_lock",
         "WORK-3"},
        {"sessions/a_session_is_held_to_the_end_of_its_lock", "SESS-2"}},
       &RenewalsEndALittleEarly},
      {"RenewalsNeverShorten",
       {{"lock_expiration/a_renewal_can_shorten_a_lock", "RENEW-1"}},
       &RenewalsNeverShorten},
      {"OnlyAcksLookAtTheLock",
       {{"lock_expiration/a_lock_that_ran_out_is_lost_for_every_call",
         "ABANDON-1"}},
       &OnlyAcksLookAtTheLock},
      {"RacesHaveNoLoser",
       {{"atomicity/one_of_many_acks_of_an_activity_counts", "WORK-2"},
        {"atomicity/an_ack_and_an_abandon_exclude_each_other", "ACK-1"}},
       &RacesHaveNoLoser},
      {"FirstMessagesComeTwice",
       {{"atomicity/messages_that_race_with_turns_come_once", "FETCH-2"}},
       &FirstMessagesComeTwice},
      {"IgnoreAttemptTakesFromAll",
       {{"poison_message/ignore_attempt_touches_the_batch_alone", "ABANDON-1"}},
       &IgnoreAttemptTakesFromAll},
      {"EveryLookIsAnAttempt",
       {{"poison_message/only_deliveries_are_counted", "FETCH-6"}},
       &EveryLookIsAnAttempt},
      {"TokensAreTimestamps",
       {{"instance_locking/tokens_cannot_be_guessed", "FETCH-1"}},
       &TokensAreTimestamps},
      {"TokensAreHalfRandom",
       {{"instance_locking/tokens_cannot_be_guessed", "FETCH-1"}},
       &TokensAreHalfRandom},
  };
}

}  // namespace duroxide::conformance
