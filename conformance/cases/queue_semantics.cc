// What the two queues promise: order, peek-lock, and when a message is visible.

#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::Ge;

CONFORMANCE_CASE(
    queue_semantics, worker_queue_fifo_ordering,
    .upstream = "test_worker_queue_fifo_ordering", .clauses = {"WORK-1"},
    .proves =
        "Activities come in the order in which they were enqueued, whoever "
        "enqueued them, and one that comes back keeps its place.",
    .procedure =
        "Enqueue five activities of several instances, ids in no order, one "
        "of them by an ack. Fetch them: the order of enqueueing, then nothing. "
        "Give the third and the first back and fetch: the first, then the "
        "third.",
    .likely_causes = {
        "The fetch has no order, or orders by a time stamp that is the same "
        "for several.",
        "The fetch orders by instance or activity id.",
        "An abandoned activity goes to the end of the queue."}) {
  const std::vector<v1::WorkItem> activities = {
      ActivityItem("order-2", 5), ActivityItem("order-1", 3),
      ActivityItem("order-3", 4), ActivityItem("order-1", 2),
      ActivityItem("order-2", 2)};
  t.EnqueueStart("order-3");
  LockedItem turn = t.FetchOrchestrationItem();
  t.EnqueueWork(activities[0]);
  t.EnqueueWork(activities[1]);
  t.Ack(FirstAck(turn).Worker(activities[2]));
  t.EnqueueWork(activities[3]);
  t.EnqueueWork(activities[4]);

  std::vector<LockedWork> fetched;
  for (const v1::WorkItem& expected : activities) {
    fetched.push_back(t.FetchWorkItem());
    t.Expect(fetched.back().item(), IsMessage(expected), "number ",
             fetched.size());
  }
  t.Expect(t.TryFetchWorkItem(), NoItem());

  t.AbandonWork(fetched[2]);
  t.AbandonWork(fetched[0]);
  t.Expect(t.FetchWorkItem().item(), IsMessage(activities[0]));
  t.Expect(t.FetchWorkItem().item(), IsMessage(activities[2]));
}

CONFORMANCE_CASE(
    queue_semantics, worker_peek_lock_semantics,
    .upstream = "test_worker_peek_lock_semantics",
    .clauses = {"WORK-1", "WORK-2"},
    .proves =
        "A fetch locks an activity and leaves it in the queue; only the ack "
        "removes it, and then it never comes again.",
    .procedure =
        "Fetch an activity: it cannot be fetched again. Give it back and fetch "
        "it: it is still there. Ack it, and wait until its lock would have run "
        "out: nothing comes.",
    .likely_causes = {
        "The fetch deletes the activity.",
        "The ack only unlocks, or marks the activity as done until its lock "
        "runs out.",
        "The ack enqueues the completion but deletes nothing."}) {
  CreateInstance(t, "order-1");
  LockedWork first = FetchSomeActivity(t);
  t.ExpectDuring(first.held, t.TryFetchWorkItem(), NoItem(), "locked by ",
                 first);

  t.AbandonWork(first);
  LockedWork second = t.FetchWorkItem();
  t.Expect(second.item(), IsMessage(SomeActivity()));

  t.AckWork(second, CompletionOf(SomeActivity()));
  t.Expect(t.TryFetchWorkItem(), NoItem(), "right after the ack");
  t.WaitUntilOver(second.held);
  t.Expect(t.TryFetchWorkItem(), NoItem(), "when the lock would have run out");
}

CONFORMANCE_CASE(
    queue_semantics, worker_ack_atomicity,
    .upstream = "test_worker_ack_atomicity", .clauses = {"WORK-2", "WIRE-9"},
    .proves =
        "An ack removes the activity and enqueues its completion, both or "
        "neither.",
    .procedure =
        "Fetch an activity. Ack it with an unknown token, and with a "
        "completion that is none: both fail, the activity stays held, and its "
        "instance gets no message. Ack it with a failure: the activity is "
        "gone, and the failure is what the instance gets.",
    .likely_causes = {"The completion is enqueued before the lock is checked.",
                      "Delete and enqueue are two transactions.",
                      "Any kind of message is taken as a completion."}) {
  CreateInstance(t, "order-1");
  LockedWork held = FetchSomeActivity(t);

  t.ExpectError(t.TryAckWork(kUnknownToken, CompletionOf(SomeActivity())),
                v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryAckWork(held.token(), ExternalItem("order-1", "approved")),
                v1::ERROR_REASON_INVALID_REQUEST,
                "an external event is no completion");
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "nothing was enqueued");
  t.ExpectDuring(held.held, t.TryFetchWorkItem(), NoItem(), "locked by ", held);

  const v1::WorkItem failure = FailedItem("order-1", 2, "card declined");
  t.AckWork(held, failure);
  t.Expect(t.TryFetchWorkItem(), NoItem());
  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn, IsItemOf("order-1"));
  t.Expect(turn.item().messages(), AreMessages({failure}));
}

