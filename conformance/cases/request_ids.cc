// Requests that are sent again under the same id: the first reply, and nothing
// done twice. The queues and the history.

#include <string>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/request_id_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/durations.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    request_ids, a_repeated_enqueue_stores_one_message,
    .profile = Profile::kStrict, .clauses = {"WIRE-7", "ENQ-1", "WORK-1"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "An enqueue that is sent again under its request_id stores nothing "
        "more, in either queue, also after the message was fetched and acked. "
        "Without an id, or under another one, the same message is stored "
        "again. An id is any text of up to 128 bytes.",
    .procedure =
        "Enqueue a start three times under one id, then once without an id and "
        "once under another, of 128 bytes: the batch has it three times. Ack, "
        "and send the first again: nothing comes. The same with an activity.",
    .likely_causes = {
        "The request_id is not looked at.",
        "The id is forgotten with the message that it stored.",
        "Requests are told apart by their content instead of by their id."}) {
  const std::string long_id = "naïve 请求 " + std::string(112, '-');
  const v1::WorkItem start = StartItem("order-1");
  Repeated enqueue(t, &Provider::EnqueueOrchestratorItem, EnqueueRequest(start),
                   "enqueue-1");
  enqueue.Again();
  enqueue.Again();
  t.Enqueue(start);
  Repeated other(t, &Provider::EnqueueOrchestratorItem, EnqueueRequest(start),
                 long_id);
  other.Again();
  LockedItem item = t.FetchOrchestrationItem();
  t.Expect(item.item().messages(), AreMessages({start, start, start}));
  t.Ack(FirstAck(item));
  enqueue.Again();
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "it was acked");

  Repeated work(t, &Provider::EnqueueWorkItem,
                EnqueueWorkRequest(SomeActivity()), "enqueue-2");
  work.Again();
  t.AckWork(t.FetchWorkItem());
  work.Again();
  t.Expect(t.TryFetchWorkItem(), NoItem(), "it was acked");
  t.EnqueueWork(SomeActivity());
  t.Expect(t.FetchWorkItem().item(), IsMessage(SomeActivity()));
}

CONFORMANCE_CASE(
    request_ids, a_repeated_ack_of_a_turn_commits_once,
    .profile = Profile::kStrict, .clauses = {"WIRE-7", "ACK-1", "ACK-3"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "An ack that is sent again under its request_id succeeds like the "
        "first and commits nothing more: no events, activities or messages. "
        "Without the id it is LOCK_LOST.",
    .procedure =
        "Ack a turn under an id, with an event, an activity, a message and a "
        "custom status. Take the activity and the message out of the queues. "
        "Send the ack again: OK. The history and the version of the custom "
        "status are unchanged, and nothing can be fetched. Send it without the "
        "id: LOCK_LOST.",
    .likely_causes = {
        "A repeated ack fails, because its lock was released by the first.",
        "The outcome is remembered outside of the transaction, so that one of "
        "the two can be lost.",
        "The repeated ack enqueues before it finds out that it is one."}) {
  t.EnqueueStart("order-1");
  const v1::AckOrchestrationItemRequest turn =
      FirstAck(t.FetchOrchestrationItem())
          .Append(CustomStatusEvent(2, "packing"))
          .Worker(SomeActivity())
          .Orchestrator(ExternalItem("order-1", "again"));
  Repeated ack(t, &Provider::AckOrchestrationItem, turn, "ack-1");
  t.AckWork(t.FetchWorkItem());
  t.Ack(AckBuilder(t.FetchOrchestrationItem()));

  ack.Again();
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1,
                     {StartedEvent(1), CustomStatusEvent(2, "packing")}));
  v1::GetCustomStatusRequest status;
  status.set_instance("order-1");
  t.Expect(t.Do(&Provider::GetCustomStatus, status).change().version(), 1u);
  t.Expect(t.TryFetchWorkItem(), NoItem());
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
  t.ExpectError(t.TryAck(turn), v1::ERROR_REASON_LOCK_LOST, "without the id");
}

CONFORMANCE_CASE(
    request_ids, a_repeated_ack_of_an_activity_completes_once,
    .profile = Profile::kStrict, .clauses = {"WIRE-7", "WORK-2"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "The ack of an activity that is sent again under its request_id "
        "succeeds like the first, and the instance gets one completion. "
        "Without the id it is LOCK_LOST.",
    .procedure =
        "Ack an activity with a completion under an id, and send it again, "
        "before and after the instance took the completion: OK each time. The "
        "instance got one. Send it without the id: LOCK_LOST.",
    .likely_causes = {
        "A repeated ack fails, because its item is gone.",
        "The completion is enqueued before the id is looked up."}) {
  CreateInstance(t, "order-1");
  const v1::AckWorkItemRequest request = AckWorkRequest(
      FetchSomeActivity(t).token(), CompletionOf(SomeActivity()));
  Repeated ack(t, &Provider::AckWorkItem, request, "ack-1");
  ack.Again();
  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn.item().messages(), AreMessages({CompletionOf(SomeActivity())}));
  t.Ack(AckBuilder(turn));
  ack.Again();
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "one completion");
  t.ExpectError(t.TryAckWork(request.lock_token(), request.completion()),
                v1::ERROR_REASON_LOCK_LOST, "without the id");
}

