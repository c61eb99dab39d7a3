// How often a message was fetched, by which runtimes find those that never end.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    poison_message, orchestration_attempt_count_starts_at_one,
    .upstream = "orchestration_attempt_count_starts_at_one",
    .clauses = {"FETCH-6"},
    .proves =
        "The first fetch of a message reports attempt 1, for a new instance "
        "and for one that has taken turns, and fetches that gave nothing do "
        "not count.",
    .procedure =
        "Fetch a start: attempt 1. Enqueue another message while the instance "
        "is locked and fetch: nothing. Ack and fetch: attempt 1.",
    .likely_causes = {
        "The count begins at 0 and is read before it is raised.",
        "Attempts are counted per instance and survive the ack.",
        "A fetch counts messages of an instance that it cannot lock."}) {
  t.EnqueueStart("order-1");
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first.attempt_count(), 1u, "a new instance");

  t.Enqueue(ExternalItem("order-1", "approved"));
  t.ExpectDuring(first.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", first);
  t.Ack(FirstAck(first));
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.Expect(second.attempt_count(), 1u, "a new message");
}

CONFORMANCE_CASE(
    poison_message, orchestration_attempt_count_increments_on_refetch,
    .upstream = "orchestration_attempt_count_increments_on_refetch",
    .clauses = {"FETCH-6", "ABANDON-1"},
    .proves =
        "Each fetch of the same messages counts one attempt more, whether the "
        "lock before was given back or ran out.",
    .procedure =
        "Fetch an instance and abandon it, twice: attempts 1 and 2. Fetch it "
        "and let the lock run out: 3. Fetch it: 4.",
    .likely_causes = {
        "The abandon takes the attempt back without being asked to.",
        "Taking over a lock that ran out is not counted.",
        "The count is kept with the lock and goes with it."}) {
  t.EnqueueStart("order-1");
  for (uint32_t attempt = 1; attempt <= 2; ++attempt) {
    LockedItem item = t.FetchOrchestrationItem();
    t.Expect(item.attempt_count(), attempt);
    t.Abandon(item);
  }
  LockedItem third = t.FetchOrchestrationItem();
  t.Expect(third.attempt_count(), 3u);
  t.WaitUntilOver(third.held);
  t.Expect(t.FetchOrchestrationItem().attempt_count(), 4u,
           "after a lock that ran out");
}

CONFORMANCE_CASE(
    poison_message, worker_attempt_count_starts_at_one,
    .upstream = "worker_attempt_count_starts_at_one", .clauses = {"WORK-1"},
    .proves =
        "The first fetch of an activity reports attempt 1, and renewals do not "
        "count.",
    .procedure =
        "Fetch an activity: attempt 1. Renew it, give it back and fetch it: "
        "attempt 2, not more.",
    .likely_causes = {
        "The count begins at 0 and is read before it is raised.",
        "The renewal takes the same way as the fetch and counts too."}) {
  LockedWork first = FetchSomeActivity(t);
  t.Expect(first.attempt_count(), 1u);
  t.RenewWork(first, t.lock_timeout());
  t.AbandonWork(first);
  t.Expect(t.FetchWorkItem().attempt_count(), 2u, "after a renewal");
}

CONFORMANCE_CASE(
    poison_message, worker_attempt_count_increments_on_lock_expiry,
    .upstream = "worker_attempt_count_increments_on_lock_expiry",
    .clauses = {"WORK-1"},
    .proves = "An activity whose lock ran out comes with one attempt more.",
    .procedure =
        "Fetch an activity: attempt 1. Wait until its lock has run out and "
        "fetch it: attempt 2.",
    .likely_causes = {"Only an abandon keeps the count.",
                      "Taking over a lock that ran out sets the count to 1."}) {
  LockedWork first = FetchSomeActivity(t);
  t.Expect(first.attempt_count(), 1u);
  t.WaitUntilOver(first.held);
  LockedWork second = t.FetchWorkItem();
  t.Expect(second.item(), IsMessage(SomeActivity()));
  t.Expect(second.attempt_count(), 2u);
}

