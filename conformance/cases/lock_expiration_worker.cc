// How the lock on an activity ends, and how it is renewed.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::Ne;

CONFORMANCE_CASE(
    lock_expiration, worker_lock_renewal_success,
    .upstream = "test_worker_lock_renewal_success", .clauses = {"WORK-3"},
    .proves =
        "A held activity can be renewed, more than once, stays held under the "
        "same token, and can be acked with it.",
    .procedure =
        "Fetch an activity and renew it twice: it cannot be fetched. Ack it "
        "with its token: its completion is there.",
    .likely_causes = {"The renewal changes the token.",
                      "The renewal makes the activity visible."}) {
  CreateInstance(t, "order-1");
  LockedWork held = FetchSomeActivity(t);

  for (int renewal = 1; renewal <= 2; ++renewal) {
    const Interval renewed = t.RenewWork(held, 2 * t.lock_timeout());
    t.ExpectDuring(renewed, t.TryFetchWorkItem(), NoItem(), "after renewal ",
                   renewal, " of ", held);
  }

  t.AckWork(held, CompletionOf(SomeActivity()));
  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn.item().messages(), AreMessages({CompletionOf(SomeActivity())}));
}

CONFORMANCE_CASE(
    lock_expiration, worker_lock_renewal_invalid_token,
    .upstream = "test_worker_lock_renewal_invalid_token",
    .clauses = {"WORK-3", "WIRE-2"},
    .proves =
        "Renewing an activity with a token that no fetch of activities gave is "
        "LOCK_LOST, and the locks of others hold.",
    .procedure =
        "Hold an activity and an instance. Renew the activity with an invented "
        "token and with the instance's: LOCK_LOST. The activity cannot be "
        "fetched, and its own token renews it.",
    .likely_causes = {"A renewal that changes no row is answered with OK.",
                      "Tokens of both queues are looked up in one place."}) {
  LockedWork held = FetchSomeActivity(t);
  t.EnqueueStart("order-1");
  LockedItem instance = t.FetchOrchestrationItem();

  t.ExpectError(t.TryRenewWork(kUnknownToken, t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST, "a token that no fetch gave");
  t.ExpectError(t.TryRenewWork(instance.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST, "the token of an instance");

  t.ExpectDuring(held.held, t.TryFetchWorkItem(), NoItem(), "locked by ", held);
  t.RenewWork(held, t.lock_timeout());
}

CONFORMANCE_CASE(
    lock_expiration, worker_lock_renewal_after_expiration,
    .upstream = "test_worker_lock_renewal_after_expiration",
    .clauses = {"WORK-3"},
    .proves =
        "A lock on an activity that has run out cannot be renewed, whether or "
        "not somebody else took the activity since.",
    .procedure =
        "Fetch an activity and wait until its lock has run out. Renew: "
        "LOCK_LOST. Fetch it anew and renew with the old token: LOCK_LOST "
        "again. The new token still renews.",
    .likely_causes = {
        "The renewal asks whether the token is there and not until when it "
        "holds.",
        "A renewal that comes late brings the lock back to life."}) {
  LockedWork late = FetchSomeActivity(t);
  t.WaitUntilOver(late.held);
  t.ExpectError(t.TryRenewWork(late.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST, "nobody took it since");

  LockedWork next = t.FetchWorkItem();
  t.Expect(next.item(), IsMessage(SomeActivity()));
  t.Expect(next.token(), Ne(late.token()));
  t.ExpectError(t.TryRenewWork(late.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST, "taken by ", next);
  t.RenewWork(next, t.lock_timeout());
}

CONFORMANCE_CASE(
    lock_expiration, worker_lock_renewal_extends_timeout,
    .upstream = "test_worker_lock_renewal_extends_timeout",
    .clauses = {"WORK-3"},
    .proves =
        "A renewed lock holds for the time that the renewal asked for, counted "
        "from the renewal: longer than the first one, and not for ever.",
    .procedure =
        "Schedule an activity by a running instance and fetch it. Renew it for "
        "twice its lock time. When the first lock would have run out, it "
        "cannot be fetched and still renews. When the last renewal has run "
        "out, it comes again.",
    .likely_causes = {
        "The renewal adds nothing, or adds to the moment of the fetch.",
        "The renewal takes away the end of the lock.",
        "The end of the lock and the renewal use different units."}) {
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ActivityScheduledEvent(2))
            .Worker(SomeActivity()));
  LockedWork first = t.FetchWorkItem();
  const Interval renewed = t.RenewWork(first, 2 * t.lock_timeout());
  t.WaitUntilOver(first.held);
  t.ExpectDuring(renewed, t.TryFetchWorkItem(), NoItem(), "locked by ", first);

  const Interval last = t.RenewWork(first, t.lock_timeout());
  t.WaitUntilOver(last);
  LockedWork second = t.FetchWorkItem();
  t.Expect(second.item(), IsMessage(SomeActivity()));
  t.Expect(second.attempt_count(), 2u);
}

CONFORMANCE_CASE(
    lock_expiration, worker_lock_renewal_after_ack,
    .upstream = "test_worker_lock_renewal_after_ack",
    .clauses = {"WORK-2", "WORK-3"},
    .proves =
        "An activity that was acked is gone: its token renews, abandons and "
        "acks nothing any more, and there is one completion.",
    .procedure =
        "Fetch an activity and ack it with a completion. Renew, abandon and "
        "ack with the same token: LOCK_LOST each. No activity can be fetched, "
        "and the instance gets one completion.",
    .likely_causes = {
        "The ack marks the activity as done and the other methods do not look.",
        "A repeated ack enqueues its completion before it looks for the "
        "lock."}) {
  CreateInstance(t, "order-1");
  LockedWork held = FetchSomeActivity(t);
  t.AckWork(held, CompletionOf(SomeActivity()));

  t.ExpectError(t.TryRenewWork(held.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryAbandonWork(held.token()), v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryAckWork(held.token(), CompletionOf(SomeActivity())),
                v1::ERROR_REASON_LOCK_LOST);

  t.Expect(t.TryFetchWorkItem(), NoItem());
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(SomeActivity())}));
}

