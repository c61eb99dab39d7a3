// The lock on an instance: one holder, and only over what was fetched.

#include <set>
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
    instance_locking, exclusive_instance_lock,
    .upstream = "test_exclusive_instance_lock", .clauses = {"FETCH-1"},
    .proves =
        "While an instance is locked no other fetch gets it; when the lock has "
        "run out the next one does, under a new token.",
    .procedure =
        "Enqueue a start and fetch it. Fetch again: nothing. Wait until the "
        "lock has run out and fetch: the same message, another token.",
    .likely_causes = {
        "The fetch selects the instance in one statement and locks it in "
        "another.",
        "The lock covers the fetched messages and not the instance.",
        "A lock that ran out is never taken over."}) {
  t.EnqueueStart("order-1");
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first, IsItemOf("order-1"));
  t.ExpectDuring(first.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", first);

  t.WaitUntilOver(first.held);
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.Expect(second.item().messages(), AreMessages({StartItem("order-1")}));
  t.Expect(second.token(), ::testing::Ne(first.token()));
}

CONFORMANCE_CASE(
    instance_locking, lock_token_uniqueness,
    .upstream = "test_lock_token_uniqueness", .clauses = {"FETCH-1", "WIRE-6"},
    .proves =
        "Every fetch gives a token of its own, also for an instance that was "
        "held before and for activities, and long enough to hold 128 random "
        "bits.",
    .procedure =
        "Fetch ten instances, give them all back and fetch them again; fetch "
        "ten activities. All thirty tokens differ and have at least 16 bytes.",
    .likely_causes = {
        "The token is the instance's id, a row number or a time stamp.",
        "The token stays with the instance when it is given back."}) {
  constexpr int kItems = 10;
  for (int i = 0; i < kItems; ++i) t.EnqueueStart(absl::StrCat("order-", i));
  for (int i = 0; i < kItems; ++i)
    t.EnqueueWork(ActivityItem("order-0", i + 2));

  std::vector<LockedItem> first;
  for (int i = 0; i < kItems; ++i) first.push_back(t.FetchOrchestrationItem());
  std::vector<std::string> tokens;
  for (const LockedItem& item : first) {
    tokens.push_back(item.token());
    t.Abandon(item);
  }
  for (int i = 0; i < kItems; ++i) {
    tokens.push_back(t.FetchOrchestrationItem().token());
    tokens.push_back(t.FetchWorkItem().token());
  }

  t.Expect(tokens, ::testing::Each(::testing::SizeIs(::testing::Ge(16u))));
  const std::set<std::string> distinct(tokens.begin(), tokens.end());
  t.Expect(distinct.size(), tokens.size(), "distinct tokens");
}

CONFORMANCE_CASE(
    instance_locking, invalid_lock_token_rejection,
    .upstream = "test_invalid_lock_token_rejection",
    .clauses = {"ACK-1", "ABANDON-1", "RENEW-1"},
    .proves =
        "Ack, abandon and renewal with an unknown token fail with LOCK_LOST "
        "and leave the lock that somebody else holds.",
    .procedure =
        "Hold an instance. Ack, abandon and renew with a token that no fetch "
        "gave: LOCK_LOST each. The instance cannot be fetched. Ack it with its "
        "own token: it is committed.",
    .likely_causes = {"An abandon that finds no lock is answered with OK.",
                      "The abandon frees by instance instead of by token."}) {
  t.EnqueueStart("order-1");
  LockedItem held = t.FetchOrchestrationItem();

  t.ExpectError(t.TryAck(FirstAck(held).LockToken(kUnknownToken)),
                v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryAbandon(kUnknownToken), v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryRenew(kUnknownToken, t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST);

  t.ExpectDuring(held.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", held);
  t.Ack(FirstAck(held));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));
}

