// Reads of the key-value store over several executions: what was left, and what
// the current one changed in that.

#include "conformance/case.h"
#include "conformance/cases/kv_steps.h"
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
    kv_store, kv_cross_execution_overwrite,
    .upstream = "test_kv_cross_execution_overwrite", .clauses = {"KV-1"},
    .proves =
        "A value of an earlier execution is read until a later one overwrites "
        "it; then the new value is read, once, also after a further end.",
    .procedure =
        "Set a key and continue as new: it is read. Overwrite it, with an "
        "earlier moment: the new value is read and listed once. Continue as "
        "new: the same.",
    .likely_causes = {
        "Reads look at the current execution only, or at earlier ones only.",
        "Both values are listed.",
        "The value with the highest moment or the lowest execution wins."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red", 2'000)});
  order.ContinueAsNew();
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("red")));

  order.Turn({Set("color", "blue", 1'000)});
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("blue")));
  t.Expect(EntriesOf(t, "order-1"),
           ElementsAre(IsMessage(Entry("color", "blue", 1'000))));
  order.ContinueAsNew();
  t.Expect(EntriesOf(t, "order-1"),
           ElementsAre(IsMessage(Entry("color", "blue", 1'000))));
}

CONFORMANCE_CASE(
    kv_store, kv_cross_execution_remove_readd,
    .upstream = "test_kv_cross_execution_remove_readd",
    .clauses = {"KV-1", "KV-2"},
    .proves =
        "A key that one execution sets, the next clears and a third sets again "
        "has in each the state of its last change, in reads and in snapshots.",
    .procedure =
        "Set a key. Continue as new and clear it: it is not read. Continue as "
        "new: it is not read and not in the snapshot. Set it again: it is "
        "read. Continue as new: it is read and in the snapshot.",
    .likely_causes = {"The clear is lost with the execution that made it.",
                      "A mark of the clear stays and hides the new value."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red")});
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("red")));

  order.ContinueAsNew();
  order.Turn({Clear("color")});
  t.Expect(ValueOf(t, "order-1", "color"), Eq(std::nullopt));
  t.Expect(SnapshotOf(order.ContinueAsNew()), IsEmpty());
  t.Expect(ValueOf(t, "order-1", "color"), Eq(std::nullopt), "execution 3");

  order.Turn({Set("color", "blue")});
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("blue")));
  t.Expect(SnapshotOf(order.ContinueAsNew()), KeyValues{{"color", "blue"}});
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("blue")), "execution 4");
}

CONFORMANCE_CASE(
    kv_store, kv_delta_client_reads_merged,
    .upstream = "test_kv_delta_client_reads_merged",
    .clauses = {"KV-1", "KV-2"},
    .proves =
        "Reads and lists see the changes of the current execution over what "
        "earlier ones left, each key once and in the order of the keys.",
    .procedure =
        "Set three keys and continue as new. Overwrite one, clear one, set a "
        "new one that comes first: reads and lists have the new value, the one "
        "that was left, and the new key, in order; the cleared one is gone. "
        "The snapshot has what was left, unchanged.",
    .likely_causes = {
        "Only the single read merges, and the list does not.",
        "The list has what was left first and the changes behind it.",
        "A key that was overwritten is listed twice."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red"), Set("size", "large"), Set("weight", "3")});
  order.ContinueAsNew();
  order.Turn({Set("color", "blue"), Clear("weight"), Set("area", "north")});

  t.Expect(ValueOf(t, "order-1", "area"), Optional(Eq("north")));
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("blue")));
  t.Expect(ValueOf(t, "order-1", "size"), Optional(Eq("large")));
  t.Expect(ValueOf(t, "order-1", "weight"), Eq(std::nullopt));
  t.Expect(ValuesOf(t, "order-1"),
           KeyValues{{"area", "north"}, {"color", "blue"}, {"size", "large"}});
  t.Expect(SnapshotOf(order.Turn()),
           KeyValues{{"color", "red"}, {"size", "large"}, {"weight", "3"}});
}

CONFORMANCE_CASE(
    kv_store, kv_delta_tombstone_overrides_store,
    .upstream = "test_kv_delta_tombstone_overrides_store",
    .clauses = {"KV-1", "KV-2"},
    .proves =
        "A key that an earlier execution left and the current one cleared is "
        "not read, although the snapshot still has it, until it is set again.",
    .procedure =
        "Set two keys and continue as new. Clear one: it is neither read nor "
        "listed, the other one is, and the next turn's snapshot has both. Set "
        "it again in the same execution: it is read.",
    .likely_causes = {
        "The clear removes the change of the current execution only, so that "
        "the old value shows again.",
        "The clear is applied to what was left, at once."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red"), Set("size", "large")});
  order.ContinueAsNew();
  order.Turn({Clear("color")});

  t.Expect(ValueOf(t, "order-1", "color"), Eq(std::nullopt));
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"size", "large"}});
  t.Expect(SnapshotOf(order.Turn()),
           KeyValues{{"color", "red"}, {"size", "large"}});

  order.Turn({Set("color", "blue")});
  t.Expect(ValuesOf(t, "order-1"),
           KeyValues{{"color", "blue"}, {"size", "large"}});
}

CONFORMANCE_CASE(
    kv_store, kv_delta_clear_all_tombstones_store,
    .upstream = "test_kv_delta_clear_all_tombstones_store",
    .clauses = {"KV-1", "KV-2"},
    .proves =
        "Clearing all in the current execution hides every key that earlier "
        "ones left and every one that it set itself; what it sets afterwards "
        "is read.",
    .procedure =
        "Set two keys and continue as new. Set a third; then clear all and set "
        "a fourth, and one of the first two again, in one turn: these two are "
        "read and listed, and nothing else. The snapshot has the first two as "
        "they were. Continue as new: it has the last two.",
    .likely_causes = {
        "Only keys that the current execution touched are hidden.",
        "What is set after the clear is hidden too.",
        "Keys that were cleared come back with the next execution."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("a", "1"), Set("b", "2")});
  order.ContinueAsNew();
  order.Turn({Set("c", "3")});
  order.Turn({ClearAll(), Set("d", "4"), Set("b", "5")});

  t.Expect(ValueOf(t, "order-1", "a"), Eq(std::nullopt));
  t.Expect(ValueOf(t, "order-1", "c"), Eq(std::nullopt));
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"b", "5"}, {"d", "4"}});
  t.Expect(SnapshotOf(order.Turn()), KeyValues{{"a", "1"}, {"b", "2"}});
  t.Expect(SnapshotOf(order.ContinueAsNew()),
           KeyValues{{"b", "5"}, {"d", "4"}});
}

}  // namespace
}  // namespace duroxide::conformance
