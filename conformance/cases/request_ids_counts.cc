// Requests that are sent again under the same id and whose reply tells how many
// things they did.

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/request_id_steps.h"
#include "conformance/cases/session_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/durations.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    request_ids, a_repeated_call_on_sessions_counts_the_same,
    .profile = Profile::kStrict, .clauses = {"WIRE-7", "SESS-2", "SESS-3"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "A renewal of sessions and a clean-up that are sent again under their "
        "request_id tell the first count and do nothing, although the state "
        "has changed.",
    .procedure =
        "Let a worker hold a session, and renew it under an id: 1. Wait until "
        "it has run out, and send the renewal again: 1; a new one says 0. "
        "Clean up under an id: 1. Send that again: 1; a new one says 0.",
    .likely_causes = {"The reply is made anew from the present state.",
                      "The reply is remembered without its content."}) {
  const Interval held = Worker(t, "worker-1", t.lock_timeout()).Claim(2);
  v1::RenewSessionLocksRequest request;
  request.add_owner_ids("worker-1");
  *request.mutable_extend_for() = ToProto(0.3 * t.lock_timeout());
  *request.mutable_idle_timeout() = ToProto(60 * t.lock_timeout());
  const Moment sent = Now();
  Repeated renew(t, &Provider::RenewSessionLocks, request, "renew-1");
  t.ExpectDuring(held, renew.first().renewed_count(), 1u);
  t.WaitUntilOver(
      {.sent = sent, .received = Now(), .length = 0.3 * t.lock_timeout()});
  renew.Again();
  t.Expect(t.Do(&Provider::RenewSessionLocks, request).renewed_count(), 0u,
           "the session ran out");

  Repeated clean_up(t, &Provider::CleanupOrphanedSessions, {}, "clean-up-1");
  t.Expect(clean_up.first().removed_count(), 1u);
  clean_up.Again();
  t.Expect(CleanUpSessions(t), 0u, "the session was removed");
}

CONFORMANCE_CASE(
    request_ids, a_repeated_deletion_deletes_once, .profile = Profile::kStrict,
    .clauses = {"WIRE-7", "DEL-1", "DEL-2"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS, v1::CAPABILITY_ADMIN},
    .proves =
        "A deletion that is sent again under its request_id tells the first "
        "counts and does not touch an instance that was made under the same id "
        "since: by root, by name and by filter.",
    .procedure =
        "Make an instance and delete it under an id: the counts are those of "
        "one instance. Make it again and send the deletion again: the same "
        "counts, and the instance is still there. The same with the two other "
        "methods of deletion.",
    .likely_causes = {
        "The repeated deletion is carried out again.",
        "The repeated deletion says INSTANCE_NOT_FOUND, or counts of 0."}) {
  const auto delete_twice = [&t](auto method, const auto& request,
                                 const std::string& instance) {
    MakeInstance(t, instance);
    Repeated remove(t, method, request, "delete-" + instance);
    t.Expect(remove.first().result().instances_deleted(), 1u);
    ExpectGone(t, instance);
    MakeInstance(t, instance);
    const Traces before = TracesOf(t, instance);
    remove.Again();
    t.Expect(TracesOf(t, instance), before, "made after the deletion");
  };
  delete_twice(&Provider::DeleteInstance,
               Asking<v1::DeleteInstanceRequest>("order-1"), "order-1");
  v1::DeleteInstancesRequest named;
  named.add_instances("order-2");
  delete_twice(&Provider::DeleteInstances, named, "order-2");
  v1::DeleteInstancesByFilterRequest filtered;
  filtered.mutable_filter()->mutable_instance_ids()->add_ids("order-3");
  delete_twice(&Provider::DeleteInstancesByFilter, filtered, "order-3");
}

CONFORMANCE_CASE(
    request_ids, a_repeated_prune_removes_once, .profile = Profile::kStrict,
    .clauses = {"WIRE-7", "PRUNE-1"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS, v1::CAPABILITY_ADMIN},
    .proves =
        "A prune that is sent again under its request_id tells the first "
        "counts and removes nothing of what has come since: of one instance "
        "and by filter.",
    .procedure =
        "Make an instance with three executions and prune it under an id: two "
        "are removed. Delete it, make it again, and send the prune again: the "
        "same counts, and all three executions are there. The same by filter.",
    .likely_causes = {"The repeated prune is carried out again.",
                      "The repeated prune tells counts of 0."}) {
  const auto prune_twice = [&t](auto method, const auto& request,
                                const std::string& instance) {
    MakeExecutions(t, instance, 3);
    Repeated prune(t, method, request, "prune-" + instance);
    t.Expect(prune.first().result().executions_deleted(), 2u);
    t.Do(&Provider::DeleteInstance,
         Asking<v1::DeleteInstanceRequest>(instance));
    MakeExecutions(t, instance, 3);
    prune.Again();
    t.Expect(t.ListExecutions(instance), ::testing::ElementsAre(1u, 2u, 3u),
             "made after the prune");
  };
  prune_twice(&Provider::PruneExecutions,
              Asking<v1::PruneExecutionsRequest>("order-1"), "order-1");
  v1::PruneExecutionsByFilterRequest filtered;
  filtered.mutable_filter()->mutable_instance_ids()->add_ids("order-2");
  prune_twice(&Provider::PruneExecutionsByFilter, filtered, "order-2");
}

CONFORMANCE_CASE(
    request_ids, stores_are_made_and_dropped_once, .profile = Profile::kStrict,
    .clauses = {"WIRE-7", "WIRE-1"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS,
              v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "CreateStore that is sent again under its request_id tells the store "
        "that it made. DropStore that is sent again succeeds, although the "
        "store is gone.",
    .procedure =
        "Make a store under an id and send it again: the same name. Drop it "
        "under an id and send that again: OK. Without the id it is "
        "STORE_NOT_FOUND.",
    .likely_causes = {
        "The two methods for tests leave request ids out.",
        "The id of a DropStore is kept in the store and goes with it."}) {
  // This id belongs to no store, so it has to be one of this run alone.
  testing_v1::CreateStoreRequest create;
  create.set_label("made twice");
  create.set_request_id(
      absl::StrCat("create-", std::hash<std::string>()(t.store())));
  const std::string made = t.Do(&Provider::CreateStore, create).store();
  const std::string again = t.Do(&Provider::CreateStore, create).store();

  testing_v1::DropStoreRequest drop;
  drop.set_store(made);
  Repeated dropped(t, &Provider::DropStore, drop, "drop-1");
  const auto without_id = t.Call(&Provider::DropStore, drop);
  if (again != made) {
    // The one that should not be there, before the case ends.
    drop.set_store(again);
    t.Do(&Provider::DropStore, drop);
  }
  t.Expect(again, made, "the store of the same request");
  dropped.Again();
  t.ExpectError(without_id, v1::ERROR_REASON_STORE_NOT_FOUND);
}

}  // namespace
}  // namespace duroxide::conformance
