// Instances that run again and again, each time with a history of its own.

#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;

// The message that starts an execution of order-1.
v1::WorkItem Beginning(uint64_t execution_id) {
  return execution_id == 1 ? StartItem("order-1")
                           : ContinueAsNewItem("order-1");
}

// Runs order-1 through the first turns of executions 1, 2 ..., which append
// these events.
void RunExecutions(Fixture& t,
                   const std::vector<std::vector<v1::Event>>& histories) {
  for (uint64_t execution = 1; execution <= histories.size(); ++execution) {
    t.Enqueue(Beginning(execution));
    AckBuilder turn(t.FetchOrchestrationItem());
    turn.Execution(execution);
    for (const v1::Event& event : histories[execution - 1]) turn.Append(event);
    t.Ack(turn.Name(kOrchestration).Version(kOrchestrationVersion));
  }
}

CONFORMANCE_CASE(
    multi_execution, execution_isolation,
    .upstream = "test_execution_isolation", .clauses = {"FETCH-4", "ACK-3"},
    .proves =
        "Executions of one instance have histories of their own, with event "
        "ids of their own; a turn sees the current one's only.",
    .procedure =
        "Run an execution with three events and one with two. Read both by "
        "their ids and the latest, and fetch the next turn: each has its own "
        "events; latest and turn have the second one's.",
    .likely_causes = {
        "Events are keyed or read by instance alone.",
        "The fetch gives all events of the instance.",
        "The second execution's event 1 replaces the first one's."}) {
  const std::vector<v1::Event> first = {
      StartedEvent(1), ActivityScheduledEvent(2), ContinuedAsNewEvent(3)};
  const std::vector<v1::Event> second = {StartedEvent(1, {.input = "again"}),
                                         TimerCreatedEvent(2, 1)};
  RunExecutions(t, {first, second});

  t.Expect(t.ReadHistory("order-1", 1), AreEvents("order-1", 1, first));
  t.Expect(t.ReadHistory("order-1", 2), AreEvents("order-1", 2, second));
  t.Expect(t.ReadHistory("order-1"), AreEvents("order-1", 2, second));

  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn.item().execution_id(), 2u);
  t.Expect(turn.item().history(), AreEvents("order-1", 2, second));
}

CONFORMANCE_CASE(
    multi_execution, latest_execution_detection,
    .upstream = "test_latest_execution_detection", .clauses = {"ACK-3"},
    .proves =
        "A read that names no execution gives the latest one's history, and "
        "one that names an execution which never was gives none.",
    .procedure =
        "Run an execution that schedules A: the latest history has A. Run one "
        "that schedules B: the latest has B, execution 1 still has A, "
        "execution 3 has nothing.",
    .likely_causes = {
        "The latest execution is the one with the most events.",
        "A read with no execution reads execution 1.",
        "A read of an unknown execution falls back to the latest."}) {
  // The first one has more events, so that the latest is not the longest.
  const std::vector<v1::Event> a = {ActivityScheduledEvent(1, "A"),
                                    TimerCreatedEvent(2, 1)};
  const std::vector<v1::Event> b = {ActivityScheduledEvent(1, "B")};
  t.Expect(t.ReadHistory("order-1"), IsEmpty());

  RunExecutions(t, {a});
  t.Expect(t.ReadHistory("order-1"), AreEvents("order-1", 1, a));

  t.Enqueue(ContinueAsNewItem("order-1"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem()).Execution(2).Append(b[0]));
  t.Expect(t.ReadHistory("order-1"), AreEvents("order-1", 2, b));
  t.Expect(t.ReadHistory("order-1", 1), AreEvents("order-1", 1, a));
  t.Expect(t.ReadHistory("order-1", 2), AreEvents("order-1", 2, b));
  t.Expect(t.ReadHistory("order-1", 3), IsEmpty());
}

CONFORMANCE_CASE(
    multi_execution, execution_id_sequencing,
    .upstream = "test_execution_id_sequencing", .clauses = {"FETCH-4", "ACK-2"},
    .proves =
        "The current execution is the highest that was acked: it follows the "
        "runtime's acks, changes by nothing else, and never goes back.",
    .procedure =
        "Fetch a new instance: execution 1. Ack it, enqueue a start that says "
        "execution 2 and fetch: still 1, until the ack as 2. Go on to 3 in "
        "the same way. Ack a late turn as execution 1: the next fetch still "
        "says 3, and the late event is in execution 1.",
    .likely_causes = {
        "The provider counts executions by itself.",
        "The execution is taken from the message.",
        "The ack stores its execution as the current one without asking "
        "whether it is higher."}) {
  t.EnqueueStart("order-1");
  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn.item().execution_id(), 1u, "a new instance");
  t.Ack(FirstAck(turn));

  for (uint64_t next = 2; next <= 3; ++next) {
    t.Enqueue(StartItem("order-1", {.execution_id = next}));
    turn = t.FetchOrchestrationItem();
    t.Expect(turn.item().execution_id(), next - 1, "before the ack as ", next);
    t.Ack(AckBuilder(turn).Execution(next).Append(StartedEvent(1)));
  }

  t.Enqueue(ExternalItem("order-1", "late"));
  turn = t.FetchOrchestrationItem();
  t.Expect(turn.item().execution_id(), 3u);
  t.Ack(AckBuilder(turn).Execution(1).Append(TimerCreatedEvent(2, 1)));
  t.Expect(t.ReadHistory("order-1", 1),
           AreEvents("order-1", 1, {StartedEvent(1), TimerCreatedEvent(2, 1)}));

  t.Enqueue(ExternalItem("order-1", "next"));
  turn = t.FetchOrchestrationItem();
  t.Expect(turn.item().execution_id(), 3u, "after an ack as 1");
  t.Expect(turn.item().history(), AreEvents("order-1", 3, {StartedEvent(1)}));
}

