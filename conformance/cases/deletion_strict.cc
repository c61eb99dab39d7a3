// What a deletion must take along, and how an instance of the same id begins.

#include <string>
#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/session_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CONFORMANCE_CASE(
    deletion, messages_of_every_kind_and_state_are_deleted,
    .profile = Profile::kStrict, .clauses = {"DEL-1", "SESS-1", "TAG-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A deletion removes all messages of its instances: timers, results of "
        "children, abandoned and locked ones, activities with a tag or of a "
        "session; none comes back when its lock or delay would have run out. "
        "What others have in the same session stays.",
    .procedure =
        "Give an instance messages of every kind, some hidden, some locked, "
        "and activities with a tag and in a session that another instance "
        "shares; lock the session's head. Delete the instance by name: all are "
        "counted. The session's owner gets the other instance's activity, "
        "another owner does not. Wait until all locks and delays would be "
        "over: nothing comes.",
    .likely_causes = {
        "Messages are found by a column that some kinds do not fill: the "
        "results of children name the parent.",
        "Locked or hidden messages are left out.",
        "The session is deleted with the instance of its first item.",
        "An index of the session's items still shows what was deleted."}) {
  Worker worker(t, "worker-1");
  Worker other_worker(t, "worker-2");
  t.EnqueueWork(SessionActivity(2));
  t.EnqueueWork(SessionActivity(3));
  t.EnqueueWork(
      ActivityItem("order-2", 4, {.session_id = std::string(kSession)}));
  t.EnqueueWork(ActivityItem("order-1", 5, {.tag = "gpu"}));
  const LockedWork head = worker.Fetch();
  t.Expect(head.item(), IsMessage(SessionActivity(2)));

  MakeInstance(t, "order-1");
  const ProviderMoment due = t.ProviderTimeIn(t.lock_timeout());
  t.Enqueue(ChildCompletedItem("order-1", 7));
  t.Enqueue(ChildFailedItem("order-1", 8));
  t.Enqueue(QueueMessage("order-1", "remarks"));
  t.Enqueue(CancelItem("order-1"));
  const LockedItem turn = t.FetchOrchestrationItem();
  t.Ack(AckBuilder(turn).Orchestrator(TimerItem("order-1", 9, due.at_ms)));
  for (const v1::WorkItem& item :
       {ChildCompletedItem("order-1", 7), CompletedItem("order-1", 5),
        ContinueAsNewItem("order-1"), ExternalItem("order-1", "approved")}) {
    t.Enqueue(item);
  }
  const LockedItem locked = t.FetchOrchestrationItem();
  t.Expect(locked.item().messages_size(), 4);
  const Interval hidden = t.Abandon(locked, {.delay = t.lock_timeout()});
  t.Enqueue(FailedItem("order-1", 6));

  // The timer, the four that were given back, the last one, four activities
  // less that of order-2.
  t.Expect(DeleteNamed(t, {"order-1"}).queue_messages_deleted(), 9u);
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 1)));
  t.ExpectError(t.TryAckWork(head.token()), v1::ERROR_REASON_LOCK_LOST);
  t.Expect(other_worker.TryFetch(), NoItem(), "worker-1 holds the session");
  const LockedWork rest = worker.Fetch();
  t.Expect(rest.item().activity_execute().instance(), "order-2");
  t.AckWork(rest);

  t.WaitUntilOver(due.until);
  t.WaitUntilOver(hidden);
  t.WaitUntilOver(head.held);
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 0)));
  t.Expect(worker.TryFetch(), NoItem());
  t.EnqueueStart("order-1");
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({StartItem("order-1")}));
}

