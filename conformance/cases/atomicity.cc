// An ack is one thing: all of it happens, or none.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;

bool HasCustomStatus(Fixture& t, std::string_view instance) {
  v1::GetCustomStatusRequest request;
  request.set_instance(std::string(instance));
  return t.Do(&Provider::GetCustomStatus, request).has_change();
}

std::vector<std::string> Keys(Fixture& t, std::string_view instance) {
  v1::ListKvValuesRequest request;
  request.set_instance(std::string(instance));
  const v1::ListKvValuesResponse values =
      t.Do(&Provider::ListKvValues, request);
  std::vector<std::string> keys;
  for (const v1::KvEntry& entry : values.entries()) {
    keys.push_back(entry.key());
  }
  return keys;
}

CONFORMANCE_CASE(
    atomicity, atomicity_failure_rollback,
    .upstream = "test_atomicity_failure_rollback", .clauses = {"ACK-1"},
    .proves =
        "An ack that fails changes nothing at all: no event, custom status or "
        "key, no activity added or cancelled, no message, no status; and lock "
        "and messages are still there.",
    .procedure =
        "Schedule an activity, then fetch the next turn. Ack it with something "
        "of every kind and, as the last event, one whose id is taken: "
        "DUPLICATE_EVENT. Look at everything that the ack would have changed. "
        "Give the turn back and fetch it again: the same messages. Ack it: it "
        "is committed.",
    .likely_causes = {
        "The parts of the ack are committed one by one, and the event that "
        "fails comes after some of them.",
        "The lock or the fetched messages are deleted before the events are "
        "appended, outside of their transaction.",
        "The transaction is left open or half rolled back after the failed "
        "insert."}) {
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ActivityScheduledEvent(2))
            .Worker(ActivityItem("order-1", 2)));
  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem held = t.FetchOrchestrationItem();
  t.Expect(held, IsItemOf("order-1"));

  t.ExpectError(t.TryAck(AckBuilder(held)
                             .Append(CustomStatusEvent(3, "shipping"))
                             .Append(KeyValueSetEvent(4, "carrier", "post"))
                             .Append(ActivityScheduledEvent(5))
                             .Append(CompletedEvent(6))
                             .Append(TimerCreatedEvent(2, 1))
                             .Worker(ActivityItem("order-1", 5))
                             .Orchestrator(ExternalItem("order-1", "shipped"))
                             .Orchestrator(StartItem("order-2"))
                             .CancelActivity(2)
                             .Status(v1::ORCHESTRATION_STATUS_COMPLETED)
                             .Output("done")),
                v1::ERROR_REASON_DUPLICATE_EVENT, "event 2 is there already");

  t.Expect(
      t.ReadHistory("order-1"),
      AreEvents("order-1", 1, {StartedEvent(1), ActivityScheduledEvent(2)}));
  t.Expect(HasCustomStatus(t, "order-1"), false);
  t.Expect(Keys(t, "order-1"), IsEmpty());
  if (t.Has(v1::CAPABILITY_ADMIN)) {
    const v1::InstanceInfo info = t.GetInstanceInfo("order-1");
    t.Expect(info.status(), v1::ORCHESTRATION_STATUS_RUNNING);
    t.Expect(info.has_output(), false);
  }
  t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-1", 2)),
           "the failed ack cancelled it");
  t.Expect(t.TryFetchWorkItem(), NoItem(), "the failed ack scheduled one");
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(),
           "order-1 stays locked, and order-2 was not started");

  t.Abandon(held);
  LockedItem again = t.FetchOrchestrationItem();
  t.Expect(again, IsItemOf("order-1"));
  t.Expect(again.item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));
  t.Ack(AckBuilder(again).Append(TimerCreatedEvent(3, 1)));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1,
                     {StartedEvent(1), ActivityScheduledEvent(2),
                      TimerCreatedEvent(3, 1)}));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "all is done");
}

CONFORMANCE_CASE(
    atomicity, multi_operation_atomic_ack,
    .upstream = "test_multi_operation_atomic_ack",
    .clauses = {"ACK-1", "ACK-5", "FETCH-3"},
    .proves =
        "When an ack of many parts returns, all of them are there: events, "
        "activities, messages for its own and for another instance; and the "
        "fetched messages are gone.",
    .procedure =
        "Ack a first turn with five events, three activities, a timer that is "
        "due, an external event and a start for another instance. Read the "
        "history, fetch the activities in order until there are none, and "
        "fetch both instances: each has its messages, in order.",
    .likely_causes = {
        "A part is written after the answer was sent.",
        "A timer that is due already is delayed all the same.",
        "Only the first of several activities or messages is stored."}) {
  const std::vector<v1::Event> events = {
      StartedEvent(1), ActivityScheduledEvent(2, "Charge"),
      ActivityScheduledEvent(3, "Pack"), ActivityScheduledEvent(4, "Ship"),
      TimerCreatedEvent(5, 1)};
  const std::vector<v1::WorkItem> activities = {
      ActivityItem("order-1", 2, {.name = "Charge"}),
      ActivityItem("order-1", 3, {.name = "Pack"}),
      ActivityItem("order-1", 4, {.name = "Ship"})};

  t.EnqueueStart("order-1");
  AckBuilder turn(t.FetchOrchestrationItem());
  for (const v1::Event& event : events) turn.Append(event);
  for (const v1::WorkItem& activity : activities) turn.Worker(activity);
  t.Ack(turn.Orchestrator(TimerItem("order-1", 5, 1))
            .Orchestrator(ExternalItem("order-1", "approved"))
            .Orchestrator(StartItem("order-2"))
            .Name(kOrchestration)
            .Version(kOrchestrationVersion));

  t.Expect(t.ReadHistory("order-1"), AreEvents("order-1", 1, events));
  for (const v1::WorkItem& activity : activities) {
    t.Expect(t.FetchWorkItem().item(), IsMessage(activity));
  }
  t.Expect(t.TryFetchWorkItem(), NoItem());

  LockedItem own = t.FetchOrchestrationItem();
  t.Expect(own, IsItemOf("order-1"));
  t.Expect(own.item().history(), AreEvents("order-1", 1, events));
  t.Expect(own.item().messages(),
           AreMessages({TimerItem("order-1", 5, 1),
                        ExternalItem("order-1", "approved")}),
           "the start is done with");
  LockedItem other = t.FetchOrchestrationItem();
  t.Expect(other, IsItemOf("order-2"));
  t.Expect(other.item().messages(), AreMessages({StartItem("order-2")}));
}

