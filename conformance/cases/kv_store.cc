// Writing and reading the key-value store of an instance.

#include <optional>

#include "conformance/builders.h"
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
    kv_store, kv_set_and_get, .upstream = "test_kv_set_and_get",
    .clauses = {"KV-1", "ACK-1", "ACK-3"},
    .proves =
        "KeyValueSet events of an ack set keys, with value and moment as "
        "given; reads see them as soon as the ack has returned. An ack that "
        "fails sets nothing, and neither does AppendHistory.",
    .procedure =
        "Make an instance: it has no keys. Ack a turn that sets two: both are "
        "read one by one, and listed with the moments of their events. Fail to "
        "ack a turn that sets them anew, for a taken event id, and append an "
        "event that does: the values are as before.",
    .likely_causes = {"Reads see what earlier executions left only.",
                      "The moment is that of the ack instead of the event's.",
                      "The keys are written outside of the ack's transaction.",
                      "Whatever stores events also applies them."}) {
  RunningInstance order(t, "order-1");
  t.Expect(ValueOf(t, "order-1", "color"), Eq(std::nullopt));
  t.Expect(ValuesOf(t, "order-1"), IsEmpty());

  order.Turn({Set("size", "large", 1'000), Set("color", "red", 2'000)});
  const auto expect_both = [&] {
    t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("red")));
    t.Expect(ValueOf(t, "order-1", "size"), Optional(Eq("large")));
    t.Expect(EntriesOf(t, "order-1"),
             ElementsAre(IsMessage(Entry("color", "red", 2'000)),
                         IsMessage(Entry("size", "large", 1'000))));
  };
  expect_both();

  t.Enqueue(ExternalItem("order-1", "approved"));
  t.ExpectError(t.TryAck(AckBuilder(t.FetchOrchestrationItem())
                             .Append(KeyValueSetEvent(98, "color", "lost"))
                             .Append(TimerCreatedEvent(1, 1))),
                v1::ERROR_REASON_DUPLICATE_EVENT);
  v1::AppendHistoryRequest append;
  append.set_instance("order-1");
  append.set_execution_id(1);
  *append.add_events() =
      WithOwner(KeyValueSetEvent(99, "color", "lost"), "order-1", 1);
  t.Do(&Provider::AppendHistory, append);
  expect_both();
}

CONFORMANCE_CASE(
    kv_store, kv_overwrite, .upstream = "test_kv_overwrite",
    .clauses = {"KV-1"},
    .proves =
        "A key has the value and the moment of the last event that set it, by "
        "the order of the events and not by their moments. Other keys keep "
        "theirs.",
    .procedure =
        "Set two keys. Set one of them again in a later turn, with an earlier "
        "moment: it has the new value and moment, once, and the other one is "
        "as before. Set it three times in one turn: the last value.",
    .likely_causes = {"A key that is set again is listed twice.",
                      "The value with the highest moment wins.",
                      "The first event of a delta wins."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red", 2'000), Set("size", "large", 2'000)});
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("red")));

  order.Turn({Set("color", "blue", 1'000)});
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("blue")));
  t.Expect(EntriesOf(t, "order-1"),
           ElementsAre(IsMessage(Entry("color", "blue", 1'000)),
                       IsMessage(Entry("size", "large", 2'000))));

  order.Turn({Set("color", "a"), Set("color", "c"), Set("color", "b")});
  t.Expect(ValuesOf(t, "order-1"),
           KeyValues{{"color", "b"}, {"size", "large"}});
}

CONFORMANCE_CASE(
    kv_store, kv_clear_single, .upstream = "test_kv_clear_single",
    .clauses = {"KV-1"},
    .proves =
        "KeyValueCleared takes away the one key that it names: it is neither "
        "read nor listed any more. Others stay, however alike.",
    .procedure =
        "Set the keys color, Color and colors. Clear color: it has no value, "
        "and the two others are listed. Set it again: it has the new value.",
    .likely_causes = {
        "A cleared key reads as an empty value.",
        "A cleared key is listed with no value.",
        "Keys are compared without regard to case, or by their beginning.",
        "A key that was cleared can never be set again."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "1"), Set("Color", "2"), Set("colors", "3")});
  t.Expect(ValuesOf(t, "order-1"),
           KeyValues{{"Color", "2"}, {"color", "1"}, {"colors", "3"}});

  order.Turn({Clear("color")});
  t.Expect(ValueOf(t, "order-1", "color"), Eq(std::nullopt));
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"Color", "2"}, {"colors", "3"}});

  order.Turn({Set("color", "4")});
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("4")));
}

CONFORMANCE_CASE(
    kv_store, kv_clear_all, .upstream = "test_kv_clear_all",
    .clauses = {"KV-1"},
    .proves = "KeyValuesCleared takes away all keys, whichever turn set them.",
    .procedure =
        "Set two keys in one turn and a third in another. Clear all: none is "
        "read or listed. Set one of them: it alone is there.",
    .likely_causes = {"Only the keys of the last turn are cleared.",
                      "Only the keys of earlier turns are cleared.",
                      "Clearing all hides the store for good."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("a", "1"), Set("b", "2")});
  order.Turn({Set("c", "3")});
  t.Expect(ValuesOf(t, "order-1"),
           KeyValues{{"a", "1"}, {"b", "2"}, {"c", "3"}});

  order.Turn({ClearAll()});
  for (const char* key : {"a", "b", "c"}) {
    t.Expect(ValueOf(t, "order-1", key), Eq(std::nullopt), "key ", key);
  }
  t.Expect(ValuesOf(t, "order-1"), IsEmpty());

  order.Turn({Set("b", "4")});
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"b", "4"}});
}

