// What is remembered under a request id, for whom, and what is not.

#include <string>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/request_id_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

template <typename Request>
Request Under(std::string_view id, Request request) {
  request.set_request_id(std::string(id));
  return request;
}

CONFORMANCE_CASE(
    request_ids, a_permanent_error_is_an_outcome, .profile = Profile::kStrict,
    .clauses = {"WIRE-7", "WIRE-2"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS, v1::CAPABILITY_ADMIN},
    .proves =
        "A request that failed for good fails again under its request_id in "
        "the same way, although it would succeed now, and does nothing.",
    .procedure =
        "Delete an unknown instance under an id: INSTANCE_NOT_FOUND. Append an "
        "event under an id whose event id is taken: DUPLICATE_EVENT. Make the "
        "first instance; delete and make anew the second one, without that "
        "event. Send both again: the same errors, and both instances are as "
        "they were. Under new ids both succeed.",
    .likely_causes = {
        "Only successes are remembered.",
        "The changes that undo a failed request undo the note of it."}) {
  CreateInstance(t, "order-2");
  const auto remove = Asking<v1::DeleteInstanceRequest>("order-1");
  const auto append = AppendRequest("order-2", ActivityScheduledEvent(1));
  const auto send = [&] {
    t.ExpectError(t.Call(&Provider::DeleteInstance, Under("delete-1", remove)),
                  v1::ERROR_REASON_INSTANCE_NOT_FOUND);
    t.ExpectError(t.Call(&Provider::AppendHistory, Under("append-1", append)),
                  v1::ERROR_REASON_DUPLICATE_EVENT);
  };
  send();
  auto remove_2 = Asking<v1::DeleteInstanceRequest>("order-2");
  remove_2.set_force(true);
  t.Do(&Provider::DeleteInstance, remove_2);
  MakeInstance(t, "order-1");
  const Traces before = TracesOf(t, "order-1");

  send();
  t.Expect(TracesOf(t, "order-1"), before, "it was not to be deleted");
  t.Expect(t.ReadHistory("order-2"), ::testing::IsEmpty());
  t.Do(&Provider::DeleteInstance, Under("delete-2", remove));
  t.Do(&Provider::AppendHistory, Under("append-2", append));
}

