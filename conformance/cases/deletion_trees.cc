// Trees of instances: how they are seen, and how they are deleted.

#include <string>
#include <vector>

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
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::UnorderedElementsAre;

// "root" with the children "a" and "b"; "b" has the child "b-1". All have
// ended. And "other", a root with the child "other-1".
void MakeTrees(Fixture& t) {
  MakeInstance(t, "root");
  MakeInstance(t, "a", {.parent = "root"});
  MakeInstance(t, "b", {.parent = "root"});
  MakeInstance(t, "b-1", {.parent = "b"});
  MakeInstance(t, "other");
  MakeInstance(t, "other-1", {.parent = "other"});
}

const char* const kTreeIds[] = {"root", "a", "b", "b-1"};

// What is stored of the tree of "root".
std::vector<Traces> TracesOfTree(Fixture& t) {
  std::vector<Traces> traces;
  for (const char* id : kTreeIds) traces.push_back(TracesOf(t, id));
  return traces;
}

CONFORMANCE_CASE(
    deletion, list_children, .upstream = "test_list_children",
    .clauses = {"ADMIN-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The children of an instance are those that were made as its own, and "
        "not their children; a leaf and an unknown instance have none.",
    .procedure =
        "Make a tree of three levels and another one. List the children of "
        "root, middle, leaf and of an unknown instance. Delete the other tree: "
        "its root has no children any more.",
    .likely_causes = {"All descendants are listed.",
                      "Children are found by the beginning of their id.",
                      "An unknown instance is an error."}) {
  MakeTrees(t);
  t.Expect(ChildrenOf(t, "root"), UnorderedElementsAre("a", "b"));
  t.Expect(ChildrenOf(t, "b"), ElementsAre("b-1"));
  t.Expect(ChildrenOf(t, "other"), ElementsAre("other-1"));
  for (const char* childless : {"a", "b-1", "unknown"}) {
    t.Expect(ChildrenOf(t, childless), IsEmpty(), childless);
  }
  Delete(t, "other");
  t.Expect(ChildrenOf(t, "other"), IsEmpty(), "deleted");
  t.Expect(ChildrenOf(t, "root"), UnorderedElementsAre("a", "b"));
}

CONFORMANCE_CASE(
    deletion, delete_get_parent_id, .upstream = "test_delete_get_parent_id",
    .clauses = {"ADMIN-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The parent of an instance is the one that it was made with, absent "
        "for a root, and INSTANCE_NOT_FOUND for an unknown instance.",
    .procedure =
        "Make a tree of three levels. Ask for the parents of root, child and "
        "grandchild, and of an unknown instance.",
    .likely_causes = {"The root of the tree is given for the parent.",
                      "A root has an empty parent instead of none.",
                      "An unknown instance has no parent, as a root."}) {
  MakeTrees(t);
  t.Expect(ParentOf(t, "root"), Eq(std::nullopt));
  t.Expect(ParentOf(t, "a"), Optional(Eq("root")));
  t.Expect(ParentOf(t, "b"), Optional(Eq("root")));
  t.Expect(ParentOf(t, "b-1"), Optional(Eq("b")));
  t.ExpectError(
      t.Call(&Provider::GetParent, Asking<v1::GetParentRequest>("unknown")),
      v1::ERROR_REASON_INSTANCE_NOT_FOUND);
}

CONFORMANCE_CASE(
    deletion, delete_get_instance_tree,
    .upstream = "test_delete_get_instance_tree", .clauses = {"ADMIN-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The tree of an instance is itself and all its descendants, each once; "
        "of a leaf itself alone.",
    .procedure =
        "Make two trees, one of three levels. Ask for the tree of its root, of "
        "its middle and of a leaf, and of an unknown instance.",
    .likely_causes = {"The tree ends with the direct children.",
                      "The tree of any instance is that of its root.",
                      "An unknown instance is a tree of one."}) {
  MakeTrees(t);
  t.Expect(TreeOf(t, "root"), UnorderedElementsAre("root", "a", "b", "b-1"));
  t.Expect(TreeOf(t, "b"), UnorderedElementsAre("b", "b-1"));
  t.Expect(TreeOf(t, "b-1"), ElementsAre("b-1"));
  t.ExpectError(t.Call(&Provider::GetInstanceTree,
                       Asking<v1::GetInstanceTreeRequest>("unknown")),
                v1::ERROR_REASON_INSTANCE_NOT_FOUND);
}

CONFORMANCE_CASE(
    deletion, cascade_delete_hierarchy,
    .upstream = "test_cascade_delete_hierarchy", .clauses = {"DEL-2"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A root is deleted with its whole tree, and the reply counts all of "
        "it; a child cannot be deleted by itself, forced or not.",
    .procedure =
        "Make two trees, one of three levels. Delete a child and the "
        "grandchild, with and without force: HAS_PARENT, and nothing has "
        "changed. Delete the root: four instances, four executions, four "
        "events, and all are gone. The other tree is unchanged.",
    .likely_causes = {"The deletion ends with the direct children.",
                      "A child is deleted when forced.",
                      "The reply counts the root only."}) {
  MakeTrees(t);
  const std::vector<Traces> before = TracesOfTree(t);
  const Traces other = TracesOf(t, "other");
  const Traces child_of_other = TracesOf(t, "other-1");
  for (const char* child : {"a", "b", "b-1"}) {
    for (const bool force : {false, true}) {
      t.ExpectError(TryDelete(t, child, force), v1::ERROR_REASON_HAS_PARENT,
                    child, force ? " with force" : "");
    }
  }
  t.Expect(TracesOfTree(t), before);

  t.Expect(Delete(t, "root"),
           IsMessage(Deleted({.instances = 4, .executions = 4, .events = 4})));
  for (const char* id : kTreeIds) ExpectGone(t, id);
  t.Expect(TracesOf(t, "other"), other);
  t.Expect(TracesOf(t, "other-1"), child_of_other);
}

CONFORMANCE_CASE(
    deletion, delete_instances_atomic,
    .upstream = "test_delete_instances_atomic", .clauses = {"DEL-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Several instances are deleted by one call, which counts all that was "
        "there; those that were not named stay.",
    .procedure =
        "Make three ended instances with two executions each and a message "
        "each, and one more. Delete the three: three instances, six "
        "executions, six events, three messages. They are gone, the fourth is "
        "unchanged, with its message.",
    .likely_causes = {"Only the first or the last of the ids is deleted.",
                      "The reply counts the last one only.",
                      "The queues are not cleaned."}) {
  const InstanceIds ids = {"order-1", "order-2", "order-3"};
  for (const std::string& id :
       {ids[0], ids[1], ids[2], std::string("order-4")}) {
    MakeExecutions(t, id, 2);
  }
  for (const std::string& id : ids) t.EnqueueWork(ActivityItem(id, 2));
  t.EnqueueWork(ActivityItem("order-4", 2));
  const Traces before = TracesOf(t, "order-4");

  t.Expect(DeleteNamed(t, ids),
           IsMessage(Deleted(
               {.instances = 3, .executions = 6, .events = 6, .messages = 3})));
  for (const std::string& id : ids) ExpectGone(t, id);
  t.Expect(TracesOf(t, "order-4"), before);
  t.Expect(t.FetchWorkItem().item(), IsMessage(ActivityItem("order-4", 2)));
  t.Expect(t.TryFetchWorkItem(), NoItem());
}

CONFORMANCE_CASE(
    deletion, delete_instances_atomic_force,
    .upstream = "test_delete_instances_atomic_force", .clauses = {"DEL-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Where one of the instances runs, none is deleted without force, and "
        "all are with it.",
    .procedure =
        "Make an instance that has ended, one that runs, and one more that has "
        "ended. Delete all three: INSTANCE_RUNNING, and all three are as "
        "before. With force: three instances are gone.",
    .likely_causes = {
        "Instances are deleted one by one until one cannot be.",
        "The ended ones are deleted and the running one is skipped.",
        "Force is ignored."}) {
  MakeInstance(t, "order-1");
  CreateInstance(t, "order-2");
  MakeInstance(t, "order-3");
  const InstanceIds ids = {"order-1", "order-2", "order-3"};
  std::vector<Traces> before;
  for (const std::string& id : ids) before.push_back(TracesOf(t, id));

  t.ExpectError(TryDeleteNamed(t, ids), v1::ERROR_REASON_INSTANCE_RUNNING);
  for (size_t i = 0; i < ids.size(); ++i) {
    t.Expect(TracesOf(t, ids[i]), before[i], ids[i]);
  }
  t.Expect(DeleteNamed(t, ids, true),
           IsMessage(Deleted({.instances = 3, .executions = 3, .events = 3})));
  for (const std::string& id : ids) ExpectGone(t, id);
}

CONFORMANCE_CASE(
    deletion, delete_instances_atomic_orphan_detection,
    .upstream = "test_delete_instances_atomic_orphan_detection",
    .clauses = {"DEL-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A deletion of named instances that would leave a child without its "
        "parent is HAS_CHILDREN and deletes nothing, forced or not; with the "
        "child named too it succeeds.",
    .procedure =
        "Make a tree of three levels, and another root. Name the root, the "
        "root with one of its children, and the tree without the grandchild, "
        "each with the other root in front: HAS_CHILDREN, and nothing has "
        "changed. Name the whole tree: it is gone.",
    .likely_causes = {"Children are not looked for.",
                      "Only the children of the first id are looked for.",
                      "Force switches the check off.",
                      "What comes before the parent in the list is deleted."}) {
  MakeTrees(t);
  MakeInstance(t, "single");
  const std::vector<Traces> before = TracesOfTree(t);
  const Traces single = TracesOf(t, "single");
  for (const InstanceIds& named :
       {InstanceIds{"single", "root"}, InstanceIds{"single", "root", "a"},
        InstanceIds{"single", "root", "a", "b"}}) {
    for (const bool force : {false, true}) {
      t.ExpectError(TryDeleteNamed(t, named, force),
                    v1::ERROR_REASON_HAS_CHILDREN, named.size(), " named",
                    force ? " with force" : "");
    }
  }
  t.Expect(TracesOfTree(t), before);
  t.Expect(TracesOf(t, "single"), single);

  t.Expect(DeleteNamed(t, {"root", "a", "b", "b-1"}).instances_deleted(), 4u);
  for (const char* id : kTreeIds) ExpectGone(t, id);
  t.Expect(TracesOf(t, "single"), single);
}

}  // namespace
}  // namespace duroxide::conformance
