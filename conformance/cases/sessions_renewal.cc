// How a worker keeps its sessions, and which of them it keeps.

#include <string>
#include <vector>

#include "conformance/case.h"
#include "conformance/cases/session_steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    sessions, renew_session_lock_active,
    .upstream = "test_renew_session_lock_active", .clauses = {"SESS-2"},
    .proves =
        "A renewal extends all sessions that the named owners hold and were "
        "active in, tells how many, and extends nobody else's.",
    .procedure =
        "Two workers claim two sessions and one session for a short time. "
        "Renew the first worker's: 2; its own, its own again and an unknown "
        "owner's in one call: 2. Wait until the first locks have run out and "
        "enqueue an activity of each session: a third worker takes the one "
        "that was not renewed and no other.",
    .likely_causes = {
        "One session of an owner is renewed, not all.",
        "The renewal counts but does not extend.",
        "The owner is not compared, so that all sessions are renewed.",
        "An owner that is named twice counts twice."}) {
  const absl::Duration long_time = 30 * t.lock_timeout();
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b", t.lock_timeout());
  Worker c(t, "worker-c");
  const Interval first = a.Claim(2, "cart-1");
  a.Claim(3, "cart-2");
  const Interval other = b.Claim(4, "cart-3");

  t.ExpectDuring(
      first, RenewSessions(t, {"worker-a"}, long_time, long_time).count, 2u);
  const RenewedSessions renewed = RenewSessions(
      t, {"worker-a", "worker-z", "worker-a"}, long_time, long_time);
  t.ExpectDuring(renewed.held, renewed.count, 2u);

  t.WaitUntilOver(other);
  t.EnqueueWork(SessionActivity(5, "cart-1"));
  t.EnqueueWork(SessionActivity(6, "cart-2"));
  t.EnqueueWork(SessionActivity(7, "cart-3"));
  t.ExpectDuring(renewed.held, c.Fetch().item(),
                 IsMessage(SessionActivity(7, "cart-3")));
  t.ExpectDuring(renewed.held, c.TryFetch(), NoItem(),
                 "cart-1 and cart-2 are worker-a's");
}

CONFORMANCE_CASE(
    sessions, renew_session_lock_skips_idle,
    .upstream = "test_renew_session_lock_skips_idle", .clauses = {"SESS-2"},
    .proves =
        "A renewal leaves out the sessions whose last activity is longer ago "
        "than the idle time: they are not counted and run out.",
    .procedure =
        "A worker claims a session. Wait for the idle time and let it claim "
        "another one. Renew with an idle time of zero: 0. Renew with the idle "
        "time: 1. Wait until the first session has run out and enqueue an "
        "activity of each: another worker takes the one of the idle session "
        "and not the other.",
    .likely_causes = {
        "The idle time is not looked at.",
        "The activity of one session counts for all of its owner.",
        "An idle session is not counted but extended all the same.",
        "A renewal counts as activity."}) {
  const absl::Duration idle = t.lock_timeout();
  const absl::Duration long_time = 30 * t.lock_timeout();
  Worker a(t, "worker-a", 2 * t.lock_timeout());
  Worker b(t, "worker-b");
  const Interval first = a.Claim(2, "cart-idle");
  t.WaitUntilOver({first.sent, Now(), idle});
  const Interval second = a.Claim(3, "cart-busy");
  const Interval busy = {second.sent, second.received, idle};

  t.ExpectDuring(
      busy,
      RenewSessions(t, {"worker-a"}, long_time, absl::ZeroDuration()).count,
      0u);
  const RenewedSessions renewed =
      RenewSessions(t, {"worker-a"}, long_time, idle);
  t.ExpectDuring(busy, renewed.count, 1u);

  t.WaitUntilOver(first);
  t.EnqueueWork(SessionActivity(4, "cart-idle"));
  t.EnqueueWork(SessionActivity(5, "cart-busy"));
  t.ExpectDuring(renewed.held, b.Fetch().item(),
                 IsMessage(SessionActivity(4, "cart-idle")));
  t.ExpectDuring(renewed.held, b.TryFetch(), NoItem(),
                 "cart-busy is worker-a's");
}