CONFORMANCE_CASE(
    multi_execution, continue_as_new_creates_new_execution,
    .upstream = "test_continue_as_new_creates_new_execution",
    .clauses = {"FETCH-4", "ACK-2", "ACK-5"},
    .proves =
        "A turn that continues as new ends its execution and enqueues the "
        "message that starts the next one. The next one comes to be when that "
        "message's turn is acked, and begins with an empty history.",
    .procedure =
        "Ack execution 1 as continued, with the message in the same ack. "
        "Fetch: the message, and still execution 1 with its history. Ack as "
        "execution 2 and fetch the next turn: execution 2, with name and "
        "version, and its own history only. Where the provider has ADMIN, it "
        "lists both executions with their states.",
    .likely_causes = {
        "The execution is raised when the message is enqueued or fetched.",
        "The ack as execution 2 overwrites the record of execution 1.",
        "The status of the ack goes to another execution than the ack's "
        "own."}) {
  const StartOptions again = {.input = "again"};
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ContinuedAsNewEvent(2, "again"))
            .Orchestrator(ContinueAsNewItem("order-1", "again"))
            .Status(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
            .Output("again"));

  LockedItem next = t.FetchOrchestrationItem();
  t.Expect(next, IsItemOf("order-1"));
  t.Expect(next.item().messages(),
           AreMessages({ContinueAsNewItem("order-1", "again")}));
  t.Expect(next.item().execution_id(), 1u, "2 is not acked yet");
  t.Expect(next.item().history(),
           AreEvents("order-1", 1,
                     {StartedEvent(1), ContinuedAsNewEvent(2, "again")}));
  t.Ack(AckBuilder(next)
            .Execution(2)
            .Append(StartedEvent(1, again))
            .Name(kOrchestration)
            .Version(kOrchestrationVersion)
            .Status(v1::ORCHESTRATION_STATUS_RUNNING));

  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn.item().execution_id(), 2u);
  t.Expect(turn.item().orchestration_name(), kOrchestration);
  t.Expect(turn.item().version(), kOrchestrationVersion);
  t.Expect(turn.item().history(),
           AreEvents("order-1", 2, {StartedEvent(1, again)}));
  if (t.Has(v1::CAPABILITY_ADMIN)) {
    t.Expect(t.ListExecutions("order-1"), ::testing::ElementsAre(1, 2));
    t.Expect(t.GetExecutionInfo("order-1", 1).status(),
             v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
    t.Expect(t.GetExecutionInfo("order-1", 2).status(),
             v1::ORCHESTRATION_STATUS_RUNNING);
  }
}

CONFORMANCE_CASE(
    multi_execution, execution_history_persistence,
    .upstream = "test_execution_history_persistence", .clauses = {"ACK-3"},
    .proves =
        "The histories of earlier executions stay as they were, whatever "
        "later executions append or fail to append.",
    .procedure =
        "Run three executions with one event each. Append to the third; fail "
        "to append to it with an id that is taken. Each history is as it was, "
        "and the third has its new event.",
    .likely_causes = {
        "A new execution deletes or moves the events of the one before.",
        "AppendHistory goes to the instance instead of to the execution."}) {
  const auto event = [](uint64_t execution) {
    return ActivityScheduledEvent(1, absl::StrCat("Activity-", execution));
  };
  RunExecutions(t, {{event(1)}, {event(2)}, {event(3)}});

  v1::AppendHistoryRequest request;
  request.set_instance("order-1");
  request.set_execution_id(3);
  *request.add_events() = WithOwner(TimerCreatedEvent(2, 1), "order-1", 3);
  t.Do(&Provider::AppendHistory, request);
  *request.mutable_events(0) = WithOwner(TimerCreatedEvent(1, 1), "order-1", 3);
  t.ExpectError(t.Call(&Provider::AppendHistory, request),
                v1::ERROR_REASON_DUPLICATE_EVENT);

  t.Expect(t.ReadHistory("order-1", 1), AreEvents("order-1", 1, {event(1)}));
  t.Expect(t.ReadHistory("order-1", 2), AreEvents("order-1", 2, {event(2)}));
  t.Expect(t.ReadHistory("order-1", 3),
           AreEvents("order-1", 3, {event(3), TimerCreatedEvent(2, 1)}));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 3, {event(3), TimerCreatedEvent(2, 1)}));
}

}  // namespace
}  // namespace duroxide::conformance
