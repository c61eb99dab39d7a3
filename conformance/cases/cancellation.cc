// Activities whose orchestration runs, has ended or is gone: what a worker gets
// that fetches, renews or drops them.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/cancellation_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

// The first turn of order-1 schedules SomeActivity and ends the execution with
// `last` and `status`.
void EndWithActivity(Fixture& t, const v1::Event& last,
                     v1::OrchestrationStatus status) {
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ActivityScheduledEvent(2))
            .Append(last)
            .Worker(SomeActivity())
            .Status(status)
            .Output("done"));
}

// SomeActivity can be fetched and finished like any other, and order-1, with
// this last event, gets its completion.
void ExpectActivityGoesOn(Fixture& t, const v1::Event& last) {
  LockedWork work = t.FetchWorkItem();
  t.Expect(work.item(), IsMessage(SomeActivity()));
  t.Expect(work.attempt_count(), 1u);
  t.ExpectDuring(work.held, t.TryFetchWorkItem(), NoItem(), "locked by ", work);
  t.AckWork(work, CompletionOf(SomeActivity()));

  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn, IsItemOf("order-1"));
  t.Expect(turn.item().messages(), AreMessages({CompletionOf(SomeActivity())}));
  t.Expect(turn.item().history(),
           AreEvents("order-1", 1,
                     {StartedEvent(1), ActivityScheduledEvent(2), last}));
}

CONFORMANCE_CASE(
    cancellation, fetch_returns_running_state_for_active_orchestration,
    .upstream = "test_fetch_returns_running_state_for_active_orchestration",
    .clauses = {"WORK-1", "WORK-2"},
    .proves =
        "An activity that a running orchestration scheduled is given out as it "
        "was scheduled, and its completion makes the orchestration take a "
        "turn.",
    .procedure =
        "Let the first turn of an instance schedule an activity. Fetch it: "
        "that activity, attempt 1, and no other worker gets it. Ack it with a "
        "completion: the instance gets it, with the history of its first turn.",
    .likely_causes = {
        "The activities of an ack are not enqueued.",
        "The completion is stored but nobody looks for it until the instance "
        "gets another message."}) {
  ScheduleActivities(t, {2});
  LockedWork work = t.FetchWorkItem();
  t.Expect(work.item(), IsMessage(SomeActivity()));
  t.Expect(work.attempt_count(), 1u);
  t.ExpectDuring(work.held, t.TryFetchWorkItem(), NoItem(), "locked by ", work);
  t.AckWork(work, CompletionOf(SomeActivity()));

  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn, IsItemOf("order-1"));
  t.Expect(turn.item().messages(), AreMessages({CompletionOf(SomeActivity())}));
  t.Expect(
      turn.item().history(),
      AreEvents("order-1", 1, {StartedEvent(1), ActivityScheduledEvent(2)}));
}

CONFORMANCE_CASE(
    cancellation, fetch_returns_terminal_state_when_orchestration_completed,
    .upstream =
        "test_fetch_returns_terminal_state_when_orchestration_"
        "completed",
    .clauses = {"WORK-1", "WORK-2", "ACK-4"},
    .proves =
        "Activities that nobody cancelled are given out although their "
        "orchestration has completed, and their completions reach it.",
    .procedure =
        "Let the first turn of an instance schedule an activity and complete "
        "the orchestration. Fetch and ack the activity: the instance gets the "
        "completion.",
    .likely_causes = {
        "The end of an orchestration deletes its activities.",
        "A fetch gives activities of running orchestrations only.",
        "Messages for an instance that has ended are thrown away."}) {
  EndWithActivity(t, CompletedEvent(3), v1::ORCHESTRATION_STATUS_COMPLETED);
  ExpectActivityGoesOn(t, CompletedEvent(3));
}

CONFORMANCE_CASE(
    cancellation, fetch_returns_terminal_state_when_orchestration_failed,
    .upstream = "test_fetch_returns_terminal_state_when_orchestration_failed",
    .clauses = {"WORK-1", "WORK-2", "ACK-4"},
    .proves =
        "Activities that nobody cancelled are given out although their "
        "orchestration has failed, and their completions reach it.",
    .procedure =
        "Let the first turn of an instance schedule an activity and fail the "
        "orchestration. Fetch and ack the activity: the instance gets the "
        "completion.",
    .likely_causes = {
        "A failure of an orchestration deletes its activities.",
        "A fetch gives activities of running orchestrations only.",
        "Messages for an instance that has ended are thrown away."}) {
  EndWithActivity(t, FailedEvent(3), v1::ORCHESTRATION_STATUS_FAILED);
  ExpectActivityGoesOn(t, FailedEvent(3));
}