CONFORMANCE_CASE(
    sessions, renew_session_lock_no_sessions,
    .upstream = "test_renew_session_lock_no_sessions", .clauses = {"SESS-2"},
    .proves =
        "Renewing for an owner without sessions, for an unknown one and for no "
        "owner at all is 0 and no error, and extends nothing.",
    .procedure =
        "Renew for a worker in an empty store: 0. Let another worker claim a "
        "session for a short time. Renew for the first one, for an unknown one "
        "and for none: 0 each. Wait until the session has run out and enqueue "
        "an activity: the first worker takes it.",
    .likely_causes = {"No session is an error.",
                      "No owner is taken for every owner.",
                      "The renewal counts the owners and not the sessions."}) {
  const absl::Duration long_time = 30 * t.lock_timeout();
  const auto renew = [&](const std::vector<std::string>& owners) {
    return RenewSessions(t, owners, long_time, long_time).count;
  };
  t.Expect(renew({"worker-a"}), 0u, "there are no sessions");

  Worker a(t, "worker-a");
  Worker b(t, "worker-b", t.lock_timeout());
  const Interval held = b.Claim(2);
  t.Expect(renew({"worker-a"}), 0u, "the session is worker-b's");
  t.Expect(renew({"worker-", "worker-bb", "WORKER-B"}), 0u, "unknown owners");
  t.Expect(renew({}), 0u, "no owner");

  t.WaitUntilOver(held);
  t.EnqueueWork(SessionActivity(3));
  t.Expect(a.Fetch().item(), IsMessage(SessionActivity(3)),
           "the session was not extended");
}

CONFORMANCE_CASE(
    sessions, renew_session_lock_after_expiry_returns_zero,
    .upstream = "test_renew_session_lock_after_expiry_returns_zero",
    .clauses = {"SESS-2"},
    .proves =
        "A session that has run out is not revived by a renewal, whether or "
        "not somebody else claimed it since.",
    .procedure =
        "A worker claims a session for a short time. Wait until it has run out "
        "and renew: 0. Enqueue an activity: another worker takes it. Renew for "
        "the first worker: 0; for the other one: 1.",
    .likely_causes = {
        "The renewal asks who owns the session and not until when.",
        "A renewal that comes late brings the session back to life.",
        "The former owner is still stored beside the new one."}) {
  const absl::Duration long_time = 30 * t.lock_timeout();
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  const Interval held = a.Claim(2);
  t.WaitUntilOver(held);
  t.Expect(RenewSessions(t, {"worker-a"}, long_time, long_time).count, 0u,
           "nobody claimed it since");

  t.EnqueueWork(SessionActivity(3));
  LockedWork taken = b.Fetch();
  t.Expect(taken.item(), IsMessage(SessionActivity(3)), "it is free");
  t.Expect(RenewSessions(t, {"worker-a"}, long_time, long_time).count, 0u,
           "worker-b claimed it");
  t.ExpectDuring(b.SessionOf(taken),
                 RenewSessions(t, {"worker-b"}, long_time, long_time).count,
                 1u);
}

CONFORMANCE_CASE(
    sessions, session_lock_renewal_extends_past_original_timeout,
    .upstream = "test_session_lock_renewal_extends_past_original_timeout",
    .clauses = {"SESS-2"},
    .proves =
        "A renewed session is held for the time that the renewal asked for, "
        "counted from the renewal: longer than the first one, and not for "
        "ever.",
    .procedure =
        "A worker claims a session for a short time and renews it for twice "
        "that. When the first lock would have run out, enqueue an activity: "
        "another worker gets nothing, and the session still renews. The other "
        "worker fetches until it gets the activity: the last renewal had run "
        "out.",
    .likely_causes = {
        "The renewal adds nothing, or counts from the moment of the claim.",
        "The renewal takes away the end of the lock.",
        "The end of the lock and the renewal use different units."}) {
  const absl::Duration long_time = 30 * t.lock_timeout();
  Worker a(t, "worker-a", t.lock_timeout());
  Worker b(t, "worker-b");
  const Interval claimed = a.Claim(2);
  const RenewedSessions first =
      RenewSessions(t, {"worker-a"}, 2 * t.lock_timeout(), long_time);
  t.ExpectDuring(claimed, first.count, 1u);

  t.WaitUntilOver(claimed);
  t.EnqueueWork(SessionActivity(3));
  t.ExpectDuring(first.held, b.TryFetch(), NoItem(), "the session was renewed");
  const RenewedSessions last =
      RenewSessions(t, {"worker-a"}, t.lock_timeout(), long_time);
  t.ExpectDuring(first.held, last.count, 1u);

  LockedWork taken = b.FetchWithin();
  t.Expect(taken.item(), IsMessage(SessionActivity(3)));
  t.Expect(taken, NotTakenDuring(last.held));
}

