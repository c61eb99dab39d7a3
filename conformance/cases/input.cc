// Malformed requests of the methods that a runtime works with. How a request
// can be malformed is in broken_requests.cc.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/broken_requests.h"
#include "conformance/cases/input_steps.h"
#include "conformance/cases/sample_world.h"
#include "conformance/durations.h"
#include "conformance/every_kind.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    input, fetch_of_turns, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "FETCH-7"},
    .proves =
        "FetchOrchestrationItems refuses a lock time that is missing or zero, "
        "durations that are negative or not well formed, a range of versions "
        "without a bound, and NUL. Each error names its field, and nothing is "
        "locked or counted.",
    .procedure =
        "Fill a store. Send a fetch with one fault after the other: each is "
        "INVALID_REQUEST. All reads tell what they told before, and the "
        "waiting instance is fetched for the first time. The fetch without "
        "fault succeeds.",
    .likely_causes = {
        "Durations go into arithmetic without a check.",
        "A missing message reads as its default: no bound, no time.",
        "The request is checked after the lock was taken."}) {
  ExpectRefusesBrokenRequests(t, {"FetchOrchestrationItems"});
}

CONFORMANCE_CASE(
    input, renewal_and_ack_of_a_turn, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ENQ-1", "WORK-1", "RENEW-1", "ACK-1"},
    .proves =
        "AckOrchestrationItem and RenewOrchestrationItemLock refuse an empty "
        "token, an execution 0, events without id, instance or kind, messages "
        "without a kind or for the other queue, unknown statuses, durations "
        "that are none, and NUL anywhere. Each error names its field, nothing "
        "is committed, and the lock is still held.",
    .procedure =
        "Fill a store and hold a turn. Send renewals and acks of it with one "
        "fault after the other: each is INVALID_REQUEST. All reads and both "
        "queues are as before. The renewal and the ack without fault succeed "
        "with the same token.",
    .likely_causes = {
        "Messages inside the request are not looked at.",
        "Parts of the ack are written before the rest is checked.",
        "A failed ack releases the lock."}) {
  ExpectRefusesBrokenRequests(
      t, {"RenewOrchestrationItemLock", "AckOrchestrationItem"});
}

CONFORMANCE_CASE(
    input, abandon_of_a_turn, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ABANDON-1"},
    .proves =
        "AbandonOrchestrationItem refuses an empty token, a delay that is "
        "negative or not well formed, and NUL. Each error names its field, and "
        "the lock is still held.",
    .procedure =
        "Fill a store and hold a turn. Send abandons of it with one fault "
        "after the other: each is INVALID_REQUEST, and nothing more can be "
        "fetched than before. The abandon without fault succeeds.",
    .likely_causes = {"A negative delay is taken for a moment in the past.",
                      "An empty token is looked up and is LOCK_LOST."}) {
  ExpectRefusesBrokenRequests(t, {"AbandonOrchestrationItem"});
}

CONFORMANCE_CASE(
    input, messages_to_enqueue, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ENQ-1"},
    .proves =
        "EnqueueOrchestratorItem refuses a missing message, one without a "
        "kind, an activity, and in every kind an empty instance, a missing "
        "name and NUL; and a delay that is negative or not well formed. Each "
        "error names its field, and nothing is enqueued.",
    .procedure =
        "Fill a store. For a message of every kind send the enqueue with one "
        "fault after the other: each is INVALID_REQUEST, and both queues hold "
        "what they held. The message without fault is taken.",
    .likely_causes = {
        "Only some kinds of messages are checked.",
        "For results of children, the instance is parent_instance, and that "
        "is not checked.",
        "Activities get into the queue of instances, where nobody takes "
        "them."}) {
  const SampleWorld world(t);
  v1::EnqueueOrchestratorItemRequest enqueue;
  enqueue.set_store(world.store());
  *enqueue.mutable_delay() = ToProto(HoldTime(t));
  std::vector<v1::EnqueueOrchestratorItemRequest> sound;
  const auto some_text = [](const auto&) { return "some text"; };
  for (const v1::WorkItem& message :
       MessagesOfEveryKind("order-9", some_text)) {
    if (message.has_activity_execute()) continue;
    *enqueue.mutable_item() = message;
    ExpectRefusesBrokenVersionsOf(t, enqueue);
    sound.push_back(enqueue);
  }
  world.ExpectUnchanged("after the malformed requests");
  for (const auto& request : sound) {
    t.Do(&Provider::EnqueueOrchestratorItem, request);
  }
}

CONFORMANCE_CASE(
    input, activities_to_enqueue, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "WORK-1"},
    .proves =
        "EnqueueWorkItem refuses a missing item, one without a kind, one of "
        "the other queue, an activity without instance or name, and NUL. Each "
        "error names its field, and nothing is enqueued.",
    .procedure =
        "Fill a store. Send the enqueue of an activity with one fault after "
        "the other: each is INVALID_REQUEST, and both queues hold what they "
        "held. The activity without fault is taken.",
    .likely_causes = {"Messages of other kinds get into the worker queue.",
                      "An empty name is left to the worker to find out."}) {
  ExpectRefusesBrokenRequests(t, {"EnqueueWorkItem"});
}

