// Who gets the activities of a session.

#include <optional>
#include <string>
#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/session_steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    sessions, non_session_items_fetchable_by_any_worker,
    .upstream = "test_non_session_items_fetchable_by_any_worker",
    .clauses = {"SESS-1"},
    .proves =
        "Activities without a session go to whoever asks: to workers with a "
        "session configuration, whatever they hold, and to one without.",
    .procedure =
        "Let two workers hold a session each. Enqueue three activities without "
        "a session. The first worker, the second, and a fetch without a "
        "session configuration take one each, in their order and unchanged. "
        "They bind nobody: each worker then takes another one.",
    .likely_causes = {
        "An absent session id is stored as the empty one, and so is a session "
        "with an owner.",
        "A worker that holds a session is given that session's activities "
        "only."}) {
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  a.Claim(2, "cart-1");
  b.Claim(3, "cart-2");
  for (uint64_t id = 4; id <= 8; ++id)
    t.EnqueueWork(ActivityItem("order-1", id));

  t.Expect(a.Fetch().item(), IsMessage(ActivityItem("order-1", 4)));
  t.Expect(b.Fetch().item(), IsMessage(ActivityItem("order-1", 5)));
  t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-1", 6)));
  t.Expect(b.Fetch().item(), IsMessage(ActivityItem("order-1", 7)));
  t.Expect(a.Fetch().item(), IsMessage(ActivityItem("order-1", 8)));
}

CONFORMANCE_CASE(
    sessions, session_item_claimable_when_no_session,
    .upstream = "test_session_item_claimable_when_no_session",
    .clauses = {"SESS-1"},
    .proves =
        "The first worker that takes an activity of a session that nobody "
        "holds gets it unchanged, session id included, and holds the session "
        "from then on, whatever text the id is.",
    .procedure =
        "For session ids of several kinds, the empty one too: enqueue two "
        "activities. A worker takes the first, unchanged; another worker gets "
        "nothing. The first worker takes the second.",
    .likely_causes = {"A session must be made before it can be claimed.",
                      "The session id is lost when the activity is stored.",
                      "An empty session id is taken for none."}) {
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  uint64_t id = 2;
  for (const char* session : {"cart-1", "", " cart '1'; -- ", "корзина-1"}) {
    t.EnqueueWork(SessionActivity(id, session));
    t.EnqueueWork(SessionActivity(id + 1, session));
    LockedWork first = a.Fetch();
    t.Expect(first.item(), IsMessage(SessionActivity(id, session)));
    t.Expect(first.attempt_count(), 1u);
    t.ExpectDuring(a.SessionOf(first), b.TryFetch(), NoItem(), "session \"",
                   session, "\" is worker-a's");

    LockedWork second = a.Fetch();
    t.Expect(second.item(), IsMessage(SessionActivity(id + 1, session)));
    t.AckWork(first);
    t.AckWork(second);
    id += 2;
  }
}

CONFORMANCE_CASE(
    sessions, session_affinity_same_worker,
    .upstream = "test_session_affinity_same_worker",
    .clauses = {"SESS-1", "SESS-2"},
    .proves =
        "The worker that holds a session gets its later activities, whether "
        "the earlier ones are done or still held, and for any instance.",
    .procedure =
        "A worker takes and acks an activity of a session, so that the queue "
        "is empty. Enqueue another one of the session, and one of another "
        "instance in the same session. The worker takes both, one while it "
        "holds the other; a second worker gets neither.",
    .likely_causes = {"The session ends when its last activity is acked.",
                      "A worker gets one activity of a session at a time.",
                      "Sessions are kept per instance."}) {
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  const Interval held = a.Claim(2);
  const v1::WorkItem elsewhere =
      ActivityItem("order-2", 2, {.session_id = std::string(kSession)});
  t.EnqueueWork(SessionActivity(3));
  t.EnqueueWork(elsewhere);
  t.ExpectDuring(held, b.TryFetch(), NoItem(), "the session is worker-a's");

  t.Expect(a.Fetch().item(), IsMessage(SessionActivity(3)));
  t.Expect(a.Fetch().item(), IsMessage(elsewhere));
}

CONFORMANCE_CASE(
    sessions, session_affinity_blocks_other_worker,
    .upstream = "test_session_affinity_blocks_other_worker",
    .clauses = {"SESS-1"},
    .proves =
        "While one worker holds a session, no other one gets its activities: "
        "not one that was there before, not a new one, not one that was given "
        "back. They wait, uncounted, for their worker.",
    .procedure =
        "Enqueue two activities of a session. A worker takes the first and "
        "gives it back. Enqueue a third. Another worker fetches three times, "
        "and a fetch without a session configuration once: nothing. The first "
        "worker takes all three; the second and third at the first attempt.",
    .likely_causes = {
        "The owner of a session is not compared.",
        "An abandon frees the session.",
        "The fetch locks or counts an activity before it looks at its "
        "session."}) {
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  t.EnqueueWork(SessionActivity(2));
  t.EnqueueWork(SessionActivity(3));
  LockedWork first = a.Fetch();
  t.Expect(first.item(), IsMessage(SessionActivity(2)));
  t.AbandonWork(first);
  t.EnqueueWork(SessionActivity(4));

  for (int fetch = 1; fetch <= 3; ++fetch) {
    t.ExpectDuring(a.SessionOf(first), b.TryFetch(), NoItem(),
                   "the session is worker-a's, fetch ", fetch);
  }
  t.Expect(t.TryFetchWorkItem(), NoItem(), "without a session configuration");

  for (uint64_t id = 2; id <= 4; ++id) {
    LockedWork next = a.Fetch();
    t.Expect(next.item(), IsMessage(SessionActivity(id)));
    t.Expect(next.attempt_count(), id == 2 ? 2u : 1u);
  }
}

