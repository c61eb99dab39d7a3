// How the lock on a session and the locks on its activities end, each apart
// from the other.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/session_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::Ne;

CONFORMANCE_CASE(
    sessions, session_claimable_after_lock_expiry,
    .upstream = "test_session_claimable_after_lock_expiry",
    .clauses = {"SESS-1", "SESS-2"},
    .proves =
        "A session is held until its lock runs out and not longer: then any "
        "worker can claim it, and holds it in turn.",
    .procedure =
        "A worker claims a session for a short time. Enqueue an activity of "
        "it: another worker gets nothing. Wait until the session has run out: "
        "the other worker takes the activity. Enqueue another one: the first "
        "worker gets nothing now, and the other one takes it.",
    .likely_causes = {
        "The lock time of the session configuration is not used.",
        "A session has no end, or its end is not compared with the clock.",
        "The owner stays the first one for good."}) {
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  const Interval held = a.Claim(2);
  t.EnqueueWork(SessionActivity(3));
  t.ExpectDuring(held, b.TryFetch(), NoItem(), "the session is worker-a's");

  t.WaitUntilOver(held);
  LockedWork taken = b.Fetch();
  t.Expect(taken.item(), IsMessage(SessionActivity(3)));
  t.EnqueueWork(SessionActivity(4));
  t.ExpectDuring(b.SessionOf(taken), a.TryFetch(), NoItem(),
                 "the session is worker-b's");
  t.Expect(b.Fetch().item(), IsMessage(SessionActivity(4)));
}

CONFORMANCE_CASE(
    sessions, session_takeover_after_lock_expiry,
    .upstream = "test_session_takeover_after_lock_expiry",
    .clauses = {"SESS-1", "SESS-2", "WIRE-5"},
    .proves =
        "A worker that waits for an activity of a session gets it as soon as "
        "the session has run out and not before, without anybody else doing "
        "anything, and takes the session over with it.",
    .procedure =
        "A worker claims a session for a short time. Enqueue an activity of "
        "it. Another worker fetches until it gets it: the session had run out. "
        "Renew the sessions of both: none of the first, one of the other.",
    .likely_causes = {
        "A long poll is not woken by the end of a session.",
        "The end of a session is seen only when its owner comes back, or when "
        "something is enqueued.",
        "The takeover changes who gets the activity but not who holds the "
        "session."}) {
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  const Interval held = a.Claim(2);
  t.EnqueueWork(SessionActivity(3));

  LockedWork taken = b.FetchWithin();
  t.Expect(taken.item(), IsMessage(SessionActivity(3)));
  t.Expect(taken, NotTakenDuring(held));

  const absl::Duration long_time = 30 * t.lock_timeout();
  t.Expect(RenewSessions(t, {"worker-a"}, long_time, long_time).count, 0u);
  t.ExpectDuring(b.SessionOf(taken),
                 RenewSessions(t, {"worker-b"}, long_time, long_time).count,
                 1u);
}

CONFORMANCE_CASE(
    sessions, original_worker_reclaims_expired_session,
    .upstream = "test_original_worker_reclaims_expired_session",
    .clauses = {"SESS-1", "SESS-2"},
    .proves =
        "A worker whose session has run out can claim it again by its next "
        "fetch, like anybody, and then holds it anew.",
    .procedure =
        "A worker claims a session for a short time. Wait until it has run "
        "out: renewing gives 0. Enqueue two activities: the worker takes the "
        "first, renewing gives 1, and another worker gets nothing.",
    .likely_causes = {
        "A session that ran out is closed to its former owner.",
        "The claim is an insert that fails where the session is known.",
        "The claim leaves the old end of the lock where the owner is the "
        "same."}) {
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  const absl::Duration long_time = 30 * t.lock_timeout();
  const Interval held = a.Claim(2);
  t.WaitUntilOver(held);
  t.Expect(RenewSessions(t, {"worker-a"}, long_time, long_time).count, 0u,
           "it has run out");

  t.EnqueueWork(SessionActivity(3));
  t.EnqueueWork(SessionActivity(4));
  LockedWork again = a.Fetch();
  t.Expect(again.item(), IsMessage(SessionActivity(3)));
  const RenewedSessions renewed =
      RenewSessions(t, {"worker-a"}, long_time, long_time);
  t.ExpectDuring(a.SessionOf(again), renewed.count, 1u);
  t.ExpectDuring(renewed.held, b.TryFetch(), NoItem(),
                 "the session is worker-a's again");
}

