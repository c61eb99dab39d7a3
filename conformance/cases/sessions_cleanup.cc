// Which sessions a provider may forget.

#include "conformance/case.h"
#include "conformance/cases/session_steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    sessions, cleanup_removes_expired_no_items,
    .upstream = "test_cleanup_removes_expired_no_items", .clauses = {"SESS-3"},
    .proves =
        "A clean-up removes the sessions that ran out and have no activity "
        "left, and tells how many; it removes each once.",
    .procedure =
        "Clean up an empty store: 0. A worker claims two sessions for a short "
        "time, so that no activity is left: a clean-up gives 0. Wait until "
        "both have run out: 2, and then 0.",
    .likely_causes = {
        "The clean-up looks at the idle time instead of at the lock.",
        "The clean-up removes one session at a time.",
        "The clean-up counts what it looked at."}) {
  t.Expect(CleanUpSessions(t), 0u, "there are no sessions");
  Worker a(t, "worker-a", t.lock_timeout());
  const Interval first = a.Claim(2, "cart-1");
  const Interval second = a.Claim(3, "cart-2");
  t.ExpectDuring(first, CleanUpSessions(t), 0u, "both are held");

  t.WaitUntilOver(second);
  t.Expect(CleanUpSessions(t), 2u, "both have run out");
  t.Expect(CleanUpSessions(t), 0u, "both are gone");
}

CONFORMANCE_CASE(
    sessions, cleanup_keeps_sessions_with_pending_items,
    .upstream = "test_cleanup_keeps_sessions_with_pending_items",
    .clauses = {"SESS-3", "SESS-1"},
    .proves =
        "A session that ran out stays while the worker queue has an activity "
        "of it, be that free, locked or hidden. The activity is not touched.",
    .procedure =
        "A worker claims four sessions for a short time: one gets another "
        "activity, of one the activity stays locked, of one it is abandoned "
        "with a delay, and of one nothing is left. Wait until all have run "
        "out: a clean-up gives 1. Ack the locked activity: 1 again. Another "
        "worker takes the free activity, at the first attempt.",
    .likely_causes = {"Only activities that can be fetched now count as left.",
                      "A session that ran out is removed with its activities.",
                      "Activities of other sessions count too."}) {
  const absl::Duration long_time = 30 * t.lock_timeout();
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  t.EnqueueWork(SessionActivity(2, "cart-locked"));
  LockedWork locked = a.Fetch(long_time);
  t.EnqueueWork(SessionActivity(3, "cart-hidden"));
  t.AbandonWork(a.Fetch(), {.delay = long_time});
  a.Claim(4, "cart-free");
  const Interval last = a.Claim(5, "cart-done");
  t.EnqueueWork(SessionActivity(6, "cart-free"));

  t.WaitUntilOver(last);
  t.ExpectDuring(locked.held, CleanUpSessions(t), 1u, "cart-done");
  t.AckWork(locked);
  t.Expect(CleanUpSessions(t), 1u, "cart-locked");

  LockedWork kept = b.Fetch();
  t.Expect(kept.item(), IsMessage(SessionActivity(6, "cart-free")));
  t.Expect(kept.attempt_count(), 1u);
}

CONFORMANCE_CASE(
    sessions, cleanup_keeps_active_sessions,
    .upstream = "test_cleanup_keeps_active_sessions",
    .clauses = {"SESS-3", "SESS-1", "SESS-2"},
    .proves =
        "A session that is held stays, also where no activity of it is left: "
        "it is still its owner's afterwards.",
    .procedure =
        "A worker claims a session for a long time; no activity is left. Clean "
        "up twice: 0. Enqueue an activity: another worker gets nothing, "
        "renewing the owner's sessions gives 1, and the owner takes it.",
    .likely_causes = {"Every session without an activity is removed.",
                      "The end of the lock is compared the wrong way round."}) {
  const absl::Duration long_time = 30 * t.lock_timeout();
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  const Interval held = a.Claim(2);
  t.ExpectDuring(held, CleanUpSessions(t), 0u);
  t.ExpectDuring(held, CleanUpSessions(t), 0u);

  t.EnqueueWork(SessionActivity(3));
  t.ExpectDuring(held, b.TryFetch(), NoItem(), "the session is worker-a's");
  t.ExpectDuring(
      held, RenewSessions(t, {"worker-a"}, long_time, long_time).count, 1u);
  t.Expect(a.Fetch().item(), IsMessage(SessionActivity(3)));
}

CONFORMANCE_CASE(
    sessions, cleanup_then_new_item_recreates_session,
    .upstream = "test_cleanup_then_new_item_recreates_session",
    .clauses = {"SESS-3", "SESS-1"},
    .proves =
        "A session that was removed can be claimed like a new one, by anybody, "
        "and is then held, renewed and removed like any other.",
    .procedure =
        "A worker claims a session for a short time. Wait until it has run out "
        "and clean up: 1. Enqueue two activities of it: another worker takes "
        "the first and holds the session, against the first worker. Clean up: "
        "0.",
    .likely_causes = {
        "A removed session is marked and can never be claimed again.",
        "A claim is an update of a session that is expected to be there."}) {
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  t.WaitUntilOver(a.Claim(2));
  t.Expect(CleanUpSessions(t), 1u, "it has run out");

  t.EnqueueWork(SessionActivity(3));
  t.EnqueueWork(SessionActivity(4));
  LockedWork taken = b.Fetch();
  t.Expect(taken.item(), IsMessage(SessionActivity(3)));
  t.ExpectDuring(b.SessionOf(taken), a.TryFetch(), NoItem(),
                 "the session is worker-b's");
  t.ExpectDuring(b.SessionOf(taken), CleanUpSessions(t), 0u);
  t.Expect(b.Fetch().item(), IsMessage(SessionActivity(4)));
}

}  // namespace
}  // namespace duroxide::conformance