CONFORMANCE_CASE(
    sessions, different_sessions_different_workers,
    .upstream = "test_different_sessions_different_workers",
    .clauses = {"SESS-1"},
    .proves =
        "Two workers hold a session each at the same time, and each gets the "
        "activities of its own session only, whichever is older.",
    .procedure =
        "Two workers take an activity of a session each. Enqueue two more "
        "activities of each session, in turn. The second worker takes its two "
        "and then nothing, the first its two and then nothing.",
    .likely_causes = {
        "A worker that holds any session counts as the owner of all.",
        "The oldest activity blocks the queue for those who may not take it.",
        "A worker can hold one session only, or one worker any."}) {
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  const Interval a_holds = a.Claim(2, "cart-1");
  const Interval b_holds = b.Claim(3, "cart-2");
  for (uint64_t id : {4, 6}) {
    t.EnqueueWork(SessionActivity(id, "cart-1"));
    t.EnqueueWork(SessionActivity(id + 1, "cart-2"));
  }

  t.Expect(b.Fetch().item(), IsMessage(SessionActivity(5, "cart-2")));
  t.Expect(b.Fetch().item(), IsMessage(SessionActivity(7, "cart-2")));
  t.ExpectDuring(a_holds, b.TryFetch(), NoItem(), "cart-1 is worker-a's");
  t.Expect(a.Fetch().item(), IsMessage(SessionActivity(4, "cart-1")));
  t.Expect(a.Fetch().item(), IsMessage(SessionActivity(6, "cart-1")));
  t.ExpectDuring(b_holds, a.TryFetch(), NoItem(), "cart-2 is worker-b's");
}

CONFORMANCE_CASE(
    sessions, mixed_session_and_non_session_items,
    .upstream = "test_mixed_session_and_non_session_items",
    .clauses = {"SESS-1", "WORK-1"},
    .proves =
        "An activity of a session that somebody else holds never holds back "
        "the activities behind it, and for its owner all come in one order.",
    .procedure =
        "A worker holds a session. Enqueue an activity of the session, one "
        "without, one of the session, one without. Another worker takes the "
        "first one without; then the owner takes the rest in their order.",
    .likely_causes = {
        "The fetch looks at the head of the queue only.",
        "The fetch gives activities of sessions first, or last."}) {
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  const Interval held = a.Claim(2);
  t.EnqueueWork(SessionActivity(3));
  t.EnqueueWork(ActivityItem("order-1", 4));
  t.EnqueueWork(SessionActivity(5));
  t.EnqueueWork(ActivityItem("order-1", 6));

  t.ExpectDuring(held, b.Fetch().item(), IsMessage(ActivityItem("order-1", 4)));
  t.Expect(a.Fetch().item(), IsMessage(SessionActivity(3)));
  t.Expect(a.Fetch().item(), IsMessage(SessionActivity(5)));
  t.Expect(a.Fetch().item(), IsMessage(ActivityItem("order-1", 6)));
}

CONFORMANCE_CASE(
    sessions, none_session_skips_session_items,
    .upstream = "test_none_session_skips_session_items", .clauses = {"SESS-1"},
    .proves =
        "A fetch without a session configuration is given only activities "
        "without a session: none of a session, be it held or free.",
    .procedure =
        "A worker holds one session. Enqueue an activity of it, one of a free "
        "session, and one without. A fetch without a session configuration "
        "takes the last one, and then there is nothing for it. The worker "
        "takes the two others, at the first attempt.",
    .likely_causes = {
        "No configuration is taken for an owner with an empty id.",
        "The sessions of others are skipped, but not those that are free.",
        "The fetch stops at the first activity that it may not take."}) {
  Worker a(t, "worker-a");
  a.Claim(2, "cart-1");
  t.EnqueueWork(SessionActivity(3, "cart-1"));
  t.EnqueueWork(SessionActivity(4, "cart-2"));
  t.EnqueueWork(ActivityItem("order-1", 5));

  LockedWork plain = t.FetchWorkItem();
  t.Expect(plain.item(), IsMessage(ActivityItem("order-1", 5)));
  t.ExpectDuring(plain.held, t.TryFetchWorkItem(), NoItem(),
                 "the others have sessions");

  for (const v1::WorkItem& activity :
       {SessionActivity(3, "cart-1"), SessionActivity(4, "cart-2")}) {
    LockedWork next = a.Fetch();
    t.Expect(next.item(), IsMessage(activity));
    t.Expect(next.attempt_count(), 1u);
  }
}