CONFORMANCE_CASE(
    instance_locking, completions_arriving_during_lock_blocked,
    .upstream = "test_completions_arriving_during_lock_blocked",
    .clauses = {"FETCH-1", "FETCH-2"},
    .proves =
        "Messages of every kind that arrive for a locked instance give nobody "
        "else a hold on it. When the lock has run out they come with those "
        "fetched before, in the order in which they were enqueued.",
    .procedure =
        "Hold an instance by its start. Enqueue one message of each other kind "
        "for it: it cannot be fetched. Wait until the lock has run out and "
        "fetch: the start and all the others, in order.",
    .likely_causes = {
        "The fetch asks for messages that are not locked, instead of for "
        "instances.",
        "Messages are ordered by time stamps that are equal within a "
        "millisecond, or by kind."}) {
  const std::vector<v1::WorkItem> arrivals = {
      CompletedItem("order-1", 2),        FailedItem("order-1", 3),
      TimerItem("order-1", 4, 1),         ExternalItem("order-1", "approved"),
      ChildCompletedItem("order-1", 5),   ChildFailedItem("order-1", 6),
      QueueMessage("order-1", "remarks"), CancelItem("order-1"),
      ContinueAsNewItem("order-1")};
  t.EnqueueStart("order-1");
  LockedItem held = t.FetchOrchestrationItem();
  for (const v1::WorkItem& message : arrivals) t.Enqueue(message);
  t.ExpectDuring(held.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", held);

  t.WaitUntilOver(held.held);
  std::vector<v1::WorkItem> all = {StartItem("order-1")};
  all.insert(all.end(), arrivals.begin(), arrivals.end());
  LockedItem next = t.FetchOrchestrationItem();
  t.Expect(next, IsItemOf("order-1"));
  t.Expect(next.item().messages(), AreMessages(all));
}

CONFORMANCE_CASE(
    instance_locking, cross_instance_lock_isolation,
    .upstream = "test_cross_instance_lock_isolation", .clauses = {"FETCH-1"},
    .proves =
        "The lock on one instance keeps no other instance back, however often "
        "that one takes turns meanwhile.",
    .procedure =
        "Hold one of two instances. Fetch and ack the other one twice, with a "
        "new message each time. Ack the first one: its lock still holds.",
    .likely_causes = {
        "The fetch looks at the head of the queue only and gives up where that "
        "is locked.",
        "One instance's ack deletes or overwrites other locks."}) {
  CreateInstance(t, "order-1");
  CreateInstance(t, "order-2");
  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first, IsItemOf("order-1"));
  // order-1 has a message waiting, too, so that it stays first in the queue.
  t.Enqueue(ExternalItem("order-1", "paid"));

  for (uint64_t turn = 2; turn <= 3; ++turn) {
    t.Enqueue(CompletedItem("order-2", turn));
    LockedItem other = t.FetchOrchestrationItem();
    t.Expect(other, IsItemOf("order-2"), "order-1 is locked by ", first);
    t.Expect(other.item().messages(),
             AreMessages({CompletedItem("order-2", turn)}));
    t.Ack(AckBuilder(other).Append(TimerCreatedEvent(turn, 1)));
  }

  t.Ack(AckBuilder(first).Append(TimerCreatedEvent(2, 1)));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1), TimerCreatedEvent(2, 1)}));
}

CONFORMANCE_CASE(
    instance_locking, message_tagging_during_lock,
    .upstream = "test_message_tagging_during_lock", .clauses = {"FETCH-2"},
    .proves =
        "The messages of a batch are marked when they are fetched: one that "
        "arrives later survives the ack and is the whole of the next batch.",
    .procedure =
        "Enqueue two completions and fetch them. Enqueue a third. Ack, and "
        "fetch: the third only. Ack that: nothing is left.",
    .likely_causes = {
        "The ack deletes all messages of the instance.",
        "The ack deletes the messages up to a time, and the third one has the "
        "same millisecond."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(CompletedItem("order-1", 2));
  t.Enqueue(CompletedItem("order-1", 3));
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first.item().messages(), AreMessages({CompletedItem("order-1", 2),
                                                 CompletedItem("order-1", 3)}));

  t.Enqueue(CompletedItem("order-1", 4));
  t.Ack(AckBuilder(first));

  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.Expect(second.item().messages(),
           AreMessages({CompletedItem("order-1", 4)}));
  t.Ack(AckBuilder(second));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
}

CONFORMANCE_CASE(
    instance_locking, ack_only_affects_locked_messages,
    .upstream = "test_ack_only_affects_locked_messages",
    .clauses = {"FETCH-2", "ACK-1"},
    .proves =
        "An ack removes the fetched messages and no others: not those that "
        "arrived meanwhile, not one that was still hidden, not those of other "
        "instances.",
    .procedure =
        "Enqueue a message with a delay and one without, and fetch: the second "
        "only. Enqueue two more, and one for another instance. Ack and fetch: "
        "the two. Fetch: the other instance. When the delay is over, the first "
        "message comes.",
    .likely_causes = {
        "The ack deletes by instance, or deletes all that was enqueued before "
        "it.",
        "The fetch marks hidden messages too."}) {
  CreateInstance(t, "order-1");
  CreateInstance(t, "order-2");
  const Interval hidden =
      t.EnqueueDelayed(CompletedItem("order-1", 2), t.lock_timeout());
  t.Enqueue(CompletedItem("order-1", 3));
  LockedItem first = t.FetchOrchestrationItem();
  t.ExpectDuring(hidden, first.item().messages(),
                 AreMessages({CompletedItem("order-1", 3)}));

  t.Enqueue(CompletedItem("order-1", 4));
  t.Enqueue(CompletedItem("order-1", 5));
  t.Enqueue(CompletedItem("order-2", 2));
  t.Ack(AckBuilder(first));

  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.ExpectDuring(
      hidden, second.item().messages(),
      AreMessages({CompletedItem("order-1", 4), CompletedItem("order-1", 5)}));
  t.Ack(AckBuilder(second));

  LockedItem other = t.FetchOrchestrationItem();
  t.ExpectDuring(hidden, other, IsItemOf("order-2"));
  t.Expect(other.item().messages(), AreMessages({CompletedItem("order-2", 2)}));
  t.Ack(AckBuilder(other));

  LockedItem delayed = t.FetchOrchestrationItemWithin();
  t.Expect(delayed, IsItemOf("order-1"));
  t.Expect(delayed.item().messages(),
           AreMessages({CompletedItem("order-1", 2)}));
}

}  // namespace
}  // namespace duroxide::conformance
