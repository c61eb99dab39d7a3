// What goes for malformed requests of all methods, and what is not malformed.

#include <limits>
#include <string>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/input_steps.h"
#include "conformance/cases/sample_world.h"
#include "conformance/cases/steps.h"
#include "conformance/every_kind.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"
#include "google/protobuf/descriptor.h"

namespace duroxide::conformance {
namespace {

// Puts an id into a request that can have one; false for others.
bool SetRequestId(google::protobuf::Message& request, const std::string& id) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr) return false;
  request.GetReflection()->SetString(&request, field, id);
  return true;
}

CONFORMANCE_CASE(
    input, request_ids, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "WIRE-7"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "Each method that has a request id refuses one that is empty, longer "
        "than 128 bytes or holds NUL, and with an id also what it refuses "
        "without. An id of 128 bytes is taken, and so are blanks and other "
        "scripts.",
    .procedure =
        "Fill a store. For each method with a request id send its request with "
        "one fault after the other: each is INVALID_REQUEST, and all is as "
        "before. Enqueue with ids of 1 and of 128 bytes: both are taken.",
    .likely_causes = {
        "An empty id is taken for none.",
        "The id's length is counted in characters, or cut by its column.",
        "Only some of the methods check it."}) {
  const SampleWorld world(t);
  for (const AnyMethod* method : DeclaredMethods(t)) {
    const AnyMessage request = world.RequestFor(*method);
    if (!SetRequestId(*request, "some-id")) continue;
    ExpectRefusesBrokenVersionsOf(t, *request);
  }
  world.ExpectUnchanged("after the malformed requests");

  v1::EnqueueWorkItemRequest enqueue;
  *enqueue.mutable_item() = SomeActivity();
  for (const std::string& id :
       {std::string("i"), std::string(128, 'i'), std::string(" an id\n"),
        // 42 characters of three bytes and two of one.
        []() {
          std::string text = "id";
          for (int i = 0; i < 42; ++i) text += "\u30ad";
          return text;
        }()}) {
    enqueue.set_request_id(id);
    t.ExpectOk(t.Call(&Provider::EnqueueWorkItem, enqueue));
  }
}

CONFORMANCE_CASE(
    input, is_checked_first, .profile = Profile::kStrict, .clauses = {"WIRE-9"},
    .proves =
        "What a request says is checked before anything is looked up: a "
        "malformed request is INVALID_REQUEST also where its lock token is "
        "unknown, its event id is taken, or its store does not exist.",
    .procedure =
        "Ack, abandon and renew with an unknown token and one field that is "
        "malformed; append a taken event id along with a malformed event; "
        "enqueue a malformed message in a store that does not exist, and ask "
        "there for a page by a token that is none: INVALID_REQUEST, each time.",
    .likely_causes = {
        "The token or the store is looked up on the way to the check.",
        "Parts of a request are checked as they are written."}) {
  CreateInstance(t, "order-1");
  v1::LockedOrchestrationItem unknown;
  unknown.set_lock_token(std::string(kUnknownToken));
  unknown.mutable_item()->set_instance("order-1");
  t.ExpectError(t.TryAck(AckBuilder(unknown)), v1::ERROR_REASON_INVALID_REQUEST,
                "an ack of execution 0 with an unknown token");
  t.ExpectError(
      t.TryAbandon(kUnknownToken, {.delay = -absl::Seconds(1)}).status(),
      v1::ERROR_REASON_INVALID_REQUEST, "an abandon with an unknown token");
  t.ExpectError(t.TryRenew(kUnknownToken, absl::ZeroDuration()).status(),
                v1::ERROR_REASON_INVALID_REQUEST,
                "a renewal with an unknown token");
  t.ExpectError(t.TryAckWork(kUnknownToken, StartItem("order-2")),
                v1::ERROR_REASON_INVALID_REQUEST,
                "a start as completion with an unknown token");
  t.ExpectError(t.TryRenewWork(kUnknownToken, absl::ZeroDuration()).status(),
                v1::ERROR_REASON_INVALID_REQUEST,
                "a renewal of an activity with an unknown token");

  v1::AppendHistoryRequest append;
  append.set_instance("order-1");
  append.set_execution_id(1);
  *append.add_events() = WithOwner(StartedEvent(1), "order-1", 1);
  *append.add_events() = WithOwner(StartedEvent(0), "order-1", 1);
  t.ExpectError(t.Call(&Provider::AppendHistory, append),
                v1::ERROR_REASON_INVALID_REQUEST, "events 1, taken, and 0");

  v1::EnqueueOrchestratorItemRequest enqueue;
  enqueue.set_store("no-such-store");
  *enqueue.mutable_item() = ActivityItem("order-1", 2);
  t.ExpectError(t.Call(&Provider::EnqueueOrchestratorItem, enqueue),
                v1::ERROR_REASON_INVALID_REQUEST,
                "an activity for the orchestrator queue of no store");

  if (!t.Has(v1::CAPABILITY_ADMIN)) return;
  v1::ListInstancesRequest list;
  list.set_store("no-such-store");
  list.set_page_token("no-such-token");
  t.ExpectError(t.Call(&Provider::ListInstances, list),
                v1::ERROR_REASON_INVALID_REQUEST, "a page of no store");
}

