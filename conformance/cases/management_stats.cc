// The figures of one instance.

#include <optional>
#include <string>
#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/kv_steps.h"
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
using ::testing::Optional;

CONFORMANCE_CASE(
    management, get_instance_stats_nonexistent,
    .upstream = "test_get_instance_stats_nonexistent", .clauses = {"ADMIN-2"},
    .needs = {v1::CAPABILITY_INSTANCE_STATS},
    .proves =
        "An unknown instance has no stats, which is no error; one that exists "
        "has some.",
    .procedure =
        "Make an instance and enqueue the start of another: the first has "
        "stats. The second and an unknown one have none, and asking made no "
        "instance: the second begins with an empty history.",
    .likely_causes = {"An unknown instance is answered with an error.",
                      "An unknown instance is answered with zeros."}) {
  CreateInstance(t, "order-1");
  t.EnqueueStart("order-2");
  t.Expect(TryStatsOf(t, "order-1"), Optional(HistoryStats(1)));
  t.Expect(TryStatsOf(t, "order-2"), Eq(std::nullopt), "has a message only");
  t.Expect(TryStatsOf(t, "order-9"), Eq(std::nullopt));
  t.Expect(t.FetchOrchestrationItem().item().history(), ::testing::IsEmpty());
}

CONFORMANCE_CASE(
    management, get_instance_stats_history,
    .upstream = "test_get_instance_stats_history", .clauses = {"ADMIN-2"},
    .needs = {v1::CAPABILITY_INSTANCE_STATS},
    .proves =
        "The stats count the events of the current execution's history and "
        "their bytes, and nothing of other instances.",
    .procedure =
        "Make two instances. The first has one event with some bytes, no keys "
        "and nothing carried along. Append two events: three, and more bytes. "
        "The second is as it was. Continue the first as new: one event, and "
        "fewer bytes.",
    .likely_causes = {
        "The events of all executions are counted.",
        "The figures are those of the first turn and not kept up to date.",
        "The history of the whole store is counted."}) {
  RunningInstance order(t, "order-1");
  CreateInstance(t, "order-2");
  const v1::InstanceStats first = StatsOf(t, "order-1");
  t.Expect(first, AllOf(HistoryStats(1), CarriedStats(0), KeyStats(0, 0)));
  t.Expect(first.history_size_bytes(), Gt(0u));
  const v1::InstanceStats other = StatsOf(t, "order-2");

  order.Turn({ActivityScheduledEvent(0), TimerCreatedEvent(0, 1)});
  const v1::InstanceStats second = StatsOf(t, "order-1");
  t.Expect(second, AllOf(HistoryStats(3), CarriedStats(0), KeyStats(0, 0)));
  t.Expect(second.history_size_bytes(), Gt(first.history_size_bytes()));
  t.Expect(StatsOf(t, "order-2"), IsMessage(other));

  order.ContinueAsNew();
  t.Expect(StatsOf(t, "order-1"),
           AllOf(HistoryStats(1), CarriedStats(0), KeyStats(0, 0)));
  t.Expect(StatsOf(t, "order-1").history_size_bytes(),
           AllOf(Gt(0u), ::testing::Lt(second.history_size_bytes())));
}

CONFORMANCE_CASE(
    management, get_instance_stats_kv, .upstream = "test_get_instance_stats_kv",
    .clauses = {"ADMIN-2", "KV-1"}, .needs = {v1::CAPABILITY_INSTANCE_STATS},
    .proves =
        "The stats count the keys of an instance and the bytes of their "
        "values, also when the instance has ended.",
    .procedure =
        "Make two instances. Complete the first by a turn that sets two keys, "
        "with values of 3 and 5 bytes: 2 keys, 8 bytes. The second has none.",
    .likely_causes = {
        "Only what earlier executions left is counted, or only what the "
        "current one changed.",
        "The bytes of the keys are counted too.",
        "The keys of all instances are counted."}) {
  RunningInstance order(t, "order-1");
  CreateInstance(t, "order-2");
  t.Expect(StatsOf(t, "order-1"), KeyStats(0, 0), "before");
  order.Complete({Set("color", "red"), Set("size", "large")});
  t.Expect(StatsOf(t, "order-1"), KeyStats(2, 8));
  t.Expect(StatsOf(t, "order-2"), KeyStats(0, 0));
}

