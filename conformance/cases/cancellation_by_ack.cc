// Activities that a turn cancels: they are removed, also from under the worker
// that holds them.

#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/cancellation_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    cancellation, cancelled_activities_deleted_from_worker_queue,
    .upstream = "test_cancelled_activities_deleted_from_worker_queue",
    .clauses = {"ACK-4"},
    .proves =
        "An ack removes the activities that it cancels, and no others, whether "
        "or not they were fetched before.",
    .procedure =
        "Let an instance schedule three activities; fetch the first and give "
        "it back. Cancel the first two in another turn. Fetch: the third, then "
        "nothing.",
    .likely_causes = {
        "The list of cancelled activities is not looked at.",
        "One cancellation removes all activities of the instance.",
        "Only activities that were never fetched are removed."}) {
  ScheduleActivities(t, {2, 3, 4});
  LockedWork seen = t.FetchWorkItem();
  t.Expect(seen.item(), IsMessage(ActivityItem("order-1", 2)));
  t.AbandonWork(seen);

  CancelActivities(t, {2, 3});
  t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-1", 4)));
  t.Expect(t.TryFetchWorkItem(), NoItem(), "2 and 3 were cancelled");
}

CONFORMANCE_CASE(
    cancellation, ack_work_item_fails_when_entry_deleted,
    .upstream = "test_ack_work_item_fails_when_entry_deleted",
    .clauses = {"ACK-4", "WORK-2"},
    .proves =
        "A worker whose activity was cancelled cannot finish it any more: its "
        "ack is LOCK_LOST, with a completion and without, and the instance "
        "gets nothing.",
    .procedure =
        "Let an instance schedule an activity and fetch it with a long lock. "
        "Cancel it in another turn. Ack it with a completion and without one: "
        "LOCK_LOST. The instance has no message.",
    .likely_causes = {
        "Locked activities are left out of the cancellation.",
        "An ack that deletes nothing is answered with OK.",
        "The completion is enqueued before the lock is looked for."}) {
  ScheduleActivities(t, {2});
  LockedWork work = t.FetchWorkItem({.lock_timeout = 10 * t.lock_timeout()});
  CancelActivities(t, {2});

  t.ExpectError(t.TryAckWork(work.token(), CompletionOf(SomeActivity())),
                v1::ERROR_REASON_LOCK_LOST, "cancelled: ", work);
  t.ExpectError(t.TryAckWork(work.token()), v1::ERROR_REASON_LOCK_LOST);
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "no completion");
}

