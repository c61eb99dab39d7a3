// What operators see: lists, descriptions, counts.

#include <optional>
#include <string>
#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

uint64_t LatestExecutionOf(Fixture& t, std::string_view instance) {
  return t
      .Do(&Provider::GetLatestExecution,
          Asking<v1::GetLatestExecutionRequest>(instance))
      .execution_id();
}

CONFORMANCE_CASE(
    management, list_instances, .upstream = "test_list_instances",
    .clauses = {"ADMIN-1", "ENQ-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "All instances that have a record are listed, each once, whatever "
        "their state; one that only has messages is not.",
    .procedure =
        "List the instances of a store without any: none. Make two that run "
        "and one that is completed, and enqueue the start of a fourth: the "
        "three are listed, and again. Delete one: it is listed no more. Take "
        "the first turn of the fourth: now it is.",
    .likely_causes = {
        "Only running instances are listed, or only ended ones.",
        "The list is taken from the queue or from the histories.",
        "An instance is listed once for each execution or message."}) {
  t.Expect(t.ListInstances(), IsEmpty(), "before the first");
  CreateInstance(t, "order-1");
  MakeInstance(t, "order-2");
  CreateInstance(t, "order-3");
  t.EnqueueStart("order-4");
  for (const char* time : {"first", "second"}) {
    t.Expect(t.ListInstances(),
             UnorderedElementsAre("order-1", "order-2", "order-3"), time);
  }

  Delete(t, "order-2");
  t.Expect(t.ListInstances(), UnorderedElementsAre("order-1", "order-3"));
  t.Ack(FirstAck(t.FetchOrchestrationItem()));
  t.Expect(t.ListInstances(),
           UnorderedElementsAre("order-1", "order-3", "order-4"));
}

CONFORMANCE_CASE(
    management, list_instances_by_status,
    .upstream = "test_list_instances_by_status", .clauses = {"ADMIN-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A list of the instances in one state has those whose current "
        "execution is in it, and no others.",
    .procedure =
        "Make two instances that run, one of them in its second execution, and "
        "one each that completed, failed and continued as new: each state "
        "lists its own. Complete a running one: it changes lists. Without a "
        "state all five are listed.",
    .likely_causes = {
        "The state is looked for in all executions instead of the current one.",
        "The state is stored with the instance and not kept up to date.",
        "The filter is not applied."}) {
  RunningInstance first(t, "order-1");
  RunningInstance second(t, "order-2");
  second.ContinueAsNew();
  MakeInstance(t, "order-3");
  MakeInstance(t, "order-4", {.status = v1::ORCHESTRATION_STATUS_FAILED});
  MakeInstance(t, "order-5",
               {.status = v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW});

  t.Expect(InstancesIn(t, v1::ORCHESTRATION_STATUS_RUNNING),
           UnorderedElementsAre("order-1", "order-2"));
  t.Expect(InstancesIn(t, v1::ORCHESTRATION_STATUS_COMPLETED),
           ElementsAre("order-3"));
  t.Expect(InstancesIn(t, v1::ORCHESTRATION_STATUS_FAILED),
           ElementsAre("order-4"));
  t.Expect(InstancesIn(t, v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW),
           ElementsAre("order-5"));

  first.Complete();
  t.Expect(InstancesIn(t, v1::ORCHESTRATION_STATUS_RUNNING),
           ElementsAre("order-2"));
  t.Expect(InstancesIn(t, v1::ORCHESTRATION_STATUS_COMPLETED),
           UnorderedElementsAre("order-1", "order-3"));
  t.Expect(t.ListInstances(),
           UnorderedElementsAre("order-1", "order-2", "order-3", "order-4",
                                "order-5"));
}

CONFORMANCE_CASE(
    management, list_executions, .upstream = "test_list_executions",
    .clauses = {"ADMIN-1", "ACK-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "All executions of an instance are listed, the oldest first, and none "
        "of another; the latest is the current one. An unknown instance has "
        "none.",
    .procedure =
        "Make an instance and continue it as new twice, and make another one: "
        "executions 1, 2 and 3, and 1. The latest are 3 and 1. An unknown "
        "instance has no list, and asking for its latest execution is "
        "INSTANCE_NOT_FOUND; so with one whose start is only enqueued.",
    .likely_causes = {
        "Only the current execution is listed.",
        "Executions are told from the histories of all instances.",
        "An unknown instance is answered with execution 1."}) {
  RunningInstance order(t, "order-1");
  RunningInstance other(t, "order-2");
  t.Expect(t.ListExecutions("order-1"), ElementsAre(1u));
  order.ContinueAsNew();
  order.ContinueAsNew();
  t.EnqueueStart("order-3");

  t.Expect(t.ListExecutions("order-1"), ElementsAre(1u, 2u, 3u));
  t.Expect(t.ListExecutions("order-2"), ElementsAre(1u));
  t.Expect(LatestExecutionOf(t, "order-1"), 3u);
  t.Expect(LatestExecutionOf(t, "order-2"), 1u);
  for (const char* unknown : {"order-3", "order-9"}) {
    t.Expect(t.ListExecutions(unknown), IsEmpty(), unknown);
    t.ExpectError(t.Call(&Provider::GetLatestExecution,
                         Asking<v1::GetLatestExecutionRequest>(unknown)),
                  v1::ERROR_REASON_INSTANCE_NOT_FOUND, unknown);
  }
}

CONFORMANCE_CASE(
    management, get_instance_info, .upstream = "test_get_instance_info",
    .clauses = {"ADMIN-1", "ACK-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "An instance is described by its record: name, version, parent, and "
        "number, state and output of its current execution.",
    .procedure =
        "Make a root and a child of it under another name: both run, without "
        "output, and the child has its parent. Continue the child as new, and "
        "complete it: execution 2, its state and its output. The root is as "
        "before. Unknown instances, and those with messages only, are "
        "INSTANCE_NOT_FOUND.",
    .likely_causes = {
        "The description is that of execution 1.",
        "Name or version are those of the start message, or a default.",
        "An absent output is given back as an empty one.",
        "An instance with messages counts as one that exists."}) {
  CreateInstance(t, "order-1");
  const v1::InstanceInfo root = t.GetInstanceInfo("order-1");
  t.Expect(root.instance_id(), "order-1");
  t.Expect(root.orchestration_name(), kOrchestration);
  t.Expect(root.orchestration_version(), kOrchestrationVersion);
  t.Expect(root.current_execution_id(), 1u);
  t.Expect(root.status(), v1::ORCHESTRATION_STATUS_RUNNING);
  t.Expect(root.has_output(), false);
  t.Expect(root.has_parent_instance_id(), false);

  t.Enqueue(StartItem("order-1-a"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Append(StartedEvent(1))
            .Name("ShipOrder")
            .Version("2.1.0")
            .Parent("order-1"));
  const v1::InstanceInfo child = t.GetInstanceInfo("order-1-a");
  t.Expect(child.orchestration_name(), "ShipOrder");
  t.Expect(child.orchestration_version(), "2.1.0");
  t.Expect(child.status(), v1::ORCHESTRATION_STATUS_RUNNING);
  t.Expect(child.parent_instance_id(), "order-1");

  t.Enqueue(ContinueAsNewItem("order-1-a"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Execution(2)
            .Append(StartedEvent(1))
            .Status(v1::ORCHESTRATION_STATUS_COMPLETED)
            .Output("shipped"));
  const v1::InstanceInfo ended = t.GetInstanceInfo("order-1-a");
  t.Expect(ended.current_execution_id(), 2u);
  t.Expect(ended.status(), v1::ORCHESTRATION_STATUS_COMPLETED);
  t.Expect(ended.output(), "shipped");
  t.Expect(ended.orchestration_name(), "ShipOrder");
  t.Expect(ended.parent_instance_id(), "order-1");
  t.Expect(t.GetInstanceInfo("order-1"), IsMessage(root));

  t.EnqueueStart("order-2");
  for (const char* unknown : {"order-2", "order-9"}) {
    t.ExpectError(t.TryGetInstanceInfo(unknown),
                  v1::ERROR_REASON_INSTANCE_NOT_FOUND, unknown);
  }
}

CONFORMANCE_CASE(
    management, get_execution_info, .upstream = "test_get_execution_info",
    .clauses = {"ADMIN-1", "ACK-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Each execution is described by its own state, output, end and number "
        "of events, also when a later one has taken over.",
    .procedure =
        "Make an instance: execution 1 runs, has one event, no output and no "
        "end. End it with an output and continue as new: it has ended, with "
        "its output and two events, while execution 2 runs. Fail execution 2: "
        "execution 1 is as before. An execution 3 and an unknown instance are "
        "INSTANCE_NOT_FOUND.",
    .likely_causes = {
        "The current execution is described whichever is asked for.",
        "State and output are stored with the instance.",
        "The events of all executions are counted.",
        "The end is 0 instead of absent while the execution runs."}) {
  const auto expect = [&](uint64_t execution, v1::OrchestrationStatus status,
                          const std::optional<std::string>& output,
                          uint64_t events) {
    const v1::ExecutionInfo info = t.GetExecutionInfo("order-1", execution);
    t.Expect(info.execution_id(), execution);
    t.Expect(info.status(), status, "execution ", execution);
    t.Expect(info.has_output(), output.has_value(), "execution ", execution);
    t.Expect(info.output(), output.value_or(""), "execution ", execution);
    t.Expect(info.has_completed_at_ms(),
             status != v1::ORCHESTRATION_STATUS_RUNNING, "execution ",
             execution);
    t.Expect(info.event_count(), events, "execution ", execution);
  };
  CreateInstance(t, "order-1");
  expect(1, v1::ORCHESTRATION_STATUS_RUNNING, std::nullopt, 1);

  t.Enqueue(ExternalItem("order-1", "again"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Append(ContinuedAsNewEvent(2))
            .Status(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
            .Output("next input")
            .Orchestrator(ContinueAsNewItem("order-1")));
  const LockedItem next = t.FetchOrchestrationItem();
  t.Ack(AckBuilder(next).Execution(2).Append(StartedEvent(1)));
  expect(1, v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW, "next input", 2);
  expect(2, v1::ORCHESTRATION_STATUS_RUNNING, std::nullopt, 1);

  t.Enqueue(ExternalItem("order-1", "last"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Append(TimerCreatedEvent(2, 1))
            .Append(FailedEvent(3))
            .Status(v1::ORCHESTRATION_STATUS_FAILED)
            .Output("card declined"));
  expect(1, v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW, "next input", 2);
  expect(2, v1::ORCHESTRATION_STATUS_FAILED, "card declined", 3);

  const auto unknown = [&](std::string_view instance, uint64_t execution) {
    auto request = Asking<v1::GetExecutionInfoRequest>(instance);
    request.set_execution_id(execution);
    t.ExpectError(t.Call(&Provider::GetExecutionInfo, request),
                  v1::ERROR_REASON_INSTANCE_NOT_FOUND, instance, ", execution ",
                  execution);
  };
  unknown("order-1", 3);
  unknown("order-9", 1);
}

CONFORMANCE_CASE(
    management, get_system_metrics, .upstream = "test_get_system_metrics",
    .clauses = {"ADMIN-1", "ENQ-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The metrics count instances, in all and by state, executions and "
        "events, and go down where these are deleted.",
    .procedure =
        "An empty store has none of anything. Enqueue a start: still none. "
        "Make instances that run, one of them in its third execution, and one "
        "each that completed and failed: every figure is exact. Delete the "
        "completed one: it is counted no more.",
    .likely_causes = {"Instances are counted by execution.",
                      "Only the events of current executions are counted.",
                      "Counters are kept apart and forget deletions."}) {
  t.Expect(MetricsOf(t), IsMessage(v1::SystemMetrics()), "of an empty store");
  t.EnqueueStart("order-1");
  t.Expect(MetricsOf(t), IsMessage(v1::SystemMetrics()), "of a start");
  t.Ack(FirstAck(t.FetchOrchestrationItem()).Append(TimerCreatedEvent(2, 1)));
  MakeExecutions(t, "order-2", 3, v1::ORCHESTRATION_STATUS_RUNNING);
  MakeInstance(t, "order-3");
  MakeInstance(t, "order-4", {.status = v1::ORCHESTRATION_STATUS_FAILED});

  v1::SystemMetrics expected;
  expected.set_total_instances(4);
  expected.set_running_instances(2);
  expected.set_completed_instances(1);
  expected.set_failed_instances(1);
  expected.set_total_executions(6);
  expected.set_total_events(7);
  t.Expect(MetricsOf(t), IsMessage(expected));

  Delete(t, "order-3");
  expected.set_total_instances(3);
  expected.set_completed_instances(0);
  expected.set_total_executions(5);
  expected.set_total_events(6);
  t.Expect(MetricsOf(t), IsMessage(expected), "after the deletion");
}

CONFORMANCE_CASE(
    management, get_queue_depths, .upstream = "test_get_queue_depths",
    .clauses = {"ADMIN-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The depths count the messages of each queue that could be fetched "
        "now: not those that are locked, and not those that are acked.",
    .procedure =
        "An empty store: 0 and 0. Enqueue three messages for two instances, "
        "and two activities: 3 and 2. Fetch an instance with two messages, and "
        "an activity: 1 and 1. Ack both, the instance with a new activity: 1 "
        "and 2. Take all the rest: 0 and 0.",
    .likely_causes = {"Instances are counted instead of messages.",
                      "Locked messages are counted.",
                      "Counters are kept apart and forget acks."}) {
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 0)), "of an empty store");
  t.EnqueueStart("order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.EnqueueStart("order-2");
  t.EnqueueWork(ActivityItem("order-1", 2));
  t.EnqueueWork(ActivityItem("order-2", 2));
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(3, 2)));

  const LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn, IsItemOf("order-1"));
  const LockedWork activity = t.FetchWorkItem();
  const v1::QueueDepths locked = t.GetQueueDepths();
  t.ExpectDuring(turn.held, locked, IsMessage(Depths(1, 1)), "two are locked");
  t.ExpectDuring(activity.held, locked, IsMessage(Depths(1, 1)));

  t.Ack(FirstAck(turn).Worker(ActivityItem("order-1", 3)));
  t.AckWork(activity);
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(1, 2)));

  t.Ack(FirstAck(t.FetchOrchestrationItem()));
  t.AckWork(t.FetchWorkItem());
  t.AckWork(t.FetchWorkItem());
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 0)));
}

}  // namespace
}  // namespace duroxide::conformance
