// Fetches that wait until a lock runs out, that share what comes, and whose
// callers go away.

#include <optional>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/session_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/cases/waiting_fetch.h"
#include "conformance/durations.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    long_polling, the_end_of_a_lock_wakes_a_fetch, .profile = Profile::kStrict,
    .clauses = {"WIRE-5", "FETCH-1", "WORK-1"},
    .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A fetch that waits gets an instance, or an activity, when the lock of "
        "a holder that vanished has run out: not before, and without anything "
        "else happening. A renewal puts that off.",
    .procedure =
        "Lock an instance and an activity for half a lock time, renew both for "
        "as long again, and let a fetch wait for each. When the renewed locks "
        "are over both come, attempt 2.",
    .likely_causes = {
        "Nothing wakes a waiting fetch when time alone makes work visible.",
        "The end of a lock is taken from the fetch and not from its renewal.",
        "Only the end of delays is looked for, not the end of locks."}) {
  const absl::Duration time = 0.5 * t.lock_timeout();
  t.EnqueueStart("order-1");
  LockedItem item = t.FetchOrchestrationItem();
  t.EnqueueWork(SomeActivity());
  LockedWork work = t.FetchWorkItem();
  const Interval item_held = t.Renew(item, time);
  const Interval work_held = t.RenewWork(work, time);
  WaitingFetch<LockedItem> for_instance = WaitForInstance(t);
  WaitingFetch<LockedWork> for_activity = WaitForActivity(t);

  t.WaitUntilOver(item_held);
  LockedItem next = for_instance.WokenAtOnce();
  t.Expect(next, NotTakenDuring(item_held));
  t.Expect(next.attempt_count(), 2u);
  t.WaitUntilOver(work_held);
  LockedWork next_work = for_activity.WokenAtOnce();
  t.Expect(next_work, NotTakenDuring(work_held));
  t.Expect(next_work.attempt_count(), 2u);
}

CONFORMANCE_CASE(
    long_polling, the_end_of_a_session_wakes_a_fetch,
    .profile = Profile::kStrict, .clauses = {"WIRE-5", "SESS-1", "SESS-2"},
    .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A worker that waits for activities gets one of a session that "
        "somebody else holds when that session has run out: not before, and "
        "without anything else happening.",
    .procedure =
        "Let worker-1 hold a session for half a lock time, and enqueue an "
        "activity of it. Let worker-2 wait: it gets the activity when the "
        "session is over.",
    .likely_causes = {
        "Nothing wakes a waiting fetch when a session runs out.",
        "The session ends, but its items stay hidden until the next "
        "enqueue."}) {
  const Interval held = Worker(t, "worker-1", 0.5 * t.lock_timeout()).Claim(2);
  t.EnqueueWork(SessionActivity(3));
  WaitingFetch<LockedWork> other = WaitForActivity(
      t, {.session = SessionsOf("worker-2", 60 * t.lock_timeout())});
  t.WaitUntilOver(held);
  LockedWork work = other.WokenAtOnce();
  t.Expect(work, NotTakenDuring(held));
  t.Expect(work.item(), IsMessage(SessionActivity(3)));
}

// Of three fetches that wait, each of two messages ends the wait of one. `wait`
// makes such a fetch, and `enqueue` what it waits for, with this number.
template <typename Item, typename Wait, typename Enqueue>
void ExpectOneIsWoken(Fixture& t, Wait wait, Enqueue enqueue) {
  WaitingFetch<Item> a = wait();
  WaitingFetch<Item> b = wait();
  WaitingFetch<Item> c = wait();
  const auto waiting = [&] { return a.Waits() + b.Waits() + c.Waits(); };
  for (const int left : {2, 1}) {
    enqueue(left);
    t.Eventually(waiting, left, "fetches that wait on");
    t.LetArrive();
    t.Expect(waiting(), left, "fetches that wait on");
  }
  int woken = 0;
  for (WaitingFetch<Item>* each : {&a, &b, &c}) {
    if (each->GiveUp().has_value()) ++woken;
  }
  t.Expect(woken, 2, "fetches that got something");
}

CONFORMANCE_CASE(
    long_polling, one_message_wakes_one_fetch, .profile = Profile::kStrict,
    .clauses = {"WIRE-5", "FETCH-1", "WORK-1"},
    .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "Where several fetches wait, what comes is given to one of them, and "
        "the others wait on: for instances and for activities.",
    .procedure =
        "Let three fetches wait and enqueue a start: one has it, two wait on. "
        "Enqueue another: one waits on. Give that up: it has nothing. The same "
        "with activities.",
    .likely_causes = {
        "All waiting fetches are woken, and those that find nothing end their "
        "wait.",
        "Two fetches that are woken together are given the same item.",
        "A second message wakes the fetch that was served already."}) {
  ExpectOneIsWoken<LockedItem>(
      t,
      [&] {
        return WaitForInstance(t, {.lock_timeout = 60 * t.lock_timeout()});
      },
      [&](int number) { t.EnqueueStart(number == 1 ? "order-1" : "order-2"); });
  ExpectOneIsWoken<LockedWork>(
      t,
      [&] {
        return WaitForActivity(t, {.lock_timeout = 60 * t.lock_timeout()});
      },
      [&](int number) {
        t.EnqueueWork(ActivityItem("order-1", number == 1 ? 2 : 3));
      });
}

