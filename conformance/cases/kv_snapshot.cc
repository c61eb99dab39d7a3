// What a turn is given of the key-value store: what earlier executions left.

#include <string_view>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::UnorderedElementsAre;

CONFORMANCE_CASE(
    kv_store, kv_snapshot_in_fetch, .upstream = "test_kv_snapshot_in_fetch",
    .clauses = {"KV-2", "FETCH-4"},
    .proves =
        "When an execution has ended, the next fetch of the instance brings "
        "all of its keys, with the values and moments of their events.",
    .procedure =
        "Set two keys in two turns and one of them again: no turn of this "
        "execution has a snapshot. Complete the instance and fetch a further "
        "message: the snapshot has both keys, each once, with its last value "
        "and moment. Fetch again after an abandon: the same.",
    .likely_causes = {
        "The snapshot is not read, or read before the changes are merged.",
        "The moments are those of the merge.",
        "A key that was set twice is in the snapshot twice."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red", 1'000), Set("size", "large", 2'000)});
  t.Expect(SnapshotOf(order.Turn({Set("color", "blue", 3'000)})), IsEmpty());
  order.Complete();

  t.Enqueue(ExternalItem("order-1", "late"));
  for (int fetch = 1; fetch <= 2; ++fetch) {
    LockedItem late = t.FetchOrchestrationItem();
    t.Expect(late.item().kv_snapshot(),
             UnorderedElementsAre(IsMessage(Entry("color", "blue", 3'000)),
                                  IsMessage(Entry("size", "large", 2'000))),
             "fetch ", fetch);
    t.Abandon(late);
  }
}

CONFORMANCE_CASE(
    kv_store, kv_snapshot_after_clear_single,
    .upstream = "test_kv_snapshot_after_clear_single", .clauses = {"KV-2"},
    .proves =
        "A key that an execution set and cleared leaves nothing; one that it "
        "cleared of an earlier execution stays in the snapshot until it ends.",
    .procedure =
        "Set three keys, clear one, and continue as new: the snapshot has the "
        "two others. Clear one of these: it does not read any more, and the "
        "next turn's snapshot still has both. Continue as new: one is left.",
    .likely_causes = {
        "The clear works on what earlier executions left, at once.",
        "The clear is lost where the changes are merged.",
        "A cleared key comes back with the next execution."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("a", "1"), Set("b", "2"), Set("c", "3")});
  order.Turn({Clear("a")});
  t.Expect(SnapshotOf(order.ContinueAsNew()),
           KeyValues{{"b", "2"}, {"c", "3"}});

  order.Turn({Clear("b")});
  t.Expect(ValueOf(t, "order-1", "b"), Eq(std::nullopt));
  t.Expect(SnapshotOf(order.Turn()), KeyValues{{"b", "2"}, {"c", "3"}},
           "the execution that cleared b has not ended");
  t.Expect(SnapshotOf(order.ContinueAsNew()), KeyValues{{"c", "3"}});
}

CONFORMANCE_CASE(
    kv_store, kv_snapshot_after_clear_all,
    .upstream = "test_kv_snapshot_after_clear_all", .clauses = {"KV-2"},
    .proves =
        "Clearing all empties reads at once and the snapshot when the "
        "execution ends, with the keys of this and of earlier executions.",
    .procedure =
        "Set two keys and continue as new: both are in the snapshot. Set a "
        "third and clear all: nothing is read, and the next turn's snapshot "
        "still has the two. Continue as new: the snapshot is empty, and stays "
        "so.",
    .likely_causes = {
        "Clearing all deletes what earlier executions left, at once.",
        "Only the keys that the execution itself set are cleared."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("a", "1"), Set("b", "2")});
  t.Expect(SnapshotOf(order.ContinueAsNew()),
           KeyValues{{"a", "1"}, {"b", "2"}});

  order.Turn({Set("c", "3")});
  order.Turn({ClearAll()});
  t.Expect(ValuesOf(t, "order-1"), IsEmpty());
  t.Expect(SnapshotOf(order.Turn()), KeyValues{{"a", "1"}, {"b", "2"}},
           "the execution that cleared them has not ended");
  t.Expect(SnapshotOf(order.ContinueAsNew()), IsEmpty());
  t.Expect(SnapshotOf(order.Turn()), IsEmpty());
}

CONFORMANCE_CASE(
    kv_store, kv_snapshot_empty, .upstream = "test_kv_snapshot_empty",
    .clauses = {"KV-2"},
    .proves =
        "An instance without keys has an empty snapshot in every turn, also "
        "where another one has keys.",
    .procedure =
        "Let an instance with a key continue as new. Fetch the first turn of "
        "another instance, a later one, one of its next execution and one "
        "after its end: no snapshot has a key. The first instance's still has "
        "its key.",
    .likely_causes = {
        "The snapshot is read without the instance.",
        "A snapshot that is empty is filled with that of the fetch before."}) {
  RunningInstance other(t, "order-9");
  other.Turn({Set("color", "red")});
  other.ContinueAsNew();

  t.EnqueueStart("order-1");
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first, IsItemOf("order-1"));
  t.Expect(SnapshotOf(first), IsEmpty(), "a new instance");
  t.Ack(FirstAck(first));

  RunningInstance order(t, "order-2");
  t.Expect(SnapshotOf(order.Turn()), IsEmpty(), "a later turn");
  t.Expect(SnapshotOf(order.ContinueAsNew()), IsEmpty(), "a new execution");
  order.Complete();
  t.Enqueue(ExternalItem("order-2", "late"));
  LockedItem late = t.FetchOrchestrationItem();
  t.Expect(late, IsItemOf("order-2"));
  t.Expect(SnapshotOf(late), IsEmpty(), "after its end");
  t.Expect(SnapshotOf(other.Turn()), KeyValues{{"color", "red"}});
}

CONFORMANCE_CASE(
    kv_store, kv_snapshot_cross_execution,
    .upstream = "test_kv_snapshot_cross_execution", .clauses = {"KV-2"},
    .proves =
        "The snapshot has what all earlier executions left together, and none "
        "of what the current one set.",
    .procedure =
        "Set a key in each of three executions. In the second the snapshot has "
        "the first one's key, in the third the first two's, after the end all "
        "three.",
    .likely_causes = {
        "The snapshot has the keys of the execution before only.",
        "The keys of the current execution are in the snapshot too."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("a", "1")});
  order.ContinueAsNew();
  order.Turn({Set("b", "2")});
  t.Expect(SnapshotOf(order.Turn()), KeyValues{{"a", "1"}});

  order.ContinueAsNew();
  order.Turn({Set("c", "3")});
  t.Expect(SnapshotOf(order.Turn()), KeyValues{{"a", "1"}, {"b", "2"}});
  t.Expect(SnapshotOf(order.ContinueAsNew()),
           KeyValues{{"a", "1"}, {"b", "2"}, {"c", "3"}});
}

CONFORMANCE_CASE(
    kv_store, kv_delta_snapshot_excludes_current_execution,
    .upstream = "test_kv_delta_snapshot_excludes_current_execution",
    .clauses = {"KV-2", "KV-1"},
    .proves =
        "However many turns an execution takes, its own changes are in no "
        "snapshot of it, while reads see them at once.",
    .procedure =
        "Set a counter in three turns, one of which says that the execution is "
        "running: each is read, and no turn has a snapshot. Continue as new "
        "and set it twice more: each is read, and the snapshot keeps the value "
        "with which the execution began.",
    .likely_causes = {
        "Changes are merged by every ack, or by every ack with a status.",
        "The snapshot is what reads see.",
        "The runtime would apply the changes twice by its replay."}) {
  RunningInstance order(t, "order-1");
  for (const char* counter : {"1", "2"}) {
    t.Expect(SnapshotOf(order.Turn({Set("counter", counter)})), IsEmpty());
    t.Expect(ValueOf(t, "order-1", "counter"), Optional(Eq(counter)));
  }
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Status(v1::ORCHESTRATION_STATUS_RUNNING));
  t.Expect(SnapshotOf(order.Turn()), IsEmpty(), "the execution is running");

  t.Expect(SnapshotOf(order.ContinueAsNew()), KeyValues{{"counter", "2"}});
  for (const char* counter : {"3", "4"}) {
    t.Expect(SnapshotOf(order.Turn({Set("counter", counter)})),
             KeyValues{{"counter", "2"}});
    t.Expect(ValueOf(t, "order-1", "counter"), Optional(Eq(counter)));
  }
}

CONFORMANCE_CASE(
    kv_store, kv_delta_snapshot_includes_completed_execution,
    .upstream = "test_kv_delta_snapshot_includes_completed_execution",
    .clauses = {"KV-2", "FETCH-4"},
    .proves =
        "What an execution left is in the snapshot of the next one's first "
        "turn, and of all its later turns.",
    .procedure =
        "Set a key and continue as new: the turn that starts execution 2 has "
        "it in its snapshot, and so have two more turns, with the moment of "
        "its event.",
    .likely_causes = {
        "The changes are merged when the next execution is acked, and not when "
        "the last one ended.",
        "The snapshot is given with the first turn only."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("counter", "5", 1'000)});
  const auto is_left =
      UnorderedElementsAre(IsMessage(Entry("counter", "5", 1'000)));
  t.Expect(order.ContinueAsNew().item().kv_snapshot(), is_left,
           "the turn that starts execution 2");
  t.Expect(order.Turn().item().kv_snapshot(), is_left);
  t.Expect(order.Turn().item().kv_snapshot(), is_left);
}

CONFORMANCE_CASE(
    kv_store, kv_delta_merged_on_completion,
    .upstream = "test_kv_delta_merged_on_completion",
    .clauses = {"KV-2", "KV-1"},
    .proves =
        "An execution ends for the key-value store when it completes and when "
        "it fails alike, and the changes of its last ack are part of it. Reads "
        "see the same before and after.",
    .procedure =
        "For an instance that completes and one that fails: set a key, and in "
        "the last ack overwrite it and set another one. Both are read. Fetch a "
        "further message: both are in the snapshot.",
    .likely_causes = {
        "Only a continue-as-new merges the changes.",
        "The changes of the last ack are applied after the merge.",
        "The merge drops what it does not move."}) {
  const auto expect_merged = [&](const RunningInstance& order) {
    const KeyValues left = {{"result", "42"}, {"state", "ended"}};
    t.Expect(ValuesOf(t, order.id()), left, order.id());
    t.Enqueue(ExternalItem(order.id(), "late"));
    LockedItem late = t.FetchOrchestrationItem();
    t.Expect(late, IsItemOf(order.id()));
    t.Expect(SnapshotOf(late), left, order.id());
  };
  RunningInstance completed(t, "order-completed");
  t.Expect(SnapshotOf(completed.Turn({Set("state", "busy")})), IsEmpty());
  t.Expect(SnapshotOf(completed.Turn()), IsEmpty(), "it has not ended");
  completed.Complete({Set("state", "ended"), Set("result", "42")});
  expect_merged(completed);

  RunningInstance failed(t, "order-failed");
  t.Expect(SnapshotOf(failed.Turn({Set("state", "busy")})), IsEmpty());
  failed.Fail({Set("state", "ended"), Set("result", "42")});
  expect_merged(failed);
}

CONFORMANCE_CASE(
    kv_store, kv_delta_merged_on_can, .upstream = "test_kv_delta_merged_on_can",
    .clauses = {"KV-2", "KV-1"},
    .proves =
        "A continue-as-new hands over the last state of every key: of several "
        "turns, of the last ack itself, and without what was cleared.",
    .procedure =
        "Set three keys; overwrite one and clear one in a later turn; set a "
        "fourth in the ack that continues as new. The next execution's "
        "snapshot has the last values of the three that are left, and so do "
        "reads. The new execution sets one anew and ends in turn: its value "
        "follows.",
    .likely_causes = {
        "The values of the first turn are merged, not the last ones.",
        "A cleared key is merged as an empty one.",
        "Changes stay behind after the merge and hide later ones."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("version", "1"), Set("progress", "50"), Set("draft", "x")});
  order.Turn({Set("progress", "100"), Clear("draft")});
  const LockedItem next = order.ContinueAsNew({Set("sealed", "yes")});
  const KeyValues left = {
      {"progress", "100"}, {"sealed", "yes"}, {"version", "1"}};
  t.Expect(SnapshotOf(next), left);
  t.Expect(ValuesOf(t, "order-1"), left);

  order.Turn({Set("progress", "0")});
  t.Expect(SnapshotOf(order.Turn()), left);
  t.Expect(SnapshotOf(order.ContinueAsNew()),
           KeyValues{{"progress", "0"}, {"sealed", "yes"}, {"version", "1"}});
}

}  // namespace
}  // namespace duroxide::conformance