CONFORMANCE_CASE(
    sessions, some_session_returns_all_items,
    .upstream = "test_some_session_returns_all_items",
    .clauses = {"SESS-1", "WORK-1"},
    .proves =
        "A worker takes activities of any number of free sessions and those "
        "without, in the order of enqueueing, and holds all of the sessions.",
    .procedure =
        "Enqueue activities of three sessions and one without, in between. A "
        "worker takes all four in their order, and then nothing is left. "
        "Enqueue one more of each session: another worker gets none of them, "
        "and the first one all.",
    .likely_causes = {
        "A worker can hold one session only.",
        "Activities of sessions have a queue of their own.",
        "A claim frees the session that the worker held before."}) {
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  const std::vector<v1::WorkItem> activities = {
      SessionActivity(2, "cart-3"), SessionActivity(3, "cart-1"),
      ActivityItem("order-1", 4), SessionActivity(5, "cart-2")};
  for (const v1::WorkItem& activity : activities) t.EnqueueWork(activity);

  std::optional<Interval> held;
  for (const v1::WorkItem& activity : activities) {
    LockedWork taken = a.Fetch();
    t.Expect(taken.item(), IsMessage(activity));
    t.AckWork(taken);
    // The first session is the first to run out.
    if (!held) held = a.SessionOf(taken);
  }
  t.Expect(a.TryFetch(), NoItem());

  for (const char* session : {"cart-1", "cart-2", "cart-3"}) {
    t.EnqueueWork(SessionActivity(6, session));
  }
  t.ExpectDuring(*held, b.TryFetch(), NoItem(), "all are worker-a's");
  for (const char* session : {"cart-1", "cart-2", "cart-3"}) {
    t.Expect(a.Fetch().item(), IsMessage(SessionActivity(6, session)));
  }
}

CONFORMANCE_CASE(
    sessions, session_items_processed_in_order,
    .upstream = "test_session_items_processed_in_order",
    .clauses = {"SESS-1", "WORK-1", "WORK-3"},
    .proves =
        "The activities of a session come in the order in which they were "
        "enqueued, and one that is given back keeps its place.",
    .procedure =
        "Enqueue four activities of a session, ids in no order, the last by an "
        "ack. A worker takes the first two, gives them back in the other "
        "order, and takes all four: in the order of enqueueing.",
    .likely_causes = {
        "Activities of a session are ordered by activity id.",
        "An abandoned activity goes to the end of its session.",
        "Only the oldest activity of a session is known, and that is not "
        "renewed when one comes back."}) {
  Worker a(t, "worker-a");
  t.EnqueueStart("order-1");
  const LockedItem turn = t.FetchOrchestrationItem();
  for (uint64_t id : {5, 3, 4}) t.EnqueueWork(SessionActivity(id));
  t.Ack(FirstAck(turn).Worker(SessionActivity(2)));

  LockedWork first = a.Fetch();
  t.Expect(first.item(), IsMessage(SessionActivity(5)));
  LockedWork second = a.Fetch();
  t.Expect(second.item(), IsMessage(SessionActivity(3)));
  t.AbandonWork(second);
  t.AbandonWork(first);

  for (uint64_t id : {5, 3, 4, 2}) {
    LockedWork next = a.Fetch();
    t.Expect(next.item(), IsMessage(SessionActivity(id)));
    t.AckWork(next);
  }
  t.Expect(a.TryFetch(), NoItem());
}

CONFORMANCE_CASE(
    sessions, non_session_items_returned_with_session_config,
    .upstream = "test_non_session_items_returned_with_session_config",
    .clauses = {"SESS-1", "WORK-1"},
    .proves =
        "A worker that holds a session still gets the activities without one, "
        "and they come before those of its session where they are older.",
    .procedure =
        "A worker holds a session. Enqueue an activity without a session and "
        "one of the session: the worker takes them in that order. Enqueue one "
        "without, and let it be taken and acked: its session is still held, "
        "against another worker.",
    .likely_causes = {
        "A worker is given the activities of its sessions first, or alone.",
        "An activity without a session makes its worker let go of the one that "
        "it holds."}) {
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  const Interval held = a.Claim(2);
  t.EnqueueWork(ActivityItem("order-2", 3));
  t.EnqueueWork(SessionActivity(4));
  t.Expect(a.Fetch().item(), IsMessage(ActivityItem("order-2", 3)));
  t.Expect(a.Fetch().item(), IsMessage(SessionActivity(4)));

  t.EnqueueWork(ActivityItem("order-2", 5));
  LockedWork plain = a.Fetch();
  t.Expect(plain.item(), IsMessage(ActivityItem("order-2", 5)));
  t.AckWork(plain);
  t.EnqueueWork(SessionActivity(6));
  t.ExpectDuring(held, b.TryFetch(), NoItem(), "the session is worker-a's");
}

}  // namespace
}  // namespace duroxide::conformance