CONFORMANCE_CASE(
    input, payload_is_not_judged, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ACK-3", "FETCH-2"},
    .proves =
        "What an event or an error says is stored and not judged: empty names "
        "and instances, ids that are 0, kinds that are unset or not known to "
        "the contract. All comes back as it went in.",
    .procedure =
        "Append an event of every kind with nothing in it, an error of no "
        "category, and a configuration error of an unknown kind: all are "
        "taken, and are read back as they are. Enqueue the failure of an "
        "activity with such errors and fetch it: it is the same.",
    .likely_causes = {
        "Events are converted to types of the provider's own that do not know "
        "the value.",
        "The checks of requests go on into the payload."}) {
  std::vector<v1::Event> events;
  const auto* kinds = v1::Event::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < kinds->field_count(); ++i) {
    v1::Event event = StartedEvent(events.size() + 1);
    v1::Event::GetReflection()->MutableMessage(&event, kinds->field(i));
    events.push_back(WithOwner(event, "order-1", 1));
  }
  v1::ErrorDetails unknown;
  unknown.mutable_configuration()->set_kind(
      static_cast<v1::ConfigurationError::Kind>(99));
  v1::Event failed = FailedEvent(events.size() + 1);
  *failed.mutable_orchestration_failed()->mutable_details() = unknown;
  events.push_back(WithOwner(failed, "order-1", 1));

  v1::AppendHistoryRequest append;
  append.set_instance("order-1");
  append.set_execution_id(1);
  append.mutable_events()->Add(events.begin(), events.end());
  t.Do(&Provider::AppendHistory, append);
  t.Expect(t.ReadHistory("order-1"), AreEvents("order-1", 1, events));

  v1::WorkItem of_unknown = FailedItem("order-2", 0);
  *of_unknown.mutable_activity_failed()->mutable_details() = unknown;
  v1::WorkItem of_none = FailedItem("order-2", 0);
  of_none.mutable_activity_failed()->clear_details();
  t.EnqueueStart("order-2");
  t.Enqueue(of_unknown);
  t.Enqueue(of_none);
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({StartItem("order-2"), of_unknown, of_none}));
}

CONFORMANCE_CASE(
    input, large_numbers, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ACK-3", "FETCH-4"},
    .proves =
        "Numbers up to 2^63 - 1 are stored and given back: ids of events and "
        "executions, moments, and numbers in payload. Of larger ones nothing "
        "is stored in part: they come back as they were, or are refused.",
    .procedure =
        "Append event 2^63 - 1 to execution 2^63 - 1, with such numbers "
        "wherever there are any: it reads back the same. Enqueue a timer with "
        "such numbers and fetch it: the same. Append event 2^64 - 1: either it "
        "is INVALID_REQUEST and not stored, or it reads back the same.",
    .likely_causes = {
        "Numbers go through a floating-point type, as in JSON.",
        "Unsigned numbers are stored in a signed column and come back "
        "negative, or out of order."}) {
  constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();
  v1::Event event = TimerCreatedEvent(kLargest, kLargest);
  event.set_source_event_id(kLargest - 1);
  event.set_timestamp_ms(kLargest - 2);
  v1::AppendHistoryRequest append;
  append.set_instance("order-1");
  append.set_execution_id(kLargest);
  *append.add_events() = WithOwner(StartedEvent(1), "order-1", kLargest);
  *append.add_events() = WithOwner(event, "order-1", kLargest);
  t.Do(&Provider::AppendHistory, append);
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", kLargest, {StartedEvent(1), event}));

  const v1::WorkItem timer = TimerItem("order-2", kLargest, kLargest, kLargest);
  t.EnqueueStart("order-2");
  t.Enqueue(timer);
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({StartItem("order-2"), timer}));

  const uint64_t larger = std::numeric_limits<uint64_t>::max();
  append.set_execution_id(1);
  append.clear_events();
  const v1::Event beyond = TimerCreatedEvent(larger, larger);
  *append.add_events() = WithOwner(beyond, "order-3", 1);
  append.set_instance("order-3");
  const absl::Status appended =
      t.Call(&Provider::AppendHistory, append).status();
  if (appended.ok()) {
    t.Expect(t.ReadHistory("order-3"), AreEvents("order-3", 1, {beyond}));
  } else {
    t.ExpectError(appended, v1::ERROR_REASON_INVALID_REQUEST, "event 2^64 - 1");
    t.Expect(t.ReadHistory("order-3"), ::testing::IsEmpty());
  }
}

}  // namespace
}  // namespace duroxide::conformance
