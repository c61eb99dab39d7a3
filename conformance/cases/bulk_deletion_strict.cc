// Deleting by filter, where it is easy to delete too much.

#include <atomic>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

CONFORMANCE_CASE(
    bulk_deletion, criteria_that_select_nothing_delete_nothing,
    .profile = Profile::kStrict, .clauses = {"DEL-2"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "An empty list of ids, a limit of 0, a moment of 0 and the very moment "
        "of an instance's end select nothing; the millisecond after it selects "
        "the instance.",
    .procedure =
        "Make two instances that end at different moments. Delete by an empty "
        "list, with a limit of 0, before the moment 0, and before the end of "
        "the first: nothing each time. Before the next millisecond: the first "
        "one. Before the largest moment there is: the other.",
    .likely_causes = {
        "An empty list is taken for no list, so that everything is deleted.",
        "0 is taken for an absent value.",
        "The moments are compared with <= instead of <.",
        "A large moment overflows."}) {
  MakeInstance(t, "order-1");
  NextMoment(t);
  MakeInstance(t, "order-2");
  const uint64_t end = t.GetExecutionInfo("order-1", 1).completed_at_ms();
  for (const Instances& none :
       {Instances{.ids = InstanceIds{}}, Instances{.limit = 0},
        Instances{.ids = InstanceIds{}, .limit = 10},
        Instances{.completed_before_ms = 0},
        Instances{.completed_before_ms = end}}) {
    t.Expect(DeleteByFilter(t, none), IsMessage(Deleted({})),
             none.ids ? "ids" : "", none.limit ? " limit" : "", " before ",
             none.completed_before_ms.value_or(0));
    t.Expect(t.ListInstances(), SizeIs(2));
  }
  t.Expect(
      DeleteByFilter(t, {.completed_before_ms = end + 1}).instances_deleted(),
      1u);
  t.Expect(t.ListInstances(), ElementsAre("order-2"));
  // The largest number that every provider takes (WIRE-9).
  t.Expect(DeleteByFilter(
               t, {.completed_before_ms = std::numeric_limits<int64_t>::max()})
               .instances_deleted(),
           1u);
}

CONFORMANCE_CASE(
    bulk_deletion, the_limit_counts_roots, .profile = Profile::kStrict,
    .clauses = {"DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The limit of a filter is a number of roots: their trees come on top "
        "of it, and what is skipped does not use it up. No tree is ever "
        "deleted in part.",
    .procedure =
        "Make three ended roots with three descendants each, and two that run, "
        "older than all. Delete with a limit of 1: four instances, one root. "
        "Name running ones and unknown ones before the others, with a limit of "
        "1: four more. Again with a limit of 5: the last four.",
    .likely_causes = {
        "The limit counts instances, so that a tree is cut.",
        "The limit is applied before running ones are skipped.",
        "The limit is applied to the ids and not to what is deleted."}) {
  CreateInstance(t, "running-1");
  CreateInstance(t, "running-2");
  InstanceIds named = {"unknown", "running-1", "running-2"};
  for (const char* root : {"a", "b", "c"}) {
    MakeInstance(t, root);
    MakeInstance(t, absl::StrCat(root, "-1"), {.parent = root});
    MakeInstance(t, absl::StrCat(root, "-1-1"),
                 {.parent = absl::StrCat(root, "-1")});
    MakeInstance(t, absl::StrCat(root, "-2"), {.parent = root});
    named.push_back(root);
  }
  const auto four =
      IsMessage(Deleted({.instances = 4, .executions = 4, .events = 4}));
  t.Expect(DeleteByFilter(t, {.limit = 1}), four);
  t.Expect(t.ListInstances(), SizeIs(10));
  t.Expect(DeleteByFilter(t, {.ids = named, .limit = 1}), four);
  t.Expect(t.ListInstances(), SizeIs(6));
  t.Expect(DeleteByFilter(t, {.ids = named, .limit = 5}), four);
  t.Expect(t.ListInstances(), UnorderedElementsAre("running-1", "running-2"));
}

CONFORMANCE_CASE(
    bulk_deletion, running_descendants_go_with_their_root,
    .profile = Profile::kStrict, .clauses = {"DEL-2", "ACK-8"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A root that has ended is deleted with its tree whatever its "
        "descendants do: a running one goes with its messages, and its turn "
        "that is under way cannot be committed. The running one is not deleted "
        "by itself, nor for a child's sake.",
    .procedure =
        "Make an ended root with a running child, whose turn is fetched, and a "
        "running root with an ended child. Name both children: nothing. "
        "Without criteria: the first tree is gone, with its messages, the "
        "second is whole. The turn's ack is LOCK_LOST and makes nothing.",
    .likely_causes = {
        "A running descendant protects its root.",
        "Running descendants stay behind.",
        "An ended child is deleted from under its running root."}) {
  MakeInstance(t, "ended");
  RunningInstance child(t, "running-child", "ended");
  t.Enqueue(ExternalItem("running-child", "next"));
  const LockedItem turn =
      t.FetchOrchestrationItem({.lock_timeout = 10 * t.lock_timeout()});
  t.EnqueueWork(ActivityItem("running-child", 2));
  CreateInstance(t, "running");
  MakeInstance(t, "ended-child", {.parent = "running"});
  const Traces root = TracesOf(t, "running");
  const Traces ended_child = TracesOf(t, "ended-child");

  t.Expect(
      DeleteByFilter(t, {.ids = InstanceIds{"running-child", "ended-child"}}),
      IsMessage(Deleted({})), "children");
  t.Expect(DeleteByFilter(t),
           IsMessage(Deleted(
               {.instances = 2, .executions = 2, .events = 2, .messages = 2})));
  ExpectGone(t, "ended");
  t.RequireSurely(turn.held);
  t.ExpectError(t.TryAck(AckBuilder(turn).Append(TimerCreatedEvent(2, 1))),
                v1::ERROR_REASON_LOCK_LOST);
  ExpectGone(t, "running-child");
  t.Expect(TracesOf(t, "running"), root);
  t.Expect(TracesOf(t, "ended-child"), ended_child);
}

CONFORMANCE_CASE(
    bulk_deletion, callers_at_once_share_the_work, .profile = Profile::kStrict,
    .clauses = {"DEL-2", "DEL-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Several callers that delete by filter with a limit at the same moment "
        "delete every ended instance once, and count each once together.",
    .procedure =
        "Make twelve ended instances and one that runs. Four threads delete "
        "with a limit of 2 until a call deletes nothing: together they count "
        "twelve, and only the running one is left.",
    .likely_causes = {
        "Instances are selected and deleted in two steps.",
        "An instance that another caller took away fails the call."}) {
  CreateInstance(t, "running");
  for (int i = 1; i <= 12; ++i) MakeInstance(t, absl::StrCat("ended-", i));
  std::atomic<uint64_t> counted = 0;
  t.Concurrently(4, [&](int) {
    for (uint64_t deleted = 1; deleted > 0 && counted <= 12;) {
      deleted = DeleteByFilter(t, {.limit = 2}).instances_deleted();
      counted += deleted;
    }
  });
  t.Expect(counted.load(), 12u, "instances deleted");
  t.Expect(t.ListInstances(), ElementsAre("running"));
}

}  // namespace
}  // namespace duroxide::conformance
