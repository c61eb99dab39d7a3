// What operators see, where it is easy to be wrong: moments, states, trees,
// counts over time.

#include <algorithm>
#include <iterator>
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

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::UnorderedElementsAreArray;

CONFORMANCE_CASE(
    management, moments_are_real, .profile = Profile::kStrict,
    .clauses = {"ADMIN-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The moments of instances and executions are those of the provider's "
        "clock at the acks that made, changed and ended them, and at nothing "
        "else.",
    .procedure =
        "Note the provider's clock between the steps: enqueue a start, make "
        "the instance, fetch its next turn, commit it, continue as new, "
        "complete. Each moment lies between the two notes around its ack: "
        "created and updated of the instance, started and completed of both "
        "executions.",
    .likely_causes = {
        "A moment is stored as text and read back as a number, which is 0.",
        "Seconds are given for milliseconds.",
        "The moments are the client's, taken from the events.",
        "The record's moment is that of the enqueued start.",
        "A fetch counts as a change."}) {
  const auto between = [](uint64_t from, uint64_t until) {
    return AllOf(Ge(from), Lt(until));
  };
  t.EnqueueStart("order-1");
  const uint64_t enqueued = NextMoment(t);
  t.Ack(FirstAck(t.FetchOrchestrationItem()));
  const uint64_t made = NextMoment(t);
  t.Enqueue(ExternalItem("order-1", "next"));
  const LockedItem turn = t.FetchOrchestrationItem();
  const auto expect_created = [&](uint64_t updated_from,
                                  uint64_t updated_until) {
    const v1::InstanceInfo info = t.GetInstanceInfo("order-1");
    t.Expect(info.created_at_ms(), between(enqueued, made), "created");
    t.Expect(info.updated_at_ms(), between(updated_from, updated_until),
             "updated");
  };
  expect_created(enqueued, made);
  t.Expect(t.GetExecutionInfo("order-1", 1).started_at_ms(),
           between(enqueued, made));

  const uint64_t fetched = NextMoment(t);
  t.Ack(AckBuilder(turn));
  const uint64_t turned = NextMoment(t);
  expect_created(fetched, turned);
  t.Expect(t.GetExecutionInfo("order-1", 1).has_completed_at_ms(), false);

  t.Enqueue(ExternalItem("order-1", "again"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Status(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
            .Orchestrator(ContinueAsNewItem("order-1")));
  const uint64_t continued = NextMoment(t);
  const LockedItem second = t.FetchOrchestrationItem();
  t.Ack(AckBuilder(second).Execution(2).Append(StartedEvent(1)));
  const uint64_t restarted = NextMoment(t);
  t.Enqueue(ExternalItem("order-1", "last"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Status(v1::ORCHESTRATION_STATUS_COMPLETED));
  const uint64_t completed = NextMoment(t);
  expect_created(restarted, completed);

  const v1::ExecutionInfo first = t.GetExecutionInfo("order-1", 1);
  t.Expect(first.started_at_ms(), between(enqueued, made), "execution 1");
  t.Expect(first.completed_at_ms(), between(turned, continued), "execution 1");
  const v1::ExecutionInfo last = t.GetExecutionInfo("order-1", 2);
  t.Expect(last.started_at_ms(), between(continued, restarted), "execution 2");
  t.Expect(last.completed_at_ms(), between(restarted, completed),
           "execution 2");
}

CONFORMANCE_CASE(
    management, states_follow_the_current_execution,
    .profile = Profile::kStrict, .clauses = {"ADMIN-1", "ACK-2"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Description, lists and metrics agree at every step of an instance's "
        "life on the state of its current execution; one that continued as new "
        "is neither running nor completed nor failed.",
    .procedure =
        "Lead an instance through its life: made without a state, a turn "
        "without one, continued as new, running again, failed, running once "
        "more by an ack, completed. After each ack its description, the four "
        "lists by state and the metrics say the same. A late ack of execution "
        "1 changes none of them.",
    .likely_causes = {
        "An ack without a state resets the state.",
        "A state is kept in the instance's record and in the execution's, and "
        "they part.",
        "Continued as new counts as running or as completed.",
        "A terminal state can never be left again."}) {
  const auto running = v1::ORCHESTRATION_STATUS_RUNNING;
  const auto completed = v1::ORCHESTRATION_STATUS_COMPLETED;
  const auto failed = v1::ORCHESTRATION_STATUS_FAILED;
  const auto continued = v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW;
  CreateInstance(t, "other");
  const auto expect = [&](v1::OrchestrationStatus status, uint64_t execution) {
    const v1::InstanceInfo info = t.GetInstanceInfo("order-1");
    t.Expect(info.status(), status);
    t.Expect(info.current_execution_id(), execution);
    for (const auto each : {running, completed, failed, continued}) {
      std::vector<std::string> listed;
      if (each == running) listed.push_back("other");
      if (each == status) listed.push_back("order-1");
      t.Expect(InstancesIn(t, each), UnorderedElementsAreArray(listed),
               v1::OrchestrationStatus_Name(each));
    }
    const v1::SystemMetrics metrics = MetricsOf(t);
    t.Expect(metrics.total_instances(), 2u);
    t.Expect(metrics.running_instances(), status == running ? 2u : 1u);
    t.Expect(metrics.completed_instances(), status == completed ? 1u : 0u);
    t.Expect(metrics.failed_instances(), status == failed ? 1u : 0u);
  };
  t.EnqueueStart("order-1");
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Append(StartedEvent(1))
            .Name(kOrchestration)
            .Version(kOrchestrationVersion));
  expect(running, 1);
  const auto turn = [&] {
    t.Enqueue(ExternalItem("order-1", "next"));
    return AckBuilder(t.FetchOrchestrationItem());
  };
  t.Ack(turn());
  expect(running, 1);
  t.Ack(turn().Status(continued));
  expect(continued, 1);
  t.Ack(turn().Execution(2).Append(StartedEvent(1)));
  expect(running, 2);
  t.Ack(turn().Status(failed));
  expect(failed, 2);
  t.Ack(turn());
  expect(failed, 2);
  t.Ack(turn().Status(running));
  expect(running, 2);
  t.Ack(turn().Execution(1).Status(failed));
  expect(running, 2);
  t.Ack(turn().Status(completed));
  expect(completed, 2);
}

CONFORMANCE_CASE(
    management, metrics_follow_every_change, .profile = Profile::kStrict,
    .clauses = {"ADMIN-1", "ACK-1", "PRUNE-1", "DEL-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The metrics count what is stored, whatever led to it: events of a "
        "turn, of an append, of a failed ack, of a prune and of a deletion.",
    .procedure =
        "Make an instance of three executions: 1, 3, 3. Append two events to "
        "the first execution: 5. Fail to ack a turn with events, for one that "
        "is there: 5. Prune: 1 execution, 1 event. Delete the instance: "
        "nothing is left.",
    .likely_causes = {
        "A counter is raised before the ack is known to succeed.",
        "A counter is kept for turns and forgotten by AppendHistory, by a "
        "prune or by a deletion."}) {
  const auto expect = [&](uint64_t instances, uint64_t executions,
                          uint64_t events, std::string_view after) {
    const v1::SystemMetrics metrics = MetricsOf(t);
    t.Expect(metrics.total_instances(), instances, after);
    t.Expect(metrics.total_executions(), executions, after);
    t.Expect(metrics.total_events(), events, after);
  };
  MakeExecutions(t, "order-1", 3);
  expect(1, 3, 3, "the turns");

  auto append = Asking<v1::AppendHistoryRequest>("order-1");
  append.set_execution_id(1);
  for (const uint64_t id : {2, 3}) {
    *append.add_events() = WithOwner(TimerCreatedEvent(id, 1), "order-1", 1);
  }
  t.Do(&Provider::AppendHistory, append);
  expect(1, 3, 5, "the append");

  t.Enqueue(ExternalItem("order-1", "late"));
  t.ExpectError(t.TryAck(AckBuilder(t.FetchOrchestrationItem())
                             .Append(TimerCreatedEvent(2, 1))
                             .Append(TimerCreatedEvent(1, 1))),
                v1::ERROR_REASON_DUPLICATE_EVENT);
  expect(1, 3, 5, "the ack that failed");

  Prune(t, "order-1");
  expect(1, 1, 1, "the prune");
  Delete(t, "order-1");
  expect(0, 0, 0, "the deletion");
}

CONFORMANCE_CASE(
    management, trees_may_be_deep_and_wide, .profile = Profile::kStrict,
    .clauses = {"ADMIN-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The tree of an instance has all its descendants, however deep and "
        "wide, every parent before its children, and nothing else.",
    .procedure =
        "Make a root with ten levels below it, and eight more children of its "
        "own; ids so that children sort before their parents. Make another "
        "root whose id begins alike, with a child. The tree of the root has 19 "
        "instances, the middle of the chain its lower half, a leaf itself.",
    .likely_causes = {"The tree ends after a few levels.",
                      "The tree is sorted by id or by age instead of by level.",
                      "Descendants are found by the beginning of their id.",
                      "Siblings are left out where there are many."}) {
  constexpr int kDepth = 10;
  constexpr int kWidth = 8;
  MakeInstance(t, "root");
  std::vector<std::string> chain;
  for (int level = 1; level <= kDepth; ++level) {
    // "k", "j", "i" and so on.
    const std::string id(1, static_cast<char>('k' - level + 1));
    MakeInstance(t, id, {.parent = chain.empty() ? "root" : chain.back()});
    chain.push_back(id);
  }
  std::vector<std::string> all = {"root"};
  all.insert(all.end(), chain.begin(), chain.end());
  for (int i = 0; i < kWidth; ++i) {
    all.push_back(absl::StrCat("wide-", i));
    MakeInstance(t, all.back(), {.parent = "root"});
  }
  MakeInstance(t, "root-2");
  MakeInstance(t, "root-2-a", {.parent = "root-2"});

  const std::vector<std::string> tree = TreeOf(t, "root");
  t.Expect(tree, UnorderedElementsAreArray(all));
  t.Expect(tree.front(), "root");
  const auto place_of = [&](const std::string& id) {
    return std::distance(tree.begin(), std::find(tree.begin(), tree.end(), id));
  };
  for (size_t level = 1; level < chain.size(); ++level) {
    t.Expect(place_of(chain[level - 1]), Lt(place_of(chain[level])),
             "place of ", chain[level - 1], ", the parent of ", chain[level]);
  }
  t.Expect(TreeOf(t, chain[4]),
           ::testing::ElementsAreArray(chain.begin() + 4, chain.end()));
  t.Expect(TreeOf(t, chain.back()), ElementsAre(chain.back()));
  t.Expect(TreeOf(t, "root-2"), ElementsAre("root-2", "root-2-a"));
}

CONFORMANCE_CASE(
    management, parents_are_fixed_at_creation, .profile = Profile::kStrict,
    .clauses = {"ADMIN-1", "ACK-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "An instance has the parent that its first ack named, for good, and no "
        "other; unknown instances have neither parents nor trees, and no "
        "children.",
    .procedure =
        "Make two roots and a child of the first. Take turns that name the "
        "second as the child's parent, and a parent for a root: nothing "
        "changes. Ask for parent and tree of an unknown instance and of one "
        "with messages only: INSTANCE_NOT_FOUND; for its children and "
        "executions: none.",
    .likely_causes = {"Every ack writes the parent, also one that names none.",
                      "The parent is taken from the start message.",
                      "An unknown instance is the root of a tree of one."}) {
  MakeInstance(t, "order-1");
  MakeInstance(t, "order-2");
  MakeInstance(t, "order-1-a", {.parent = "order-1"});
  for (const char* instance : {"order-1-a", "order-2"}) {
    for (const char* parent : {"order-1", "order-2"}) {
      t.Enqueue(ExternalItem(instance, "next"));
      t.Ack(AckBuilder(t.FetchOrchestrationItem())
                .Name(kOrchestration)
                .Version(kOrchestrationVersion)
                .Parent(parent));
    }
    t.Enqueue(ExternalItem(instance, "next"));
    t.Ack(AckBuilder(t.FetchOrchestrationItem()));
  }
  t.Expect(ParentOf(t, "order-1-a"), ::testing::Optional(Eq("order-1")));
  t.Expect(ParentOf(t, "order-2"), Eq(std::nullopt));
  t.Expect(ChildrenOf(t, "order-1"), ElementsAre("order-1-a"));
  t.Expect(ChildrenOf(t, "order-2"), IsEmpty());

  // Names a parent, but has no record.
  t.Enqueue(
      StartItem("order-2-a", {.parent_instance = "order-2", .parent_id = 2}));
  t.Expect(ChildrenOf(t, "order-2"), IsEmpty(), "order-2-a has no record");
  for (const char* unknown : {"order-2-a", "order-9"}) {
    t.ExpectError(
        t.Call(&Provider::GetParent, Asking<v1::GetParentRequest>(unknown)),
        v1::ERROR_REASON_INSTANCE_NOT_FOUND, unknown);
    t.ExpectError(t.Call(&Provider::GetInstanceTree,
                         Asking<v1::GetInstanceTreeRequest>(unknown)),
                  v1::ERROR_REASON_INSTANCE_NOT_FOUND, unknown);
    t.Expect(ChildrenOf(t, unknown), IsEmpty(), unknown);
    t.Expect(t.ListExecutions(unknown), IsEmpty(), unknown);
  }
}

}  // namespace
}  // namespace duroxide::conformance