CONFORMANCE_CASE(
    queue_semantics, timer_delayed_visibility,
    .upstream = "test_timer_delayed_visibility", .clauses = {"ACK-5", "ENQ-1"},
    .proves =
        "A timer that an ack sets is hidden until its fire_at_ms by the "
        "provider's clock. One that is enqueued goes by its delay alone.",
    .procedure =
        "Ack a turn with a timer to come: nothing can be fetched. Fetch until "
        "it comes: the provider's clock is not before fire_at_ms. Enqueue a "
        "timer that is long due with a delay: it comes when the delay is over, "
        "and not before.",
    .likely_causes = {
        "The timer is enqueued as visible at once.",
        "fire_at_ms is taken as a delay, or in another unit.",
        "Visibility is checked for the instance and not for the message.",
        "A hidden message does not come by itself but only with the next one "
        "that is enqueued."}) {
  const ProviderMoment due = t.ProviderTimeIn(t.lock_timeout());
  const v1::WorkItem timer = TimerItem("order-1", 2, due.at_ms);
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(TimerCreatedEvent(2, due.at_ms))
            .Orchestrator(timer));
  t.ExpectDuring(due.until, t.TryFetchOrchestrationItem(), NoItem(),
                 "the timer is set for ", due.at_ms);

  LockedItem fired = t.FetchOrchestrationItemWithin();
  t.Expect(ProviderNowMs(t), Ge(due.at_ms), "the provider's clock");
  t.Expect(fired.item().messages(), AreMessages({timer}));
  t.Ack(AckBuilder(fired));

  // Due since 1970, but enqueued with a delay.
  const v1::WorkItem late = TimerItem("order-1", 3, 1);
  const uint64_t enqueued_ms = ProviderNowMs(t);
  const Interval hidden = t.EnqueueDelayed(late, t.lock_timeout());
  t.ExpectDuring(hidden, t.TryFetchOrchestrationItem(), NoItem(),
                 "the delay lasts");

  LockedItem delayed = t.FetchOrchestrationItemWithin();
  t.Expect(ProviderNowMs(t),
           Ge(enqueued_ms + absl::ToInt64Milliseconds(t.lock_timeout())),
           "the provider's clock");
  t.Expect(delayed.item().messages(), AreMessages({late}));
}

CONFORMANCE_CASE(
    queue_semantics, lost_lock_token_handling,
    .upstream = "test_lost_lock_token_handling",
    .clauses = {"WORK-1", "FETCH-6"},
    .proves =
        "An activity whose worker has vanished is not lost: when its lock has "
        "run out it comes again, unchanged, in its old place.",
    .procedure =
        "Enqueue two activities, fetch the first and do nothing with it. Fetch "
        "and ack the second: nothing is left. Wait until the first one's lock "
        "has run out, enqueue a third and fetch: the first, under a new token.",
    .likely_causes = {
        "A lock on an activity has no end.",
        "The activity is removed when it is fetched and kept in memory.",
        "The end of the lock is set but the fetch asks for unlocked activities "
        "only."}) {
  LockedWork lost = FetchSomeActivity(t);
  t.EnqueueWork(ActivityItem("order-1", 3));
  t.AckWork(t.FetchWorkItem());
  t.ExpectDuring(lost.held, t.TryFetchWorkItem(), NoItem(), "locked by ", lost);

  t.WaitUntilOver(lost.held);
  t.EnqueueWork(ActivityItem("order-1", 4));
  LockedWork again = t.FetchWorkItem();
  t.Expect(again.item(), IsMessage(SomeActivity()));
  t.Expect(again.token(), ::testing::Ne(lost.token()));
  t.Expect(again.attempt_count(), 2u);
}

CONFORMANCE_CASE(
    queue_semantics, worker_item_immediate_visibility,
    .upstream = "test_worker_item_immediate_visibility",
    .clauses = {"WORK-1", "ACK-1"},
    .proves =
        "An activity can be fetched as soon as the call that enqueued it has "
        "returned, be it an enqueue or an ack.",
    .procedure =
        "Enqueue an activity and fetch once, without waiting: it is there. Ack "
        "a turn that schedules another one and fetch once: it is there.",
    .likely_causes = {
        "The activity's visibility is set a little into the future.",
        "Fetches read a snapshot that is older than the last commit.",
        "The clock of the writer and of the reader differ."}) {
  t.EnqueueWork(ActivityItem("order-1", 2));
  t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-1", 2)));

  t.EnqueueStart("order-2");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ActivityScheduledEvent(2))
            .Worker(ActivityItem("order-2", 2)));
  t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-2", 2)));
}

