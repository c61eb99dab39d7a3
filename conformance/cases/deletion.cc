// Deleting an instance, and what must be gone with it.

#include <string>
#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;

CONFORMANCE_CASE(
    deletion, delete_terminal_instances,
    .upstream = "test_delete_terminal_instances", .clauses = {"DEL-1", "DEL-2"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "An instance that has ended, however that came, is deleted without "
        "force and leaves no trace; the reply counts what was there. Others "
        "keep all that they have.",
    .procedure =
        "Make instances that completed, failed, were cancelled and continued "
        "as new, with histories, keys and a custom status, and one that stays. "
        "Delete the four: each reply has one instance and its executions and "
        "events, and nothing can be read of the instance. The last one is "
        "unchanged.",
    .likely_causes = {
        "Only completed instances count as ended.",
        "The record is deleted and history, key-values or status are not.",
        "The reply counts rows of one table, or a constant."}) {
  RunningInstance other(t, "order-9");
  other.Turn({Set("color", "blue"), CustomStatusEvent(0, "packing")});
  const Traces before = TracesOf(t, "order-9");

  RunningInstance completed(t, "completed");
  completed.Turn({Set("color", "red"), CustomStatusEvent(0, "shipping")});
  completed.ContinueAsNew();
  completed.Complete();
  RunningInstance failed(t, "failed");
  failed.Fail({Set("color", "red")});
  CreateInstance(t, "cancelled");
  t.Enqueue(CancelItem("cancelled"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Append(FailedEvent(2, "cancelled"))
            .Status(v1::ORCHESTRATION_STATUS_FAILED)
            .Output("cancelled"));
  MakeInstance(t, "continued",
               {.status = v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW});

  const auto expect_deleted = [&](std::string_view instance,
                                  const Counts& counts) {
    t.ExpectOk(t.TryGetInstanceInfo(instance));
    t.Expect(Delete(t, instance), IsMessage(Deleted(counts)), instance);
    ExpectGone(t, instance);
  };
  expect_deleted("completed", {.instances = 1, .executions = 2, .events = 6});
  expect_deleted("failed", {.instances = 1, .executions = 1, .events = 3});
  expect_deleted("cancelled", {.instances = 1, .executions = 1, .events = 2});
  expect_deleted("continued", {.instances = 1, .executions = 1, .events = 1});
  t.Expect(TracesOf(t, "order-9"), before);
  t.Expect(t.ListInstances(), ElementsAre("order-9"));
}

CONFORMANCE_CASE(
    deletion, delete_running_rejected_force_succeeds,
    .upstream = "test_delete_running_rejected_force_succeeds",
    .clauses = {"DEL-1", "DEL-2", "WIRE-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "An instance that runs is deleted with force only; without it the call "
        "is INSTANCE_RUNNING and changes nothing, its messages included.",
    .procedure =
        "Make an instance that runs in its second execution, with a key, a "
        "message and an activity. Delete it: INSTANCE_RUNNING, and record, "
        "history, key and both messages are as before. Delete it with force: "
        "all are gone, and counted.",
    .likely_causes = {"The state of execution 1 is looked at, which has ended.",
                      "The check comes after the first table was emptied.",
                      "Force is ignored, or always on."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red")});
  order.ContinueAsNew();
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.EnqueueWork(ActivityItem("order-1", 2));
  const Traces before = TracesOf(t, "order-1");

  t.ExpectError(TryDelete(t, "order-1"), v1::ERROR_REASON_INSTANCE_RUNNING);
  t.Expect(TracesOf(t, "order-1"), before);
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(1, 1)));

  t.Expect(Delete(t, "order-1", true),
           IsMessage(Deleted(
               {.instances = 1, .executions = 2, .events = 4, .messages = 2})));
  ExpectGone(t, "order-1");
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 0)));
}

