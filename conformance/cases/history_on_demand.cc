// Long histories, which a fetch leaves out where it is asked to.

#include <optional>
#include <string>
#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/batch_steps.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

// The events 1 to `last` of an execution; all but the first tell a status.
std::vector<v1::Event> EventsTo(uint64_t last) {
  std::vector<v1::Event> events = {StartedEvent(1)};
  for (uint64_t id = 2; id <= last; ++id) {
    events.push_back(CustomStatusEvent(id, "step"));
  }
  return events;
}

// Makes `instance` with these events. Needs a store in which no other instance
// can be fetched.
void MakeWith(Fixture& t, std::string_view instance,
              const std::vector<v1::Event>& events) {
  t.EnqueueStart(instance);
  AckBuilder ack(t.FetchOrchestrationItem());
  ack.Name(kOrchestration).Version(kOrchestrationVersion);
  for (const v1::Event& event : events) ack.Append(event);
  t.Ack(ack);
}

// The same, with a message for it.
void MakeWaiting(Fixture& t, std::string_view instance,
                 const std::vector<v1::Event>& events) {
  MakeWith(t, instance, events);
  t.Enqueue(ExternalItem(instance, "approved"));
}

std::optional<uint64_t> LastIdOf(const LockedItem& held) {
  if (!held.item().has_last_event_id()) return std::nullopt;
  return held.item().last_event_id();
}

// `held` has left its history out, which ends with event `last`.
void ExpectLeftOut(Fixture& t, const LockedItem& held, uint64_t last) {
  t.Expect(held.item().history_omitted(), true, "history_omitted of ", held);
  t.Expect(held.item().history(), IsEmpty(), "history of ", held);
  t.Expect(held.item().has_history_error(), false, "an error of ", held);
  t.Expect(LastIdOf(held), Optional(last), "last_event_id of ", held);
}

// `held` has this history of its instance's current execution.
void ExpectInline(Fixture& t, const LockedItem& held,
                  const std::vector<v1::Event>& events) {
  t.Expect(held.item().history_omitted(), false, "history_omitted of ", held);
  t.Expect(held.item().has_last_event(), false, "a last_event of ", held);
  t.Expect(
      held.item().history(),
      AreEvents(held.item().instance(), held.item().execution_id(), events));
  t.Expect(LastIdOf(held),
           Optional(events.empty() ? uint64_t{0} : events.back().event_id()),
           "last_event_id of ", held);
}

CONFORMANCE_CASE(
    history_on_demand, a_longer_history_is_left_out,
    .profile = Profile::kStrict, .clauses = {"FETCH-9", "FETCH-4"},
    .needs = {v1::CAPABILITY_HISTORY_ON_DEMAND},
    .proves =
        "A history is left out where the id of its last event is larger than "
        "max_inline_events, and only then. The item tells that id and that "
        "event, and holds the rest as ever.",
    .procedure =
        "Make an instance with the events 1, 2 and 5, and a message. Fetch "
        "with max_inline_events 4: no history, and event 5 as the last one. "
        "Give it back and fetch with 5: all three events. Give it back and "
        "fetch with 0: no history.",
    .likely_causes = {
        "Events are counted, and the id of the last one is not looked at.",
        "A history that is exactly as long as it may be is left out.",
        "The history is sent although history_omitted is set.",
        "0 is taken for no limit."}) {
  std::vector<v1::Event> events = EventsTo(2);
  events.push_back(CustomStatusEvent(5, "paid"));
  MakeWaiting(t, "order-1", events);

  const LockedItem held = t.FetchOrchestrationItem({.max_inline_events = 4});
  ExpectLeftOut(t, held, 5);
  t.Expect(held.item().last_event(),
           IsMessage(WithOwner(events.back(), "order-1", 1)), "last_event");
  t.Expect(held.item().orchestration_name(), kOrchestration);
  t.Expect(held.item().version(), kOrchestrationVersion);
  t.Expect(held.item().execution_id(), 1u);
  t.Expect(held.item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));
  t.Abandon(held);

  const LockedItem whole = t.FetchOrchestrationItem({.max_inline_events = 5});
  ExpectInline(t, whole, events);
  t.Abandon(whole);
  ExpectLeftOut(t, t.FetchOrchestrationItem({.max_inline_events = 0}), 5);
}

CONFORMANCE_CASE(
    history_on_demand, unasked_no_history_is_left_out,
    .profile = Profile::kStrict, .clauses = {"FETCH-9", "FETCH-4"},
    .needs = {v1::CAPABILITY_HISTORY_ON_DEMAND},
    .proves =
        "A fetch without max_inline_events gives the whole history, however "
        "long it is, with the id of its last event.",
    .procedure =
        "Make an instance with 300 events and a message. Fetch without "
        "max_inline_events: all 300.",
    .likely_causes = {"An absent limit is taken for 0 or for a default.",
                      "last_event_id is set only where the history is not."}) {
  const std::vector<v1::Event> events = EventsTo(300);
  MakeWaiting(t, "order-1", events);
  ExpectInline(t, t.FetchOrchestrationItem(), events);
}

