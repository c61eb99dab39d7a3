// How long key-values live: as long as their instance, whatever becomes of its
// executions.

#include <optional>
#include <string>
#include <string_view>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;

CONFORMANCE_CASE(
    kv_store, kv_execution_id_tracking,
    .upstream = "test_kv_execution_id_tracking",
    .clauses = {"KV-3", "KV-1", "KV-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A key that several executions set has the value of the last one, and "
        "pruning the others one by one changes neither value nor moment.",
    .procedure =
        "Set a key in three executions. Prune to the last two, and to the last "
        "one: each time the third value is read, with its moment, and the "
        "snapshot has the second. Continue as new and prune: the snapshot has "
        "the third.",
    .likely_causes = {
        "Values are deleted with the execution that set them first.",
        "Values are stored per execution, and an older one shows when the "
        "newest is pruned."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red", 1'000)});
  order.ContinueAsNew();
  order.Turn({Set("color", "green", 2'000)});
  order.ContinueAsNew();
  order.Turn({Set("color", "blue", 3'000)});
  for (uint32_t keep_last : {2, 1}) {
    t.Expect(Prune(t, "order-1", {.keep_last = keep_last}).executions_deleted(),
             1u, "keeping ", keep_last);
    t.Expect(EntriesOf(t, "order-1"),
             ElementsAre(IsMessage(Entry("color", "blue", 3'000))), "keeping ",
             keep_last);
    t.Expect(order.Turn().item().kv_snapshot(),
             ElementsAre(IsMessage(Entry("color", "green", 2'000))), "keeping ",
             keep_last);
  }

  order.ContinueAsNew();
  t.Expect(Prune(t, "order-1").executions_deleted(), 1u);
  t.Expect(order.Turn().item().kv_snapshot(),
           ElementsAre(IsMessage(Entry("color", "blue", 3'000))));
}

CONFORMANCE_CASE(
    kv_store, kv_prune_preserves_overwritten,
    .upstream = "test_kv_prune_preserves_overwritten",
    .clauses = {"KV-3", "PRUNE-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Pruning the execution that set a key first leaves it with the value "
        "that a later one gave it.",
    .procedure =
        "Set a key, continue as new and overwrite it. Prune: execution 1 is "
        "gone with its history, and the key has its second value, read and "
        "listed once.",
    .likely_causes = {"A key belongs to the execution that set it first.",
                      "The prune deletes what earlier executions left."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red")});
  order.ContinueAsNew();
  order.Turn({Set("color", "blue")});
  t.Expect(t.ListExecutions("order-1"), ElementsAre(1u, 2u));

  t.Expect(Prune(t, "order-1").executions_deleted(), 1u);
  t.Expect(t.ListExecutions("order-1"), ElementsAre(2u));
  t.Expect(t.ReadHistory("order-1", 1), IsEmpty());
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("blue")));
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"color", "blue"}});
}

CONFORMANCE_CASE(
    kv_store, kv_prune_preserves_all_keys,
    .upstream = "test_kv_prune_preserves_all_keys",
    .clauses = {"KV-3", "PRUNE-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Pruning keeps every key, whichever execution set it and whether or "
        "not that one is still there; and what was cleared stays cleared.",
    .procedure =
        "Set two keys; continue as new, set a third and clear one. Prune: "
        "execution 1 is gone, the two other keys are read, and the cleared one "
        "is not.",
    .likely_causes = {"Keys are deleted with the execution that set them.",
                      "The prune undoes what the current execution changed."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("a", "1"), Set("b", "2")});
  order.ContinueAsNew();
  order.Turn({Set("c", "3"), Clear("b")});
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"a", "1"}, {"c", "3"}});

  t.Expect(Prune(t, "order-1").executions_deleted(), 1u);
  t.Expect(t.ListExecutions("order-1"), ElementsAre(2u));
  t.Expect(ValueOf(t, "order-1", "a"), Optional(Eq("1")));
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"a", "1"}, {"c", "3"}});
}

CONFORMANCE_CASE(
    kv_store, kv_prune_current_execution_protected,
    .upstream = "test_kv_prune_current_execution_protected",
    .clauses = {"KV-3", "PRUNE-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Pruning an instance that has one execution removes nothing, whatever "
        "is to be kept, and its keys stay, while it runs and after its end.",
    .procedure =
        "Set a key. Prune keeping nothing named, 0 and 1: nothing is removed, "
        "and the key is read. Complete the instance and do so again: the same, "
        "and the key is in the snapshot of a further turn.",
    .likely_causes = {
        "Keeping 0 removes the current execution.",
        "A prune always removes the keys of the current execution."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red")});
  const auto prune_in_vain = [&] {
    for (const std::optional<uint32_t> keep_last :
         {std::optional<uint32_t>(), std::optional<uint32_t>(0),
          std::optional<uint32_t>(1)}) {
      t.Expect(
          Prune(t, "order-1", {.keep_last = keep_last}).executions_deleted(),
          0u);
      t.Expect(ValuesOf(t, "order-1"), KeyValues{{"color", "red"}});
    }
    t.Expect(t.ListExecutions("order-1"), ElementsAre(1u));
  };
  prune_in_vain();
  t.Expect(SnapshotOf(order.Turn()), IsEmpty(), "it is still running");

  order.Complete();
  prune_in_vain();
  t.Enqueue(ExternalItem("order-1", "late"));
  t.Expect(SnapshotOf(t.FetchOrchestrationItem()), KeyValues{{"color", "red"}});
}

CONFORMANCE_CASE(
    kv_store, kv_delta_prune_untouched_key_survives,
    .upstream = "test_kv_delta_prune_untouched_key_survives",
    .clauses = {"KV-3", "KV-2", "PRUNE-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A key that an execution long ago set, and none touched since, "
        "survives the prune of that execution, in reads and in snapshots.",
    .procedure =
        "Set a key in execution 1 and another one in execution 2, and go on to "
        "execution 3. Prune: two executions are gone. Both keys are read, and "
        "the next turn's snapshot has both.",
    .likely_causes = {
        "The snapshot is put together from the histories of executions.",
        "Keys are deleted with the execution that set them."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("config", "from execution 1")});
  order.ContinueAsNew();
  order.Turn({Set("other", "from execution 2")});
  order.ContinueAsNew();
  const KeyValues both = {{"config", "from execution 1"},
                          {"other", "from execution 2"}};
  t.Expect(ValuesOf(t, "order-1"), both);

  t.Expect(Prune(t, "order-1").executions_deleted(), 2u);
  t.Expect(t.ListExecutions("order-1"), ElementsAre(3u));
  t.Expect(ValueOf(t, "order-1", "config"), Optional(Eq("from execution 1")));
  t.Expect(ValuesOf(t, "order-1"), both);
  t.Expect(SnapshotOf(order.Turn()), both);
}

CONFORMANCE_CASE(
    kv_store, kv_delete_instance_cascades,
    .upstream = "test_kv_delete_instance_cascades",
    .clauses = {"KV-3", "DEL-1", "DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Deleting an instance removes its keys: they are not read any more, "
        "and an instance of the same id begins without them. Others keep "
        "theirs.",
    .procedure =
        "Set the same key in two instances, complete the first and delete it: "
        "its key is neither read nor listed, the other one's is. Make it "
        "again: no key, no snapshot, also when it continues as new.",
    .likely_causes = {"Keys are not deleted with their instance.",
                      "Keys are deleted by key alone."}) {
  RunningInstance order(t, "order-1");
  RunningInstance other(t, "order-2");
  order.Turn({Set("color", "red")});
  other.Turn({Set("color", "blue")});
  order.Complete();
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("red")));

  t.Expect(Delete(t, "order-1").instances_deleted(), 1u);
  t.Expect(ValueOf(t, "order-1", "color"), Eq(std::nullopt));
  t.Expect(ValuesOf(t, "order-1"), IsEmpty());
  t.Expect(ValuesOf(t, "order-2"), KeyValues{{"color", "blue"}});

  RunningInstance again(t, "order-1");
  t.Expect(ValuesOf(t, "order-1"), IsEmpty());
  t.Expect(SnapshotOf(again.Turn()), IsEmpty());
  t.Expect(SnapshotOf(again.ContinueAsNew()), IsEmpty());
}

CONFORMANCE_CASE(
    kv_store, kv_delete_instance_with_children,
    .upstream = "test_kv_delete_instance_with_children",
    .clauses = {"KV-3", "DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Deleting a root removes the keys of its whole tree, and of no other "
        "instance.",
    .procedure =
        "Make a root, a child, a grandchild and a root of its own, each with a "
        "key, and complete the tree. Delete the root: three instances are "
        "gone, and with them their keys. The other root has its own.",
    .likely_causes = {
        "Only the root's keys are deleted.",
        "Children are deleted, grandchildren are not.",
        "The keys of children stay behind without their instance."}) {
  RunningInstance other(t, "order-9");
  RunningInstance root(t, "order-1");
  RunningInstance child(t, "order-1-a", "order-1");
  RunningInstance grandchild(t, "order-1-a-b", "order-1-a");
  other.Turn({Set("color", "blue")});
  for (RunningInstance* each : {&grandchild, &child, &root}) {
    each->Turn({Set("color", "red")});
    each->Complete({Set("size", "large")});
    t.Expect(ValuesOf(t, each->id()),
             KeyValues{{"color", "red"}, {"size", "large"}});
  }

  t.Expect(Delete(t, "order-1").instances_deleted(), 3u);
  for (const RunningInstance* each : {&grandchild, &child, &root}) {
    t.Expect(ValueOf(t, each->id(), "color"), Eq(std::nullopt), each->id());
    t.Expect(ValuesOf(t, each->id()), IsEmpty(), each->id());
  }
  t.Expect(ValuesOf(t, "order-9"), KeyValues{{"color", "blue"}});
}

CONFORMANCE_CASE(
    kv_store, kv_delta_delete_instance_cascades,
    .upstream = "test_kv_delta_delete_instance_cascades",
    .clauses = {"KV-3", "DEL-2", "KV-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Deleting a running instance removes what its current execution "
        "changed as well as what earlier ones left; neither comes back in an "
        "instance of the same id.",
    .procedure =
        "Set two keys, continue as new, overwrite one, clear one and set a "
        "third. Delete the instance by force: nothing is read. Make it again "
        "and set one of the keys: that one alone is read, and after a "
        "continue-as-new it alone is in the snapshot.",
    .likely_causes = {
        "The changes of the current execution are kept in a place that the "
        "deletion forgets.",
        "A mark of a cleared key stays and hides the new value."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("a", "1"), Set("b", "2")});
  order.ContinueAsNew();
  order.Turn({Set("a", "3"), Clear("b"), Set("c", "4")});
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"a", "3"}, {"c", "4"}});

  t.Expect(Delete(t, "order-1", true).instances_deleted(), 1u);
  t.Expect(ValueOf(t, "order-1", "a"), Eq(std::nullopt));
  t.Expect(ValuesOf(t, "order-1"), IsEmpty());

  RunningInstance again(t, "order-1");
  t.Expect(SnapshotOf(again.Turn({Set("b", "5")})), IsEmpty());
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"b", "5"}});
  t.Expect(SnapshotOf(again.ContinueAsNew()), KeyValues{{"b", "5"}});
}

}  // namespace
}  // namespace duroxide::conformance
