// Removing old executions, where it is easy to remove too much or too little.

#include <atomic>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;

CONFORMANCE_CASE(
    prune, keep_last_counts_the_current_execution, .profile = Profile::kStrict,
    .clauses = {"PRUNE-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "keep_last is the number of executions that are left, the current one "
        "counted, by execution id; one that is larger than there are removes "
        "nothing, however large.",
    .procedure =
        "Prune an instance of six executions to 4294967295, 7 and 6: nothing "
        "is removed. To 5, 3 and 2: one, two and one are removed, always the "
        "lowest. Without keep_last: the current one is left.",
    .likely_causes = {
        "keep_last counts the executions besides the current one.",
        "A large keep_last overflows.",
        "The newest are told by their moments, which may be the same."}) {
  MakeExecutions(t, "order-1", 6);
  const auto expect = [&](const Executions& options, uint64_t removed,
                          const std::vector<uint64_t>& left) {
    t.Expect(Prune(t, "order-1", options),
             IsMessage(Pruned(
                 {.instances = 1, .executions = removed, .events = removed})),
             "leaving ", left.size());
    t.Expect(t.ListExecutions("order-1"), ::testing::ElementsAreArray(left));
  };
  const std::vector<uint64_t> all = {1, 2, 3, 4, 5, 6};
  expect({.keep_last = std::numeric_limits<uint32_t>::max()}, 0, all);
  expect({.keep_last = 7}, 0, all);
  expect({.keep_last = 6}, 0, all);
  expect({.keep_last = 5}, 1, {2, 3, 4, 5, 6});
  expect({.keep_last = 3}, 2, {4, 5, 6});
  expect({.keep_last = 2}, 1, {5, 6});
  expect({}, 1, {6});
}

CONFORMANCE_CASE(
    prune, completed_before_leaves_out_the_moment_itself,
    .profile = Profile::kStrict, .clauses = {"PRUNE-1", "ADMIN-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "completed_before_ms is a bound that does not belong to the range: an "
        "execution that ended at that very millisecond stays, and one that "
        "ended the millisecond before goes; 0 removes nothing.",
    .procedure =
        "Make an instance whose first two executions ended at different "
        "moments. Prune by 0, and by the end of execution 1: nothing is "
        "removed. By one millisecond more: execution 1. By the largest number "
        "there is: all but the current one.",
    .likely_causes = {"The moments are compared with <= instead of <.",
                      "0 is taken for an absent bound.",
                      "A large moment overflows."}) {
  RunningInstance order(t, "order-1");
  order.ContinueAsNew();
  NextMoment(t);
  order.ContinueAsNew();
  const uint64_t end = t.GetExecutionInfo("order-1", 1).completed_at_ms();
  t.Expect(end,
           ::testing::Lt(t.GetExecutionInfo("order-1", 2).completed_at_ms()));
  const auto expect = [&](uint64_t moment, const std::vector<uint64_t>& left) {
    Prune(t, "order-1", {.completed_before_ms = moment});
    t.Expect(t.ListExecutions("order-1"), ::testing::ElementsAreArray(left),
             "pruned by ", moment, "; execution 1 ended at ", end);
  };
  expect(0, {1, 2, 3});
  expect(end, {1, 2, 3});
  expect(end + 1, {2, 3});
  // The largest number that every provider takes (WIRE-9).
  expect(std::numeric_limits<int64_t>::max(), {3});
}

CONFORMANCE_CASE(
    prune, executions_that_run_are_never_pruned, .profile = Profile::kStrict,
    .clauses = {"PRUNE-1", "ACK-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "An execution that has not ended is kept, also where it is not the "
        "current one any more, by every prune; it counts among the last ones.",
    .procedure =
        "Make an instance whose execution 2 never ended, while 1 and 3 have, "
        "and 4 runs. Prune to the last three: execution 1 goes. Prune all, by "
        "instance and by filter: 3 goes, 2 and 4 stay with their histories. "
        "End execution 2 and prune: now it goes.",
    .likely_causes = {
        "Every execution but the current one counts as ended.",
        "An execution without an end has ended before every moment."}) {
  t.EnqueueStart("order-1");
  const auto turn = [&](uint64_t execution, v1::OrchestrationStatus status) {
    const LockedItem held = t.FetchOrchestrationItem();
    AckBuilder ack(held);
    ack.Execution(execution).Append(StartedEvent(1)).Status(status);
    if (execution == 1) {
      ack.Name(kOrchestration).Version(kOrchestrationVersion);
    }
    if (execution < 4) ack.Orchestrator(ContinueAsNewItem("order-1"));
    t.Ack(ack);
  };
  turn(1, v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  turn(2, v1::ORCHESTRATION_STATUS_RUNNING);
  turn(3, v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  turn(4, v1::ORCHESTRATION_STATUS_RUNNING);

  const auto one =
      IsMessage(Pruned({.instances = 1, .executions = 1, .events = 1}));
  t.Expect(Prune(t, "order-1", {.keep_last = 3}), one);
  t.Expect(t.ListExecutions("order-1"), ElementsAre(2u, 3u, 4u));
  const uint64_t later = NextMoment(t);
  t.Expect(Prune(t, "order-1", {.completed_before_ms = later}), one);
  t.Expect(PruneByFilter(t, {}), IsMessage(Pruned({.instances = 1})));
  t.Expect(t.ListExecutions("order-1"), ElementsAre(2u, 4u));
  t.Expect(t.ReadHistory("order-1", 2),
           AreEvents("order-1", 2, {StartedEvent(1)}));

  t.Enqueue(ExternalItem("order-1", "late"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Execution(2)
            .Status(v1::ORCHESTRATION_STATUS_FAILED));
  t.Expect(Prune(t, "order-1"), one, "execution 2 has ended");
  t.Expect(t.ListExecutions("order-1"), ElementsAre(4u));
}

CONFORMANCE_CASE(
    prune, a_pruned_instance_goes_on, .profile = Profile::kStrict,
    .clauses = {"PRUNE-1", "KV-3", "ACK-7"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A prune touches nothing but old executions: record, parent, children, "
        "key-values, custom status, messages of both queues and locks are as "
        "before, and a turn that was under way is committed.",
    .procedure =
        "Make a child with a child of its own, three executions, keys and a "
        "status from the first of them, an activity and a message. Fetch its "
        "turn and prune it. Everything that was there is there but the two "
        "executions; the turn is still locked, and its ack succeeds. The next "
        "prune comes from several threads at once: together they remove each "
        "execution once.",
    .likely_causes = {
        "Key-values or status are stored with the execution that set them.",
        "A prune takes or frees the instance's lock.",
        "Two prunes count the same executions."}) {
  MakeInstance(t, "root");
  RunningInstance order(t, "order-1", "root");
  order.Turn({Set("color", "red"), CustomStatusEvent(0, "packing")});
  order.ContinueAsNew();
  order.ContinueAsNew();
  MakeInstance(t, "order-1-a", {.parent = "order-1"});
  t.EnqueueWork(ActivityItem("order-1", 2));
  const auto things = [&] {
    std::vector<std::string> kept = TreeOf(t, "root");
    kept.push_back(t.GetInstanceInfo("order-1").ShortDebugString());
    kept.push_back(t.GetExecutionInfo("order-1", 3).ShortDebugString());
    kept.push_back(t.Do(&Provider::GetCustomStatus,
                        Asking<v1::GetCustomStatusRequest>("order-1"))
                       .ShortDebugString());
    for (const auto& [key, value] : ValuesOf(t, "order-1")) {
      kept.push_back(absl::StrCat(key, "=", value));
    }
    return kept;
  };
  t.Enqueue(ExternalItem("order-1", "approved"));
  const LockedItem turn =
      t.FetchOrchestrationItem({.lock_timeout = 10 * t.lock_timeout()});
  const std::vector<std::string> before = things();

  t.Expect(Prune(t, "order-1").executions_deleted(), 2u);
  t.Expect(things(), before);
  t.ExpectDuring(turn.held, t.GetQueueDepths(), IsMessage(Depths(0, 1)));
  t.ExpectDuring(turn.held, t.TryFetchOrchestrationItem(), NoItem());
  t.Ack(AckBuilder(turn)
            .Append(TimerCreatedEvent(2, 1))
            .Status(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
            .Orchestrator(ContinueAsNewItem("order-1")));
  const LockedItem next = t.FetchOrchestrationItem();
  t.Expect(next.item().kv_snapshot(),
           ElementsAre(::testing::Property(&v1::KvEntry::value, "red")));
  t.Ack(AckBuilder(next).Execution(4).Append(StartedEvent(1)));

  std::atomic<uint64_t> removed = 0;
  t.Concurrently(6, [&](int caller) {
    removed += caller % 2 == 0 ? Prune(t, "order-1").executions_deleted()
                               : PruneByFilter(t, {}).executions_deleted();
  });
  t.Expect(removed.load(), 1u, "by six callers together");
  t.Expect(t.ListExecutions("order-1"), ElementsAre(4u));
}

CONFORMANCE_CASE(
    prune, filters_select_instances_of_all_kinds, .profile = Profile::kStrict,
    .clauses = {"PRUNE-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A prune by filter takes roots and children, terminal and running "
        "alike; its completed_before_ms is the end of the current execution, "
        "so it leaves out those that run; all criteria hold together, and what "
        "is looked at counts also where nothing is removed.",
    .procedure =
        "Make an ended root with a running child, all with three executions, "
        "an ended instance of one execution, and, after a moment, one more "
        "ended one. By an empty list, by unknown ids, with a limit of 0: "
        "nothing is looked at. By that moment: the root and the one with "
        "nothing to remove. By ids and a limit: the limit. By no criteria: all "
        "four.",
    .likely_causes = {"An empty list of ids is taken for no list.",
                      "Children are left out, as by a deletion.",
                      "The filter's moment is compared with every execution.",
                      "Instances without anything to remove are not counted.",
                      "A limit of 0 is taken for no limit."}) {
  MakeExecutions(t, "ended", 3);
  RunningInstance child(t, "child", "ended");
  child.ContinueAsNew();
  child.ContinueAsNew();
  MakeInstance(t, "single");
  const uint64_t moment = NextMoment(t);
  MakeExecutions(t, "later", 3);
  const auto nothing = IsMessage(Pruned({}));
  t.Expect(PruneByFilter(t, {.ids = InstanceIds{}}), nothing, "no ids");
  t.Expect(PruneByFilter(t, {.ids = InstanceIds{"unknown"}}), nothing,
           "unknown id");
  t.Expect(PruneByFilter(t, {.limit = 0}), nothing, "a limit of 0");

  t.Expect(PruneByFilter(
               t, {.ids = InstanceIds{"ended", "child", "later"}, .limit = 1},
               {.keep_last = 3}),
           IsMessage(Pruned({.instances = 1})), "ids and a limit");
  t.Expect(PruneByFilter(t, {.completed_before_ms = moment}),
           IsMessage(Pruned({.instances = 2, .executions = 2, .events = 2})),
           "ended before the moment");
  t.Expect(t.ListExecutions("ended"), ElementsAre(3u));
  t.Expect(t.ListExecutions("child"), ElementsAre(1u, 2u, 3u));
  t.Expect(t.ListExecutions("later"), ElementsAre(1u, 2u, 3u));

  t.Expect(PruneByFilter(t, {}),
           IsMessage(Pruned({.instances = 4, .executions = 4, .events = 6})),
           "no criteria");
  t.Expect(t.ListExecutions("child"), ElementsAre(3u));
  t.Expect(t.GetInstanceInfo("child").status(),
           v1::ORCHESTRATION_STATUS_RUNNING);
}

}  // namespace
}  // namespace duroxide::conformance