CONFORMANCE_CASE(
    history_on_demand, what_has_no_events_is_not_left_out,
    .profile = Profile::kStrict, .clauses = {"FETCH-9"},
    .needs = {v1::CAPABILITY_HISTORY_ON_DEMAND},
    .proves =
        "The item of a new instance has no history to leave out, whatever the "
        "fetch asks for, and its last_event_id is 0 and not absent.",
    .procedure =
        "Enqueue a start and fetch it with max_inline_events 0: no events, "
        "last_event_id 0, nothing omitted.",
    .likely_causes = {"Whatever comes without events is marked as left out.",
                      "Where there is no event, last_event_id is absent."}) {
  t.EnqueueStart("order-1");
  ExpectInline(t, t.FetchOrchestrationItem({.max_inline_events = 0}), {});
}

CONFORMANCE_CASE(
    history_on_demand, only_the_current_execution_counts,
    .profile = Profile::kStrict, .clauses = {"FETCH-9", "FETCH-4", "KV-2"},
    .needs = {v1::CAPABILITY_HISTORY_ON_DEMAND},
    .proves =
        "What counts is the last event of the current execution: neither an "
        "earlier one that is longer, nor one of its events that came late. "
        "Whatever is appended moves it, by AppendHistory too. The key-values "
        "come along.",
    .procedure =
        "Make an instance that sets a key, has five events and continues as "
        "new. Append event 9 to execution 1. Fetch with max_inline_events 1: "
        "the one event of execution 2. Append events 2 and 3 to it, give it "
        "back, and fetch with 2: no history, event 3 as the last one, and the "
        "key.",
    .likely_causes = {
        "The last event is looked for in all executions.",
        "The last id is noted by acks, and AppendHistory does not move it.",
        "What goes with the history is left out with it."}) {
  RunningInstance order(t, "order-1");
  order.Turn({KeyValueSetEvent(0, "color", "red", 1),
              CustomStatusEvent(0, "paid"), CustomStatusEvent(0, "packed")});
  order.ContinueAsNew();
  t.Enqueue(ExternalItem("order-1", "approved"));
  const auto append = [&](uint64_t execution,
                          const std::vector<v1::Event>& events) {
    auto request = Asking<v1::AppendHistoryRequest>("order-1");
    request.set_execution_id(execution);
    for (const v1::Event& event : events) {
      *request.add_events() = WithOwner(event, "order-1", execution);
    }
    t.Do(&Provider::AppendHistory, request);
  };
  append(1, {CustomStatusEvent(9, "late")});

  const LockedItem whole = t.FetchOrchestrationItem({.max_inline_events = 1});
  t.Expect(whole.item().execution_id(), 2u);
  ExpectInline(t, whole, {StartedEvent(1)});
  append(2, {CustomStatusEvent(2, "sent"), CustomStatusEvent(3, "there")});
  t.Abandon(whole);

  const LockedItem held = t.FetchOrchestrationItem({.max_inline_events = 2});
  t.Expect(held.item().execution_id(), 2u);
  ExpectLeftOut(t, held, 3);
  t.Expect(held.item().last_event(),
           IsMessage(WithOwner(CustomStatusEvent(3, "there"), "order-1", 2)),
           "last_event");
  t.Expect(held.item().kv_snapshot(), SizeIs(1), "key-values");
}

CONFORMANCE_CASE(
    history_on_demand, what_was_left_out_is_there_to_be_read,
    .profile = Profile::kStrict,
    .clauses = {"FETCH-9", "FETCH-1", "FETCH-6", "ACK-1", "ACK-3"},
    .needs = {v1::CAPABILITY_HISTORY_ON_DEMAND},
    .proves =
        "An item without its history is locked and counted as any other. Its "
        "holder reads the history by ReadHistory and commits its turn; the "
        "next item ends where that turn did.",
    .procedure =
        "Make an instance with three events and a message. Fetch with "
        "max_inline_events 0: attempt 1, and a second fetch gives nothing. "
        "Read "
        "the history: three events. Give it back and fetch it: attempt 2. Ack "
        "event 4 and enqueue a message. Fetch: event 4 is the last one, at "
        "attempt 1. Read: four events.",
    .likely_causes = {
        "An item that is not read is not locked, or not counted.",
        "ReadHistory leaves out what the fetch has left out.",
        "The id of the last event is kept apart, and an ack does not move "
        "it."}) {
  std::vector<v1::Event> events = EventsTo(3);
  MakeWaiting(t, "order-1", events);

  LockedItem held = t.FetchOrchestrationItem({.max_inline_events = 0});
  ExpectLeftOut(t, held, 3);
  t.Expect(held.attempt_count(), 1u);
  t.ExpectDuring(held.held,
                 t.TryFetchOrchestrationItem({.max_inline_events = 0}),
                 NoItem(), "order-1 is locked by ", held);
  t.Expect(t.ReadHistory("order-1", 1), AreEvents("order-1", 1, events));
  t.Abandon(held);

  held = t.FetchOrchestrationItem({.max_inline_events = 0});
  ExpectLeftOut(t, held, 3);
  t.Expect(held.attempt_count(), 2u);
  events.push_back(CustomStatusEvent(4, "paid"));
  t.Ack(AckBuilder(held)
            .Append(events.back())
            .Orchestrator(ExternalItem("order-1", "sent")));

  held = t.FetchOrchestrationItem({.max_inline_events = 0});
  ExpectLeftOut(t, held, 4);
  t.Expect(held.item().last_event(),
           IsMessage(WithOwner(events.back(), "order-1", 1)), "last_event");
  t.Expect(held.attempt_count(), 1u);
  t.Expect(t.ReadHistory("order-1", 1), AreEvents("order-1", 1, events));
}

