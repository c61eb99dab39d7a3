// Stores share nothing: what is apart although its names are the same.

#include <algorithm>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/steps.h"
#include "conformance/cases/waiting_fetch.h"
#include "conformance/durations.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// A fetch of any activity for a worker with sessions, which are held for as
// long as locks are.
v1::FetchWorkItemsRequest FetchFor(Fixture& t, std::string_view store,
                                   std::string_view owner) {
  v1::FetchWorkItemsRequest fetch;
  fetch.set_store(std::string(store));
  *fetch.mutable_lock_timeout() = ToProto(30 * t.lock_timeout());
  *fetch.mutable_session() = SessionsOf(owner, 30 * t.lock_timeout());
  return fetch;
}

// Calls a method that changes something under a request id.
template <typename Request, typename Response>
absl::Status CallWithId(Fixture& t, ProviderMethod<Request, Response> method,
                        Request request, std::string_view store,
                        std::string_view id) {
  request.set_store(std::string(store));
  request.set_request_id(std::string(id));
  return t.Call(method, std::move(request)).status();
}

// Calls a method in the default store; it must succeed.
template <typename Request, typename Response>
Response DoInDefault(Fixture& t, ProviderMethod<Request, Response> method,
                     const std::type_identity_t<Request>& request) {
  absl::StatusOr<Response> response = t.CallAsIs(method, request);
  t.ExpectOk(response);
  return *std::move(response);
}

v1::EnqueueWorkItemRequest Enqueue(const v1::WorkItem& activity) {
  v1::EnqueueWorkItemRequest enqueue;
  *enqueue.mutable_item() = activity;
  return enqueue;
}

int CountActivities(Fixture& t, std::string_view store) {
  int count = 0;
  while (t.Do(&Provider::FetchWorkItems, FetchFor(t, store, "worker-9"))
             .items_size() > 0) {
    ++count;
  }
  return count;
}

CONFORMANCE_CASE(
    stores, sessions_are_apart, .profile = Profile::kStrict,
    .clauses = {"WIRE-1", "SESS-1", "SESS-2", "SESS-3"},
    .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "A session of one store is not one of another: while a worker holds it "
        "here, another worker takes the session of the same id there; and "
        "renewals and cleanups count the sessions of their own store only.",
    .procedure =
        "Put an activity of the same session into two stores. Let worker-1 "
        "fetch in one and worker-2 in the other: each gets it. Renew the "
        "sessions of worker-1 in each: 1 and 0. Clean up: nothing is over. The "
        "next activity of the session still goes to worker-1 only, in its "
        "store.",
    .likely_causes = {"Sessions are kept by id, without their store.",
                      "Owners are looked up without their store."}) {
  const std::string other = t.AnotherStore();
  const Moment began = Now();
  t.RelyOn("the sessions in both stores",
           {began, began, 30 * t.lock_timeout()});
  const auto activity = [](uint64_t id) {
    return ActivityItem("order-1", id, {.session_id = "cart-1"});
  };
  for (const std::string& store : {t.store(), other}) {
    v1::EnqueueWorkItemRequest enqueue = Enqueue(activity(2));
    enqueue.set_store(store);
    t.Do(&Provider::EnqueueWorkItem, enqueue);
    enqueue = Enqueue(activity(3));
    enqueue.set_store(store);
    t.Do(&Provider::EnqueueWorkItem, enqueue);
  }
  const auto fetch = [&](const std::string& store, std::string_view owner) {
    return t.Do(&Provider::FetchWorkItems, FetchFor(t, store, owner)).items();
  };
  t.Expect(fetch(t.store(), "worker-1"), SizeIs(1), "worker-1 claims cart-1");
  t.Expect(fetch(other, "worker-2"), SizeIs(1),
           "worker-2 claims cart-1 of the other store");

  v1::RenewSessionLocksRequest renew;
  renew.add_owner_ids("worker-1");
  *renew.mutable_extend_for() = ToProto(30 * t.lock_timeout());
  *renew.mutable_idle_timeout() = ToProto(30 * t.lock_timeout());
  t.Expect(t.Do(&Provider::RenewSessionLocks, renew).renewed_count(), 1u);
  renew.set_store(other);
  t.Expect(t.Do(&Provider::RenewSessionLocks, renew).renewed_count(), 0u,
           "worker-1 holds nothing in the other store");
  for (const std::string& store : {t.store(), other}) {
    v1::CleanupOrphanedSessionsRequest cleanup;
    cleanup.set_store(store);
    t.Expect(t.Do(&Provider::CleanupOrphanedSessions, cleanup).removed_count(),
             0u);
  }

  t.Expect(fetch(t.store(), "worker-2"), IsEmpty(),
           "worker-1 holds cart-1 of this store");
  t.Expect(fetch(t.store(), "worker-1"), SizeIs(1));
  t.Expect(fetch(other, "worker-1"), IsEmpty(),
           "worker-2 holds cart-1 of the other store");
  t.Expect(fetch(other, "worker-2"), SizeIs(1));
}

