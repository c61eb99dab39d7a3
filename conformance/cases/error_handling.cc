// What a provider says when something is wrong, and that nothing breaks by it.

#include <optional>
#include <string>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

absl::StatusOr<v1::ReadHistoryResponse> TryReadHistory(
    Fixture& t, std::string_view instance,
    std::optional<uint64_t> execution_id = std::nullopt) {
  v1::ReadHistoryRequest request;
  request.set_instance(std::string(instance));
  if (execution_id) request.set_execution_id(*execution_id);
  return t.Call(&Provider::ReadHistory, request);
}

absl::Status TryAppend(Fixture& t, std::string_view instance,
                       uint64_t execution_id, const v1::Event& event) {
  v1::AppendHistoryRequest request;
  request.set_instance(std::string(instance));
  request.set_execution_id(execution_id);
  *request.add_events() = WithOwner(event, instance, execution_id);
  return t.Call(&Provider::AppendHistory, request).status();
}

CONFORMANCE_CASE(
    error_handling, invalid_lock_token_on_ack,
    .upstream = "test_invalid_lock_token_on_ack",
    .clauses = {"ACK-1", "WIRE-2"},
    .proves =
        "An ack whose token nobody holds fails with LOCK_LOST and does "
        "nothing: an invented token, one of the worker queue, one used "
        "already.",
    .procedure =
        "Hold an instance and an activity. Ack the turn with a token that no "
        "fetch gave, and with the activity's: LOCK_LOST, and no history. Ack "
        "it with its own token: it is committed. Ack once more with that "
        "token: LOCK_LOST, and the history is the same.",
    .likely_causes = {
        "An ack that finds no lock inserts its events all the same.",
        "Tokens of both queues are looked up in one place.",
        "The lock outlives the ack.",
        "The error carries no reason, or its reason comes with another code "
        "than FAILED_PRECONDITION."}) {
  LockedWork activity = FetchSomeActivity(t);
  t.EnqueueStart("order-1");
  LockedItem held = t.FetchOrchestrationItem();

  t.ExpectError(t.TryAck(FirstAck(held).LockToken(kUnknownToken)),
                v1::ERROR_REASON_LOCK_LOST, "a token that no fetch gave");
  t.ExpectError(t.TryAck(FirstAck(held).LockToken(activity.token())),
                v1::ERROR_REASON_LOCK_LOST, "the token of an activity");
  t.Expect(t.ReadHistory("order-1"), IsEmpty());

  t.Ack(FirstAck(held));
  t.ExpectError(t.TryAck(AckBuilder(held).Append(TimerCreatedEvent(2, 1))),
                v1::ERROR_REASON_LOCK_LOST, "a token that was used");
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));
}

CONFORMANCE_CASE(
    error_handling, duplicate_event_id_rejection,
    .upstream = "test_duplicate_event_id_rejection",
    .clauses = {"ACK-1", "ACK-3", "WIRE-2"},
    .proves =
        "An event id is taken once per execution: an ack or an append that "
        "brings it again fails with DUPLICATE_EVENT and leaves the history as "
        "it was. Another execution may use the same id.",
    .procedure =
        "Make an instance with event 1. Ack the next turn with another event "
        "1, append one, and ack with two events 2: each fails with "
        "DUPLICATE_EVENT, and the history is event 1. Ack that turn as "
        "execution 2 with an event 1: it is "
        "committed.",
    .likely_causes = {
        "Events have no unique key over instance, execution and event id.",
        "The insert ignores or replaces the row that is there.",
        "The key leaves out the execution.",
        "The store's own error for a violated key is passed on as INTERNAL."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem held = t.FetchOrchestrationItem();

  t.ExpectError(t.TryAck(AckBuilder(held).Append(ActivityScheduledEvent(1))),
                v1::ERROR_REASON_DUPLICATE_EVENT, "ack");
  t.ExpectError(TryAppend(t, "order-1", 1, ActivityScheduledEvent(1)),
                v1::ERROR_REASON_DUPLICATE_EVENT, "append");
  t.ExpectError(t.TryAck(AckBuilder(held)
                             .Append(ActivityScheduledEvent(2))
                             .Append(TimerCreatedEvent(2, 1))),
                v1::ERROR_REASON_DUPLICATE_EVENT, "twice in one ack");
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));

  t.Ack(AckBuilder(held).Execution(2).Append(ActivityScheduledEvent(1)));
  t.Expect(t.ReadHistory("order-1", 1),
           AreEvents("order-1", 1, {StartedEvent(1)}));
  t.Expect(t.ReadHistory("order-1", 2),
           AreEvents("order-1", 2, {ActivityScheduledEvent(1)}));
}