CONFORMANCE_CASE(
    atomicity, lock_released_only_on_successful_ack,
    .upstream = "test_lock_released_only_on_successful_ack",
    .clauses = {"ACK-1", "FETCH-1"},
    .proves =
        "An instance stays locked through acks that fail and is free as soon "
        "as one succeeds, and not before.",
    .procedure =
        "Hold an instance while a second message for it arrives. Ack with an "
        "unknown token, then with an event whose id is taken: both fail, and "
        "the instance cannot be fetched. Ack properly: it can, at once, with "
        "the second message.",
    .likely_causes = {
        "The ack deletes the lock before it does the rest, outside of the "
        "transaction.",
        "A failed ack gives the instance back.",
        "A successful ack leaves the lock to run out."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem held = t.FetchOrchestrationItem();
  t.Enqueue(ExternalItem("order-1", "paid"));
  t.ExpectDuring(held.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "locked by ", held);

  t.ExpectError(t.TryAck(AckBuilder(held)
                             .LockToken(kUnknownToken)
                             .Append(TimerCreatedEvent(2, 1))),
                v1::ERROR_REASON_LOCK_LOST);
  t.ExpectDuring(held.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "still locked after the ack with an unknown token");

  t.ExpectError(t.TryAck(AckBuilder(held).Append(TimerCreatedEvent(1, 1))),
                v1::ERROR_REASON_DUPLICATE_EVENT);
  t.ExpectDuring(held.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "still locked after the ack with a taken event id");

  t.Ack(AckBuilder(held).Append(TimerCreatedEvent(2, 1)));
  LockedItem next = t.FetchOrchestrationItem();
  t.Expect(next, IsItemOf("order-1"));
  t.Expect(next.item().messages(),
           AreMessages({ExternalItem("order-1", "paid")}));
  t.Expect(next.item().history(),
           AreEvents("order-1", 1, {StartedEvent(1), TimerCreatedEvent(2, 1)}));
}

CONFORMANCE_CASE(
    atomicity, concurrent_ack_prevention,
    .upstream = "test_concurrent_ack_prevention", .clauses = {"ACK-1"},
    .proves =
        "Of many acks with one token at the same moment exactly one is "
        "committed, whole; the others fail with LOCK_LOST and leave nothing.",
    .procedure =
        "Hold an instance. Ack it from eight threads at once, each with an "
        "event and an activity of its own. One succeeds; history and worker "
        "queue hold what this one sent, and nothing more.",
    .likely_causes = {
        "The token is checked before the transaction begins.",
        "The check reads a snapshot that another ack has outdated, and nothing "
        "asks at the commit whether the lock row was still there.",
        "Of two acks that collide the second one gets another error than "
        "LOCK_LOST."}) {
  constexpr int kCallers = 8;
  t.EnqueueStart("order-1");
  const LockedItem held = t.FetchOrchestrationItem();

  const auto name = [](int caller) { return absl::StrCat("caller-", caller); };
  std::vector<absl::Status> results(kCallers);
  t.Concurrently(kCallers, [&](int caller) {
    results[caller] = t.TryAck(
        AckBuilder(held)
            .Append(StartedEvent(1, {.input = name(caller)}))
            .Worker(ActivityItem("order-1", 2, {.input = name(caller)})));
  });

  int winner = -1;
  for (int caller = 0; caller < kCallers; ++caller) {
    if (results[caller].ok() && winner == -1) {
      winner = caller;
      continue;
    }
    t.ExpectError(results[caller], v1::ERROR_REASON_LOCK_LOST, name(caller),
                  winner == -1 ? "" : " after the ack of " + name(winner));
  }
  if (winner == -1) t.Fail("one ack succeeds", "none did");

  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1, {.input = name(winner)})}));
  t.Expect(t.FetchWorkItem().item(),
           IsMessage(ActivityItem("order-1", 2, {.input = name(winner)})));
  t.Expect(t.TryFetchWorkItem(), NoItem());
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
}

}  // namespace
}  // namespace duroxide::conformance