CONFORMANCE_CASE(
    poison_message, attempt_count_is_per_message,
    .upstream = "attempt_count_is_per_message",
    .clauses = {"WORK-1", "FETCH-6"},
    .proves =
        "Attempts are counted for each activity by itself, also for two of the "
        "same instance.",
    .procedure =
        "Enqueue two activities of one instance. Fetch and abandon the first "
        "twice. Fetch both: the first has attempt 3, the second attempt 1.",
    .likely_causes = {
        "Attempts are counted per instance.",
        "The fetch raises the count of all activities that it looks at."}) {
  t.EnqueueWork(ActivityItem("order-1", 2));
  t.EnqueueWork(ActivityItem("order-1", 3));
  for (uint32_t attempt = 1; attempt <= 2; ++attempt) {
    LockedWork item = t.FetchWorkItem();
    t.Expect(item.item(), IsMessage(ActivityItem("order-1", 2)));
    t.Expect(item.attempt_count(), attempt);
    t.AbandonWork(item);
  }

  LockedWork first = t.FetchWorkItem();
  t.Expect(first.item(), IsMessage(ActivityItem("order-1", 2)));
  t.Expect(first.attempt_count(), 3u);
  LockedWork second = t.FetchWorkItem();
  t.Expect(second.item(), IsMessage(ActivityItem("order-1", 3)));
  t.Expect(second.attempt_count(), 1u);
}

CONFORMANCE_CASE(
    poison_message, abandon_work_item_ignore_attempt_decrements,
    .upstream = "abandon_work_item_ignore_attempt_decrements",
    .clauses = {"WORK-3"},
    .proves =
        "An activity that is abandoned with ignore_attempt gets its last "
        "attempt back, and only that one.",
    .procedure =
        "Fetch and abandon an activity: attempt 1. Fetch it: 2; abandon it "
        "with ignore_attempt. Fetch it: 2 again.",
    .likely_causes = {
        "ignore_attempt is not looked at, or is taken for the default.",
        "ignore_attempt sets the count to 0."}) {
  LockedWork first = FetchSomeActivity(t);
  t.Expect(first.attempt_count(), 1u);
  t.AbandonWork(first);
  LockedWork second = t.FetchWorkItem();
  t.Expect(second.attempt_count(), 2u);
  t.AbandonWork(second, {.ignore_attempt = true});
  t.Expect(t.FetchWorkItem().attempt_count(), 2u, "one attempt was taken back");
}

CONFORMANCE_CASE(
    poison_message, abandon_orchestration_item_ignore_attempt_decrements,
    .upstream = "abandon_orchestration_item_ignore_attempt_decrements",
    .clauses = {"ABANDON-1", "FETCH-6"},
    .proves =
        "An instance that is abandoned with ignore_attempt gets the last "
        "attempt of the fetched messages back, and only of these.",
    .procedure =
        "Fetch a message and abandon it: attempt 1. Fetch it: 2; abandon it "
        "with ignore_attempt. Fetch it: 2 again; abandon it with a delay. "
        "Fetch another message meanwhile and abandon it with ignore_attempt, "
        "then ack it. When the delay is over the first message comes: attempt "
        "3.",
    .likely_causes = {
        "ignore_attempt is not looked at, or is taken for the default.",
        "ignore_attempt sets the count to 0.",
        "ignore_attempt takes an attempt from every message of the instance, "
        "not only from those that were fetched."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first.attempt_count(), 1u);
  t.Abandon(first);
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second.attempt_count(), 2u);
  t.Abandon(second, {.ignore_attempt = true});
  LockedItem third = t.FetchOrchestrationItem();
  t.Expect(third.attempt_count(), 2u, "one attempt was taken back");
  const Interval hidden = t.Abandon(third, {.delay = t.lock_timeout()});

  t.Enqueue(ExternalItem("order-1", "paid"));
  LockedItem other = t.FetchOrchestrationItem();
  t.ExpectDuring(hidden, other.item().messages(),
                 AreMessages({ExternalItem("order-1", "paid")}));
  t.Abandon(other, {.ignore_attempt = true});
  LockedItem again = t.FetchOrchestrationItem();
  t.ExpectDuring(hidden, again.item().messages(),
                 AreMessages({ExternalItem("order-1", "paid")}));
  t.Expect(again.attempt_count(), 1u);
  t.Ack(AckBuilder(again));

  LockedItem last = t.FetchOrchestrationItemWithin();
  t.Expect(last.item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));
  t.Expect(last.attempt_count(), 3u, "it was in none of the other's batches");
}

