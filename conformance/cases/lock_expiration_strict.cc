// How long a lock holds, to the end of its time; and that nothing can be done
// with it from then on.

#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    lock_expiration, an_instance_is_held_to_the_end_of_its_lock,
    .profile = Profile::kStrict, .clauses = {"FETCH-1", "RENEW-1"},
    .proves =
        "The lock on an instance does not end early: it holds up to the end of "
        "its time, and when it was renewed near that end, up to the end of the "
        "renewal's time, counted from the renewal.",
    .procedure =
        "Fetch an instance. Near the end of its lock nobody else gets it; "
        "renew it for a lock time. When the first lock would have run out, and "
        "near the end of the renewal, nobody else gets it. Then somebody does.",
    .likely_causes = {
        "The end of the lock is cut to whole seconds.",
        "The renewal counts from the fetch, or from the old end.",
        "The provider takes some time off, to be on the safe side."}) {
  t.EnqueueStart("order-1");
  LockedItem first = t.FetchOrchestrationItem();
  t.WaitUntilNearEnd(first.held);
  t.ExpectDuring(first.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "locked by ", first);
  const Interval renewed = t.Renew(first, t.lock_timeout());
  t.WaitUntilOver(first.held);
  t.ExpectDuring(renewed, t.TryFetchOrchestrationItem(), NoItem(),
                 "renewed: ", first);
  t.WaitUntilNearEnd(renewed);
  t.ExpectDuring(renewed, t.TryFetchOrchestrationItem(), NoItem(),
                 "renewed: ", first);
  t.WaitUntilOver(renewed);
  t.Expect(t.FetchOrchestrationItem(), IsItemOf("order-1"));
}

CONFORMANCE_CASE(
    lock_expiration, an_activity_is_held_to_the_end_of_its_lock,
    .profile = Profile::kStrict, .clauses = {"WORK-1", "WORK-3"},
    .proves =
        "The lock on an activity does not end early: it holds up to the end of "
        "its time, and when it was renewed near that end, up to the end of the "
        "renewal's time, counted from the renewal.",
    .procedure =
        "Fetch an activity. Near the end of its lock nobody else gets it; "
        "renew it for a lock time. When the first lock would have run out, and "
        "near the end of the renewal, nobody else gets it. Then somebody does.",
    .likely_causes = {
        "The end of the lock is cut to whole seconds.",
        "The renewal counts from the fetch, or from the old end.",
        "The provider takes some time off, to be on the safe side."}) {
  LockedWork first = FetchSomeActivity(t);
  t.WaitUntilNearEnd(first.held);
  t.ExpectDuring(first.held, t.TryFetchWorkItem(), NoItem(), "locked by ",
                 first);
  const Interval renewed = t.RenewWork(first, t.lock_timeout());
  t.WaitUntilOver(first.held);
  t.ExpectDuring(renewed, t.TryFetchWorkItem(), NoItem(), "renewed: ", first);
  t.WaitUntilNearEnd(renewed);
  t.ExpectDuring(renewed, t.TryFetchWorkItem(), NoItem(), "renewed: ", first);
  t.WaitUntilOver(renewed);
  t.Expect(t.FetchWorkItem().item(), IsMessage(SomeActivity()));
}

CONFORMANCE_CASE(
    lock_expiration, a_renewal_can_shorten_a_lock, .profile = Profile::kStrict,
    .clauses = {"RENEW-1", "WORK-3"},
    .proves =
        "A renewal makes the lock end at now + extend_for, also where that is "
        "earlier than its end was: a holder can promise to be done soon. So in "
        "both queues.",
    .procedure =
        "Fetch an instance and an activity with very long locks, and renew "
        "both for half a lock time: they are held. When that time is over both "
        "can be fetched, and the old tokens are lost.",
    .likely_causes = {"The renewal keeps the later of the two ends.",
                      "The renewal adds to the old end."}) {
  const absl::Duration for_long = 60 * t.lock_timeout();
  const absl::Duration shortly = 0.5 * t.lock_timeout();
  t.EnqueueStart("order-1");
  t.EnqueueWork(SomeActivity());
  LockedItem item = t.FetchOrchestrationItem({.lock_timeout = for_long});
  LockedWork work = t.FetchWorkItem({.lock_timeout = for_long});
  const Interval item_held = t.Renew(item, shortly);
  const Interval work_held = t.RenewWork(work, shortly);
  t.ExpectDuring(item_held, t.TryFetchOrchestrationItem(), NoItem());
  t.ExpectDuring(work_held, t.TryFetchWorkItem(), NoItem());

  t.WaitUntilOver(item_held);
  t.WaitUntilOver(work_held);
  t.Expect(t.FetchOrchestrationItem(), IsItemOf("order-1"));
  t.Expect(t.FetchWorkItem().item(), IsMessage(SomeActivity()));
  t.ExpectError(t.TryRenew(item.token(), for_long), v1::ERROR_REASON_LOCK_LOST,
                "shortened: ", item);
  t.ExpectError(t.TryRenewWork(work.token(), for_long),
                v1::ERROR_REASON_LOCK_LOST, "shortened: ", work);
}