CONFORMANCE_CASE(
    history_on_demand, each_item_of_a_batch_by_itself,
    .profile = Profile::kStrict, .clauses = {"FETCH-9", "WIRE-6"},
    .needs = {v1::CAPABILITY_HISTORY_ON_DEMAND, v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "Of a batch, the items whose histories are longer come without them, "
        "and the others with them.",
    .procedure =
        "Make an instance with three events, one with one, and one more with "
        "three, each with a message. Fetch batches with max_inline_events 2 "
        "until nothing comes: the first and the third have no history, the "
        "second has its event.",
    .likely_causes = {
        "The first item of a batch decides for all.",
        "max_inline_events is taken for the events of the whole batch."}) {
  MakeWith(t, "order-1", EventsTo(3));
  MakeWith(t, "order-2", EventsTo(1));
  MakeWith(t, "order-3", EventsTo(3));
  for (const char* instance : {"order-1", "order-2", "order-3"}) {
    t.Enqueue(ExternalItem(instance, "approved"));
  }
  const std::vector<LockedItem> items = FetchAllInstances(
      t, 10, {.lock_timeout = 60 * t.lock_timeout(), .max_inline_events = 2});
  t.Expect(items, SizeIs(3));
  ExpectLeftOut(t, items[0], 3);
  ExpectInline(t, items[1], EventsTo(1));
  ExpectLeftOut(t, items[2], 3);
}

CONFORMANCE_CASE(
    history_on_demand, a_corrupt_history_is_left_out_unread,
    .profile = Profile::kStrict, .clauses = {"FETCH-9", "FETCH-8", "ACK-3"},
    .needs = {v1::CAPABILITY_HISTORY_ON_DEMAND, v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "A history that is left out is not read: one that is corrupt comes "
        "without history_error, with the id of its last event and without the "
        "event. ReadHistory says HISTORY_CORRUPT, and so does the item of a "
        "fetch that wants the history.",
    .procedure =
        "Make an instance with three events and a message and corrupt its "
        "history. Fetch with max_inline_events 2: the item, its history left "
        "out, with last_event_id 3. Read the history: HISTORY_CORRUPT. Give it "
        "back and fetch with 3: history_error, with last_event_id 3.",
    .likely_causes = {
        "The history is read, and then left out.",
        "The id of the last event is taken from the event.",
        "A last event that cannot be read back fails the fetch."}) {
  MakeWaiting(t, "order-1", EventsTo(3));
  CorruptHistory(t, "order-1");

  const LockedItem held = t.FetchOrchestrationItem({.max_inline_events = 2});
  ExpectLeftOut(t, held, 3);
  t.Expect(held.item().has_last_event(), false, "a last_event of ", held);
  auto read = Asking<v1::ReadHistoryRequest>("order-1");
  read.set_execution_id(1);
  t.ExpectError(t.Call(&Provider::ReadHistory, read),
                v1::ERROR_REASON_HISTORY_CORRUPT);
  t.Abandon(held);

  const LockedItem asked = t.FetchOrchestrationItem({.max_inline_events = 3});
  t.Expect(asked.item().has_history_error(), true, "an error of ", asked);
  t.Expect(asked.item().history_omitted(), false, "of ", asked);
  t.Expect(LastIdOf(asked), Optional(uint64_t{3}), "last_event_id of ", asked);
}

CONFORMANCE_CASE(
    history_on_demand, without_the_capability_every_history_comes,
    .profile = Profile::kStrict, .clauses = {"FETCH-9", "WIRE-10"},
    .absent = {v1::CAPABILITY_HISTORY_ON_DEMAND},
    .proves =
        "A provider that does not declare HISTORY_ON_DEMAND takes no notice of "
        "max_inline_events: the history comes, and there is no error.",
    .procedure =
        "Make an instance with three events and a message. Fetch with "
        "max_inline_events 0: all three.",
    .likely_causes = {
        "The provider leaves histories out and does not declare it.",
        "A field that the provider does not know is refused."}) {
  const std::vector<v1::Event> events = EventsTo(3);
  MakeWaiting(t, "order-1", events);
  const LockedItem held = t.FetchOrchestrationItem({.max_inline_events = 0});
  t.Expect(held.item().history_omitted(), false, "history_omitted of ", held);
  t.Expect(held.item().history(), AreEvents("order-1", 1, events));
}

}  // namespace
}  // namespace duroxide::conformance