CONFORMANCE_CASE(
    lock_expiration, abandon_work_item_releases_lock,
    .upstream = "test_abandon_work_item_releases_lock", .clauses = {"WORK-3"},
    .proves =
        "An abandoned activity can be fetched at once, unchanged, long before "
        "its lock would have run out; the old token is lost.",
    .procedure =
        "Fetch an activity with a long lock; it cannot be fetched again. "
        "Abandon it and fetch: the same activity under a new token. Ack with "
        "the old token: LOCK_LOST.",
    .likely_causes = {
        "The abandon removes the token but leaves the end of the lock.",
        "The abandon removes the activity.",
        "The ack looks for the activity and not for the token."}) {
  t.EnqueueWork(SomeActivity());
  LockedWork first = t.FetchWorkItem({.lock_timeout = 10 * t.lock_timeout()});
  t.Expect(t.TryFetchWorkItem(), NoItem(), "locked by ", first);

  t.AbandonWork(first);
  LockedWork second = t.FetchWorkItem();
  t.Expect(second.item(), IsMessage(SomeActivity()));
  t.Expect(second.token(), Ne(first.token()));
  t.ExpectError(t.TryAckWork(first.token(), CompletionOf(SomeActivity())),
                v1::ERROR_REASON_LOCK_LOST);
}

CONFORMANCE_CASE(
    lock_expiration, abandon_work_item_with_delay,
    .upstream = "test_abandon_work_item_with_delay", .clauses = {"WORK-3"},
    .proves =
        "An activity that is abandoned with a delay is free at once but hidden "
        "for that long, and comes when the delay is over.",
    .procedure =
        "Fetch an activity with a long lock and abandon it with a delay: it "
        "cannot be fetched, and its token is lost. When the delay is over it "
        "comes, unchanged.",
    .likely_causes = {
        "The delay is left out, or counted from the fetch.",
        "The activity stays locked until the old lock has run out.",
        "The fetch looks at locks only and not at when a message is "
        "visible."}) {
  t.EnqueueWork(SomeActivity());
  LockedWork first = t.FetchWorkItem({.lock_timeout = 10 * t.lock_timeout()});

  const Interval hidden = t.AbandonWork(first, {.delay = t.lock_timeout()});
  t.ExpectDuring(hidden, t.TryFetchWorkItem(), NoItem(), "the delay lasts");
  t.ExpectError(t.TryRenewWork(first.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST);

  t.WaitUntilOver(hidden);
  LockedWork second = t.FetchWorkItem();
  t.Expect(second.item(), IsMessage(SomeActivity()));
}

CONFORMANCE_CASE(
    lock_expiration, worker_ack_fails_after_lock_expiry,
    .upstream = "test_worker_ack_fails_after_lock_expiry",
    .clauses = {"WORK-2"},
    .proves =
        "An activity whose lock has run out cannot be acked, also where nobody "
        "took it since: nothing is enqueued, and the activity comes again.",
    .procedure =
        "Fetch an activity and wait until its lock has run out. Ack it with a "
        "completion: LOCK_LOST, and the instance gets no message. Fetch the "
        "activity anew and ack it: the instance gets the second completion.",
    .likely_causes = {
        "The ack deletes by token and does not look at the end of the lock.",
        "The completion is enqueued although the activity was not deleted."}) {
  CreateInstance(t, "order-1");
  LockedWork late = FetchSomeActivity(t);
  t.WaitUntilOver(late.held);

  t.ExpectError(
      t.TryAckWork(late.token(), CompletionOf(SomeActivity(), "late")),
      v1::ERROR_REASON_LOCK_LOST);
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "nothing was enqueued");

  LockedWork next = t.FetchWorkItem();
  t.Expect(next.item(), IsMessage(SomeActivity()));
  t.AckWork(next, CompletionOf(SomeActivity(), "in time"));
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(SomeActivity(), "in time")}));
}

}  // namespace
}  // namespace duroxide::conformance
