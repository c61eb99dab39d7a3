// What wakes a fetch that waits for instances, and what does not.

#include <optional>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/pinned_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/cases/waiting_fetch.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    long_polling, an_enqueue_wakes_a_fetch, .profile = Profile::kStrict,
    .clauses = {"WIRE-5", "ENQ-1", "WORK-1"},
    .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A fetch that waits is given what is enqueued at once: a start of a "
        "new instance, a message for an instance that exists, an activity.",
    .procedure =
        "Let a fetch wait and enqueue a start: it comes at once. Ack it, let "
        "another fetch wait and enqueue an event: it comes at once. Let a "
        "fetch of activities wait and enqueue one: it comes at once.",
    .likely_causes = {
        "A waiting fetch looks again only when its time is up.",
        "Only one of the two queues wakes its fetches.",
        "Waiting fetches are woken before the message is committed, and look "
        "too early."}) {
  WaitingFetch<LockedItem> for_start = WaitForInstance(t);
  t.EnqueueStart("order-1");
  LockedItem started = for_start.WokenAtOnce();
  t.Expect(started.item().messages(), AreMessages({StartItem("order-1")}));
  t.Expect(started.attempt_count(), 1u);
  t.Ack(FirstAck(started));

  WaitingFetch<LockedItem> for_event = WaitForInstance(t);
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Expect(for_event.WokenAtOnce().item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));

  WaitingFetch<LockedWork> for_activity = WaitForActivity(t);
  t.EnqueueWork(SomeActivity());
  LockedWork work = for_activity.WokenAtOnce();
  t.Expect(work.item(), IsMessage(SomeActivity()));
  t.Expect(work.attempt_count(), 1u);
}

CONFORMANCE_CASE(
    long_polling, an_ack_wakes_fetches_of_both_queues,
    .profile = Profile::kStrict, .clauses = {"WIRE-5", "ACK-1", "ACK-5"},
    .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "What a turn's ack enqueues wakes the fetches that wait for it, in "
        "both queues.",
    .procedure =
        "Hold an instance for long, and let a fetch of instances and a fetch "
        "of activities wait. Ack with an activity and with a start of another "
        "instance: both come at once.",
    .likely_causes = {
        "Only enqueues wake waiting fetches.",
        "An ack wakes those that wait for the worker queue only."}) {
  t.EnqueueStart("order-1");
  LockedItem turn =
      t.FetchOrchestrationItem({.lock_timeout = 60 * t.lock_timeout()});
  WaitingFetch<LockedItem> for_instance = WaitForInstance(t);
  WaitingFetch<LockedWork> for_activity = WaitForActivity(t);
  t.Ack(
      FirstAck(turn).Worker(SomeActivity()).Orchestrator(StartItem("order-2")));
  t.Expect(for_instance.WokenAtOnce(), IsItemOf("order-2"));
  t.Expect(for_activity.WokenAtOnce().item(), IsMessage(SomeActivity()));
}

CONFORMANCE_CASE(
    long_polling, a_completion_wakes_a_fetch, .profile = Profile::kStrict,
    .clauses = {"WIRE-5", "WORK-2"}, .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "The completion that comes with the ack of an activity wakes a fetch "
        "that waits for instances.",
    .procedure =
        "Hold an activity of an instance that exists, and let a fetch of "
        "instances wait. Ack the activity with a completion: the instance "
        "comes at once, with it.",
    .likely_causes = {
        "The ack of an activity wakes those that wait for its own queue."}) {
  CreateInstance(t, "order-1");
  LockedWork work = FetchSomeActivity(t);
  WaitingFetch<LockedItem> waiting = WaitForInstance(t);
  t.AckWork(work, CompletionOf(SomeActivity()));
  t.Expect(waiting.WokenAtOnce().item().messages(),
           AreMessages({CompletionOf(SomeActivity())}));
}

CONFORMANCE_CASE(
    long_polling, what_is_given_back_wakes_a_fetch, .profile = Profile::kStrict,
    .clauses = {"WIRE-5", "ABANDON-1", "WORK-3", "FETCH-2"},
    .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A fetch that waits gets an instance as soon as its lock is released, "
        "by an abandon or by an ack that leaves messages behind, and an "
        "activity as soon as it is abandoned.",
    .procedure =
        "Hold an instance for long and let a fetch wait. Enqueue an event for "
        "the instance: the fetch goes on waiting. Abandon the instance: it "
        "comes at once, with the event. The same with an ack: the event that "
        "came during the turn comes at once. Hold an activity, let a fetch "
        "wait, and abandon it: it comes at once.",
    .likely_causes = {
        "Only new messages wake waiting fetches.",
        "A message for a locked instance uses the wake-up up, and the "
        "release of the lock gives none."}) {
  const absl::Duration for_long = 60 * t.lock_timeout();
  t.EnqueueStart("order-1");
  LockedItem first = t.FetchOrchestrationItem({.lock_timeout = for_long});
  WaitingFetch<LockedItem> for_abandon =
      WaitForInstance(t, {.lock_timeout = for_long});
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.LetArrive();
  t.Expect(for_abandon.Waits(), true, "order-1 is locked by ", first);
  t.Abandon(first);
  LockedItem second = for_abandon.WokenAtOnce();
  t.Expect(
      second.item().messages(),
      AreMessages({StartItem("order-1"), ExternalItem("order-1", "approved")}));

  WaitingFetch<LockedItem> for_ack = WaitForInstance(t);
  t.Enqueue(ExternalItem("order-1", "paid"));
  t.LetArrive();
  t.Expect(for_ack.Waits(), true, "order-1 is locked by ", second);
  t.Ack(FirstAck(second));
  t.Expect(for_ack.WokenAtOnce().item().messages(),
           AreMessages({ExternalItem("order-1", "paid")}));

  t.EnqueueWork(SomeActivity());
  LockedWork work = t.FetchWorkItem({.lock_timeout = for_long});
  WaitingFetch<LockedWork> for_activity = WaitForActivity(t);
  t.AbandonWork(work);
  t.Expect(for_activity.WokenAtOnce().item(), IsMessage(SomeActivity()));
}

