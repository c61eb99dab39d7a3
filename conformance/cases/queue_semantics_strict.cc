// Timers: each becomes visible at its own moment, and takes its place by it.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

// A moment that no test lives to see, in milliseconds: in the year 2200.
constexpr uint64_t kFarAwayMs = 7258118400000;

CONFORMANCE_CASE(
    queue_semantics, timers_take_the_place_of_their_moment,
    .profile = Profile::kStrict, .clauses = {"ACK-5", "FETCH-3"},
    .proves =
        "A timer of an ack that is due already is visible at once, but does "
        "not get ahead of what was visible before the ack. One to come is "
        "hidden until its moment, one that is far away stays hidden, and each "
        "is seen by itself.",
    .procedure =
        "Enqueue a start for a second instance. Ack the first instance's turn "
        "with three timers for it: due since 1970, due in a lock time, due in "
        "2200. Fetch: the second instance, then the first with its first "
        "timer. Near the moment of the second timer: nothing. At its moment it "
        "comes, alone. Then nothing comes any more.",
    .likely_causes = {
        "fire_at_ms is the place in the queue, so that old timers jump it.",
        "fire_at_ms is taken as a delay, or in another unit.",
        "A moment that is far away overflows and counts as past.",
        "The timers of an ack all become visible with the first."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "go"));
  LockedItem turn = t.FetchOrchestrationItem();
  t.EnqueueStart("order-2");
  const ProviderMoment due = t.ProviderTimeIn(t.lock_timeout());
  const v1::WorkItem past = TimerItem("order-1", 2, 1);
  const v1::WorkItem soon = TimerItem("order-1", 3, due.at_ms);
  const v1::WorkItem far = TimerItem("order-1", 4, kFarAwayMs);
  t.Ack(
      AckBuilder(turn).Orchestrator(past).Orchestrator(soon).Orchestrator(far));

  LockedItem other =
      t.FetchOrchestrationItem({.lock_timeout = 60 * t.lock_timeout()});
  t.Expect(other, IsItemOf("order-2"), "it has waited longer");
  LockedItem first = t.FetchOrchestrationItem();
  t.ExpectDuring(due.until, first.item().messages(), AreMessages({past}));
  t.Ack(AckBuilder(first));
  t.WaitUntilNearEnd(due.until);
  t.ExpectDuring(due.until, t.TryFetchOrchestrationItem(), NoItem());
  t.WaitUntilOver(due.until);
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second.item().messages(), AreMessages({soon}));
  t.Ack(AckBuilder(second));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "one is due in 2200");
}

}  // namespace
}  // namespace duroxide::conformance
