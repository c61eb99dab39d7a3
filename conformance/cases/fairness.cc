// The orchestrator queue gives everybody a turn: the longest wait comes first,
// and what cannot be given out holds back nobody.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/cancellation_steps.h"
#include "conformance/cases/pinned_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAreArray;

// Fetches instances until nothing comes and holds them for long. Returns their
// ids in the order in which they came.
std::vector<std::string> FetchAllInOrder(
    Fixture& t, const std::optional<v1::CapabilityFilter>& filter = {}) {
  std::vector<std::string> order;
  while (const auto item = t.TryFetchOrchestrationItem(
             {.lock_timeout = 60 * t.lock_timeout(), .filter = filter})) {
    order.push_back(item->item().instance());
  }
  return order;
}

CONFORMANCE_CASE(
    fairness, stray_messages_hold_back_nobody, .profile = Profile::kStrict,
    .clauses = {"FETCH-3", "FETCH-5", "FETCH-6"},
    .proves =
        "Messages for instances that were never started stay at the head of "
        "the queue and are in nobody's way, however many they are; each waits "
        "for its start, uncounted.",
    .procedure =
        "Enqueue events for twenty instances that do not exist. Start another "
        "instance and let it take three turns: each comes at once. Fetch once "
        "more: nothing. Start one of the twenty: it comes with its event and "
        "its start, attempt 1.",
    .likely_causes = {
        "A fetch looks at the oldest message, finds that it cannot be given "
        "out, and returns nothing, for ever.",
        "A fetch looks at some of the oldest messages only.",
        "Messages that are passed over are counted as fetched."}) {
  for (int i = 0; i < 20; ++i) {
    t.Enqueue(ExternalItem(absl::StrCat("stray-", i), "approved"));
  }
  CreateInstance(t, "order-1");
  for (int turn = 0; turn < 3; ++turn) {
    t.Enqueue(ExternalItem("order-1", "next"));
    LockedItem item = t.FetchOrchestrationItem();
    t.Expect(item, IsItemOf("order-1"));
    t.Ack(AckBuilder(item));
  }
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "only strays are left");

  t.EnqueueStart("stray-7");
  LockedItem started = t.FetchOrchestrationItem();
  t.Expect(
      started.item().messages(),
      AreMessages({ExternalItem("stray-7", "approved"), StartItem("stray-7")}));
  t.Expect(started.attempt_count(), 1u);
}

CONFORMANCE_CASE(
    fairness, completions_of_a_deleted_instance_hold_back_nobody,
    .profile = Profile::kStrict, .clauses = {"FETCH-3", "FETCH-5", "DEL-3"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Completions that come for an instance after its deletion are in "
        "nobody's way. Where it is started again they are given out with its "
        "start, and the provider writes none of them to the new history.",
    .procedure =
        "Make an instance, delete it by force, and enqueue completions and a "
        "timer for it. Make another one and let it take three turns: each "
        "comes at once. Start the deleted one again: its batch is what came "
        "late and the start, its history is empty. Ack its first turn: the "
        "history is that of the ack.",
    .likely_causes = {
        "A fetch looks at the oldest message, finds that its instance is "
        "gone, and returns nothing, for ever.",
        "A completion makes its instance come back.",
        "Completions are applied to the history by the provider."}) {
  ScheduleActivities(t, {2, 3});
  Delete(t, "order-1", /*force=*/true);
  const std::vector<v1::WorkItem> late = {CompletedItem("order-1", 2),
                                          FailedItem("order-1", 3),
                                          TimerItem("order-1", 4, 1)};
  for (const v1::WorkItem& message : late) t.Enqueue(message);

  CreateInstance(t, "order-2");
  for (int turn = 0; turn < 3; ++turn) {
    t.Enqueue(ExternalItem("order-2", "next"));
    LockedItem item = t.FetchOrchestrationItem();
    t.Expect(item, IsItemOf("order-2"));
    t.Ack(AckBuilder(item));
  }
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "order-1 was deleted");

  t.EnqueueStart("order-1");
  LockedItem anew = t.FetchOrchestrationItem();
  std::vector<v1::WorkItem> batch = late;
  batch.push_back(StartItem("order-1"));
  t.Expect(anew.item().messages(), AreMessages(batch));
  t.Expect(anew.item().history(), ::testing::IsEmpty());
  t.Ack(FirstAck(anew));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));
}