CONFORMANCE_CASE(
    sessions, session_lock_expires_same_worker_reacquires,
    .upstream = "test_session_lock_expires_same_worker_reacquires",
    .clauses = {"SESS-1", "SESS-2"},
    .proves =
        "A worker that still works on an activity when its session runs out "
        "gets the session back by its next fetch, and the activity that it "
        "held all the time is not touched by that.",
    .procedure =
        "A worker takes an activity for a long time and its session for a "
        "short one. Wait until the session has run out. Enqueue two "
        "activities: the worker takes the first one, not the one that it "
        "holds; another worker gets nothing. Both activities ack.",
    .likely_causes = {
        "The end of a session frees its activities.",
        "A new claim gives the same worker its activities again.",
        "A new claim takes new locks on all activities of the session."}) {
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  t.EnqueueWork(SessionActivity(2));
  LockedWork first = a.Fetch(10 * t.lock_timeout());
  t.Expect(first.item(), IsMessage(SessionActivity(2)));
  t.WaitUntilOver(a.SessionOf(first));

  t.EnqueueWork(SessionActivity(3));
  t.EnqueueWork(SessionActivity(4));
  LockedWork second = a.Fetch();
  t.Expect(second.item(), IsMessage(SessionActivity(3)), "2 is still held");
  t.ExpectDuring(a.SessionOf(second), b.TryFetch(), NoItem(),
                 "the session is worker-a's again");
  t.AckWork(first);
  t.AckWork(second);
}

CONFORMANCE_CASE(
    sessions, activity_lock_expires_session_lock_valid_same_worker_refetches,
    .upstream =
        "test_activity_lock_expires_session_lock_valid_same_worker_refetches",
    .clauses = {"SESS-1", "SESS-2", "WORK-1"},
    .proves =
        "When the lock on an activity runs out while its session is held, the "
        "activity comes again, but only to the worker that holds the session.",
    .procedure =
        "A worker takes an activity for a short time and its session for a "
        "long one. Wait until the activity's lock has run out. Another worker "
        "gets nothing. The first one takes the activity again: attempt 2, "
        "under a new token; the old one is LOCK_LOST.",
    .likely_causes = {
        "The session ends with the lock on its activity.",
        "A lock that ran out is taken over by a query that does not look at "
        "sessions.",
        "An activity of a session that ran out is never given again."}) {
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  t.EnqueueWork(SessionActivity(2));
  LockedWork first = a.Fetch(t.lock_timeout());
  t.WaitUntilOver(first.held);
  t.ExpectDuring(a.SessionOf(first), b.TryFetch(), NoItem(),
                 "the session is worker-a's");

  LockedWork again = a.Fetch();
  t.Expect(again.item(), IsMessage(SessionActivity(2)));
  t.Expect(again.attempt_count(), 2u);
  t.Expect(again.token(), Ne(first.token()));
  t.ExpectError(t.TryAckWork(first.token()), v1::ERROR_REASON_LOCK_LOST);
}