CONFORMANCE_CASE(
    cancellation, renew_fails_when_entry_deleted,
    .upstream = "test_renew_fails_when_entry_deleted",
    .clauses = {"ACK-4", "WORK-3"},
    .proves =
        "A worker learns of a cancellation by its next renewal: LOCK_LOST. An "
        "abandon does not bring the activity back, and the lock of another "
        "activity of the same instance is not touched.",
    .procedure =
        "Let an instance schedule two activities and fetch both with a long "
        "lock. Cancel the first in another turn. Renew and abandon it: "
        "LOCK_LOST each. Renew the second: OK. Nothing can be fetched.",
    .likely_causes = {"Locked activities are left out of the cancellation.",
                      "A renewal that changes no row is answered with OK.",
                      "An abandon enqueues the activity anew."}) {
  ScheduleActivities(t, {2, 3});
  const WorkFetchOptions long_lock = {.lock_timeout = 10 * t.lock_timeout()};
  LockedWork cancelled = t.FetchWorkItem(long_lock);
  LockedWork other = t.FetchWorkItem(long_lock);
  t.RenewWork(cancelled, 10 * t.lock_timeout());
  CancelActivities(t, {2});

  t.ExpectError(t.TryRenewWork(cancelled.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST, "cancelled: ", cancelled);
  t.ExpectError(t.TryAbandonWork(cancelled.token()),
                v1::ERROR_REASON_LOCK_LOST);
  t.RenewWork(other, 10 * t.lock_timeout());
  t.Expect(t.TryFetchWorkItem(), NoItem(), "one is gone, one is locked");
}

CONFORMANCE_CASE(
    cancellation, cancelling_nonexistent_activities_is_idempotent,
    .upstream = "test_cancelling_nonexistent_activities_is_idempotent",
    .clauses = {"ACK-4", "ACK-1"},
    .proves =
        "Cancelling what is not there, or not there any more, is no error, and "
        "the rest of the ack takes effect. An activity is known by instance, "
        "execution and id together: one that differs in one of the three "
        "stays.",
    .procedure =
        "Put activity 2 of another instance and of another execution into the "
        "queue. Cancel activities 2 and 99 of execution 1 of order-1, which "
        "never were, in a turn that also appends an event and schedules "
        "activity 3: OK, and both are done. Cancel the same again, and 3: OK. "
        "The two others can be fetched, then nothing.",
    .likely_causes = {"A cancellation that removes nothing fails the ack.",
                      "Activities are removed by their id alone.",
                      "The executions of an instance are not told apart."}) {
  const v1::WorkItem of_another = ActivityItem("order-2", 2);
  const v1::WorkItem of_another_execution =
      ActivityItem("order-1", 2, {.execution_id = 2});
  t.EnqueueWork(of_another);
  t.EnqueueWork(of_another_execution);
  CreateInstance(t, "order-1");

  t.Enqueue(ExternalItem("order-1", "changed"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Append(ActivityScheduledEvent(3))
            .Worker(ActivityItem("order-1", 3))
            .CancelActivity(2)
            .CancelActivity(99));
  t.Expect(
      t.ReadHistory("order-1"),
      AreEvents("order-1", 1, {StartedEvent(1), ActivityScheduledEvent(3)}));
  CancelActivities(t, {2, 99, 3});

  t.Expect(t.FetchWorkItem().item(), IsMessage(of_another));
  t.Expect(t.FetchWorkItem().item(), IsMessage(of_another_execution));
  t.Expect(t.TryFetchWorkItem(), NoItem(), "3 was cancelled");
}

CONFORMANCE_CASE(
    cancellation, batch_cancellation_deletes_multiple_activities,
    .upstream = "test_batch_cancellation_deletes_multiple_activities",
    .clauses = {"ACK-4", "ACK-1"},
    .proves =
        "One ack cancels any number of activities at once, whatever state they "
        "are in: waiting, locked, hidden by a delay. None comes back later.",
    .procedure =
        "Let an instance schedule five activities. Fetch one and hold it, "
        "fetch one and abandon it with a delay, fetch one and give it back. "
        "Cancel all five in one turn: nothing can be fetched, also not when "
        "the lock and the delay are over.",
    .likely_causes = {
        "Only the first activity of the list is removed.",
        "Locked or hidden activities are left out of the cancellation."}) {
  ScheduleActivities(t, {2, 3, 4, 5, 6});
  LockedWork held = t.FetchWorkItem();
  const Interval hidden =
      t.AbandonWork(t.FetchWorkItem(), {.delay = t.lock_timeout()});
  LockedWork given_back = t.FetchWorkItem();
  t.Expect(given_back.item(), IsMessage(ActivityItem("order-1", 4)));
  t.AbandonWork(given_back);

  CancelActivities(t, {2, 3, 4, 5, 6});
  t.Expect(t.TryFetchWorkItem(), NoItem(), "all were cancelled");
  t.WaitUntilOver(held.held);
  t.WaitUntilOver(hidden);
  t.Expect(t.TryFetchWorkItem(), NoItem(), "the lock and the delay are over");
}

CONFORMANCE_CASE(
    cancellation, same_activity_in_worker_items_and_cancelled_is_noop,
    .upstream = "test_same_activity_in_worker_items_and_cancelled_is_noop",
    .clauses = {"ACK-4"},
    .proves =
        "An activity that one ack both schedules and cancels is not there "
        "afterwards; one that it only schedules is.",
    .procedure =
        "Let the first turn of an instance schedule two activities and cancel "
        "the first of them. Fetch: the second, then nothing. The history has "
        "both events.",
    .likely_causes = {
        "The cancellation is carried out before the enqueueing.",
        "Scheduling and cancelling the same activity is refused."}) {
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ActivityScheduledEvent(2))
            .Append(ActivityScheduledEvent(3))
            .Worker(ActivityItem("order-1", 2))
            .Worker(ActivityItem("order-1", 3))
            .CancelActivity(2));
  t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-1", 3)));
  t.Expect(t.TryFetchWorkItem(), NoItem(), "2 was cancelled");
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1,
                     {StartedEvent(1), ActivityScheduledEvent(2),
                      ActivityScheduledEvent(3)}));
}

CONFORMANCE_CASE(
    cancellation, orphan_activity_after_instance_force_deletion,
    .upstream = "test_orphan_activity_after_instance_force_deletion",
    .clauses = {"DEL-1", "ACK-8", "FETCH-5", "FETCH-3"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A deletion by force leaves nothing of the instance's activities: not "
        "those that wait, not those that a worker holds. A completion that "
        "comes late all the same does no harm, and waits for an instance of "
        "that id.",
    .procedure =
        "Let an instance schedule two activities and fetch one. Delete the "
        "instance by force: no activity can be fetched, and the ack of the "
        "held one is LOCK_LOST. Enqueue its completion: no instance can be "
        "fetched, and another one is served as always. Start the instance "
        "anew: it has the completion and its start, and no history.",
    .likely_causes = {
        "The deletion leaves the worker queue as it is.",
        "The ack of a lost activity enqueues its completion.",
        "A completion without an instance is given out, or stays in the way "
        "of all others."}) {
  ScheduleActivities(t, {2, 3});
  LockedWork work = t.FetchWorkItem({.lock_timeout = 10 * t.lock_timeout()});
  Delete(t, "order-1", /*force=*/true);
  t.Expect(t.TryFetchWorkItem(), NoItem(), "order-1 was deleted");
  t.ExpectError(t.TryAckWork(work.token(), CompletionOf(SomeActivity())),
                v1::ERROR_REASON_LOCK_LOST, "order-1 was deleted");
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "no completion");

  t.Enqueue(CompletionOf(SomeActivity(), "late"));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "order-1 was deleted");
  CreateInstance(t, "order-2");

  t.EnqueueStart("order-1");
  LockedItem anew = t.FetchOrchestrationItem();
  t.Expect(anew.item().messages(),
           AreMessages(
               {CompletionOf(SomeActivity(), "late"), StartItem("order-1")}));
  t.Expect(anew.item().history(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace duroxide::conformance
