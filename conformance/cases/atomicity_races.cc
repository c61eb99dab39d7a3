// Calls that race for the same lock: one of them wins, and the state is what
// that one says.

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    atomicity, one_of_many_acks_of_an_activity_counts,
    .profile = Profile::kStrict, .clauses = {"WORK-2"},
    .proves =
        "Of many acks of one activity at the same moment exactly one succeeds, "
        "and its completion is the only one that the instance gets. The others "
        "are LOCK_LOST.",
    .procedure =
        "Hold an activity of an instance that exists. Eight threads ack it, "
        "each with a result of its own: one succeeds, seven are LOCK_LOST. The "
        "instance gets the result of the one.",
    .likely_causes = {
        "The lock is looked up in one statement and the item deleted in "
        "another.",
        "The completion is enqueued before it is known who has won."}) {
  constexpr int kThreads = 8;
  CreateInstance(t, "order-1");
  LockedWork work = FetchSomeActivity(t);
  std::array<absl::Status, kThreads> results;
  t.Concurrently(kThreads, [&](int i) {
    results[static_cast<size_t>(i)] = t.TryAckWork(
        work.token(), CompletionOf(SomeActivity(), absl::StrCat(i)));
  });
  std::optional<int> winner;
  for (int i = 0; i < kThreads; ++i) {
    const absl::Status& result = results[static_cast<size_t>(i)];
    if (!result.ok()) {
      t.ExpectError(result, v1::ERROR_REASON_LOCK_LOST);
      continue;
    }
    t.Expect(winner, ::testing::Eq(std::nullopt), "another ack succeeded");
    winner = i;
  }
  if (!winner) t.Fail("one ack that succeeds", "none");
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(SomeActivity(), absl::StrCat(*winner))}));
  t.Expect(t.TryFetchWorkItem(), NoItem());
}

CONFORMANCE_CASE(
    atomicity, an_ack_and_an_abandon_exclude_each_other,
    .profile = Profile::kStrict,
    .clauses = {"ACK-1", "ABANDON-1", "WORK-2", "WORK-3"},
    .proves =
        "Of an ack and an abandon of the same lock at the same moment exactly "
        "one succeeds, and what is left is what that one leaves: nothing, or "
        "the item at its next attempt. So in both queues.",
    .procedure =
        "Six times, hold an instance and an activity. Four threads ack and "
        "abandon the two, all at once: one of each two succeeds, the other is "
        "LOCK_LOST. Where the abandon did, the item comes at once, attempt 2; "
        "else nothing comes.",
    .likely_causes = {
        "The lock is checked in one statement and released in another.",
        "An abandon that comes second brings a finished item back."}) {
  for (int round = 0; round < 6; ++round) {
    const std::string instance = absl::StrCat("order-", round);
    const v1::WorkItem activity = ActivityItem(instance, 2);
    t.EnqueueStart(instance);
    t.EnqueueWork(activity);
    LockedItem item = t.FetchOrchestrationItem();
    LockedWork work = t.FetchWorkItem();
    absl::Status acked, abandoned, work_acked, work_abandoned;
    t.Concurrently(4, [&](int i) {
      if (i == 0) acked = t.TryAck(FirstAck(item));
      if (i == 1) abandoned = t.TryAbandon(item.token()).status();
      if (i == 2) work_acked = t.TryAckWork(work.token());
      if (i == 3) work_abandoned = t.TryAbandonWork(work.token()).status();
    });

    t.Expect(acked.ok(), !abandoned.ok(), "ack: ", acked,
             ", abandon: ", abandoned);
    t.ExpectError(acked.ok() ? abandoned : acked, v1::ERROR_REASON_LOCK_LOST);
    t.Expect(work_acked.ok(), !work_abandoned.ok(), "ack: ", work_acked,
             ", abandon: ", work_abandoned);
    t.ExpectError(work_acked.ok() ? work_abandoned : work_acked,
                  v1::ERROR_REASON_LOCK_LOST);

    const std::optional<LockedItem> left = t.TryFetchOrchestrationItem();
    t.Expect(left.has_value(), abandoned.ok(), "the instance is left");
    if (left) {
      t.Expect(left->attempt_count(), 2u);
      t.Ack(FirstAck(*left));
    }
    const std::optional<LockedWork> left_work = t.TryFetchWorkItem();
    t.Expect(left_work.has_value(), work_abandoned.ok(),
             "the activity is left");
    if (left_work) {
      t.Expect(left_work->attempt_count(), 2u);
      t.AckWork(*left_work);
    }
    t.Expect(t.ReadHistory(instance),
             AreEvents(instance, 1, {StartedEvent(1)}));
  }
}

CONFORMANCE_CASE(
    atomicity, messages_that_race_with_turns_come_once,
    .profile = Profile::kStrict, .clauses = {"FETCH-2", "ACK-1", "ENQ-1"},
    .proves =
        "Messages that are enqueued while an instance takes one turn after the "
        "other are each given to exactly one turn, and those of one sender in "
        "the order in which it sent them.",
    .procedure =
        "Three threads enqueue ten events each for one instance, while a "
        "fourth fetches and acks until it has seen thirty. It has seen each "
        "once, each sender's in order; nothing is left.",
    .likely_causes = {
        "An ack deletes what arrived after its fetch.",
        "A message is stored under a number or time that a turn which is under "
        "way has passed already.",
        "A message that arrives during a turn waits for the next message to be "
        "noticed."}) {
  constexpr size_t kSenders = 3;
  constexpr size_t kEach = 10;
  CreateInstance(t, "order-1");
  std::array<std::vector<std::string>, kSenders> seen;
  size_t count = 0;
  const auto take_turn = [&] {
    if (const auto turn = t.TryFetchOrchestrationItem()) {
      for (const v1::WorkItem& message : turn->item().messages()) {
        const v1::ExternalRaisedItem& event = message.external_raised();
        seen.at(static_cast<size_t>(event.name().at(0) - 'a'))
            .push_back(event.data());
        ++count;
      }
      t.Ack(AckBuilder(*turn));
    }
    return count;
  };
  t.Concurrently(kSenders + 1, [&](int i) {
    const auto thread = static_cast<size_t>(i);
    if (thread == kSenders) {
      t.Eventually(take_turn, ::testing::Ge(kSenders * kEach), "events seen");
      return;
    }
    const std::string sender(1, static_cast<char>('a' + i));
    for (size_t n = 0; n < kEach; ++n) {
      t.Enqueue(ExternalItem("order-1", sender, absl::StrCat(n)));
    }
  });

  std::vector<std::string> in_order;
  for (size_t n = 0; n < kEach; ++n) in_order.push_back(absl::StrCat(n));
  t.Expect(seen, ::testing::Each(::testing::ElementsAreArray(in_order)));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
}

}  // namespace
}  // namespace duroxide::conformance
