// Removing old executions of instances that stay.

#include <limits>
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

CONFORMANCE_CASE(
    prune, prune_options_combinations,
    .upstream = "test_prune_options_combinations", .clauses = {"PRUNE-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A prune removes the executions that all given criteria select, with "
        "their events, counts them, and leaves the others and their histories "
        "as they are.",
    .procedure =
        "Make an instance of four executions and keep the last two: executions "
        "1 and 2 are gone with their histories. Make two that have ended their "
        "first two executions before a moment and their third after it: pruned "
        "by that moment, the one loses 1 and 2; pruned by that moment and to "
        "the last three, the other loses 1. Prune it without criteria: the "
        "current execution is left.",
    .likely_causes = {"One criterion is enough where both are given.",
                      "The current execution is not counted among the last.",
                      "No criteria remove nothing.",
                      "Executions are removed and their events stay."}) {
  MakeExecutions(t, "order-1", 4);
  const std::vector<v1::Event> kept = t.ReadHistory("order-1", 3);
  const v1::ExecutionInfo current = t.GetExecutionInfo("order-1", 4);
  t.Expect(Prune(t, "order-1", {.keep_last = 2}),
           IsMessage(Pruned({.instances = 1, .executions = 2, .events = 2})));
  t.Expect(t.ListExecutions("order-1"), ElementsAre(3u, 4u));
  t.Expect(t.ReadHistory("order-1", 1), IsEmpty());
  t.Expect(t.ReadHistory("order-1", 2), IsEmpty());
  t.Expect(t.ReadHistory("order-1", 3), AreEvents("order-1", 3, kept));
  t.Expect(t.GetExecutionInfo("order-1", 4), IsMessage(current));

  RunningInstance second(t, "order-2");
  RunningInstance third(t, "order-3");
  for (RunningInstance* each : {&second, &third}) {
    each->ContinueAsNew();
    each->ContinueAsNew();
  }
  const uint64_t moment = NextMoment(t);
  for (RunningInstance* each : {&second, &third}) each->ContinueAsNew();
  t.Expect(Prune(t, "order-2", {.completed_before_ms = moment}),
           IsMessage(Pruned({.instances = 1, .executions = 2, .events = 4})));
  t.Expect(t.ListExecutions("order-2"), ElementsAre(3u, 4u));

  t.Expect(Prune(t, "order-3", {.keep_last = 3, .completed_before_ms = moment}),
           IsMessage(Pruned({.instances = 1, .executions = 1, .events = 2})));
  t.Expect(t.ListExecutions("order-3"), ElementsAre(2u, 3u, 4u));
  t.Expect(Prune(t, "order-3"),
           IsMessage(Pruned({.instances = 1, .executions = 2, .events = 4})));
  t.Expect(t.ListExecutions("order-3"), ElementsAre(4u));
  t.Expect(t.ListExecutions("order-2"), ElementsAre(3u, 4u),
           "not pruned again");
}

CONFORMANCE_CASE(
    prune, prune_safety, .upstream = "test_prune_safety",
    .clauses = {"PRUNE-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "No criteria ever remove the current execution, whether it runs or has "
        "ended; an unknown instance is INSTANCE_NOT_FOUND.",
    .procedure =
        "Make instances of three executions, with the last one running and "
        "ended, and prune them with every way to ask for all: keep none, keep "
        "0, keep 1, ended before the end of time. Each time two are removed "
        "and the third is as it was; a second time nothing is. Prune an "
        "unknown instance and one whose start is only enqueued: not found, and "
        "the start is there.",
    .likely_causes = {
        "Keeping 0 removes the current execution.",
        "The current execution of an ended instance is removed.",
        "An unknown instance has nothing to prune, which is a success."}) {
  const std::vector<Executions> everything = {
      {},
      {.keep_last = 0},
      {.keep_last = 1},
      {.completed_before_ms = std::numeric_limits<int64_t>::max()}};
  int made = 0;
  for (const auto status :
       {v1::ORCHESTRATION_STATUS_RUNNING, v1::ORCHESTRATION_STATUS_COMPLETED}) {
    for (const Executions& all : everything) {
      const std::string id = "order-" + std::to_string(++made);
      MakeExecutions(t, id, 3, status);
      const v1::InstanceInfo instance = t.GetInstanceInfo(id);
      const v1::ExecutionInfo current = t.GetExecutionInfo(id, 3);
      t.Expect(
          Prune(t, id, all),
          IsMessage(Pruned({.instances = 1, .executions = 2, .events = 2})),
          id);
      t.Expect(Prune(t, id, all), IsMessage(Pruned({.instances = 1})), id,
               " again");
      t.Expect(t.ListExecutions(id), ElementsAre(3u), id);
      t.Expect(t.GetInstanceInfo(id), IsMessage(instance));
      t.Expect(t.GetExecutionInfo(id, 3), IsMessage(current));
      t.Expect(t.ReadHistory(id), AreEvents(id, 3, {StartedEvent(1)}));
    }
  }

  t.EnqueueStart("order-0");
  for (const char* unknown : {"order-0", "unknown"}) {
    t.ExpectError(t.Call(&Provider::PruneExecutions,
                         Asking<v1::PruneExecutionsRequest>(unknown)),
                  v1::ERROR_REASON_INSTANCE_NOT_FOUND, unknown);
  }
  t.Expect(t.FetchOrchestrationItem(), IsItemOf("order-0"));
}

CONFORMANCE_CASE(
    prune, prune_bulk, .upstream = "test_prune_bulk", .clauses = {"PRUNE-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A prune by filter prunes the instances that the filter selects, at "
        "most as many as its limit, and counts them; others are untouched.",
    .procedure =
        "Make three instances of four executions. Name two and an unknown one, "
        "keeping the last two: 2 instances, 4 executions. The third is as it "
        "was. Prune all with a limit of 2: two are looked at. Without a limit: "
        "all three have one execution.",
    .likely_causes = {"The ids of the filter are ignored.",
                      "The limit is ignored, or counts executions.",
                      "keep_last counts over all instances together."}) {
  for (const char* id : {"order-1", "order-2", "order-3"}) {
    MakeExecutions(t, id, 4);
  }
  const Traces before = TracesOf(t, "order-3");
  t.Expect(
      PruneByFilter(t, {.ids = InstanceIds{"order-1", "unknown", "order-2"}},
                    {.keep_last = 2}),
      IsMessage(Pruned({.instances = 2, .executions = 4, .events = 4})));
  t.Expect(t.ListExecutions("order-1"), ElementsAre(3u, 4u));
  t.Expect(t.ListExecutions("order-2"), ElementsAre(3u, 4u));
  t.Expect(TracesOf(t, "order-3"), before);

  t.Expect(
      PruneByFilter(t, {.limit = 2}, {.keep_last = 1}).instances_processed(),
      2u, "with a limit of 2");
  t.Expect(PruneByFilter(t, {}, {.keep_last = 1}).instances_processed(), 3u,
           "without a limit");
  for (const char* id : {"order-1", "order-2", "order-3"}) {
    t.Expect(t.ListExecutions(id), ElementsAre(4u), id);
  }
}

CONFORMANCE_CASE(
    prune, prune_bulk_includes_running_instances,
    .upstream = "test_prune_bulk_includes_running_instances",
    .clauses = {"PRUNE-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A prune by filter takes instances that run, too: their old executions "
        "go, and they go on running.",
    .procedure =
        "Make an instance that runs in its third execution and one that has "
        "ended with its third. Prune by their ids: 2 instances, 4 executions. "
        "Prune all: nothing is left to remove. The first is running, and its "
        "next turn has the history of execution 3.",
    .likely_causes = {"Only ended instances are selected."}) {
  RunningInstance order(t, "order-1");
  order.ContinueAsNew();
  order.ContinueAsNew();
  MakeExecutions(t, "order-2", 3);
  t.Expect(PruneByFilter(t, {.ids = InstanceIds{"order-1", "order-2"}},
                         {.keep_last = 1}),
           IsMessage(Pruned({.instances = 2, .executions = 4, .events = 6})));
  t.Expect(t.ListExecutions("order-1"), ElementsAre(3u));
  t.Expect(t.ListExecutions("order-2"), ElementsAre(3u));
  t.Expect(PruneByFilter(t, {}), IsMessage(Pruned({.instances = 2})), "again");

  t.Expect(t.GetInstanceInfo("order-1").status(),
           v1::ORCHESTRATION_STATUS_RUNNING);
  t.Expect(order.Turn().item().history(),
           AreEvents("order-1", 3, {StartedEvent(1)}));
}

}  // namespace
}  // namespace duroxide::conformance