CONFORMANCE_CASE(
    deletion, delete_nonexistent_instance,
    .upstream = "test_delete_nonexistent_instance", .clauses = {"DEL-2"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Deleting an unknown instance is INSTANCE_NOT_FOUND, with and without "
        "force, and changes nothing: neither another instance, nor messages "
        "that wait for the unknown one.",
    .procedure =
        "Make an instance with a message, and enqueue the start of another. "
        "Delete the other and an unknown one: INSTANCE_NOT_FOUND. All messages "
        "are there, and the other one can be started. Delete an instance "
        "twice: the second time it is not found.",
    .likely_causes = {
        "Deleting nothing is a success.",
        "The messages of an instance are deleted before it is looked for."}) {
  MakeInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "late"));
  t.EnqueueStart("order-2");
  t.EnqueueWork(ActivityItem("order-2", 2));
  const Traces before = TracesOf(t, "order-1");
  for (const char* unknown : {"order-2", "order-9"}) {
    for (const bool force : {false, true}) {
      t.ExpectError(TryDelete(t, unknown, force),
                    v1::ERROR_REASON_INSTANCE_NOT_FOUND, unknown,
                    force ? " with force" : "");
    }
  }
  t.Expect(TracesOf(t, "order-1"), before);
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(2, 1)));

  Delete(t, "order-1");
  t.ExpectError(TryDelete(t, "order-1"), v1::ERROR_REASON_INSTANCE_NOT_FOUND,
                "deleted before");
  const LockedItem started = t.FetchOrchestrationItem();
  t.Expect(started, IsItemOf("order-2"));
  t.Expect(started.item().messages(), AreMessages({StartItem("order-2")}));
}

CONFORMANCE_CASE(
    deletion, delete_cleans_queues_and_locks,
    .upstream = "test_delete_cleans_queues_and_locks",
    .clauses = {"DEL-1", "DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "With an instance go its messages in both queues, locked, hidden or "
        "waiting, and its locks: its id can be used again at once. Messages of "
        "others stay.",
    .procedure =
        "Complete an instance that has messages and activities. Lock it and "
        "one of its activities, and enqueue one more message of each kind and "
        "one with a delay. Delete it: the reply counts six messages, and only "
        "those of another instance are left. Start the id again under another "
        "name while the old lock would hold: it begins with that start alone, "
        "and can be acked.",
    .likely_causes = {
        "Locked messages are not deleted.",
        "Messages of the worker queue are not deleted.",
        "The lock is kept apart from the instance and outlives it."}) {
  t.EnqueueStart("order-2");
  t.Ack(
      FirstAck(t.FetchOrchestrationItem()).Worker(ActivityItem("order-2", 2)));
  MakeInstance(t, "order-1");
  t.EnqueueWork(ActivityItem("order-1", 2));
  t.Enqueue(ExternalItem("order-1", "first"));
  t.Enqueue(ExternalItem("order-1", "second"));
  const LockedItem locked = t.FetchOrchestrationItem();
  t.Expect(locked, IsItemOf("order-1"));
  const LockedWork of_other = t.FetchWorkItem();
  const LockedWork activity = t.FetchWorkItem();
  t.Expect(activity.item(), IsMessage(ActivityItem("order-1", 2)));
  t.Enqueue(ExternalItem("order-1", "third"));
  t.EnqueueWork(ActivityItem("order-1", 3));
  t.EnqueueDelayed(ExternalItem("order-1", "fourth"), absl::Hours(1));
  t.Enqueue(ExternalItem("order-2", "approved"));

  t.Expect(Delete(t, "order-1"),
           IsMessage(Deleted(
               {.instances = 1, .executions = 1, .events = 1, .messages = 6})));
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(1, 0)));
  t.AckWork(of_other);
  t.Expect(t.FetchOrchestrationItem(), IsItemOf("order-2"));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
  t.Expect(t.TryFetchWorkItem(), NoItem());

  const v1::WorkItem start =
      StartItem("order-1", {.orchestration = "ShipOrder", .version = "2.0.0"});
  t.Enqueue(start);
  const LockedItem again = t.FetchOrchestrationItem();
  t.ExpectDuring(locked.held, again, IsItemOf("order-1"), "its id is free");
  t.Expect(again.item().messages(), AreMessages({start}));
  t.Expect(again.attempt_count(), 1u);
  t.Ack(AckBuilder(again)
            .Append(StartedEvent(1))
            .Name("ShipOrder")
            .Version("2.0.0"));
  t.Expect(t.GetInstanceInfo("order-1").orchestration_name(), "ShipOrder");
}