CONFORMANCE_CASE(
    cancellation,
    fetch_returns_terminal_state_when_orchestration_continued_as_new,
    .upstream =
        "test_fetch_returns_terminal_state_when_orchestration_"
        "continued_as_new",
    .clauses = {"WORK-1", "WORK-2", "ACK-4"},
    .proves =
        "Activities that nobody cancelled are given out although their "
        "execution has continued as new, before and after the next one began; "
        "their completions reach the next one as they are.",
    .procedure =
        "Let the first turn of an instance schedule two activities and "
        "continue as new. Fetch the first one. Begin execution 2, and fetch "
        "the second one. Ack both: execution 2 gets two completions of "
        "execution 1.",
    .likely_causes = {
        "Continuing as new deletes the activities of the execution.",
        "A fetch gives activities of current executions only.",
        "Completions of an earlier execution are thrown away: whether they "
        "matter is for the runtime."}) {
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ContinuedAsNewEvent(2))
            .Worker(SomeActivity())
            .Worker(ActivityItem("order-1", 3))
            .Orchestrator(ContinueAsNewItem("order-1"))
            .Status(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
            .Output("{}"));
  LockedWork first = t.FetchWorkItem({.lock_timeout = 10 * t.lock_timeout()});
  t.Expect(first.item(), IsMessage(SomeActivity()));

  LockedItem next = t.FetchOrchestrationItem();
  t.Expect(next.item().messages(), AreMessages({ContinueAsNewItem("order-1")}));
  t.Ack(AckBuilder(next).Execution(2).Append(StartedEvent(1)));
  LockedWork second = t.FetchWorkItem();
  t.Expect(second.item(), IsMessage(ActivityItem("order-1", 3)));

  const v1::WorkItem late = CompletionOf(ActivityItem("order-1", 3));
  t.AckWork(first, CompletionOf(SomeActivity()));
  t.AckWork(second, late);
  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn.item().execution_id(), 2u);
  t.Expect(turn.item().messages(),
           AreMessages({CompletionOf(SomeActivity()), late}));
}

CONFORMANCE_CASE(
    cancellation, fetch_returns_missing_state_when_instance_deleted,
    .upstream = "test_fetch_returns_missing_state_when_instance_deleted",
    .clauses = {"WORK-1", "WORK-2", "FETCH-5"},
    .proves =
        "The worker queue does not ask for the instance: an activity of an "
        "unknown one is given out and can be finished. A deletion takes along "
        "the activities that are there, and none that comes later.",
    .procedure =
        "Enqueue an activity of an instance that never was. Fetch it and ack "
        "it with a completion; the completion is given to nobody. Where the "
        "provider has the administration: let an instance schedule an activity "
        "and delete it by force: nothing can be fetched. Enqueue the same "
        "activity again: it comes.",
    .likely_causes = {
        "The worker queue is joined with the instances.",
        "A deletion leaves the instance's activities behind.",
        "A deletion is remembered and swallows what is enqueued later."}) {
  const v1::WorkItem unknown = ActivityItem("order-9", 2);
  t.EnqueueWork(unknown);
  LockedWork work = t.FetchWorkItem();
  t.Expect(work.item(), IsMessage(unknown));
  t.Expect(work.attempt_count(), 1u);
  t.AckWork(work, CompletionOf(unknown));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "order-9 never started");

  if (!t.Has(v1::CAPABILITY_ADMIN)) return;
  ScheduleActivities(t, {2});
  Delete(t, "order-1", /*force=*/true);
  t.Expect(t.TryFetchWorkItem(), NoItem(), "order-1 was deleted");
  t.EnqueueWork(SomeActivity());
  t.Expect(t.FetchWorkItem().item(), IsMessage(SomeActivity()));
}

CONFORMANCE_CASE(
    cancellation, renew_returns_running_when_orchestration_active,
    .upstream = "test_renew_returns_running_when_orchestration_active",
    .clauses = {"WORK-3"},
    .proves =
        "A worker keeps an activity of a running orchestration by renewing it, "
        "for longer than its first lock would have held.",
    .procedure =
        "Let an instance schedule an activity. Fetch it and renew it for twice "
        "the lock time. When the first lock would have run out nobody else "
        "gets it. Ack it: the instance gets the completion.",
    .likely_causes = {
        "The renewal succeeds and extends nothing.",
        "The renewal looks at the state of the orchestration and takes "
        "Running for one of its ends."}) {
  ScheduleActivities(t, {2});
  LockedWork work = t.FetchWorkItem();
  const Interval renewed = t.RenewWork(work, 2 * t.lock_timeout());
  t.WaitUntilOver(work.held);
  t.ExpectDuring(renewed, t.TryFetchWorkItem(), NoItem(), "renewed: ", work);
  t.AckWork(work, CompletionOf(SomeActivity()));
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(SomeActivity())}));
}