CONFORMANCE_CASE(
    kv_store, kv_get_nonexistent, .upstream = "test_kv_get_nonexistent",
    .clauses = {"KV-1"},
    .proves =
        "A key that was never set has no value, which is no error and not the "
        "empty value; reading it does not set it.",
    .procedure =
        "Make an instance and read a key: no value. Set another key and read "
        "keys that look like it: no value. Exactly the one key is listed.",
    .likely_causes = {
        "An unknown key is answered with NOT_FOUND.",
        "An unknown key reads as the empty value.",
        "Keys are compared without regard to case, or trimmed."}) {
  RunningInstance order(t, "order-1");
  t.Expect(ValueOf(t, "order-1", "color"), Eq(std::nullopt));

  order.Turn({Set("color", "red")});
  for (const char* key : {"colo", "colors", "Color", " color", "color ", "%"}) {
    t.Expect(ValueOf(t, "order-1", key), Eq(std::nullopt), "key \"", key, "\"");
  }
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"color", "red"}});
}

CONFORMANCE_CASE(
    kv_store, kv_clear_nonexistent_key,
    .upstream = "test_kv_clear_nonexistent_key", .clauses = {"KV-1", "ACK-1"},
    .proves =
        "Clearing what is not there is no error: the ack succeeds with all "
        "else that it does, and other keys stay.",
    .procedure =
        "Clear a key and clear all in an instance that has none. Set a key, "
        "clear another one twice and set a third in the same turn: the ack "
        "succeeds, both keys are there, and the events are in the history.",
    .likely_causes = {
        "The clear expects a row to delete.",
        "A failed clear ends the turn or skips the events behind it."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Clear("never"), ClearAll()});
  t.Expect(ValuesOf(t, "order-1"), IsEmpty());

  order.Turn({Set("color", "red"), Clear("never"), Clear("never"),
              Set("size", "large")});
  t.Expect(ValueOf(t, "order-1", "never"), Eq(std::nullopt));
  t.Expect(ValuesOf(t, "order-1"),
           KeyValues{{"color", "red"}, {"size", "large"}});
  t.Expect(
      t.ReadHistory("order-1"),
      AreEvents(
          "order-1", 1,
          {StartedEvent(1), KeyValueClearedEvent(2, "never"),
           KeyValuesClearedEvent(3), KeyValueSetEvent(4, "color", "red"),
           KeyValueClearedEvent(5, "never"), KeyValueClearedEvent(6, "never"),
           KeyValueSetEvent(7, "size", "large")}));
}

CONFORMANCE_CASE(
    kv_store, kv_get_unknown_instance,
    .upstream = "test_kv_get_unknown_instance", .clauses = {"KV-1"},
    .proves =
        "Reading the keys of an instance that does not exist is no error and "
        "gives nothing, also where others have that key; reading makes no "
        "instance.",
    .procedure =
        "Make an instance with a key. Read and list that key of an unknown "
        "instance and of one that was enqueued but not acked: nothing. Fetch "
        "the second one: it is new.",
    .likely_causes = {
        "An unknown instance is answered with INSTANCE_NOT_FOUND.",
        "The value is looked up by key alone."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("color", "red")});
  t.EnqueueStart("order-2");
  for (const char* unknown : {"order-9", "order-2"}) {
    t.Expect(ValueOf(t, unknown, "color"), Eq(std::nullopt), unknown);
    t.Expect(ValuesOf(t, unknown), IsEmpty(), unknown);
  }

  LockedItem started = t.FetchOrchestrationItem();
  t.Expect(started, IsItemOf("order-2"));
  t.Expect(started.item().history(), IsEmpty());
  t.Expect(SnapshotOf(started), IsEmpty());
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("red")));
}

