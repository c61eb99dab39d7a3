// Sessions: how long one is held, to the end of its time, and what a
// cancellation leaves of it.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/cancellation_steps.h"
#include "conformance/cases/session_steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    sessions, a_session_is_held_to_the_end_of_its_lock,
    .profile = Profile::kStrict, .clauses = {"SESS-1", "SESS-2"},
    .proves =
        "A session does not end early: nobody else gets its activities up to "
        "the end of its time, nor, when it was renewed near that end, up to "
        "the end of the renewal's time. Then somebody does.",
    .procedure =
        "Let worker-1 hold a session for a lock time, and enqueue an activity "
        "of it. Near the end worker-2 gets nothing; renew the session for a "
        "lock time. When the first time is over, and near the end of the "
        "second, worker-2 gets nothing. When that is over it gets the "
        "activity.",
    .likely_causes = {"The session ends with the last of its activities.",
                      "The renewal counts from the claim.",
                      "The end of the session is cut to whole seconds."}) {
  const Interval held = Worker(t, "worker-1", t.lock_timeout()).Claim(2);
  Worker other(t, "worker-2");
  t.EnqueueWork(SessionActivity(3));
  t.WaitUntilNearEnd(held);
  t.ExpectDuring(held, other.TryFetch(), NoItem(), "worker-1 holds it");
  const RenewedSessions renewed =
      RenewSessions(t, {"worker-1"}, t.lock_timeout(), 60 * t.lock_timeout());
  t.ExpectDuring(held, renewed.count, 1u);
  t.WaitUntilOver(held);
  t.ExpectDuring(renewed.held, other.TryFetch(), NoItem(), "it was renewed");
  t.WaitUntilNearEnd(renewed.held);
  t.ExpectDuring(renewed.held, other.TryFetch(), NoItem(), "it was renewed");
  t.WaitUntilOver(renewed.held);
  t.Expect(other.Fetch().item(), IsMessage(SessionActivity(3)));
}

CONFORMANCE_CASE(
    cancellation, a_cancelled_activity_frees_the_next_of_its_session,
    .profile = Profile::kStrict, .clauses = {"ACK-4", "SESS-1", "SESS-2"},
    .proves =
        "Activities of a session can be cancelled, waiting or locked. The "
        "session stays with its owner, who gets what is left of it; nobody "
        "else does.",
    .procedure =
        "Let an instance schedule nothing, and enqueue three activities of one "
        "session for it. worker-1 fetches the first. Cancel the first and the "
        "second: the first is lost to worker-1. worker-2 gets nothing, "
        "worker-1 gets the third.",
    .likely_causes = {
        "The cancellation leaves an index of the session's next activity "
        "pointing at one that is gone.",
        "The cancellation of its locked activity ends the session.",
        "Activities of sessions are left out of the cancellation."}) {
  ScheduleActivities(t, {});
  Worker owner(t, "worker-1");
  for (uint64_t id = 2; id <= 4; ++id) t.EnqueueWork(SessionActivity(id));
  LockedWork first = owner.Fetch(60 * t.lock_timeout());
  t.Expect(first.item(), IsMessage(SessionActivity(2)));
  CancelActivities(t, {2, 3});

  t.ExpectError(t.TryAckWork(first.token()), v1::ERROR_REASON_LOCK_LOST,
                "cancelled: ", first);
  t.Expect(Worker(t, "worker-2").TryFetch(), NoItem(),
           "the session is worker-1's");
  t.Expect(owner.Fetch().item(), IsMessage(SessionActivity(4)));
}

}  // namespace
}  // namespace duroxide::conformance