CONFORMANCE_CASE(
    poison_message, ignore_attempt_never_goes_negative,
    .upstream = "ignore_attempt_never_goes_negative",
    .clauses = {"WORK-3", "ABANDON-1"},
    .proves =
        "However often a message is fetched and abandoned with ignore_attempt, "
        "each fetch reports attempt 1: the count neither grows nor goes below "
        "0. So in both queues.",
    .procedure =
        "Fetch an activity and abandon it with ignore_attempt, three times: "
        "attempt 1 each time. The same with an instance.",
    .likely_causes = {
        "The count is lowered by more than the one attempt of the fetch.",
        "An unsigned count below 0 becomes a very large one."}) {
  t.EnqueueWork(SomeActivity());
  for (int round = 1; round <= 3; ++round) {
    LockedWork work = t.FetchWorkItem();
    t.Expect(work.attempt_count(), 1u, "activity, round ", round);
    t.AbandonWork(work, {.ignore_attempt = true});
  }
  t.EnqueueStart("order-1");
  for (int round = 1; round <= 3; ++round) {
    LockedItem item = t.FetchOrchestrationItem();
    t.Expect(item.attempt_count(), 1u, "instance, round ", round);
    t.Abandon(item, {.ignore_attempt = true});
  }
}

CONFORMANCE_CASE(
    poison_message, max_attempt_count_across_message_batch,
    .upstream = "max_attempt_count_across_message_batch",
    .clauses = {"FETCH-6"},
    .proves =
        "A batch reports the attempts of its most fetched message, be that the "
        "oldest or the newest; the other messages keep counts of their own.",
    .procedure =
        "Fetch and abandon a start twice: attempts 1 and 2; a completion "
        "arrives meanwhile. Fetch both: attempt 3. Ack. Enqueue a message with "
        "a delay and one without; fetch and abandon the second one twice, and "
        "when the delay is over fetch both: attempt 3.",
    .likely_causes = {
        "The batch reports the attempts of its first or last message.",
        "Messages that join a batch take over its count.",
        "The count is kept per instance and survives the ack."}) {
  t.EnqueueStart("order-1");
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first.attempt_count(), 1u);
  t.Abandon(first);
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second.attempt_count(), 2u);
  t.Enqueue(CompletedItem("order-1", 2));
  t.Abandon(second);

  LockedItem both = t.FetchOrchestrationItem();
  t.Expect(both.item().messages(),
           AreMessages({StartItem("order-1"), CompletedItem("order-1", 2)}));
  t.Expect(both.attempt_count(), 3u, "3 of the start, 1 of the completion");
  t.Ack(FirstAck(both));

  const Interval hidden =
      t.EnqueueDelayed(CompletedItem("order-1", 3), t.lock_timeout());
  t.Enqueue(CompletedItem("order-1", 4));
  for (uint32_t attempt = 1; attempt <= 2; ++attempt) {
    LockedItem newest = t.FetchOrchestrationItem();
    t.Expect(newest.attempt_count(), attempt);
    t.Abandon(newest);
  }
  t.WaitUntilOver(hidden);
  LockedItem mixed = t.FetchOrchestrationItem();
  t.Expect(mixed.item().messages(), AreMessages({CompletedItem("order-1", 3),
                                                 CompletedItem("order-1", 4)}));
  t.Expect(mixed.attempt_count(), 3u, "1 of the older, 3 of the newer");
}

}  // namespace
}  // namespace duroxide::conformance