CONFORMANCE_CASE(
    kv_store, kv_set_after_clear, .upstream = "test_kv_set_after_clear",
    .clauses = {"KV-1"},
    .proves =
        "The events of one ack are applied in their order: what is set after a "
        "clear stays, what is set before it goes.",
    .procedure =
        "Set two keys. In one turn clear all and set a third: the third alone "
        "is there. In one turn set a fourth, clear all and set a fifth: the "
        "fifth alone. In one turn clear it and set it, set another and clear "
        "that: the fifth with its new value alone.",
    .likely_causes = {
        "Clears are applied after all sets, or before.",
        "Sets and clears of one key in one turn cancel each other."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("a", "1"), Set("b", "2")});
  order.Turn({ClearAll(), Set("c", "3")});
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"c", "3"}});

  order.Turn({Set("d", "4"), ClearAll(), Set("e", "5")});
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"e", "5"}});

  order.Turn({Clear("e"), Set("e", "6"), Set("f", "7"), Clear("f")});
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"e", "6"}});
  t.Expect(ValueOf(t, "order-1", "f"), Eq(std::nullopt));
}

CONFORMANCE_CASE(
    kv_store, kv_instance_isolation, .upstream = "test_kv_instance_isolation",
    .clauses = {"KV-3", "KV-2"},
    .proves =
        "Instances with the same keys have values of their own, in reads, in "
        "lists and in snapshots.",
    .procedure =
        "Set the same key in two instances, whose ids begin alike, to "
        "different values, and a further key in one. Each reads and lists its "
        "own. Continue one as new: its snapshot has its own, and the other "
        "one's is still empty.",
    .likely_causes = {
        "Values are keyed by key alone.",
        "Values are looked up by the beginning of the instance's id.",
        "The end of one instance's execution merges the changes of all."}) {
  RunningInstance one(t, "order-1");
  RunningInstance ten(t, "order-10");
  one.Turn({Set("color", "red")});
  ten.Turn({Set("color", "blue"), Set("size", "large")});

  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"color", "red"}});
  t.Expect(ValueOf(t, "order-1", "size"), Eq(std::nullopt));
  t.Expect(ValuesOf(t, "order-10"),
           KeyValues{{"color", "blue"}, {"size", "large"}});

  t.Expect(SnapshotOf(one.ContinueAsNew()), KeyValues{{"color", "red"}});
  t.Expect(SnapshotOf(ten.Turn()), IsEmpty(), "order-10 has not ended");
  t.Expect(SnapshotOf(ten.ContinueAsNew()),
           KeyValues{{"color", "blue"}, {"size", "large"}});
}

CONFORMANCE_CASE(
    kv_store, kv_clear_isolation, .upstream = "test_kv_clear_isolation",
    .clauses = {"KV-3", "KV-1"},
    .proves =
        "Clearing a key, or all, in one instance leaves those of others as "
        "they are, be they of this execution or of an earlier one.",
    .procedure =
        "Set two keys in two instances; continue the second as new and set a "
        "third. Clear one and then all in the first: it has none. The second "
        "one reads and lists all three, and its snapshot has two.",
    .likely_causes = {"The clear is keyed by key alone, or has no key at all.",
                      "Clearing all marks what every instance left."}) {
  RunningInstance one(t, "order-1");
  RunningInstance two(t, "order-2");
  one.Turn({Set("a", "1"), Set("b", "2")});
  two.Turn({Set("a", "3"), Set("b", "4")});
  two.ContinueAsNew();
  two.Turn({Set("c", "5")});

  one.Turn({Clear("a")});
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"b", "2"}});
  one.Turn({ClearAll()});
  t.Expect(ValuesOf(t, "order-1"), IsEmpty());

  t.Expect(ValueOf(t, "order-2", "a"), Optional(Eq("3")));
  t.Expect(ValuesOf(t, "order-2"),
           KeyValues{{"a", "3"}, {"b", "4"}, {"c", "5"}});
  t.Expect(SnapshotOf(two.Turn()), KeyValues{{"a", "3"}, {"b", "4"}});
}

}  // namespace
}  // namespace duroxide::conformance