CONFORMANCE_CASE(
    cancellation, renew_returns_terminal_when_orchestration_completed,
    .upstream = "test_renew_returns_terminal_when_orchestration_completed",
    .clauses = {"WORK-3", "WORK-2", "ACK-4"},
    .proves =
        "The end of an orchestration does not take an activity away from its "
        "worker: only a cancellation does. The lock can be renewed, holds, and "
        "the activity can be dropped without a completion.",
    .procedure =
        "Let an instance schedule an activity and fetch it. Complete the "
        "orchestration in another turn. Renew the activity for twice the lock "
        "time: when the first lock would have run out nobody else gets it. Ack "
        "it without a completion: it is gone, and the instance gets nothing.",
    .likely_causes = {
        "The end of an orchestration deletes or unlocks its activities.",
        "The renewal is refused for orchestrations that have ended."}) {
  ScheduleActivities(t, {2});
  LockedWork work = t.FetchWorkItem();
  t.Enqueue(ExternalItem("order-1", "enough"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Append(CompletedEvent(3))
            .Status(v1::ORCHESTRATION_STATUS_COMPLETED)
            .Output("done"));

  const Interval renewed = t.RenewWork(work, 2 * t.lock_timeout());
  t.WaitUntilOver(work.held);
  t.ExpectDuring(renewed, t.TryFetchWorkItem(), NoItem(), "renewed: ", work);
  t.AckWork(work);
  t.Expect(t.TryFetchWorkItem(), NoItem(), "it was acked");
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "without a completion");
}

CONFORMANCE_CASE(
    cancellation, renew_returns_missing_when_instance_deleted,
    .upstream = "test_renew_returns_missing_when_instance_deleted",
    .clauses = {"WORK-3", "ACK-8"},
    .proves =
        "An activity of an instance that never was can be renewed and holds. "
        "One whose instance was deleted is lost: that is how its worker learns "
        "of it.",
    .procedure =
        "Fetch an activity of an unknown instance and renew it for twice the "
        "lock time: when the first lock would have run out nobody else gets "
        "it. Where the provider has the administration: let an instance "
        "schedule an activity, fetch it, delete the instance by force. Renew, "
        "abandon and ack: LOCK_LOST each.",
    .likely_causes = {"The renewal asks for the instance's record.",
                      "A deletion leaves locked activities behind.",
                      "An ack of what is gone is answered with OK."}) {
  const v1::WorkItem unknown = ActivityItem("order-9", 2);
  t.EnqueueWork(unknown);
  LockedWork work = t.FetchWorkItem();
  const Interval renewed = t.RenewWork(work, 2 * t.lock_timeout());
  t.WaitUntilOver(work.held);
  t.ExpectDuring(renewed, t.TryFetchWorkItem(), NoItem(), "renewed: ", work);
  t.AckWork(work);

  if (!t.Has(v1::CAPABILITY_ADMIN)) return;
  ScheduleActivities(t, {2});
  LockedWork orphan = t.FetchWorkItem({.lock_timeout = 10 * t.lock_timeout()});
  Delete(t, "order-1", /*force=*/true);
  t.ExpectError(t.TryRenewWork(orphan.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST, "renewal of ", orphan);
  t.ExpectError(t.TryAbandonWork(orphan.token()), v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryAckWork(orphan.token(), CompletionOf(SomeActivity())),
                v1::ERROR_REASON_LOCK_LOST);
}

CONFORMANCE_CASE(
    cancellation, ack_work_item_none_deletes_without_enqueue,
    .upstream = "test_ack_work_item_none_deletes_without_enqueue",
    .clauses = {"WORK-2"},
    .proves =
        "An ack without a completion removes the activity for good and gives "
        "its instance no message.",
    .procedure =
        "Fetch an activity of an instance that exists, and ack it without a "
        "completion. Nothing can be fetched from either queue, also not when "
        "the lock would have run out. Enqueue an event for the instance: its "
        "batch is that event alone.",
    .likely_causes = {"Without a completion the ack does nothing.",
                      "An absent completion is stored as an empty one.",
                      "The ack only unlocks the activity."}) {
  CreateInstance(t, "order-1");
  LockedWork work = FetchSomeActivity(t);
  t.AckWork(work);
  t.Expect(t.TryFetchWorkItem(), NoItem(), "right after the ack");
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "nothing was enqueued");
  t.WaitUntilOver(work.held);
  t.Expect(t.TryFetchWorkItem(), NoItem(), "when the lock would have run out");

  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));
}

}  // namespace
}  // namespace duroxide::conformance