CONFORMANCE_CASE(
    fairness, a_busy_instance_does_not_starve_others,
    .profile = Profile::kStrict, .clauses = {"FETCH-3"},
    .proves =
        "An instance that has new messages all the time takes turns with "
        "those that have few: after each turn it goes behind those that have "
        "waited longer.",
    .procedure =
        "Enqueue a message for each of three instances. Twelve times, fetch "
        "one and end its turn with a message to itself; the first instance "
        "also gets three more before each fetch. The three come in turn, four "
        "times each.",
    .likely_causes = {
        "Instances come by their id or by how many messages they have.",
        "An instance keeps the place of its oldest message after that was "
        "acked.",
        "A fetch goes on with the instance that was served last."}) {
  const std::vector<std::string> instances = {"order-3", "order-1", "order-2"};
  for (const std::string& instance : instances) CreateInstance(t, instance);
  for (const std::string& instance : instances) {
    t.Enqueue(ExternalItem(instance, "go"));
  }
  for (size_t turn = 0; turn < 12; ++turn) {
    for (int i = 0; i < 3; ++i) t.Enqueue(ExternalItem(instances[0], "more"));
    LockedItem item = t.FetchOrchestrationItem();
    t.Expect(item, IsItemOf(instances[turn % 3]), "turn ", turn + 1);
    t.Ack(AckBuilder(item).Orchestrator(
        ExternalItem(item.item().instance(), "again")));
  }
}

CONFORMANCE_CASE(
    fairness, delayed_messages_wait_in_their_place, .profile = Profile::kStrict,
    .clauses = {"FETCH-3", "ENQ-1"},
    .proves =
        "Delayed messages hold back nobody while they are hidden. When they "
        "are not any more, they come by the moment at which they became "
        "visible: behind what was enqueued before that moment, before what "
        "was enqueued after it.",
    .procedure =
        "Enqueue ten starts with a delay, then one without: it comes at once. "
        "Enqueue another one, wait until the delays are over, and enqueue a "
        "last one. Fetch all: the one before, the ten in order, the last one.",
    .likely_causes = {
        "A fetch looks at the oldest message by its enqueueing only.",
        "The order is that of enqueueing, delays left aside.",
        "Delayed messages go to the end of the queue when they become "
        "visible."}) {
  std::vector<Interval> hidden;
  for (int i = 0; i < 10; ++i) {
    hidden.push_back(t.EnqueueDelayed(StartItem(absl::StrCat("delayed-", i)),
                                      t.lock_timeout()));
  }
  t.EnqueueStart("order-1");
  std::optional<LockedItem> first =
      t.TryFetchOrchestrationItem({.lock_timeout = 60 * t.lock_timeout()});
  t.RequireSurely(hidden.front());
  t.Expect(first, ::testing::Optional(IsItemOf("order-1")));

  t.EnqueueStart("order-2");
  t.RequireSurely(hidden.front());
  t.WaitUntilOver(hidden.back());
  t.EnqueueStart("order-3");

  std::vector<std::string> expected = {"order-2"};
  for (int i = 0; i < 10; ++i) expected.push_back(absl::StrCat("delayed-", i));
  expected.emplace_back("order-3");
  t.Expect(FetchAllInOrder(t), ElementsAreArray(expected));
}

CONFORMANCE_CASE(
    fairness, a_late_start_comes_in_the_place_of_what_awaited_it,
    .profile = Profile::kStrict, .clauses = {"FETCH-3", "FETCH-5"},
    .proves =
        "A message that waits for the start of its instance holds back nobody, "
        "and does not lose its place: once the start is visible, the instance "
        "comes by the message that has been visible for longest.",
    .procedure =
        "Enqueue the start of an instance with a delay, an event for it, and "
        "the starts of two other instances. Fetch while the start is hidden: "
        "the first other one. Wait until the delay is over and fetch all: the "
        "instance with its start and its event, then the second other one.",
    .likely_causes = {
        "An instance has one place, worked out when a message is enqueued and "
        "not again when its start becomes visible.",
        "The order is that of the starts.",
        "The start that cannot be given out yet stands at the head of the "
        "queue."}) {
  const Interval hidden =
      t.EnqueueDelayed(StartItem("order-1"), t.lock_timeout());
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.EnqueueStart("order-2");
  t.EnqueueStart("order-3");
  const std::optional<LockedItem> first =
      t.TryFetchOrchestrationItem({.lock_timeout = 60 * t.lock_timeout()});
  t.RequireSurely(hidden);
  t.Expect(first, ::testing::Optional(IsItemOf("order-2")));

  t.WaitUntilOver(hidden);
  const LockedItem started =
      t.FetchOrchestrationItem({.lock_timeout = 60 * t.lock_timeout()});
  t.Expect(
      started.item().messages(),
      AreMessages({StartItem("order-1"), ExternalItem("order-1", "approved")}));
  t.Expect(FetchAllInOrder(t), ::testing::ElementsAre("order-3"));
}