CONFORMANCE_CASE(
    error_handling, missing_instance_metadata,
    .upstream = "test_missing_instance_metadata",
    .clauses = {"ACK-3", "ACK-2", "ACK-7", "KV-1", "FETCH-4"},
    .proves =
        "What is not known is empty and no error: the history, custom status "
        "and keys of an unknown instance. And a turn that was acked without "
        "name and version is still found by its history.",
    .procedure =
        "Read all that belongs to an instance that does not exist: there is "
        "nothing. Ack a first turn with no metadata. Enqueue an external event "
        "and fetch: the instance comes with its history.",
    .likely_causes = {
        "A read of an unknown instance answers NOT_FOUND.",
        "The ack needs a name to store anything, and drops the events.",
        "The fetch takes an instance with a history but no record for an "
        "orphan."}) {
  t.Expect(t.ReadHistory("order-9"), IsEmpty());
  t.Expect(t.ReadHistory("order-9", 1), IsEmpty());
  v1::GetCustomStatusRequest status;
  status.set_instance("order-9");
  t.Expect(t.Do(&Provider::GetCustomStatus, status).has_change(), false);
  v1::GetKvValueRequest value;
  value.set_instance("order-9");
  value.set_key("carrier");
  t.Expect(t.Do(&Provider::GetKvValue, value).has_value(), false);
  v1::ListKvValuesRequest values;
  values.set_instance("order-9");
  t.Expect(t.Do(&Provider::ListKvValues, values).entries(), IsEmpty());

  t.EnqueueStart("order-1");
  t.Ack(AckBuilder(t.FetchOrchestrationItem()).Append(StartedEvent(1)));
  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem next = t.FetchOrchestrationItem();
  t.Expect(next, IsItemOf("order-1"));
  t.Expect(next.item().execution_id(), 1u);
  t.Expect(next.item().history(), AreEvents("order-1", 1, {StartedEvent(1)}));
}

CONFORMANCE_CASE(
    error_handling, corrupted_serialization_data,
    .upstream = "test_corrupted_serialization_data",
    .clauses = {"FETCH-8", "FETCH-6", "ACK-3"},
    .needs = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "An instance whose stored events cannot be read back is still given "
        "out, locked and counted, with history_error and no events, and can "
        "still be acked. Other instances do not notice.",
    .procedure =
        "Make two instances and corrupt the history of one. Enqueue a message "
        "for each and fetch both: the corrupt one has history_error, no events "
        "and its message; the other one is whole. Give the corrupt one back "
        "and fetch it again: its attempt is the second. Ack it with a final "
        "event: it is committed.",
    .likely_causes = {
        "The fetch fails as a whole, so that the instance stays at the head of "
        "the queue and blocks the others.",
        "Events that cannot be read are left out, and the rest is given as if "
        "it were the history.",
        "The attempt is counted in a transaction that the read error rolls "
        "back.",
        "The ack reads the history before it appends to it."}) {
  CreateInstance(t, "order-1");
  CreateInstance(t, "order-2");
  CorruptHistory(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Enqueue(ExternalItem("order-2", "approved"));

  LockedItem corrupt = t.FetchOrchestrationItem();
  t.Expect(corrupt, IsItemOf("order-1"), "its message came first");
  t.Expect(corrupt.item().has_history_error(), true);
  t.Expect(corrupt.item().history(), IsEmpty());
  t.Expect(corrupt.item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));
  t.Expect(corrupt.attempt_count(), 1u);

  LockedItem whole = t.FetchOrchestrationItem();
  t.Expect(whole, IsItemOf("order-2"));
  t.Expect(whole.item().has_history_error(), false);
  t.Expect(whole.item().history(), AreEvents("order-2", 1, {StartedEvent(1)}));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "both are locked");

  t.Abandon(corrupt);
  LockedItem again = t.FetchOrchestrationItem();
  t.Expect(again, IsItemOf("order-1"));
  t.Expect(again.item().has_history_error(), true);
  t.Expect(again.attempt_count(), 2u);
  t.Ack(AckBuilder(again)
            .Append(FailedEvent(2))
            .Status(v1::ORCHESTRATION_STATUS_FAILED));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "its message is gone");
}

