// Faults of sessions: who holds one, how long, and what is left of it.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using Fetch = v1::FetchWorkItemsRequest;
using Renew = v1::RenewSessionLocksRequest;
using ::google::protobuf::util::TimeUtil;

// Changes every fetch that has a session configuration.
template <typename Change>
FaultHooks OnEachSessionFetch(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<Fetch>(request, [&](Fetch& fetch) {
      if (fetch.has_session()) change(fetch);
    });
  }};
}

FaultHooks AllOwnersAreOne() {
  return OnEachSessionFetch(
      [](Fetch& fetch) { fetch.mutable_session()->set_owner_id("anybody"); });
}

FaultHooks EveryCallIsAnOwner() {
  auto calls = std::make_shared<std::atomic<uint64_t>>(0);
  return OnEachSessionFetch([calls](Fetch& fetch) {
    fetch.mutable_session()->set_owner_id(std::to_string(++*calls));
  });
}

FaultHooks SessionConfigurationIsIgnored() {
  return OnEachSessionFetch([](Fetch& fetch) { fetch.clear_session(); });
}

FaultHooks NoSessionConfigurationIsAnOwner() {
  return {.before = [](Provider&, Message& request) {
    On<Fetch>(request, [](Fetch& fetch) {
      if (fetch.has_session()) return;
      fetch.mutable_session()->set_owner_id("nobody");
      *fetch.mutable_session()->mutable_lock_timeout() =
          TimeUtil::SecondsToDuration(60);
    });
  }};
}

// Stores an absent session id as the empty one.
FaultHooks NoSessionIsTheEmptySession() {
  return {.before = [](Provider&, Message& request) {
    On<v1::EnqueueWorkItemRequest>(request, [](auto& enqueue) {
      auto& activity = *enqueue.mutable_item()->mutable_activity_execute();
      if (!activity.has_session_id()) activity.set_session_id("");
    });
  }};
}

// Stores an empty session id as an absent one.
FaultHooks TheEmptySessionIsNone() {
  return {.before = [](Provider&, Message& request) {
    On<v1::EnqueueWorkItemRequest>(request, [](auto& enqueue) {
      auto& activity = *enqueue.mutable_item()->mutable_activity_execute();
      if (activity.session_id().empty()) activity.clear_session_id();
    });
  }};
}

FaultHooks SessionsNeverEnd() {
  return OnEachSessionFetch([](Fetch& fetch) {
    *fetch.mutable_session()->mutable_lock_timeout() =
        TimeUtil::SecondsToDuration(3600);
  });
}

FaultHooks SessionsEndAtOnce() {
  return OnEachSessionFetch([](Fetch& fetch) {
    *fetch.mutable_session()->mutable_lock_timeout() =
        TimeUtil::MicrosecondsToDuration(1);
  });
}

FaultHooks SessionsLastAsLongAsTheirActivities() {
  return OnEachSessionFetch([](Fetch& fetch) {
    *fetch.mutable_session()->mutable_lock_timeout() = fetch.lock_timeout();
  });
}

FaultHooks ActivitiesAreHeldAsLongAsTheirSessions() {
  return OnEachSessionFetch([](Fetch& fetch) {
    *fetch.mutable_lock_timeout() = fetch.session().lock_timeout();
  });
}

FaultHooks RenewalsOfSessionsDoNothing() {
  return {.before = [](Provider&, Message& request) {
    On<Renew>(request, [](Renew& renew) {
      *renew.mutable_extend_for() = TimeUtil::MicrosecondsToDuration(1);
    });
  }};
}

FaultHooks IdleTimeIsIgnored() {
  return {.before = [](Provider&, Message& request) {
    On<Renew>(request, [](Renew& renew) {
      *renew.mutable_idle_timeout() = TimeUtil::SecondsToDuration(3600);
    });
  }};
}

FaultHooks EverySessionIsIdle() {
  return {.before = [](Provider&, Message& request) {
    On<Renew>(request, [](Renew& renew) { renew.clear_idle_timeout(); });
  }};
}

FaultHooks RenewalsCountOwners() {
  return {.after = [](const Message& request, Message& response,
                      const absl::Status&) {
    On<v1::RenewSessionLocksResponse>(response, [&](auto& renewed) {
      renewed.set_renewed_count(static_cast<uint64_t>(
          dynamic_cast<const Renew&>(request).owner_ids_size()));
    });
  }};
}

// What a clean-up says that it removed, whatever it did.
FaultHooks CleanUpsSay(uint64_t count) {
  return {.after = [count](const Message&, Message& response,
                           const absl::Status&) {
    On<v1::CleanupOrphanedSessionsResponse>(
        response, [count](auto& removed) { removed.set_removed_count(count); });
  }};
}

FaultHooks CleanUpsRemoveNothing() { return CleanUpsSay(0); }
FaultHooks CleanUpsRemoveTooMuch() { return CleanUpsSay(7); }