CONFORMANCE_CASE(
    sessions, session_lock_expires_new_owner_gets_redelivery,
    .upstream = "test_session_lock_expires_new_owner_gets_redelivery",
    .clauses = {"SESS-1", "SESS-2"},
    .proves =
        "When a session has passed to another worker, what the former one "
        "still holds stays its own until its lock runs out, and is then given "
        "to the new owner.",
    .procedure =
        "A worker takes an activity, and its session for half as long. Wait "
        "until the session has run out and enqueue another activity: a second "
        "worker takes the new one, and nothing else yet. Wait until the first "
        "activity's lock has run out: its former holder gets nothing, and the "
        "second worker takes it, attempt 2.",
    .likely_causes = {
        "The takeover of a session takes over the locks on its activities.",
        "An activity belongs to the worker that took it first.",
        "The activity's own lock is not looked at where the session is the "
        "caller's."}) {
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  t.EnqueueWork(SessionActivity(2));
  LockedWork first = a.Fetch(2 * t.lock_timeout());
  t.WaitUntilOver(a.SessionOf(first));

  t.EnqueueWork(SessionActivity(3));
  LockedWork second = b.Fetch(10 * t.lock_timeout());
  t.Expect(second.item(), IsMessage(SessionActivity(3)), "2 is still held");
  t.ExpectDuring(first.held, b.TryFetch(), NoItem(), "2 is still held");

  t.WaitUntilOver(first.held);
  t.ExpectDuring(b.SessionOf(second), a.TryFetch(), NoItem(),
                 "the session is worker-b's");
  LockedWork redelivered = b.Fetch();
  t.Expect(redelivered.item(), IsMessage(SessionActivity(2)));
  t.Expect(redelivered.attempt_count(), 2u);
}

CONFORMANCE_CASE(
    sessions, both_locks_expire_different_worker_claims,
    .upstream = "test_both_locks_expire_different_worker_claims",
    .clauses = {"SESS-1", "SESS-2", "WORK-2"},
    .proves =
        "When a worker has vanished and both its locks have run out, any other "
        "one gets activity and session, and the old token is worth nothing.",
    .procedure =
        "A worker takes an activity and its session for the same short time. "
        "Another one gets nothing. Wait until both have run out: the other "
        "worker takes the activity, attempt 2. Ack with the old token: "
        "LOCK_LOST. Enqueue another activity: the first worker gets nothing.",
    .likely_causes = {
        "A session that ran out with an activity in it stays closed.",
        "Activity and session are freed by a clean-up only."}) {
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  t.EnqueueWork(SessionActivity(2));
  LockedWork lost = a.Fetch(t.lock_timeout());
  t.ExpectDuring(lost.held, b.TryFetch(), NoItem(), "locked by ", lost);

  t.WaitUntilOver(lost.held);
  LockedWork taken = b.Fetch();
  t.Expect(taken.item(), IsMessage(SessionActivity(2)));
  t.Expect(taken.attempt_count(), 2u);
  t.ExpectError(t.TryAckWork(lost.token()), v1::ERROR_REASON_LOCK_LOST);
  t.EnqueueWork(SessionActivity(3));
  t.ExpectDuring(b.SessionOf(taken), a.TryFetch(), NoItem(),
                 "the session is worker-b's");
}

CONFORMANCE_CASE(
    sessions, session_lock_expires_activity_lock_valid_ack_succeeds,
    .upstream = "test_session_lock_expires_activity_lock_valid_ack_succeeds",
    .clauses = {"SESS-2", "WORK-2", "WORK-3"},
    .proves =
        "An activity is renewed and acked by its own lock, also where its "
        "session has run out and belongs to another worker by now.",
    .procedure =
        "A worker takes an activity for a long time and its session for a "
        "short one. Wait until the session has run out, and let another worker "
        "claim it with a second activity. The first worker renews and acks: "
        "the instance gets the completion. The session is still the other "
        "worker's.",
    .likely_causes = {
        "The ack asks whether the session is held.",
        "The takeover of a session takes over the locks on its activities.",
        "The ack gives the session back to its former owner."}) {
  CreateInstance(t, "order-1");
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  t.EnqueueWork(SessionActivity(2));
  LockedWork held = a.Fetch(10 * t.lock_timeout());
  t.WaitUntilOver(a.SessionOf(held));
  t.EnqueueWork(SessionActivity(3));
  LockedWork other = b.Fetch(10 * t.lock_timeout());
  t.Expect(other.item(), IsMessage(SessionActivity(3)));

  t.RenewWork(held, 10 * t.lock_timeout());
  t.AckWork(held, CompletionOf(SessionActivity(2)));
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(SessionActivity(2))}));
  t.EnqueueWork(SessionActivity(4));
  t.ExpectDuring(b.SessionOf(other), a.TryFetch(), NoItem(),
                 "the session is worker-b's");
  t.Expect(b.Fetch().item(), IsMessage(SessionActivity(4)));
}