CONFORMANCE_CASE(
    queue_semantics, worker_delayed_visibility_skips_future_items,
    .upstream = "test_worker_delayed_visibility_skips_future_items",
    .clauses = {"WORK-1", "WORK-3"},
    .proves =
        "An activity that is hidden for a while does not hold back those "
        "behind it, and comes in its place when the time is over by the "
        "provider's clock.",
    .procedure =
        "Enqueue two activities. Fetch the first and abandon it with a delay. "
        "Fetch: the second. Fetch: nothing. Fetch until something comes: the "
        "first, when the provider's clock says that the delay is over.",
    .likely_causes = {
        "The fetch looks at the head of the queue only.",
        "An activity with no token counts as visible, whatever its delay."}) {
  t.EnqueueWork(ActivityItem("order-1", 2));
  t.EnqueueWork(ActivityItem("order-1", 3));
  LockedWork first = t.FetchWorkItem();
  t.Expect(first.item(), IsMessage(ActivityItem("order-1", 2)));

  const uint64_t abandoned_ms = ProviderNowMs(t);
  const Interval hidden = t.AbandonWork(first, {.delay = t.lock_timeout()});
  LockedWork second = t.FetchWorkItem({.lock_timeout = 10 * t.lock_timeout()});
  t.ExpectDuring(hidden, second.item(), IsMessage(ActivityItem("order-1", 3)));
  t.ExpectDuring(hidden, t.TryFetchWorkItem(), NoItem(),
                 "one is hidden, one is locked");

  LockedWork again = t.FetchWorkItemWithin();
  t.Expect(ProviderNowMs(t),
           Ge(abandoned_ms + absl::ToInt64Milliseconds(t.lock_timeout())),
           "the provider's clock");
  t.Expect(again.item(), IsMessage(ActivityItem("order-1", 2)));
}

CONFORMANCE_CASE(
    queue_semantics, orphan_queue_messages_dropped,
    .upstream = "test_orphan_queue_messages_dropped",
    .clauses = {"FETCH-3", "FETCH-5", "FETCH-6"},
    .proves =
        "Queue messages for an instance that was never started are deleted "
        "when a fetch comes upon them; other messages wait for the start, "
        "uncounted, and hold back nobody. An instance that exists gets its "
        "queue messages.",
    .procedure =
        "Enqueue two queue messages for one unknown instance and an external "
        "event for another: a fetch gives nothing. Make a third instance with "
        "a queue message and fetch it: the message is there. Start the two: "
        "the first has nothing but its start, the second has its event and its "
        "start, for the first time.",
    .likely_causes = {
        "Messages for unknown instances are given out, or are all deleted.",
        "The fetch stops at a message that it cannot give out, so that the "
        "instances behind it starve.",
        "The fetch locks or counts messages before it finds out that it leaves "
        "them."}) {
  t.Enqueue(QueueMessage("order-1", "remarks", "first"));
  t.Enqueue(QueueMessage("order-1", "remarks", "second"));
  t.Enqueue(ExternalItem("order-2", "approved"));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "none was started");

  CreateInstance(t, "order-3");
  t.Enqueue(QueueMessage("order-3", "remarks"));
  LockedItem existing = t.FetchOrchestrationItem();
  t.Expect(existing, IsItemOf("order-3"));
  t.Expect(existing.item().messages(),
           AreMessages({QueueMessage("order-3", "remarks")}));
  t.Ack(AckBuilder(existing));

  t.EnqueueStart("order-1");
  LockedItem dropped = t.FetchOrchestrationItem();
  t.Expect(dropped, IsItemOf("order-1"));
  t.Expect(dropped.item().messages(), AreMessages({StartItem("order-1")}),
           "the queue messages were orphans");
  t.Ack(FirstAck(dropped));

  t.EnqueueStart("order-2");
  LockedItem kept = t.FetchOrchestrationItem();
  t.Expect(kept, IsItemOf("order-2"));
  t.Expect(
      kept.item().messages(),
      AreMessages({ExternalItem("order-2", "approved"), StartItem("order-2")}),
      "the event waited for its start");
  t.Expect(kept.attempt_count(), 1u);
}

}  // namespace
}  // namespace duroxide::conformance