CONFORMANCE_CASE(
    long_polling, the_end_of_a_delay_wakes_a_fetch, .profile = Profile::kStrict,
    .clauses = {"WIRE-5", "ENQ-1", "ACK-5", "ABANDON-1", "WORK-3"},
    .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A fetch that waits gets a delayed message when its delay is over, "
        "not before and without anything else happening: of an enqueue, of a "
        "timer in an ack, of an abandon of an instance and of an activity.",
    .procedure =
        "Enqueue a start with a delay and let a fetch wait: it comes when the "
        "delay is over. Ack it with a timer, and do the same. Abandon that "
        "with a delay, and do the same. Abandon an activity with a delay, and "
        "do the same.",
    .likely_causes = {
        "Nothing wakes a waiting fetch when time alone makes work visible.",
        "The next moment is worked out when the fetch begins to wait, and not "
        "again when an earlier one is added.",
        "A fetch is woken a little too early, finds nothing and waits on."}) {
  const absl::Duration delay = 0.3 * t.lock_timeout();
  WaitingFetch<LockedItem> for_start = WaitForInstance(t);
  Interval hidden = t.EnqueueDelayed(StartItem("order-1"), delay);
  t.WaitUntilOver(hidden);
  LockedItem started = for_start.WokenAtOnce();
  t.Expect(started, NotTakenDuring(hidden));

  const ProviderMoment due = t.ProviderTimeIn(delay);
  const v1::WorkItem timer = TimerItem("order-1", 2, due.at_ms);
  t.Ack(FirstAck(started).Orchestrator(timer));
  WaitingFetch<LockedItem> for_timer = WaitForInstance(t);
  t.WaitUntilOver(due.until);
  LockedItem fired = for_timer.WokenAtOnce();
  t.Expect(fired, NotTakenDuring(due.until));
  t.Expect(fired.item().messages(), AreMessages({timer}));

  hidden = t.Abandon(fired, {.delay = delay});
  WaitingFetch<LockedItem> for_abandon = WaitForInstance(t);
  t.WaitUntilOver(hidden);
  t.Expect(for_abandon.WokenAtOnce(), NotTakenDuring(hidden));

  t.EnqueueWork(SomeActivity());
  hidden = t.AbandonWork(t.FetchWorkItem(), {.delay = delay});
  WaitingFetch<LockedWork> for_activity = WaitForActivity(t);
  t.WaitUntilOver(hidden);
  t.Expect(for_activity.WokenAtOnce(), NotTakenDuring(hidden));
}

CONFORMANCE_CASE(
    long_polling, what_it_may_not_take_does_not_wake_a_fetch,
    .profile = Profile::kStrict,
    .clauses = {"WIRE-5", "FETCH-5", "FETCH-7", "TAG-1"},
    .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A fetch that waits is not woken by what it may not take, and what it "
        "leaves goes to the one that may take it. When something comes that it "
        "may take, it is there at once.",
    .procedure =
        "Let a fetch with a filter for version 1 wait, and a fetch of untagged "
        "activities. Enqueue an event for an unknown instance, a message for "
        "an instance pinned to version 2, and an activity with a tag: both "
        "wait on. Fetches that may take the latter two get them at once. "
        "Enqueue a start and an untagged activity: both come at once.",
    .likely_causes = {
        "Everything that is enqueued ends all waits.",
        "A wake-up goes to one fetch that cannot use it and is lost for the "
        "others."}) {
  CreatePinned(t, "order-2", Version(2, 0, 0));
  WaitingFetch<LockedItem> version_1 =
      WaitForInstance(t, {.filter = SupportsMajor(1)});
  WaitingFetch<LockedWork> untagged = WaitForActivity(t);
  WaitingFetch<LockedItem> version_2 =
      WaitForInstance(t, {.filter = SupportsMajor(2)});
  WaitingFetch<LockedWork> tagged =
      WaitForActivity(t, {.tag_filter = Tags({"gpu"})});

  const v1::WorkItem gpu = ActivityItem("order-2", 2, {.tag = "gpu"});
  t.Enqueue(ExternalItem("order-9", "approved"));
  t.Enqueue(ExternalItem("order-2", "approved"));
  t.EnqueueWork(gpu);
  t.Expect(version_2.WokenAtOnce(), IsItemOf("order-2"));
  t.Expect(tagged.WokenAtOnce().item(), IsMessage(gpu));
  t.LetArrive();
  t.Expect(version_1.Waits(), true, "nothing of version 1 came");
  t.Expect(untagged.Waits(), true, "nothing without a tag came");

  t.EnqueueStart("order-1");
  t.EnqueueWork(SomeActivity());
  t.Expect(version_1.WokenAtOnce(), IsItemOf("order-1"));
  t.Expect(untagged.WokenAtOnce().item(), IsMessage(SomeActivity()));
}

}  // namespace
}  // namespace duroxide::conformance
