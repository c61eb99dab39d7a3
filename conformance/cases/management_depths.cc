// The depths of the queues, whatever state a message is in.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/session_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    management, depths_count_given_back_messages, .profile = Profile::kStrict,
    .clauses = {"ADMIN-1", "ABANDON-1", "WORK-3"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Messages that were given back without a delay are counted again at "
        "once, in both queues, as often as that happens.",
    .procedure =
        "Enqueue two messages of an instance and two activities: 2 and 2. "
        "Fetch the instance and both activities: 0 and 0. Give the instance "
        "and one activity back: 2 and 1. Do it again: the same.",
    .likely_causes = {
        "What has a lock token counts as locked, and an abandon leaves the "
        "token in its row.",
        "A counter goes down with a fetch and not up with an abandon."}) {
  t.EnqueueStart("order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.EnqueueWork(ActivityItem("order-1", 2));
  t.EnqueueWork(ActivityItem("order-1", 3));
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(2, 2)));

  const FetchOptions long_lock = {.lock_timeout = 10 * t.lock_timeout()};
  const WorkFetchOptions long_work_lock = {.lock_timeout =
                                               10 * t.lock_timeout()};
  LockedWork first = t.FetchWorkItem(long_work_lock);
  const LockedWork second = t.FetchWorkItem(long_work_lock);
  for (int time = 1; time <= 2; ++time) {
    const LockedItem turn = t.FetchOrchestrationItem(long_lock);
    t.ExpectDuring(turn.held, t.GetQueueDepths(), IsMessage(Depths(0, 0)),
                   "all are locked, time ", time);
    t.Abandon(turn);
    t.AbandonWork(first);
    t.ExpectDuring(second.held, t.GetQueueDepths(), IsMessage(Depths(2, 1)),
                   "given back, time ", time);
    first = t.FetchWorkItem(long_work_lock);
  }
}

CONFORMANCE_CASE(
    management, depths_follow_locks_and_delays_of_instances,
    .profile = Profile::kStrict,
    .clauses = {"ADMIN-1", "FETCH-1", "ENQ-1", "ABANDON-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The depth of the orchestrator queue leaves out messages that are "
        "hidden and those of locked instances, late arrivals included, and "
        "counts them when delay or lock have run out, without a fetch.",
    .procedure =
        "Enqueue a message for an unknown instance, which counts, and one with "
        "a delay, which does not. Fetch an instance and enqueue a message for "
        "it: neither counts. Give another one back with a delay: it does not "
        "count. Wait until locks and delays are over: all count.",
    .likely_causes = {
        "A message that arrives for a locked instance is counted.",
        "A lock that ran out counts as a lock until somebody fetches.",
        "Hidden messages are counted.",
        "What cannot be given out for want of a start is left out."}) {
  t.EnqueueStart("order-1");
  const LockedItem locked = t.FetchOrchestrationItem();
  t.Expect(locked, IsItemOf("order-1"));
  t.Enqueue(ExternalItem("order-1", "late"));
  t.EnqueueStart("order-2");
  const LockedItem given_back = t.FetchOrchestrationItem();
  t.Expect(given_back, IsItemOf("order-2"));
  const Interval abandoned = t.Abandon(given_back, {.delay = t.lock_timeout()});
  t.Enqueue(ExternalItem("order-9", "approved"));
  const Interval hidden =
      t.EnqueueDelayed(StartItem("order-3"), t.lock_timeout());

  const v1::QueueDepths depths = t.GetQueueDepths();
  t.ExpectDuring(locked.held, depths, IsMessage(Depths(1, 0)),
                 "only that of order-9");
  t.ExpectDuring(abandoned, depths, IsMessage(Depths(1, 0)));
  t.ExpectDuring(hidden, depths, IsMessage(Depths(1, 0)));

  t.WaitUntilOver(locked.held);
  t.WaitUntilOver(abandoned);
  t.WaitUntilOver(hidden);
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(5, 0)), "all is free");
}

CONFORMANCE_CASE(
    management, depths_follow_locks_and_delays_of_activities,
    .profile = Profile::kStrict,
    .clauses = {"ADMIN-1", "WORK-1", "WORK-3", "SESS-1", "TAG-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The depth of the worker queue leaves out activities that are locked "
        "or hidden and counts them when that is over, without a fetch; tags "
        "and sessions make no difference.",
    .procedure =
        "Enqueue plain activities, one with a tag and two of a session. Fetch "
        "one of the session and one plain one, and give another one back with "
        "a delay: the rest counts, that of the held session too. Renew a lock: "
        "it stays out. Wait until all is over: all count.",
    .likely_causes = {
        "A lock that ran out counts as a lock until somebody fetches.",
        "Items of a held session are left out.",
        "Items with a tag are left out, or only they are.",
        "An activity that was given back with a delay is counted at once."}) {
  Worker worker(t, "worker-1");
  t.EnqueueWork(SessionActivity(2));
  t.EnqueueWork(SessionActivity(3));
  const LockedWork of_session = worker.Fetch();
  t.EnqueueWork(ActivityItem("order-1", 4));
  t.EnqueueWork(ActivityItem("order-1", 5));
  t.EnqueueWork(ActivityItem("order-1", 6, {.tag = "gpu"}));
  t.EnqueueWork(ActivityItem("order-1", 7));
  const LockedWork plain = t.FetchWorkItem();
  const LockedWork given_back = t.FetchWorkItem();
  const Interval hidden =
      t.AbandonWork(given_back, {.delay = t.lock_timeout()});
  const Interval renewed = t.RenewWork(plain, t.lock_timeout());

  // Of 2 to 7 the locked 2 and 4 and the hidden 5 are left out.
  const v1::QueueDepths depths = t.GetQueueDepths();
  t.ExpectDuring(of_session.held, depths, IsMessage(Depths(0, 3)));
  t.ExpectDuring(renewed, depths, IsMessage(Depths(0, 3)));
  t.ExpectDuring(hidden, depths, IsMessage(Depths(0, 3)));

  t.WaitUntilOver(of_session.held);
  t.WaitUntilOver(renewed);
  t.WaitUntilOver(hidden);
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 6)), "all is free");
}

}  // namespace
}  // namespace duroxide::conformance
