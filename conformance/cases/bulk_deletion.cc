// Deleting ended instances by filter.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

CONFORMANCE_CASE(
    bulk_deletion, delete_instance_bulk_filter_combinations,
    .upstream = "test_delete_instance_bulk_filter_combinations",
    .clauses = {"DEL-2", "DEL-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A filter deletes the instances that it names, those that ended before "
        "its moment, or those for which both holds; unknown ids count for "
        "nothing; without criteria all that have ended go, with their "
        "messages.",
    .procedure =
        "Make three ended instances, and after a moment three more, each with "
        "an activity. Delete unknown ids: nothing. Two by id: they are gone. "
        "By the moment and the ids of one earlier and one later: the earlier. "
        "By no criteria: the other three. All counts are exact.",
    .likely_causes = {
        "One criterion is enough where several are given.",
        "The ids of the filter are ignored, or unknown ones are an error.",
        "The queues are not cleaned."}) {
  for (const char* id : {"old-1", "old-2", "old-3"}) {
    MakeInstance(t, id);
    t.EnqueueWork(ActivityItem(id, 2));
  }
  const uint64_t moment = NextMoment(t);
  for (const char* id : {"new-1", "new-2", "new-3"}) {
    MakeInstance(t, id);
    t.EnqueueWork(ActivityItem(id, 2));
  }
  const auto expect_deleted = [&](uint64_t count, const Instances& filter) {
    t.Expect(DeleteByFilter(t, filter),
             IsMessage(Deleted({.instances = count,
                                .executions = count,
                                .events = count,
                                .messages = count})));
  };
  expect_deleted(0, {.ids = InstanceIds{"unknown-1", "unknown-2"}});
  expect_deleted(2, {.ids = InstanceIds{"old-1", "unknown-1", "new-1"}});
  ExpectGone(t, "old-1");
  ExpectGone(t, "new-1");
  t.Expect(t.ListInstances(),
           UnorderedElementsAre("old-2", "old-3", "new-2", "new-3"));

  expect_deleted(
      1, {.ids = InstanceIds{"old-2", "new-2"}, .completed_before_ms = moment});
  t.Expect(t.ListInstances(), UnorderedElementsAre("old-3", "new-2", "new-3"));
  expect_deleted(3, {});
  t.Expect(t.ListInstances(), IsEmpty());
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 0)));
}

CONFORMANCE_CASE(
    bulk_deletion, delete_instance_bulk_safety_and_limits,
    .upstream = "test_delete_instance_bulk_safety_and_limits",
    .clauses = {"DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A filter never deletes what runs, named or not, and says nothing of "
        "it; a limit bounds what one call deletes, and further calls take the "
        "rest.",
    .procedure =
        "Make two instances that run and two that have ended, and name all "
        "four: the two that have ended go, the others are as before. Make five "
        "more that have ended and delete with a limit of 2: two, two, one, "
        "none. The running ones are still as before.",
    .likely_causes = {
        "A running instance fails the call.",
        "Running instances are deleted when they are named.",
        "The limit is ignored, or counts the running ones that are skipped."}) {
  CreateInstance(t, "running-1");
  CreateInstance(t, "running-2");
  MakeInstance(t, "ended-1");
  MakeInstance(t, "ended-2");
  const Traces first = TracesOf(t, "running-1");
  const Traces second = TracesOf(t, "running-2");
  t.Expect(DeleteByFilter(t, {.ids = InstanceIds{"running-1", "ended-1",
                                                 "running-2", "ended-2"}}),
           IsMessage(Deleted({.instances = 2, .executions = 2, .events = 2})));
  t.Expect(t.ListInstances(), UnorderedElementsAre("running-1", "running-2"));

  for (int i = 1; i <= 5; ++i) MakeInstance(t, absl::StrCat("batch-", i));
  size_t left = 7;
  for (const uint64_t expected : {2, 2, 1, 0}) {
    t.Expect(DeleteByFilter(t, {.limit = 2}).instances_deleted(), expected);
    left -= expected;
    t.Expect(t.ListInstances(), SizeIs(left));
  }
  t.Expect(TracesOf(t, "running-1"), first);
  t.Expect(TracesOf(t, "running-2"), second);
}

CONFORMANCE_CASE(
    bulk_deletion, delete_instance_bulk_completed_before_filter,
    .upstream = "test_delete_instance_bulk_completed_before_filter",
    .clauses = {"DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The moment of a filter is compared with the end of an instance's "
        "current execution by the provider's clock: what ended later stays, "
        "and so does what has not ended.",
    .procedure =
        "Note a moment. Make one instance that runs and one that completes, "
        "note a moment, make one that fails, note a moment. Delete by the "
        "first moment: none. By the second: the completed one. By the third: "
        "the failed one. The running one stays.",
    .likely_causes = {"The moment is compared with the creation.",
                      "Seconds are compared with milliseconds.",
                      "The moment is the client's, taken from the events.",
                      "What has no end counts as ended at 0."}) {
  const uint64_t first = NextMoment(t);
  CreateInstance(t, "running");
  MakeInstance(t, "completed");
  const uint64_t second = NextMoment(t);
  MakeInstance(t, "failed", {.status = v1::ORCHESTRATION_STATUS_FAILED});
  const uint64_t third = NextMoment(t);

  t.Expect(DeleteByFilter(t, {.completed_before_ms = first}),
           IsMessage(Deleted({})));
  const auto one =
      IsMessage(Deleted({.instances = 1, .executions = 1, .events = 1}));
  t.Expect(DeleteByFilter(t, {.completed_before_ms = second}), one);
  t.Expect(t.ListInstances(), UnorderedElementsAre("running", "failed"));
  t.Expect(DeleteByFilter(t, {.completed_before_ms = third}), one);
  t.Expect(t.ListInstances(), ElementsAre("running"));
}

CONFORMANCE_CASE(
    bulk_deletion, delete_instance_bulk_cascades_to_children,
    .upstream = "test_delete_instance_bulk_cascades_to_children",
    .clauses = {"DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Roots that a filter deletes take their trees along, which count; "
        "children that it names are skipped.",
    .procedure =
        "Make a root with one child, one with three of which one has a child, "
        "and one with none. Name the children: nothing. Name two of the roots: "
        "seven instances. Without criteria: the other one, and no child is "
        "left.",
    .likely_causes = {"Children stay behind without their root.",
                      "Grandchildren stay behind.",
                      "Children are deleted by themselves."}) {
  MakeInstance(t, "first");
  MakeInstance(t, "first-a", {.parent = "first"});
  MakeInstance(t, "second");
  for (const char* child : {"second-a", "second-b", "second-c"}) {
    MakeInstance(t, child, {.parent = "second"});
  }
  MakeInstance(t, "second-c-1", {.parent = "second-c"});
  MakeInstance(t, "third");

  t.Expect(DeleteByFilter(
               t, {.ids = InstanceIds{"first-a", "second-c", "second-c-1"}}),
           IsMessage(Deleted({})), "children only");
  t.Expect(t.ListInstances(), SizeIs(8));
  t.Expect(
      DeleteByFilter(t, {.ids = InstanceIds{"second", "second-a", "first"}}),
      IsMessage(Deleted({.instances = 7, .executions = 7, .events = 7})));
  t.Expect(t.ListInstances(), ElementsAre("third"));
  t.Expect(DeleteByFilter(t).instances_deleted(), 1u);
  t.Expect(t.ListInstances(), IsEmpty());
}

}  // namespace
}  // namespace duroxide::conformance