CONFORMANCE_CASE(
    stores, request_ids_are_apart, .profile = Profile::kStrict,
    .clauses = {"WIRE-1", "WIRE-7"},
    .needs = {v1::CAPABILITY_ISOLATED_STORES,
              v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "A request id of one store is another one in another store: the same "
        "request is carried out in both, and a different request under that id "
        "is no conflict. A repeated DropStore gets its first outcome.",
    .procedure =
        "Enqueue an activity in two stores under one request id, twice each: "
        "there is one in each. Use the id of an activity in one store for "
        "another activity in the other: it is taken. Drop that store, twice "
        "under one id: OK both times.",
    .likely_causes = {"Outcomes are remembered by request id alone.",
                      "The outcome of DropStore is dropped with the store."}) {
  const std::string other = t.AnotherStore();
  for (const std::string& store : {t.store(), other, t.store(), other}) {
    t.ExpectOk(CallWithId(t, &Provider::EnqueueWorkItem,
                          Enqueue(ActivityItem("order-1", 2)), store, "id-1"));
  }
  t.ExpectOk(CallWithId(t, &Provider::EnqueueWorkItem,
                        Enqueue(ActivityItem("order-1", 3)), t.store(),
                        "id-2"));
  t.ExpectOk(CallWithId(t, &Provider::EnqueueWorkItem,
                        Enqueue(ActivityItem("order-1", 4)), other, "id-2"));
  t.Expect(CountActivities(t, t.store()), 2, "activities here");
  t.Expect(CountActivities(t, other), 2, "activities in the other store");

  for (int i = 0; i < 2; ++i) {
    t.ExpectOk(CallWithId(t, &Provider::DropStore,
                          testing_v1::DropStoreRequest(), other, "id-3"));
  }
  t.ExpectError(CallWithId(t, &Provider::DropStore,
                           testing_v1::DropStoreRequest(), other, "id-4"),
                v1::ERROR_REASON_STORE_NOT_FOUND, "dropped already");
}

CONFORMANCE_CASE(
    stores, every_store_is_new, .profile = Profile::kStrict,
    .clauses = {"WIRE-1"}, .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "CreateStore makes an empty store under a name that no store has or "
        "had: also for several callers at once, under the same label, and "
        "after a store was dropped.",
    .procedure =
        "Make eight stores at the same moment, drop half of them, and make "
        "eight more: sixteen names, none of them empty. In each, nothing is "
        "there, although the case's own store has an instance and a message.",
    .likely_causes = {
        "The name is made of the label, a clock or a count of stores.",
        "A dropped store's name comes again, with what was left there."}) {
  CreateInstance(t, "order-1");
  t.EnqueueStart("order-2");
  std::mutex mutex;
  std::set<std::string> names;
  std::vector<std::string> stores;
  for (int round = 0; round < 2; ++round) {
    t.Concurrently(8, [&](int) {
      const std::string made = t.AnotherStore();
      const std::lock_guard lock(mutex);
      names.insert(made);
      stores.push_back(made);
    });
    for (size_t i = 0; round == 0 && i < 4; ++i) {
      testing_v1::DropStoreRequest drop;
      drop.set_store(stores[i]);
      t.Do(&Provider::DropStore, drop);
    }
  }
  t.Expect(names, SizeIs(16), "the names of all stores");
  t.Expect(names, Not(Contains("")));
  t.Expect(names, Not(Contains(t.store())));
  for (size_t i = 4; i < stores.size(); ++i) {
    v1::ReadHistoryRequest read;
    read.set_store(stores[i]);
    read.set_instance("order-1");
    t.Expect(t.Do(&Provider::ReadHistory, read).events(), IsEmpty());
    v1::FetchOrchestrationItemsRequest fetch;
    fetch.set_store(stores[i]);
    *fetch.mutable_lock_timeout() = ToProto(t.lock_timeout());
    t.Expect(t.Do(&Provider::FetchOrchestrationItems, fetch).items(),
             IsEmpty());
  }
}

CONFORMANCE_CASE(
    stores, fetches_that_wait_end_with_their_store, .profile = Profile::kStrict,
    .clauses = {"WIRE-1", "WIRE-5"},
    .needs = {v1::CAPABILITY_ISOLATED_STORES, v1::CAPABILITY_LONG_POLLING},
    .proves =
        "When a store is dropped, the fetches that wait on its queues end with "
        "STORE_NOT_FOUND. Fetches that wait on another store are not "
        "disturbed.",
    .procedure =
        "Let fetches of both queues wait on a store, and one on the case's own "
        "store. Drop the first store: its fetches end with STORE_NOT_FOUND at "
        "once. Enqueue a start in the own store: its fetch gets it.",
    .likely_causes = {
        "Fetches that wait are not woken by DropStore.",
        "A fetch that is woken and finds no store says that there is no "
        "work."}) {
  const std::string other = t.AnotherStore();
  WaitingFetch<LockedItem> own = WaitForInstance(t);
  v1::FetchOrchestrationItemsRequest fetch;
  fetch.set_store(other);
  *fetch.mutable_lock_timeout() = ToProto(t.lock_timeout());
  WaitingFetch<absl::Status> for_instance =
      WaitForError(t, &Provider::FetchOrchestrationItems, fetch);
  WaitingFetch<absl::Status> for_activity = WaitForError(
      t, &Provider::FetchWorkItems, FetchFor(t, other, "worker-1"));

  testing_v1::DropStoreRequest drop;
  drop.set_store(other);
  t.Do(&Provider::DropStore, drop);
  t.ExpectError(for_instance.WokenAtOnce(), v1::ERROR_REASON_STORE_NOT_FOUND,
                "fetch of an instance");
  t.ExpectError(for_activity.WokenAtOnce(), v1::ERROR_REASON_STORE_NOT_FOUND,
                "fetch of an activity");
  t.Expect(own.Waits(), true, "the fetch on the store that stays");
  t.EnqueueStart("order-1");
  t.Expect(own.WokenAtOnce(), IsItemOf("order-1"));
}

CONFORMANCE_CASE(
    stores, the_default_store_is_apart, .profile = Profile::kStrict,
    .clauses = {"WIRE-1"}, .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "The default store is a store like any other: it sees nothing of what "
        "is in the case's store, its lock tokens included, and deletes nothing "
        "there.",
    .procedure =
        "Make an instance under an id that nobody else uses, with a custom "
        "status and a key, and hold its next turn and an activity of it. In "
        "the default store: no history, no status, no value; the tokens are "
        "LOCK_LOST; lists do not have it, and a deletion finds nothing. In the "
        "own store all is there, and the locks are held.",
    .likely_causes = {"An empty store means any store.",
                      "A lock token is looked up without its store."}) {
  const std::string id = "only in " + t.store();
  RunningInstance order(t, id);
  order.Turn({CustomStatusEvent(0, "shipping"), Set("carrier", "post")});
  t.Enqueue(ExternalItem(id, "approved"));
  const LockedItem turn = t.FetchOrchestrationItem();
  t.EnqueueWork(ActivityItem(id, 9));
  const LockedWork activity = t.FetchWorkItem();

  v1::ReadHistoryRequest read;
  read.set_instance(id);
  t.Expect(DoInDefault(t, &Provider::ReadHistory, read).events(), IsEmpty());
  v1::GetCustomStatusRequest status;
  status.set_instance(id);
  t.Expect(DoInDefault(t, &Provider::GetCustomStatus, status).has_change(),
           false);
  v1::ListKvValuesRequest values;
  values.set_instance(id);
  t.Expect(DoInDefault(t, &Provider::ListKvValues, values).entries(),
           IsEmpty());
  v1::AckOrchestrationItemRequest ack = AckBuilder(turn);
  t.ExpectError(t.CallAsIs(&Provider::AckOrchestrationItem, ack),
                v1::ERROR_REASON_LOCK_LOST, "ack in the default store");
  v1::AckWorkItemRequest ack_work;
  ack_work.set_lock_token(activity.token());
  t.ExpectError(t.CallAsIs(&Provider::AckWorkItem, ack_work),
                v1::ERROR_REASON_LOCK_LOST,
                "ack of the activity in the default store");
  if (t.Has(v1::CAPABILITY_ADMIN)) {
    // Newest first, so it would be on the first page.
    t.Expect(DoInDefault(t, &Provider::ListInstances, {}).instance_ids(),
             Not(Contains(id)));
    v1::DeleteInstancesRequest remove;
    remove.add_instances(id);
    remove.set_force(true);
    t.Expect(DoInDefault(t, &Provider::DeleteInstances, remove)
                 .result()
                 .instances_deleted(),
             0u);
  }

  t.AckWork(activity);
  t.Ack(AckBuilder(turn).Append(TimerCreatedEvent(4, 1)));
  t.Expect(t.ReadHistory(id), SizeIs(4));
}

}  // namespace
}  // namespace duroxide::conformance