CONFORMANCE_CASE(
    fairness, filtered_out_instances_hold_back_nobody,
    .profile = Profile::kStrict, .clauses = {"FETCH-3", "FETCH-7"},
    .proves =
        "Instances that the filter leaves out hold back nobody, however many "
        "they are and however long they have waited; and they keep their own "
        "order for a caller that takes them.",
    .procedure =
        "Make ten instances pinned to version 2 and two pinned to version 1, "
        "and enqueue a message for each, in this order. Fetch all that version "
        "1 supports: the two, in order. Fetch all that version 2 supports: the "
        "ten, in order.",
    .likely_causes = {
        "The filter is applied to the oldest instance after it was chosen.",
        "The fetch looks at some of the oldest instances only.",
        "Instances that are passed over are locked."}) {
  std::vector<std::string> newer;
  for (int i = 9; i >= 0; --i) newer.push_back(absl::StrCat("newer-", i));
  const std::vector<std::string> older = {"older-2", "older-1"};
  for (const std::string& id : newer) CreatePinned(t, id, Version(2, 0, 0));
  for (const std::string& id : older) CreatePinned(t, id, Version(1, 0, 0));
  for (const std::string& id : newer) t.Enqueue(ExternalItem(id, "go"));
  for (const std::string& id : older) t.Enqueue(ExternalItem(id, "go"));

  t.Expect(FetchAllInOrder(t, SupportsMajor(1)), ElementsAreArray(older));
  t.Expect(FetchAllInOrder(t, SupportsMajor(2)), ElementsAreArray(newer));
}

CONFORMANCE_CASE(
    fairness, many_instances_come_first_in_first_out,
    .profile = Profile::kStrict, .clauses = {"FETCH-3", "FETCH-2"},
    .proves =
        "Of many instances each comes in the order of its oldest message, "
        "with all its messages, whatever its id is and whatever came for it "
        "later.",
    .procedure =
        "Start thirty instances whose ids are in no order, and then enqueue an "
        "event for each, in the opposite order. Fetch all: in the order of the "
        "starts, each with its start and its event.",
    .likely_causes = {
        "Instances come by id, by a hash of it, or by their newest message.",
        "Moments that are equal within a millisecond leave the order to "
        "chance."}) {
  constexpr int kInstances = 30;
  std::vector<std::string> instances;
  for (int i = 0; i < kInstances; ++i) {
    instances.push_back(absl::StrCat("order-", i * 7 % kInstances));
  }
  for (const std::string& instance : instances) t.EnqueueStart(instance);
  for (auto it = instances.rbegin(); it != instances.rend(); ++it) {
    t.Enqueue(ExternalItem(*it, "approved"));
  }
  for (const std::string& instance : instances) {
    LockedItem item =
        t.FetchOrchestrationItem({.lock_timeout = 60 * t.lock_timeout()});
    t.Expect(item, IsItemOf(instance));
    t.Expect(
        item.item().messages(),
        AreMessages({StartItem(instance), ExternalItem(instance, "approved")}));
  }
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
}

CONFORMANCE_CASE(
    fairness, an_instance_that_comes_back_keeps_its_place,
    .profile = Profile::kStrict, .clauses = {"FETCH-3", "ABANDON-1"},
    .proves =
        "An instance that was abandoned, or whose lock ran out, comes back in "
        "its old place. One that was abandoned with a delay comes in the place "
        "of the moment at which the delay ends.",
    .procedure =
        "Start a, b and c. Fetch a, abandon it, and fetch: a again. Abandon it "
        "with a delay, fetch b and let its lock run out; start d. When lock "
        "and delay are over, start e and fetch all: b, c, d, a, e.",
    .likely_causes = {
        "An abandon enqueues the messages anew.",
        "The delay hides the messages and leaves them their old moment.",
        "The end of a lock counts as the moment of its messages."}) {
  for (const char* instance : {"a", "b", "c"}) t.EnqueueStart(instance);
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first, IsItemOf("a"));
  t.Abandon(first);
  LockedItem again = t.FetchOrchestrationItem();
  t.Expect(again, IsItemOf("a"), "it was abandoned without a delay");

  const Interval hidden = t.Abandon(again, {.delay = t.lock_timeout()});
  LockedItem lost = t.FetchOrchestrationItem();
  t.ExpectDuring(hidden, lost, IsItemOf("b"));
  t.EnqueueStart("d");
  t.RequireSurely(hidden);
  t.WaitUntilOver(lost.held);
  t.WaitUntilOver(hidden);
  t.EnqueueStart("e");
  t.Expect(FetchAllInOrder(t), ElementsAreArray({"b", "c", "d", "a", "e"}));
}

}  // namespace
}  // namespace duroxide::conformance
