// Strict cases: what a provider has acknowledged is still there when it has
// been ended without a warning and started again. Each has a provider of its
// own.

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/durations.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::Eq;

// Cases hold on to locks over a restart, which takes its time.
absl::Duration LongLock(const Fixture& t) { return 30 * t.lock_timeout(); }

}  // namespace

CONFORMANCE_CASE(
    restart, acked_turn_survives_a_restart, .profile = Profile::kStrict,
    .clauses = {"ACK-1", "ACK-7", "KV-1", "ACK-3"}, .restarts = true,
    .proves =
        "A turn whose ack was answered is there after a crash with all that it "
        "did: its events, its activities, its messages, its custom status and "
        "its key-values.",
    .procedure =
        "Ack a turn with an event, a status, a key-value, an activity and a "
        "message for another instance. Kill the provider at once and start it "
        "again. Read the history, the status and the value; fetch the activity "
        "and the other instance. The acked messages do not come again.",
    .likely_causes = {
        "An ack is answered before its transaction is committed.",
        "A commit is not flushed to disk; see the fallback of the database's "
        "durability setting.",
        "Parts of an ack are kept in memory and written later."}) {
  t.EnqueueStart("order-1");
  const LockedItem held = t.FetchOrchestrationItem();
  t.Ack(FirstAck(held)
            .Append(ActivityScheduledEvent(2))
            .Append(CustomStatusEvent(3, "waiting"))
            .Append(KeyValueSetEvent(4, "total", "12"))
            .Worker(ActivityItem("order-1", 2))
            .Orchestrator(StartItem("order-2")));
  const std::vector<v1::Event> before = t.ReadHistory("order-1");
  t.Expect(before.size(), 4u);

  t.RestartProvider();

  t.Expect(t.ReadHistory("order-1"), AreEvents("order-1", 1, before));
  v1::GetCustomStatusRequest status;
  status.set_instance("order-1");
  t.Expect(t.Do(&Provider::GetCustomStatus, status).change().custom_status(),
           Eq("waiting"));
  v1::GetKvValueRequest value;
  value.set_instance("order-1");
  value.set_key("total");
  t.Expect(t.Do(&Provider::GetKvValue, value).value(), Eq("12"));
  t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-1", 2)));
  t.Expect(t.FetchOrchestrationItem(), IsItemOf("order-2"));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(),
           "the messages of order-1 were acked");
}

CONFORMANCE_CASE(
    restart, enqueued_work_survives_a_restart, .profile = Profile::kStrict,
    .clauses = {"ENQ-1", "WORK-1", "FETCH-2"}, .restarts = true,
    .proves =
        "What was enqueued is there after a crash, in the order in which it "
        "was enqueued.",
    .procedure =
        "Enqueue messages for an instance and activities. Kill the provider at "
        "once and start it again. Fetch: all messages in one item, all "
        "activities one by one, in their order.",
    .likely_causes = {
        "An enqueue is answered before it is committed.",
        "The order is that of memory, or of a clock that starts anew."}) {
  constexpr uint64_t kActivities = 5;
  t.EnqueueStart("order-1");
  t.Enqueue(ExternalItem("order-1", "paid"));
  t.Enqueue(ExternalItem("order-1", "packed"));
  for (uint64_t id = 2; id < 2 + kActivities; ++id) {
    t.EnqueueWork(ActivityItem("order-1", id));
  }

  t.RestartProvider();

  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({StartItem("order-1"), ExternalItem("order-1", "paid"),
                        ExternalItem("order-1", "packed")}));
  for (uint64_t id = 2; id < 2 + kActivities; ++id) {
    t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-1", id)));
  }
}