CONFORMANCE_CASE(
    request_ids, a_repeated_abandon_gives_back_once,
    .profile = Profile::kStrict, .clauses = {"WIRE-7", "ABANDON-1", "WORK-3"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "An abandon that is sent again under its request_id succeeds, and "
        "neither takes the item from whoever has fetched it since nor another "
        "attempt back. So in both queues.",
    .procedure =
        "Fetch an instance, abandon it with ignore_attempt under an id, and "
        "fetch it again: attempt 1. Send the abandon again: OK, and the "
        "instance is held. Abandon it without an id and fetch: attempt 2. The "
        "same with an activity.",
    .likely_causes = {
        "A repeated abandon fails, because its token is lost.",
        "The abandon goes by the item and not by the token, and frees the "
        "lock of the next holder."}) {
  t.EnqueueStart("order-1");
  auto turn = WithToken<v1::AbandonOrchestrationItemRequest>(
      t.FetchOrchestrationItem().token());
  turn.set_ignore_attempt(true);
  Repeated abandon(t, &Provider::AbandonOrchestrationItem, turn, "abandon-1");
  LockedItem item =
      t.FetchOrchestrationItem({.lock_timeout = 60 * t.lock_timeout()});
  t.Expect(item.attempt_count(), 1u, "the attempt was taken back");
  abandon.Again();
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "locked by ", item);
  t.Abandon(item);
  t.Expect(t.FetchOrchestrationItem().attempt_count(), 2u);

  auto activity =
      WithToken<v1::AbandonWorkItemRequest>(FetchSomeActivity(t).token());
  activity.set_ignore_attempt(true);
  Repeated abandon_work(t, &Provider::AbandonWorkItem, activity, "abandon-2");
  LockedWork work = t.FetchWorkItem({.lock_timeout = 60 * t.lock_timeout()});
  t.Expect(work.attempt_count(), 1u, "the attempt was taken back");
  abandon_work.Again();
  t.Expect(t.TryFetchWorkItem(), NoItem(), "locked by ", work);
  t.AbandonWork(work);
  t.Expect(t.FetchWorkItem().attempt_count(), 2u);
}

CONFORMANCE_CASE(
    request_ids, a_repeated_renewal_extends_once, .profile = Profile::kStrict,
    .clauses = {"WIRE-7", "RENEW-1", "WORK-3"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "A renewal that is sent again under its request_id succeeds and "
        "extends nothing: the lock ends when the first one said. So in both "
        "queues.",
    .procedure =
        "Renew an instance and an activity for a lock time, each under an id. "
        "Near the end of that time send both again: OK. When it is over both "
        "can be fetched. Send them once more: still OK, and the new holders' "
        "locks are not touched.",
    .likely_causes = {
        "The repeated renewal counts from the moment at which it came.",
        "A repeated renewal fails when its lock is over."}) {
  t.EnqueueStart("order-1");
  t.EnqueueWork(SomeActivity());
  auto turn = WithToken<v1::RenewOrchestrationItemLockRequest>(
      t.FetchOrchestrationItem().token());
  auto activity =
      WithToken<v1::RenewWorkItemLockRequest>(t.FetchWorkItem().token());
  *turn.mutable_extend_for() = ToProto(t.lock_timeout());
  *activity.mutable_extend_for() = ToProto(t.lock_timeout());

  const Moment sent = Now();
  Repeated renew(t, &Provider::RenewOrchestrationItemLock, turn, "renew-1");
  Repeated renew_work(t, &Provider::RenewWorkItemLock, activity, "renew-2");
  const Interval renewed = {
      .sent = sent, .received = Now(), .length = t.lock_timeout()};
  t.WaitUntilNearEnd(renewed);
  renew.Again();
  renew_work.Again();
  t.WaitUntilOver(renewed);
  const absl::Duration for_long = 60 * t.lock_timeout();
  LockedItem next = t.FetchOrchestrationItem({.lock_timeout = for_long});
  LockedWork next_work = t.FetchWorkItem({.lock_timeout = for_long});
  renew.Again();
  renew_work.Again();
  t.Renew(next, for_long);
  t.RenewWork(next_work, for_long);
}

CONFORMANCE_CASE(
    request_ids, a_repeated_append_stores_its_events_once,
    .profile = Profile::kStrict, .clauses = {"WIRE-7", "ACK-3"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "An append that is sent again under its request_id succeeds, and the "
        "history has its events once. Without the id it is DUPLICATE_EVENT.",
    .procedure =
        "Append an event under an id, and send it again: OK. Append another "
        "one and send the first again: OK. The history has the two. Send the "
        "first without the id: DUPLICATE_EVENT.",
    .likely_causes = {
        "A repeated append fails, because its event ids are taken.",
        "The repeated append overwrites or doubles the events."}) {
  CreateInstance(t, "order-1");
  const v1::AppendHistoryRequest request =
      AppendRequest("order-1", ActivityScheduledEvent(2));
  Repeated append(t, &Provider::AppendHistory, request, "append-1");
  append.Again();
  t.Do(&Provider::AppendHistory,
       AppendRequest("order-1", ActivityScheduledEvent(3)));
  append.Again();
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1,
                     {StartedEvent(1), ActivityScheduledEvent(2),
                      ActivityScheduledEvent(3)}));
  t.ExpectError(t.Call(&Provider::AppendHistory, request),
                v1::ERROR_REASON_DUPLICATE_EVENT, "without the id");
}

}  // namespace
}  // namespace duroxide::conformance