CONFORMANCE_CASE(
    management, get_instance_stats_carry_forward,
    .upstream = "test_get_instance_stats_carry_forward", .clauses = {"ADMIN-2"},
    .needs = {v1::CAPABILITY_INSTANCE_STATS},
    .proves =
        "The stats count the queue messages that continue-as-new carried into "
        "the current execution.",
    .procedure =
        "Make an instance whose first event lists three carried messages: 3. "
        "Take a turn with other events: still 3. Make one whose first event "
        "lists none: 0.",
    .likely_causes = {
        "The messages in the queue are counted instead of those in the event.",
        "The first event is not looked into."}) {
  MakeCarrying(t, "order-1", 3);
  t.Expect(StatsOf(t, "order-1"),
           AllOf(CarriedStats(3), HistoryStats(1), KeyStats(0, 0)));

  t.Enqueue(QueueMessage("order-1", "remarks"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem()).Append(TimerCreatedEvent(2, 1)));
  t.Expect(StatsOf(t, "order-1"), AllOf(CarriedStats(3), HistoryStats(2)));

  MakeCarrying(t, "order-2", 0);
  t.Expect(StatsOf(t, "order-2"), CarriedStats(0));
}

CONFORMANCE_CASE(
    management, get_instance_stats_kv_delta_only,
    .upstream = "test_get_instance_stats_kv_delta_only",
    .clauses = {"ADMIN-2", "KV-1"}, .needs = {v1::CAPABILITY_INSTANCE_STATS},
    .proves =
        "Keys that the current execution has set count while it still runs.",
    .procedure =
        "Make an instance. Take a turn that sets two keys, with values of 3 "
        "and 6 bytes, and does not end: 2 keys, 9 bytes. Overwrite one with 4 "
        "bytes: 2 keys, 7 bytes.",
    .likely_causes = {"Keys count only when their execution has ended.",
                      "Every change counts, not every key."}) {
  RunningInstance order(t, "order-1");
  order.Turn(
      {Set("color", "red"), ActivityScheduledEvent(0), Set("size", "medium")});
  t.Expect(StatsOf(t, "order-1"), AllOf(KeyStats(2, 9), CarriedStats(0)));
  order.Turn({Set("size", "huge")});
  t.Expect(StatsOf(t, "order-1"), KeyStats(2, 7));
}

CONFORMANCE_CASE(
    management, get_instance_stats_kv_merged,
    .upstream = "test_get_instance_stats_kv_merged",
    .clauses = {"ADMIN-2", "KV-1"}, .needs = {v1::CAPABILITY_INSTANCE_STATS},
    .proves =
        "A key that was set before and is set again counts once, with its last "
        "value; so before and after the execution's end.",
    .procedure =
        "Set two keys in execution 1, values of 3 and 5 bytes: 2 keys, 8 "
        "bytes. Continue as new: the same. Overwrite the first with 4 bytes in "
        "execution 2: 2 keys, 9 bytes. Complete it: the same.",
    .likely_causes = {
        "What earlier executions left and what the current one changed are "
        "added up.",
        "The bytes are those of the first value."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red"), Set("size", "large")});
  t.Expect(StatsOf(t, "order-1"), KeyStats(2, 8));
  order.ContinueAsNew();
  t.Expect(StatsOf(t, "order-1"), KeyStats(2, 8), "in execution 2");
  order.Turn({Set("color", "blue")});
  t.Expect(StatsOf(t, "order-1"), KeyStats(2, 9), "overwritten");
  order.Complete();
  t.Expect(StatsOf(t, "order-1"), AllOf(KeyStats(2, 9), CarriedStats(0)),
           "completed");
}

}  // namespace
}  // namespace duroxide::conformance