CONFORMANCE_CASE(
    lock_expiration, a_lock_that_ran_out_is_lost_for_every_call,
    .profile = Profile::kStrict,
    .clauses = {"ACK-1", "ABANDON-1", "RENEW-1", "WORK-2", "WORK-3"},
    .proves =
        "When a lock has run out its token is worth nothing, also where nobody "
        "has taken the item since: ack, abandon and renewal are LOCK_LOST and "
        "change nothing. So in both queues.",
    .procedure =
        "Fetch an instance and an activity, and wait until both locks have run "
        "out. Abandon both with a long delay and ignore_attempt, renew both, "
        "and ack both: LOCK_LOST each. Fetch both: they come at once, attempt "
        "2, and nothing was committed.",
    .likely_causes = {"A token is good until somebody else has taken the item.",
                      "Only the ack looks at the end of the lock.",
                      "A refused abandon has hidden the item all the same."}) {
  t.EnqueueStart("order-1");
  t.EnqueueWork(SomeActivity());
  LockedItem item = t.FetchOrchestrationItem();
  LockedWork work = t.FetchWorkItem();
  t.WaitUntilOver(item.held);
  t.WaitUntilOver(work.held);

  const AbandonOptions hide = {.delay = 60 * t.lock_timeout(),
                               .ignore_attempt = true};
  constexpr v1::ErrorReason kLost = v1::ERROR_REASON_LOCK_LOST;
  t.ExpectError(t.TryAbandon(item.token(), hide), kLost, "over: ", item);
  t.ExpectError(t.TryRenew(item.token(), t.lock_timeout()), kLost);
  t.ExpectError(t.TryAck(FirstAck(item).Worker(ActivityItem("order-1", 3))),
                kLost);
  t.ExpectError(t.TryAbandonWork(work.token(), hide), kLost, "over: ", work);
  t.ExpectError(t.TryRenewWork(work.token(), t.lock_timeout()), kLost);
  t.ExpectError(t.TryAckWork(work.token(), CompletionOf(SomeActivity())),
                kLost);

  LockedItem next = t.FetchOrchestrationItem();
  t.Expect(next.attempt_count(), 2u);
  t.Expect(next.item().messages(), AreMessages({StartItem("order-1")}));
  t.Expect(next.item().history(), ::testing::IsEmpty());
  LockedWork next_work = t.FetchWorkItem();
  t.Expect(next_work.attempt_count(), 2u);
  t.Expect(next_work.item(), IsMessage(SomeActivity()));
  t.Expect(t.TryFetchWorkItem(), NoItem());
}

CONFORMANCE_CASE(
    lock_expiration, an_abandon_with_delay_hides_the_batch_alone,
    .profile = Profile::kStrict, .clauses = {"ABANDON-1", "FETCH-2", "FETCH-6"},
    .proves =
        "The delay of an abandon hides the messages of the batch and nothing "
        "else: what arrived during the lock can be fetched at once, by itself; "
        "and the hidden messages come again when the delay is over, not "
        "before.",
    .procedure =
        "Fetch an instance by one event; another arrives. Abandon with a delay "
        "and fetch: the second event alone, attempt 1. Ack it: nothing more. "
        "Near the end of the delay: nothing. When it is over: the first event, "
        "attempt 2.",
    .likely_causes = {
        "The delay is kept with the instance.",
        "All messages of the instance are hidden, not only the batch.",
        "The ack of the second event deletes the hidden one too."}) {
  CreateInstance(t, "order-1");
  const v1::WorkItem early = ExternalItem("order-1", "approved");
  const v1::WorkItem late = ExternalItem("order-1", "paid");
  t.Enqueue(early);
  LockedItem first = t.FetchOrchestrationItem();
  t.Enqueue(late);
  const Interval hidden = t.Abandon(first, {.delay = t.lock_timeout()});

  LockedItem second = t.FetchOrchestrationItem();
  t.ExpectDuring(hidden, second.item().messages(), AreMessages({late}));
  t.Expect(second.attempt_count(), 1u);
  t.Ack(AckBuilder(second));
  t.ExpectDuring(hidden, t.TryFetchOrchestrationItem(), NoItem());
  t.WaitUntilNearEnd(hidden);
  t.ExpectDuring(hidden, t.TryFetchOrchestrationItem(), NoItem());
  t.WaitUntilOver(hidden);
  LockedItem third = t.FetchOrchestrationItem();
  t.Expect(third.item().messages(), AreMessages({early}));
  t.Expect(third.attempt_count(), 2u);
}

}  // namespace
}  // namespace duroxide::conformance