CONFORMANCE_CASE(
    request_ids, a_malformed_request_is_not_remembered,
    .profile = Profile::kStrict, .clauses = {"WIRE-7", "WIRE-9"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "A request that is INVALID_REQUEST was not carried out: its "
        "request_id is free, and the next request with it is the first.",
    .procedure =
        "Enqueue an activity without a kind under an id: INVALID_REQUEST. "
        "Enqueue a good one under the same id, twice: OK, and it is there "
        "once.",
    .likely_causes = {
        "Every answer is remembered, also that of a malformed request.",
        "The id is taken when the request comes in, not when it is carried "
        "out."}) {
  t.ExpectError(t.Call(&Provider::EnqueueWorkItem,
                       Under("enqueue-1", EnqueueWorkRequest({}))),
                v1::ERROR_REASON_INVALID_REQUEST);
  Repeated enqueue(t, &Provider::EnqueueWorkItem,
                   EnqueueWorkRequest(SomeActivity()), "enqueue-1");
  enqueue.Again();
  t.Expect(t.FetchWorkItem().item(), IsMessage(SomeActivity()));
  t.Expect(t.TryFetchWorkItem(), NoItem(), "it was sent twice under one id");
}

CONFORMANCE_CASE(
    request_ids, an_id_is_good_for_one_request, .profile = Profile::kStrict,
    .clauses = {"WIRE-7", "WIRE-9"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "The request_id of one request is INVALID_REQUEST for another, be it "
        "of another content or another method. Nothing is changed, and the "
        "first outcome stays.",
    .procedure =
        "Enqueue an event under an id. Enqueue another event, and an activity, "
        "under the same id: INVALID_REQUEST each. Send the first again: OK. "
        "Start the instance: it has the first event, once; no activity can be "
        "fetched.",
    .likely_causes = {
        "The outcome is looked up by the id alone: a caller's mistake is "
        "answered with OK, and its request is lost.",
        "The refused request takes the place of the first."}) {
  const v1::WorkItem event = ExternalItem("order-1", "approved");
  Repeated enqueue(t, &Provider::EnqueueOrchestratorItem, EnqueueRequest(event),
                   "enqueue-1");
  t.ExpectError(t.Call(&Provider::EnqueueOrchestratorItem,
                       Under("enqueue-1",
                             EnqueueRequest(ExternalItem("order-1", "paid")))),
                v1::ERROR_REASON_INVALID_REQUEST, "another content");
  t.ExpectError(t.Call(&Provider::EnqueueWorkItem,
                       Under("enqueue-1", EnqueueWorkRequest(SomeActivity()))),
                v1::ERROR_REASON_INVALID_REQUEST, "another method");
  enqueue.Again();
  t.EnqueueStart("order-1");
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({event, StartItem("order-1")}));
  t.Expect(t.TryFetchWorkItem(), NoItem());
}

CONFORMANCE_CASE(
    request_ids, an_id_belongs_to_its_store, .profile = Profile::kStrict,
    .clauses = {"WIRE-7", "WIRE-1"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS,
              v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "The same request_id in two stores is two ids: a request in the one is "
        "carried out although the other knows the id, with the same content "
        "or another.",
    .procedure =
        "Enqueue an activity under an id. Make another store; enqueue the same "
        "activity there under the same id, and under a second id that the "
        "first store used for something else: both are there. The first "
        "store has what was enqueued in it.",
    .likely_causes = {
        "Outcomes are remembered for all stores together.",
        "The fingerprint of a request has the store in it, so that the same "
        "id in another store counts as another request."}) {
  const std::string other = t.AnotherStore();
  const v1::WorkItem second = ActivityItem("order-2", 3);
  Repeated a(t, &Provider::EnqueueWorkItem, EnqueueWorkRequest(SomeActivity()),
             "enqueue-1");
  Repeated b(t, &Provider::EnqueueWorkItem, EnqueueWorkRequest(SomeActivity()),
             "enqueue-2");
  auto there = EnqueueWorkRequest(SomeActivity());
  there.set_store(other);
  Repeated c(t, &Provider::EnqueueWorkItem, there, "enqueue-1");
  *there.mutable_item() = second;
  Repeated d(t, &Provider::EnqueueWorkItem, there, "enqueue-2");
  a.Again();
  d.Again();

  const auto activities_in = [&t](const std::string& store) {
    std::vector<v1::WorkItem> items;
    v1::FetchWorkItemsRequest fetch;
    fetch.set_store(store);
    fetch.mutable_lock_timeout()->set_seconds(3600);
    while (true) {
      const auto fetched = t.Do(&Provider::FetchWorkItems, fetch);
      if (fetched.items().empty()) break;
      items.push_back(fetched.items(0).item());
    }
    return items;
  };
  t.Expect(activities_in(t.store()),
           AreMessages({SomeActivity(), SomeActivity()}));
  t.Expect(activities_in(other), AreMessages({SomeActivity(), second}));
}

CONFORMANCE_CASE(
    request_ids, requests_that_meet_are_carried_out_once,
    .profile = Profile::kStrict,
    .clauses = {"WIRE-7", "ENQ-1", "ACK-1", "WORK-2"},
    .needs = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "Of requests that come at the same moment under one request_id one is "
        "carried out, and all get its outcome: an enqueue, the ack of a turn, "
        "the ack of an activity.",
    .procedure =
        "Eight threads enqueue the same start under one id: all succeed, and "
        "it is there once. Eight threads ack its turn, with an activity, under "
        "one id: all succeed, and there is one activity. Eight threads ack "
        "that, with a completion, under one id: all succeed, and the instance "
        "gets one completion.",
    .likely_causes = {
        "The id is looked up in one transaction and stored in another.",
        "A request that meets another one with its id fails instead of "
        "waiting for that one's outcome."}) {
  constexpr int kThreads = 8;
  t.Concurrently(kThreads, [&](int) {
    t.Do(&Provider::EnqueueOrchestratorItem,
         Under("enqueue-1", EnqueueRequest(StartItem("order-1"))));
  });
  LockedItem started = t.FetchOrchestrationItem();
  t.Expect(started.item().messages(), AreMessages({StartItem("order-1")}));

  const v1::AckOrchestrationItemRequest turn =
      FirstAck(started).Worker(SomeActivity());
  t.Concurrently(kThreads, [&](int) {
    t.Do(&Provider::AckOrchestrationItem, Under("ack-1", turn));
  });
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));
  LockedWork work = t.FetchWorkItem();
  t.Expect(t.TryFetchWorkItem(), NoItem(), "one activity");

  t.Concurrently(kThreads, [&](int) {
    t.Do(&Provider::AckWorkItem,
         Under("ack-2",
               AckWorkRequest(work.token(), CompletionOf(SomeActivity()))));
  });
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(SomeActivity())}));
}

CONFORMANCE_CASE(
    request_ids, without_the_capability_ids_are_ignored,
    .profile = Profile::kStrict, .clauses = {"WIRE-7", "WIRE-10"},
    .absent = {v1::CAPABILITY_IDEMPOTENT_REQUESTS},
    .proves =
        "A provider that does not declare IDEMPOTENT_REQUESTS accepts a "
        "request_id and does what each request says, so that its clients know "
        "where they are.",
    .procedure =
        "Enqueue an activity twice under one id: OK both times, and it is "
        "there twice.",
    .likely_causes = {
        "The provider remembers outcomes for a while and does not declare it.",
        "A request_id is refused."}) {
  for (int i = 0; i < 2; ++i) {
    t.Do(&Provider::EnqueueWorkItem,
         Under("enqueue-1", EnqueueWorkRequest(SomeActivity())));
  }
  for (int i = 0; i < 2; ++i) {
    t.Expect(t.FetchWorkItem().item(), IsMessage(SomeActivity()));
  }
}

}  // namespace
}  // namespace duroxide::conformance