CONFORMANCE_CASE(
    error_handling, lock_expiration_during_ack,
    .upstream = "test_lock_expiration_during_ack",
    .clauses = {"ACK-1", "WIRE-2"},
    .proves =
        "An ack that comes when its lock has run out fails with LOCK_LOST and "
        "does nothing, also where nobody has taken the instance since.",
    .procedure =
        "Hold an instance until its lock has run out. Ack with an event, an "
        "activity and a message: LOCK_LOST, and none of them is there. Fetch "
        "the instance: the same message, for the second time. Ack that: it is "
        "committed.",
    .likely_causes = {
        "The ack asks whether the token is there and not until when it holds.",
        "The expiry is checked at the beginning of the ack and not at its "
        "commit.",
        "Expired locks count until somebody else takes the instance."}) {
  t.EnqueueStart("order-1");
  LockedItem late = t.FetchOrchestrationItem();
  t.WaitUntilOver(late.held);

  t.ExpectError(t.TryAck(FirstAck(late)
                             .Append(ActivityScheduledEvent(2))
                             .Worker(ActivityItem("order-1", 2))
                             .Orchestrator(StartItem("order-2"))),
                v1::ERROR_REASON_LOCK_LOST, "the lock has run out");
  t.Expect(t.ReadHistory("order-1"), IsEmpty());
  t.Expect(t.TryFetchWorkItem(), NoItem());

  LockedItem again = t.FetchOrchestrationItem();
  t.Expect(again, IsItemOf("order-1"));
  t.Expect(again.item().messages(), AreMessages({StartItem("order-1")}));
  t.Expect(again.attempt_count(), 2u);
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "order-2 was not started");
  t.Ack(FirstAck(again));
  t.Expect(t.ReadHistory("order-1"), SizeIs(1));
}

CONFORMANCE_CASE(
    error_handling, read_corrupted_history_returns_error,
    .upstream = "test_read_corrupted_history_returns_error",
    .clauses = {"FETCH-8", "WIRE-2"}, .needs = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "Reading a history that cannot be read back is HISTORY_CORRUPT, never "
        "a shorter or empty history. Other instances do not notice.",
    .procedure =
        "Make two instances and read their histories. Corrupt one: reading it "
        "fails with HISTORY_CORRUPT, and the other one reads as before.",
    .likely_causes = {"Events that cannot be read are left out of the reply.",
                      "The error is passed on as INTERNAL."}) {
  CreateInstance(t, "order-1");
  CreateInstance(t, "order-2");
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));

  CorruptHistory(t, "order-1");

  t.ExpectError(TryReadHistory(t, "order-1"), v1::ERROR_REASON_HISTORY_CORRUPT);
  t.Expect(t.ReadHistory("order-2"),
           AreEvents("order-2", 1, {StartedEvent(1)}));
}

CONFORMANCE_CASE(
    error_handling, read_with_execution_corrupted_history_returns_error,
    .upstream = "test_read_with_execution_corrupted_history_returns_error",
    .clauses = {"FETCH-8", "WIRE-2"}, .needs = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "Reading one execution whose events cannot be read back is "
        "HISTORY_CORRUPT, also where it is named. Earlier executions of the "
        "same instance still read.",
    .procedure =
        "Make an instance with two executions and read both. Corrupt the "
        "history of the current one: reading execution 2 fails with "
        "HISTORY_CORRUPT, and execution 1 reads as before.",
    .likely_causes = {
        "The read of a named execution has a query of its own that leaves out "
        "what it cannot read.",
        "The test service corrupts all executions instead of the current "
        "one."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(ContinueAsNewItem("order-1"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Execution(2)
            .Append(StartedEvent(1)));
  t.Expect(t.ReadHistory("order-1", 2),
           AreEvents("order-1", 2, {StartedEvent(1)}));

  CorruptHistory(t, "order-1");

  t.ExpectError(TryReadHistory(t, "order-1", 2),
                v1::ERROR_REASON_HISTORY_CORRUPT);
  t.Expect(t.ReadHistory("order-1", 1),
           AreEvents("order-1", 1, {StartedEvent(1)}));
}

}  // namespace
}  // namespace duroxide::conformance