CONFORMANCE_CASE(
    long_polling, a_cancelled_fetch_takes_nothing, .profile = Profile::kStrict,
    .clauses = {"WIRE-5", "FETCH-6"}, .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A fetch whose caller has cancelled it takes no lock: what comes "
        "afterwards goes to the next fetch, with attempt 1, and fetches that "
        "wait beside it wait on.",
    .procedure =
        "Let a fetch wait that asks for a very long lock, and cancel it. "
        "Enqueue a start and fetch: it comes at once, attempt 1. Let two "
        "fetches wait, cancel the first and enqueue a start: the second gets "
        "it. The same with activities.",
    .likely_causes = {
        "A waiting fetch does not hear of its caller's cancellation, takes "
        "the next message and holds it until the lock runs out.",
        "The message is given back, but its attempt stays counted.",
        "The wake-up goes to the cancelled fetch and to no other."}) {
  const absl::Duration for_long = 60 * t.lock_timeout();
  WaitingFetch<LockedItem> gone =
      WaitForInstance(t, {.lock_timeout = for_long});
  t.Expect(gone.GiveUp(), NoItem());
  t.LetArrive();
  t.EnqueueStart("order-1");
  LockedItem item = t.FetchOrchestrationItemWithin({.lock_timeout = for_long});
  t.Expect(item.attempt_count(), 1u);

  WaitingFetch<LockedItem> first =
      WaitForInstance(t, {.lock_timeout = for_long});
  WaitingFetch<LockedItem> second = WaitForInstance(t);
  t.Expect(first.GiveUp(), NoItem());
  t.LetArrive();
  t.EnqueueStart("order-2");
  t.Expect(second.WokenAtOnce(), IsItemOf("order-2"));

  WaitingFetch<LockedWork> gone_worker =
      WaitForActivity(t, {.lock_timeout = for_long});
  t.Expect(gone_worker.GiveUp(), NoItem());
  t.LetArrive();
  t.EnqueueWork(SomeActivity());
  LockedWork work = t.FetchWorkItemWithin({.lock_timeout = for_long});
  t.Expect(work.attempt_count(), 1u);
}

CONFORMANCE_CASE(
    long_polling, a_fetch_past_its_deadline_takes_nothing,
    .profile = Profile::kStrict, .clauses = {"WIRE-5", "FETCH-6"},
    .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A fetch whose deadline is earlier than the end of its poll_timeout "
        "takes no lock after the deadline: its caller vanished without a word, "
        "and what comes afterwards goes to the next fetch, with attempt 1.",
    .procedure =
        "Fetch with a long poll_timeout, a very long lock time and a deadline "
        "of a third of a lock time: nothing. Enqueue a start and fetch: it "
        "comes at once, attempt 1. The same with an activity.",
    .likely_causes = {
        "The wait goes by the poll_timeout alone, and the deadline of the call "
        "is not looked at.",
        "What the vanished caller was given stays locked."}) {
  const absl::Duration for_long = 60 * t.lock_timeout();
  const WaitOptions vanish = {.poll_timeout = LongWait(t),
                              .deadline = 0.3 * t.lock_timeout()};
  t.Expect(
      t.TryFetchOrchestrationItem({.lock_timeout = for_long, .wait = vanish}),
      NoItem());
  t.Expect(t.TryFetchWorkItem({.lock_timeout = for_long, .wait = vanish}),
           NoItem());
  t.LetArrive();
  t.EnqueueStart("order-1");
  t.EnqueueWork(SomeActivity());
  LockedItem item = t.FetchOrchestrationItemWithin({.lock_timeout = for_long});
  t.Expect(item.attempt_count(), 1u);
  LockedWork work = t.FetchWorkItemWithin({.lock_timeout = for_long});
  t.Expect(work.attempt_count(), 1u);
}

CONFORMANCE_CASE(
    long_polling, a_woken_fetch_does_not_wait_for_a_full_batch,
    .profile = Profile::kStrict, .clauses = {"WIRE-5", "WIRE-6"},
    .needs = {v1::CAPABILITY_LONG_POLLING, v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "A fetch that asks for many items and waits comes back with the first "
        "one that is there.",
    .procedure =
        "Let a fetch of up to ten activities wait and enqueue one: it comes at "
        "once, alone. The same with instances.",
    .likely_causes = {
        "The wait goes on until max_items are there or its time is up."}) {
  WaitingFetch<LockedWork> for_activities(t, [&](const WaitOptions& wait) {
    const auto all = t.FetchWorkItems(10, {.wait = wait});
    return all.empty() ? std::nullopt : std::optional(all.front());
  });
  t.EnqueueWork(SomeActivity());
  t.Expect(for_activities.WokenAtOnce().item(), IsMessage(SomeActivity()));

  WaitingFetch<LockedItem> for_instances(t, [&](const WaitOptions& wait) {
    const auto all = t.FetchOrchestrationItems(10, {.wait = wait});
    return all.empty() ? std::nullopt : std::optional(all.front());
  });
  t.EnqueueStart("order-1");
  t.Expect(for_instances.WokenAtOnce(), IsItemOf("order-1"));
}

}  // namespace
}  // namespace duroxide::conformance