CONFORMANCE_CASE(
    deletion, force_delete_prevents_ack_recreation,
    .upstream = "test_force_delete_prevents_ack_recreation",
    .clauses = {"ACK-8", "DEL-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Where an instance is deleted in the middle of a turn, the turn's "
        "token is worth nothing: ack, renewal and abandon are LOCK_LOST, and "
        "nothing of the ack takes effect.",
    .procedure =
        "Fetch a turn of an instance and delete the instance with force. "
        "Renew, ack with events, an activity, a message for itself and one for "
        "another instance, and abandon: LOCK_LOST each. Nothing can be read of "
        "the instance, and nothing was enqueued.",
    .likely_causes = {
        "The lock is kept apart from the instance and outlives it.",
        "The ack makes what it misses, as it does for a new instance.",
        "The ack enqueues before it checks its lock."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  const LockedItem turn =
      t.FetchOrchestrationItem({.lock_timeout = 10 * t.lock_timeout()});
  t.Expect(Delete(t, "order-1", true).instances_deleted(), 1u);

  const auto expect_lost = [&](const absl::Status& status,
                               std::string_view call) {
    t.RequireSurely(turn.held);
    t.ExpectError(status, v1::ERROR_REASON_LOCK_LOST, call,
                  " with the lock of a deleted instance");
  };
  expect_lost(t.TryRenew(turn.token(), t.lock_timeout()).status(), "renewal");
  expect_lost(t.TryAck(FirstAck(turn)
                           .Worker(ActivityItem("order-1", 2))
                           .Orchestrator(ExternalItem("order-1", "next"))
                           .Orchestrator(StartItem("order-2"))),
              "ack");
  expect_lost(t.TryAbandon(turn.token()).status(), "abandon");

  ExpectGone(t, "order-1");
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 0)));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
  t.Expect(t.TryFetchWorkItem(), NoItem());
}

CONFORMANCE_CASE(
    deletion, stale_activity_after_delete_recreate,
    .upstream = "test_stale_activity_after_delete_recreate",
    .clauses = {"ACK-8", "DEL-1", "WORK-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A worker that still executes an activity of a deleted instance cannot "
        "complete it, also where an instance of the same id schedules the same "
        "activity: the new one gets no result that is not its own.",
    .procedure =
        "Make an instance with an activity, fetch the activity, delete the "
        "instance with force and make it again, with the same activity. Ack "
        "the old activity with a result: LOCK_LOST, and so is its renewal. The "
        "new activity is still there, and its result alone reaches the "
        "instance.",
    .likely_causes = {
        "The worker queue is not cleaned, so that the old lock is still good.",
        "Activities are known by instance and id instead of by lock token.",
        "The completion is enqueued before the lock is checked."}) {
  const v1::WorkItem activity = ActivityItem("order-1", 2);
  const auto make = [&] {
    t.EnqueueStart("order-1");
    t.Ack(FirstAck(t.FetchOrchestrationItem())
              .Append(ActivityScheduledEvent(2))
              .Worker(activity));
  };
  make();
  const LockedWork stale =
      t.FetchWorkItem({.lock_timeout = 10 * t.lock_timeout()});
  Delete(t, "order-1", true);
  make();

  t.ExpectError(t.TryRenewWork(stale.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryAckWork(stale.token(), CompletionOf(activity, "stale")),
                v1::ERROR_REASON_LOCK_LOST);
  t.RequireSurely(stale.held);
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "nothing was enqueued");

  const LockedWork own = t.FetchWorkItem();
  t.Expect(own.item(), IsMessage(activity));
  t.Expect(own.attempt_count(), 1u);
  t.AckWork(own, CompletionOf(activity, "fresh"));
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(activity, "fresh")}));
  t.Expect(
      t.ReadHistory("order-1"),
      AreEvents("order-1", 1, {StartedEvent(1), ActivityScheduledEvent(2)}));
}

}  // namespace
}  // namespace duroxide::conformance
