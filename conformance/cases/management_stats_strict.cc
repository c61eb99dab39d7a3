// The figures of one instance, where it is easy to be wrong.

#include <optional>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/stats_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Gt;

CONFORMANCE_CASE(
    management, stats_count_bytes_and_live_keys, .profile = Profile::kStrict,
    .clauses = {"ADMIN-2", "KV-1"}, .needs = {v1::CAPABILITY_INSTANCE_STATS},
    .proves =
        "Values count by their bytes and not by their characters; an empty "
        "value is a key with no bytes; a key that is cleared does not count, "
        "wherever it was set, until it is set again.",
    .procedure =
        "Set a value of three characters that take 9 bytes, an empty one and "
        "one of 5 bytes: 3 keys, 14 bytes. Clear one in the same execution, "
        "continue as new, clear another there and set it again, clear all, and "
        "set one: the figures follow.",
    .likely_causes = {
        "The length of a text is counted in characters.",
        "A mark of a cleared key counts as a key.",
        "A cleared key still counts where an earlier execution has set it.",
        "Empty values are left out."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("a", "小包裹"), Set("b", ""), Set("c", "large")});
  t.Expect(StatsOf(t, "order-1"), KeyStats(3, 14), "three keys");
  order.Turn({Clear("c"), Clear("unknown")});
  t.Expect(StatsOf(t, "order-1"), KeyStats(2, 9), "c is cleared");
  order.ContinueAsNew();
  t.Expect(StatsOf(t, "order-1"), KeyStats(2, 9), "execution 2");
  order.Turn({Clear("a")});
  t.Expect(StatsOf(t, "order-1"), KeyStats(1, 0), "a is cleared");
  order.Turn({Set("a", "x")});
  t.Expect(StatsOf(t, "order-1"), KeyStats(2, 1), "a is set again");
  order.Turn({ClearAll()});
  t.Expect(StatsOf(t, "order-1"), KeyStats(0, 0), "all are cleared");
  order.Turn({Set("b", "xy")});
  t.Expect(StatsOf(t, "order-1"), KeyStats(1, 2), "b is set again");
  order.Complete();
  t.Expect(StatsOf(t, "order-1"), KeyStats(1, 2), "completed");
}

CONFORMANCE_CASE(
    management, stats_are_those_of_the_current_execution,
    .profile = Profile::kStrict, .clauses = {"ADMIN-2", "PRUNE-1", "DEL-1"},
    .needs = {v1::CAPABILITY_INSTANCE_STATS, v1::CAPABILITY_ADMIN},
    .proves =
        "Events, bytes and carried messages are those of the current execution "
        "alone, and those of the store at the time: a prune changes none, a "
        "late change of execution 1 changes none, a deletion ends them.",
    .procedure =
        "Make an instance that carries two messages, with a key. Continue it "
        "as new with five carried messages, and append an event to execution "
        "1: one event, five messages, one key. Append one "
        "to execution 2: two events, and more bytes. Prune: the same. Delete: "
        "no "
        "stats. Make it again: one event, nothing carried, no key.",
    .likely_causes = {
        "The carried messages of the first execution are counted for good.",
        "Events of all executions are counted.",
        "Only acks count events, and AppendHistory does not.",
        "Figures are kept beside the instance and outlive it."}) {
  MakeCarrying(t, "order-1", 2);
  t.Enqueue(ExternalItem("order-1", "next"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem())
            .Append(KeyValueSetEvent(2, "color", "red"))
            .Status(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
            .Orchestrator(ContinueAsNewItem("order-1")));
  t.Expect(StatsOf(t, "order-1"), AllOf(HistoryStats(2), CarriedStats(2)));
  const LockedItem second = t.FetchOrchestrationItem();
  t.Ack(AckBuilder(second).Execution(2).Append(CarryingEvent(5)));

  const auto append = [&](uint64_t execution, uint64_t id) {
    auto request = Asking<v1::AppendHistoryRequest>("order-1");
    request.set_execution_id(execution);
    *request.add_events() =
        WithOwner(TimerCreatedEvent(id, 1), "order-1", execution);
    t.Do(&Provider::AppendHistory, request);
  };
  append(1, 3);
  const v1::InstanceStats before = StatsOf(t, "order-1");
  t.Expect(before, AllOf(HistoryStats(1), CarriedStats(5), KeyStats(1, 3)));

  append(2, 2);
  const v1::InstanceStats grown = StatsOf(t, "order-1");
  t.Expect(grown, AllOf(HistoryStats(2), CarriedStats(5), KeyStats(1, 3)));
  t.Expect(grown.history_size_bytes(), Gt(before.history_size_bytes()));

  t.Expect(Prune(t, "order-1").executions_deleted(), 1u);
  t.Expect(StatsOf(t, "order-1"), IsMessage(grown), "after the prune");
  Delete(t, "order-1", true);
  t.Expect(TryStatsOf(t, "order-1"), Eq(std::nullopt), "deleted");
  CreateInstance(t, "order-1");
  t.Expect(StatsOf(t, "order-1"),
           AllOf(HistoryStats(1), CarriedStats(0), KeyStats(0, 0)),
           "made again");
}

CONFORMANCE_CASE(
    management, stats_of_a_corrupt_history_are_an_error,
    .profile = Profile::kStrict, .clauses = {"ADMIN-2", "WIRE-2"},
    .needs = {v1::CAPABILITY_INSTANCE_STATS, v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "Where the first event of the current execution cannot be read back, "
        "the stats are HISTORY_CORRUPT and not a guess; those of other "
        "instances are as before.",
    .procedure =
        "Make two instances that carry messages and corrupt the history of the "
        "first: its stats are an error. The second's are not.",
    .likely_causes = {
        "An event that cannot be read counts as one that carries nothing.",
        "One corrupt history spoils the figures of the whole store."}) {
  MakeCarrying(t, "order-1", 2);
  MakeCarrying(t, "order-2", 3);
  t.Expect(StatsOf(t, "order-1"), CarriedStats(2));
  CorruptHistory(t, "order-1");
  t.ExpectError(t.Call(&Provider::GetInstanceStats,
                       Asking<v1::GetInstanceStatsRequest>("order-1")),
                v1::ERROR_REASON_HISTORY_CORRUPT);
  t.Expect(StatsOf(t, "order-2"), AllOf(CarriedStats(3), HistoryStats(1)));
}

}  // namespace
}  // namespace duroxide::conformance