CONFORMANCE_CASE(
    deletion, an_instance_made_again_starts_afresh, .profile = Profile::kStrict,
    .clauses = {"DEL-1", "ACK-2", "ACK-6", "ACK-7", "KV-3", "FETCH-6"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "An instance that was deleted and is started again has nothing of the "
        "old one: no history, execution, output, parent or pinned version, no "
        "custom status and version 0, no key-values, no attempts.",
    .procedure =
        "Make a child with three executions, a key, two custom statuses and a "
        "pinned version, and fetch and abandon its turn several times. Delete "
        "it by name and start it again: the first turn has attempt 1, "
        "execution 1, no history and no snapshot, under a filter that the old "
        "version did not pass. Its record is new, and its first custom status "
        "has version 1.",
    .likely_causes = {
        "A table is forgotten by the deletion.",
        "The custom status goes on counting from its old version.",
        "The pinned version or the parent is kept with the id.",
        "Attempts are counted by instance instead of by message."}) {
  MakeInstance(t, "root");
  RunningInstance order(t, "order-1", "root");
  order.Turn({Set("color", "red"), CustomStatusEvent(0, "packing")});
  order.ContinueAsNew();
  order.ContinueAsNew({CustomStatusEvent(0, "shipping")});
  t.Enqueue(ExternalItem("order-1", "next"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .PinnedVersion(Version(9, 0, 0))
            .Status(v1::ORCHESTRATION_STATUS_FAILED)
            .Output("card declined"));
  t.Enqueue(ExternalItem("order-1", "late"));
  for (int time = 1; time <= 3; ++time) t.Abandon(t.FetchOrchestrationItem());
  const uint64_t before = NextMoment(t);
  DeleteNamed(t, {"order-1"});
  ExpectGone(t, "order-1");

  t.EnqueueStart("order-1");
  const LockedItem first =
      t.FetchOrchestrationItem({.filter = SupportsMajor(1)});
  t.Expect(first, IsItemOf("order-1"));
  t.Expect(first.attempt_count(), 1u);
  t.Expect(first.item().execution_id(), 1u);
  t.Expect(first.item().history(), IsEmpty());
  t.Expect(first.item().kv_snapshot(), IsEmpty());
  t.Ack(FirstAck(first));

  const v1::InstanceInfo info = t.GetInstanceInfo("order-1");
  t.Expect(info.status(), v1::ORCHESTRATION_STATUS_RUNNING);
  t.Expect(info.current_execution_id(), 1u);
  t.Expect(info.has_output(), false);
  t.Expect(info.has_parent_instance_id(), false);
  t.Expect(info.created_at_ms(), ::testing::Ge(before));
  t.Expect(t.ListExecutions("order-1"), ElementsAre(1u));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));
  t.Expect(ChildrenOf(t, "root"), IsEmpty());
  t.Expect(EntriesOf(t, "order-1"), IsEmpty());

  t.Enqueue(ExternalItem("order-1", "next"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Append(CustomStatusEvent(2, "packing")));
  const auto status = t.Do(&Provider::GetCustomStatus,
                           Asking<v1::GetCustomStatusRequest>("order-1"));
  t.Expect(status.change().version(), 1u, "of the custom status");
}

CONFORMANCE_CASE(
    deletion, old_tokens_do_not_touch_a_new_instance,
    .profile = Profile::kStrict, .clauses = {"ACK-8", "DEL-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The lock of a deleted instance is worth nothing for one of the same "
        "id that is locked by somebody else: ack, abandon and renewal with the "
        "old token are LOCK_LOST and neither commit, free nor extend anything.",
    .procedure =
        "Fetch a turn, delete the instance with force, start it again and "
        "fetch that. Ack, renew and abandon with the old token: LOCK_LOST. The "
        "new lock is still held, and its ack is the first commit of the new "
        "instance. Do the same with an activity.",
    .likely_causes = {
        "Locks are found by instance, and the token is not compared.",
        "Tokens are counted per instance, and come again for the new one.",
        "A row number that is used again stands for the item."}) {
  const absl::Duration long_time = 10 * t.lock_timeout();
  CreateInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  const LockedItem stale =
      t.FetchOrchestrationItem({.lock_timeout = long_time});
  t.EnqueueWork(SomeActivity());
  const LockedWork stale_work = t.FetchWorkItem({.lock_timeout = long_time});
  DeleteNamed(t, {"order-1"}, true);

  t.EnqueueStart("order-1");
  t.EnqueueWork(SomeActivity());
  const LockedItem fresh = t.FetchOrchestrationItem();
  const LockedWork fresh_work = t.FetchWorkItem();
  const v1::ErrorReason lost = v1::ERROR_REASON_LOCK_LOST;
  t.ExpectError(t.TryAck(AckBuilder(stale).Append(FailedEvent(2))), lost);
  t.ExpectError(t.TryRenew(stale.token(), long_time), lost);
  t.ExpectError(t.TryAbandon(stale.token()), lost);
  t.ExpectError(t.TryRenewWork(stale_work.token(), long_time), lost);
  t.ExpectError(t.TryAbandonWork(stale_work.token()), lost);
  t.ExpectError(
      t.TryAckWork(stale_work.token(), CompletionOf(SomeActivity(), "stale")),
      lost);
  t.RequireSurely(stale.held);
  t.RequireSurely(stale_work.held);

  t.ExpectDuring(fresh.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "locked by ", fresh);
  t.ExpectDuring(fresh_work.held, t.TryFetchWorkItem(), NoItem(), "locked by ",
                 fresh_work);
  t.Expect(t.ReadHistory("order-1"), IsEmpty());
  t.Ack(FirstAck(fresh));
  t.AckWork(fresh_work, CompletionOf(SomeActivity(), "fresh"));
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(SomeActivity(), "fresh")}));
}

CONFORMANCE_CASE(
    deletion, late_completions_are_messages_and_no_more,
    .profile = Profile::kStrict, .clauses = {"DEL-3", "ENQ-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A completion that arrives for an instance that was deleted and "
        "started again is stored and given out as any message, before and "
        "after the first turn, and is not written to the history.",
    .procedure =
        "Make an instance with an activity, delete it, and enqueue the "
        "activity's completion, as a worker does that knows of no deletion: "
        "nothing comes. Start the instance again: both messages come, in their "
        "order, and the history is empty. Ack without an event for it: the "
        "history has the start alone. Enqueue one more: it comes, too, and the "
        "history is the same.",
    .likely_causes = {
        "The provider appends completions to the history by itself.",
        "The provider drops completions that no event asked for.",
        "The completion is compared with the old execution."}) {
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ActivityScheduledEvent(2))
            .Worker(ActivityItem("order-1", 2)));
  Delete(t, "order-1", true);
  const v1::WorkItem late = CompletedItem("order-1", 2, "stale");
  t.Enqueue(late);
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "there is no instance");

  t.EnqueueStart("order-1");
  const LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first.item().messages(), AreMessages({late, StartItem("order-1")}));
  t.Expect(first.item().history(), IsEmpty());
  t.Ack(FirstAck(first));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));

  const v1::WorkItem failure = FailedItem("order-1", 2, "stale");
  t.Enqueue(failure);
  const LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second.item().messages(), AreMessages({failure}));
  t.Expect(second.item().history(), AreEvents("order-1", 1, {StartedEvent(1)}));
  t.Ack(AckBuilder(second));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
}

}  // namespace
}  // namespace duroxide::conformance