std::vector<Fault> FaultsOfOwners() {
  return {
      {"AllOwnersAreOne",
       {{"sessions/session_item_claimable_when_no_session", "SESS-1"},
        {"sessions/session_affinity_blocks_other_worker", "SESS-1"},
        {"sessions/different_sessions_different_workers", "SESS-1"},
        {"sessions/mixed_session_and_non_session_items", "SESS-1"},
        {"sessions/some_session_returns_all_items", "SESS-1"},
        {"sessions/concurrent_session_claim_only_one_wins", "SESS-1"},
        {"sessions/shared_worker_id_any_caller_can_fetch_owned_session",
         "SESS-1"},
        {"sessions/session_lock_expires_new_owner_gets_redelivery", "SESS-1"},
        {"sessions/both_locks_expire_different_worker_claims", "SESS-1"},
        {"sessions/abandoned_session_item_retryable", "SESS-2"},
        {"sessions/cleanup_keeps_active_sessions", "SESS-1"}},
       &AllOwnersAreOne},
      {"EveryCallIsAnOwner",
       {{"sessions/session_affinity_same_worker", "SESS-1"},
        {"sessions/session_items_processed_in_order", "SESS-1"},
        {"sessions/non_session_items_returned_with_session_config", "SESS-1"},
        {"sessions/abandoned_session_item_ignore_attempt", "SESS-2"}},
       &EveryCallIsAnOwner},
      {"SessionConfigurationIsIgnored",
       {{"sessions/session_item_claimable_when_no_session", "SESS-1"},
        {"sessions/some_session_returns_all_items", "SESS-1"}},
       &SessionConfigurationIsIgnored},
      {"NoSessionConfigurationIsAnOwner",
       {{"sessions/none_session_skips_session_items", "SESS-1"}},
       &NoSessionConfigurationIsAnOwner},
      {"NoSessionIsTheEmptySession",
       {{"sessions/non_session_items_fetchable_by_any_worker", "SESS-1"},
        {"sessions/non_session_items_returned_with_session_config", "SESS-1"}},
       &NoSessionIsTheEmptySession},
      {"TheEmptySessionIsNone",
       {{"sessions/session_item_claimable_when_no_session", "SESS-1"}},
       &TheEmptySessionIsNone},
  };
}

std::vector<Fault> FaultsOfSessionLocks() {
  return {
      {"SessionsNeverEnd",
       {{"sessions/session_claimable_after_lock_expiry", "SESS-2"},
        {"sessions/original_worker_reclaims_expired_session", "SESS-2"},
        {"sessions/both_locks_expire_different_worker_claims", "SESS-2"},
        {"sessions/renew_session_lock_after_expiry_returns_zero", "SESS-2"},
        {"sessions/cleanup_removes_expired_no_items", "SESS-3"},
        {"sessions/cleanup_then_new_item_recreates_session", "SESS-3"}},
       &SessionsNeverEnd},
      {"SessionsEndAtOnce",
       {{"sessions/session_affinity_same_worker", "SESS-2"},
        {"sessions/session_takeover_after_lock_expiry", "SESS-2"},
        {"sessions/session_claimable_after_lock_expiry", "SESS-2"},
        {"sessions/session_lock_expires_same_worker_reacquires", "SESS-2"},
        {"sessions/cleanup_keeps_active_sessions", "SESS-3"}},
       &SessionsEndAtOnce},
      {"SessionsLastAsLongAsTheirActivities",
       {{"sessions/"
         "activity_lock_expires_session_lock_valid_same_worker_refetches",
         "SESS-2"}},
       &SessionsLastAsLongAsTheirActivities},
      {"ActivitiesAreHeldAsLongAsTheirSessions",
       {{"sessions/session_lock_expires_activity_lock_valid_ack_succeeds",
         "SESS-2"},
        {"sessions/session_lock_expires_same_worker_reacquires", "SESS-2"},
        {"sessions/session_lock_expires_new_owner_gets_redelivery", "SESS-2"}},
       &ActivitiesAreHeldAsLongAsTheirSessions},
      {"RenewalsOfSessionsDoNothing",
       {{"sessions/renew_session_lock_active", "SESS-2"},
        {"sessions/session_lock_renewal_extends_past_original_timeout",
         "SESS-2"}},
       &RenewalsOfSessionsDoNothing},
      {"IdleTimeIsIgnored",
       {{"sessions/renew_session_lock_skips_idle", "SESS-2"},
        {"sessions/ack_updates_session_last_activity", "SESS-2"}},
       &IdleTimeIsIgnored},
      {"EverySessionIsIdle",
       {{"sessions/renew_session_lock_active", "SESS-2"},
        {"sessions/ack_updates_session_last_activity", "SESS-2"},
        {"sessions/renew_work_item_updates_session_last_activity", "SESS-2"}},
       &EverySessionIsIdle},
      {"RenewalsCountOwners",
       {{"sessions/renew_session_lock_no_sessions", "SESS-2"},
        {"sessions/renew_session_lock_after_expiry_returns_zero", "SESS-2"}},
       &RenewalsCountOwners},
      {"CleanUpsRemoveNothing",
       {{"sessions/cleanup_removes_expired_no_items", "SESS-3"},
        {"sessions/cleanup_keeps_sessions_with_pending_items", "SESS-3"}},
       &CleanUpsRemoveNothing},
      {"CleanUpsRemoveTooMuch",
       {{"sessions/cleanup_keeps_sessions_with_pending_items", "SESS-3"},
        {"sessions/cleanup_keeps_active_sessions", "SESS-3"}},
       &CleanUpsRemoveTooMuch},
  };
}

}  // namespace

std::vector<Fault> FaultsOfSessions() {
  std::vector<Fault> all = FaultsOfOwners();
  const std::vector<Fault> locks = FaultsOfSessionLocks();
  all.insert(all.end(), locks.begin(), locks.end());
  return all;
}

}  // namespace duroxide::conformance