CONFORMANCE_CASE(
    sessions, abandoned_session_item_retryable,
    .upstream = "test_abandoned_session_item_retryable",
    .clauses = {"SESS-2", "WORK-3", "WORK-1"},
    .proves =
        "An activity that is given back can be taken again at once by the "
        "worker that holds its session and by no other, at the next attempt.",
    .procedure =
        "A worker takes an activity, attempt 1, and abandons it. Another "
        "worker gets nothing. The first one takes it, unchanged, at attempt 2, "
        "and acks it: nothing is left, and the instance gets one completion.",
    .likely_causes = {
        "An abandon frees the session.",
        "The activity that comes back has lost its session id.",
        "The abandon takes the attempt back without being asked to."}) {
  CreateInstance(t, "order-1");
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  t.EnqueueWork(SessionActivity(2));
  LockedWork first = a.Fetch();
  t.Expect(first.attempt_count(), 1u);
  t.AbandonWork(first);
  t.ExpectDuring(a.SessionOf(first), b.TryFetch(), NoItem(),
                 "the session is worker-a's");

  LockedWork second = a.Fetch();
  t.Expect(second.item(), IsMessage(SessionActivity(2)));
  t.Expect(second.attempt_count(), 2u);
  t.AckWork(second, CompletionOf(SessionActivity(2)));
  t.Expect(a.TryFetch(), NoItem());
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(SessionActivity(2))}));
}

CONFORMANCE_CASE(
    sessions, abandoned_session_item_ignore_attempt,
    .upstream = "test_abandoned_session_item_ignore_attempt",
    .clauses = {"SESS-2", "WORK-3"},
    .proves =
        "An activity of a session that is abandoned with ignore_attempt and a "
        "delay gets its attempt back, is hidden for that long also from the "
        "worker that holds the session, and does not hold back the others of "
        "the session.",
    .procedure =
        "A worker takes the first of two activities, attempt 1, and abandons "
        "it with ignore_attempt and a delay. It takes the second one, and then "
        "there is nothing. When the delay is over it takes the first: attempt "
        "1 again.",
    .likely_causes = {
        "ignore_attempt is not looked at for activities of a session.",
        "The delay is left out where the session is the caller's.",
        "The oldest activity of a session blocks it while it is hidden."}) {
  Worker a(t, "worker-a");
  t.EnqueueWork(SessionActivity(2));
  t.EnqueueWork(SessionActivity(3));
  LockedWork first = a.Fetch();
  t.Expect(first.item(), IsMessage(SessionActivity(2)));
  t.Expect(first.attempt_count(), 1u);
  const Interval hidden =
      t.AbandonWork(first, {.delay = t.lock_timeout(), .ignore_attempt = true});

  LockedWork second = a.Fetch(10 * t.lock_timeout());
  t.ExpectDuring(hidden, second.item(), IsMessage(SessionActivity(3)));
  t.ExpectDuring(hidden, a.TryFetch(), NoItem(), "one is hidden, one is held");

  LockedWork again = a.FetchWithin();
  t.Expect(again.item(), IsMessage(SessionActivity(2)));
  t.Expect(again, NotTakenDuring(hidden));
  t.Expect(again.attempt_count(), 1u, "one attempt was taken back");
}

}  // namespace
}  // namespace duroxide::conformance