// A session whose one activity is held, and which has been idle since then.
struct IdleSession {
  LockedWork activity;
  // The session is held that long.
  Interval held;
};

// Lets `a` take an activity; a renewal with that idle time finds the session
// active at first, and idle in the end.
IdleSession MakeIdleSession(Fixture& t, Worker& a, absl::Duration idle) {
  const absl::Duration long_time = 30 * t.lock_timeout();
  t.EnqueueWork(SessionActivity(2));
  LockedWork activity = a.Fetch(long_time);
  const Interval active = {activity.held.sent, activity.held.received, idle};
  const RenewedSessions renewed =
      RenewSessions(t, {"worker-a"}, long_time, idle);
  t.ExpectDuring(active, renewed.count, 1u, "active since the fetch");
  t.WaitUntilOver(active);
  t.ExpectDuring(renewed.held,
                 RenewSessions(t, {"worker-a"}, long_time, idle).count, 0u,
                 "idle since the fetch");
  return {.activity = activity, .held = renewed.held};
}

CONFORMANCE_CASE(
    sessions, ack_updates_session_last_activity,
    .upstream = "test_ack_updates_session_last_activity", .clauses = {"SESS-2"},
    .proves =
        "Taking an activity of a session and acking it each count as activity "
        "in the session; waiting does not, nor does a renewal of the session.",
    .procedure =
        "A worker takes an activity of a session: a renewal with the idle time "
        "gives 1. Wait for the idle time: 0. Ack the activity: 1 again. Wait "
        "once more: 0.",
    .likely_causes = {
        "The moment of last activity is that of the claim.",
        "The ack removes the activity without a look at its session.",
        "The renewal of a session counts as activity in it."}) {
  const absl::Duration idle = t.lock_timeout();
  const absl::Duration long_time = 30 * t.lock_timeout();
  Worker a(t, "worker-a");
  const IdleSession session = MakeIdleSession(t, a, idle);

  const Moment sent = Now();
  t.AckWork(session.activity);
  const Interval active = {sent, Now(), idle};
  t.ExpectDuring(active, RenewSessions(t, {"worker-a"}, long_time, idle).count,
                 1u, "active since the ack");
  t.WaitUntilOver(active);
  t.ExpectDuring(session.held,
                 RenewSessions(t, {"worker-a"}, long_time, idle).count, 0u,
                 "idle since the ack");
}

CONFORMANCE_CASE(
    sessions, renew_work_item_updates_session_last_activity,
    .upstream = "test_renew_work_item_updates_session_last_activity",
    .clauses = {"SESS-2"},
    .proves =
        "Renewing an activity of a session counts as activity in the session, "
        "so that a long activity keeps its session; it does not extend the "
        "session by itself.",
    .procedure =
        "A worker takes an activity of a session: a renewal with the idle time "
        "gives 1. Wait for the idle time: 0. Renew the activity: 1 again. Then "
        "claim a session for a short time, renew its activity for a long one "
        "and wait until the session has run out: another worker can claim it.",
    .likely_causes = {"Only fetches and acks count as activity.",
                      "The renewal of an activity extends its session too."}) {
  const absl::Duration idle = t.lock_timeout();
  const absl::Duration long_time = 30 * t.lock_timeout();
  Worker a(t, "worker-a");
  const IdleSession session = MakeIdleSession(t, a, idle);

  const Interval renewed = t.RenewWork(session.activity, long_time);
  t.ExpectDuring({renewed.sent, renewed.received, idle},
                 RenewSessions(t, {"worker-a"}, long_time, idle).count, 1u,
                 "active since the renewal");

  Worker b(t, "worker-b", t.lock_timeout());
  Worker c(t, "worker-c");
  t.EnqueueWork(SessionActivity(3, "cart-2"));
  LockedWork brief = b.Fetch(long_time);
  t.RenewWork(brief, long_time);
  t.WaitUntilOver(b.SessionOf(brief));
  t.EnqueueWork(SessionActivity(4, "cart-2"));
  t.Expect(c.Fetch().item(), IsMessage(SessionActivity(4, "cart-2")));
}

}  // namespace
}  // namespace duroxide::conformance