CONFORMANCE_CASE(
    input, fetch_of_activities, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "TAG-1", "SESS-1"},
    .proves =
        "FetchWorkItems refuses tags where the mode takes none, no tags or "
        "more than 5 where it needs some, an unknown mode, an empty owner, "
        "lock times that are missing, zero, negative or not well formed, and "
        "NUL. Each error names its field, and nothing is locked or counted.",
    .procedure =
        "Fill a store. Send a fetch with one fault after the other: each is "
        "INVALID_REQUEST. The waiting activities are fetched for the first "
        "time afterwards. The fetch without fault succeeds.",
    .likely_causes = {
        "Tags that the mode does not look at are not looked at here either.",
        "The session's lock time is not checked like the item's."}) {
  ExpectRefusesBrokenRequests(t, {"FetchWorkItems"});
}

CONFORMANCE_CASE(
    input, end_of_an_activity, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "WORK-2", "WORK-3"},
    .proves =
        "AckWorkItem, RenewWorkItemLock and AbandonWorkItem refuse an empty "
        "token, a completion of another kind or without an instance, times "
        "that are none, and NUL. Each error names its field, nothing is "
        "enqueued, and the lock is still held.",
    .procedure =
        "Fill a store and hold activities. Send renewals, acks and abandons of "
        "them with one fault after the other: each is INVALID_REQUEST, and "
        "both queues hold what they held. The same requests without fault "
        "succeed.",
    .likely_causes = {
        "The activity is removed before its completion is checked.",
        "Any message is taken for a completion."}) {
  ExpectRefusesBrokenRequests(
      t, {"RenewWorkItemLock", "AckWorkItem", "AbandonWorkItem"});
}

CONFORMANCE_CASE(
    input, session_times, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "SESS-2", "SESS-3"},
    .proves =
        "RenewSessionLocks and CleanupOrphanedSessions refuse an empty owner, "
        "a time to extend for that is missing or zero, and durations that are "
        "negative or not well formed. Each error names its field.",
    .procedure =
        "Fill a store and hold a session. Send renewals and cleanups with one "
        "fault after the other: each is INVALID_REQUEST. The same requests "
        "without fault succeed.",
    .likely_causes = {"idle_timeout is a hint for one of the two methods and "
                      "is not checked there.",
                      "An empty owner is taken for one who holds nothing."}) {
  ExpectRefusesBrokenRequests(t,
                              {"RenewSessionLocks", "CleanupOrphanedSessions"});
}

CONFORMANCE_CASE(
    input, history, .profile = Profile::kStrict, .clauses = {"WIRE-9", "ACK-3"},
    .proves =
        "ReadHistory and AppendHistory refuse an empty instance, an execution "
        "0, an event 0, events without instance or kind, and NUL in any text. "
        "Each error names its field, and no event is stored.",
    .procedure =
        "Fill a store. Send reads, and appends of an event of every kind, with "
        "one fault after the other: each is INVALID_REQUEST, and all histories "
        "are as before. The same requests without fault succeed.",
    .likely_causes = {"Execution 0 is taken for the latest one.",
                      "Texts deep in an event are not looked at."}) {
  const SampleWorld world(t);
  v1::ReadHistoryRequest read;
  read.set_store(world.store());
  read.set_instance("order-1");
  read.set_execution_id(1);
  ExpectRefusesBrokenVersionsOf(t, read);
  v1::AppendHistoryRequest append;
  append.set_store(world.store());
  append.set_instance("order-9");
  append.set_execution_id(1);
  std::vector<v1::AppendHistoryRequest> sound;
  const auto some_text = [](const auto&) { return "some text"; };
  for (const v1::Event& event : EventsOfEveryKind("order-9", 1, some_text)) {
    append.clear_events();
    *append.add_events() = event;
    ExpectRefusesBrokenVersionsOf(t, append);
    sound.push_back(append);
  }
  world.ExpectUnchanged("after the malformed requests");
  t.Do(&Provider::ReadHistory, read);
  for (const auto& request : sound) t.Do(&Provider::AppendHistory, request);
}

CONFORMANCE_CASE(
    input, reads_of_an_instance, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ACK-7", "KV-1"},
    .proves =
        "GetProviderInfo, GetCustomStatus, GetKvValue and ListKvValues refuse "
        "an empty instance and NUL in any text. Each error names its field.",
    .procedure =
        "Fill a store. Send each read with one fault after the other: each is "
        "INVALID_REQUEST. The same reads without fault succeed.",
    .likely_causes = {"Reads are not checked: an empty instance is one that is "
                      "not there."}) {
  ExpectRefusesBrokenRequests(
      t, {"GetProviderInfo", "GetCustomStatus", "GetKvValue", "ListKvValues"});
}

}  // namespace
}  // namespace duroxide::conformance