CONFORMANCE_CASE(
    restart, locks_survive_a_restart, .profile = Profile::kStrict,
    .clauses = {"FETCH-1", "FETCH-6", "WORK-2"}, .restarts = true,
    .proves =
        "Locks are as durable as what they guard: after a crash an instance "
        "and an activity that were locked are given to nobody else, and their "
        "tokens still ack them.",
    .procedure =
        "Fetch an instance and an activity with long locks. Kill the provider "
        "and start it again. Fetch both: nothing. Ack both by their tokens.",
    .likely_causes = {
        "Locks are kept in memory, and a restart frees everything.",
        "All locks are released at the start, as if their holders were gone "
        "with the provider.",
        "Tokens are signed or checked with a secret of the process."}) {
  t.EnqueueStart("order-1");
  t.EnqueueWork(ActivityItem("order-2", 2));
  const LockedItem instance =
      t.FetchOrchestrationItem({.lock_timeout = LongLock(t)});
  const LockedWork activity = t.FetchWorkItem({.lock_timeout = LongLock(t)});

  t.RestartProvider();

  t.ExpectDuring(instance.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", instance);
  t.ExpectDuring(activity.held, t.TryFetchWorkItem(), NoItem(),
                 "the activity is locked by ", activity);
  t.Ack(FirstAck(instance));
  t.AckWork(activity);
  t.Expect(t.ReadHistory("order-1").size(), 1u);
}

CONFORMANCE_CASE(
    restart, lock_runs_out_over_a_restart, .profile = Profile::kStrict,
    .clauses = {"FETCH-1", "FETCH-6"}, .restarts = true,
    .proves =
        "A lock runs out at its time although the provider was restarted "
        "meanwhile; attempts are counted on.",
    .procedure =
        "Fetch an instance. Kill the provider and start it again. When the "
        "lock has run out, fetch: the instance comes a second time, and the "
        "first token is lost.",
    .likely_causes = {"A lock's end is kept on a clock of the process.",
                      "The attempt count is kept in memory.",
                      "Locks of an earlier process are never taken over."}) {
  t.EnqueueStart("order-1");
  const LockedItem first = t.FetchOrchestrationItem();

  t.RestartProvider();

  t.WaitUntilOver(first.held);
  const LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.Expect(second.attempt_count(), 2u, "second fetch of ", second);
  t.ExpectError(t.TryAck(FirstAck(first)), v1::ERROR_REASON_LOCK_LOST);
}

CONFORMANCE_CASE(
    restart, delays_survive_a_restart, .profile = Profile::kStrict,
    .clauses = {"ENQ-1", "ACK-5"}, .restarts = true,
    .proves =
        "A message that was enqueued with a delay stays hidden after a crash, "
        "and comes when the delay is over.",
    .procedure =
        "Enqueue a start with a long delay and another with a short one. Kill "
        "the provider and start it again. When the short one is over that "
        "instance comes; the other one does not.",
    .likely_causes = {
        "Delays are timers of the process, and what they hide is lost or comes "
        "at once.",
        "Visibility is kept on a clock of the process."}) {
  const Interval late = t.EnqueueDelayed(StartItem("order-1"), LongLock(t));
  const Interval soon =
      t.EnqueueDelayed(StartItem("order-2"), t.lock_timeout());

  t.RestartProvider();

  t.WaitUntilOver(soon);
  t.Expect(t.FetchOrchestrationItem(), IsItemOf("order-2"));
  t.ExpectDuring(late, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is delayed");
}

CONFORMANCE_CASE(
    restart, session_claims_survive_a_restart, .profile = Profile::kStrict,
    .clauses = {"SESS-1", "SESS-2"}, .restarts = true,
    .proves = "A session that an owner holds is its own after a crash, too.",
    .procedure =
        "Enqueue two activities of one session. One owner fetches the first "
        "and so holds the session. Kill the provider and start it again. "
        "Another owner gets nothing, the first one gets the second activity.",
    .likely_causes = {"Who holds a session is kept in memory.",
                      "All sessions are released at the start."}) {
  for (const uint64_t id : {2, 3}) {
    t.EnqueueWork(ActivityItem("order-1", id, {.session_id = "session-1"}));
  }
  const WorkFetchOptions mine = {
      .lock_timeout = LongLock(t),
      .session = SessionsOf("worker-a", LongLock(t))};
  const WorkFetchOptions others = {.session =
                                       SessionsOf("worker-b", LongLock(t))};
  const LockedWork first = t.FetchWorkItem(mine);

  t.RestartProvider();

  t.ExpectDuring(first.held, t.TryFetchWorkItem(others), NoItem(),
                 "session-1 is held by worker-a");
  t.Expect(t.FetchWorkItem(mine).item(),
           IsMessage(ActivityItem("order-1", 3, {.session_id = "session-1"})));
}

CONFORMANCE_CASE(
    restart, request_ids_survive_a_restart, .profile = Profile::kStrict,
    .clauses = {"WIRE-7"}, .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .restarts = true,
    .proves =
        "A request that comes again after a crash gets its first outcome and "
        "does nothing again.",
    .procedure =
        "Ack a turn that starts another instance, with a request id. Kill the "
        "provider and start it again. Send the ack again: it succeeds as "
        "before, although its lock is gone. The other instance was started "
        "once.",
    .likely_causes = {"Outcomes are remembered in memory.",
                      "An outcome is stored apart from its effect, after it.",
                      "The lock is checked before the request id."}) {
  t.EnqueueStart("order-1");
  v1::AckOrchestrationItemRequest ack =
      FirstAck(t.FetchOrchestrationItem()).Orchestrator(StartItem("order-2"));
  ack.set_request_id("ack-1");
  t.Ack(ack);

  t.RestartProvider();

  t.Ack(ack);
  t.Expect(t.ReadHistory("order-1").size(), 1u);
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({StartItem("order-2")}), "order-2 was started once");
}

CONFORMANCE_CASE(
    restart, enqueue_is_done_once_over_a_restart, .profile = Profile::kStrict,
    .clauses = {"WIRE-7"}, .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .restarts = true,
    .proves =
        "An enqueue whose reply was lost in a crash is sent again and is there "
        "once, whether the crash came before or after it was stored.",
    .procedure =
        "Enqueue activities one after the other, each with a request id. Kill "
        "the provider and start it again. Enqueue all of them again with their "
        "ids. Fetch: each is there once, in its order.",
    .likely_causes = {
        "The memory of request ids is lost, and all are there twice.",
        "An id is remembered although its effect is lost, and one is "
        "missing."}) {
  constexpr uint64_t kActivities = 4;
  const auto enqueue = [&t](uint64_t id) {
    v1::EnqueueWorkItemRequest request;
    *request.mutable_item() = ActivityItem("order-1", id);
    request.set_request_id(absl::StrCat("enqueue-", id));
    t.Do(&Provider::EnqueueWorkItem, request);
  };
  for (uint64_t id = 2; id < 2 + kActivities; ++id) enqueue(id);

  t.RestartProvider();

  for (uint64_t id = 2; id < 2 + kActivities; ++id) enqueue(id);
  for (uint64_t id = 2; id < 2 + kActivities; ++id) {
    t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-1", id)));
  }
  t.Expect(t.TryFetchWorkItem(), NoItem(), "each was enqueued once");
}

}  // namespace duroxide::conformance
