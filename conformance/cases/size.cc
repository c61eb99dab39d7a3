// Large messages: up to the limit, and above it. The limit is the provider's
// own, so these cases move as much as that.

#include <algorithm>
#include <string>
#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/error_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/durations.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

constexpr uint64_t kMebibyte = uint64_t{1} << 20;

uint64_t LimitOf(const Fixture& t) {
  return t.provider_info().limits().max_message_bytes();
}

// A text of that many bytes, which differ from place to place.
std::string LargeText(uint64_t bytes) {
  std::string text(bytes, 'x');
  for (uint64_t i = 0; i < bytes; i += 997) text[i] = 'a' + i / 997 % 26;
  return text;
}

// Events `first` and so on, each of that many bytes or a few more.
std::vector<v1::Event> LargeEvents(uint64_t first, uint64_t count,
                                   uint64_t bytes) {
  std::vector<v1::Event> events;
  for (uint64_t id = first; id < first + count; ++id) {
    events.push_back(WithOwner(
        ActivityScheduledEvent(id, std::to_string(id), LargeText(bytes)),
        "order-1", 1));
  }
  return events;
}

void Append(Fixture& t, const std::vector<v1::Event>& events) {
  v1::AppendHistoryRequest append;
  append.set_instance("order-1");
  append.set_execution_id(1);
  append.mutable_events()->Add(events.begin(), events.end());
  t.Do(&Provider::AppendHistory, append);
}

// True where the lists are the same; said so, because a failure must not print
// all of them.
template <typename Events>
bool AreSame(const Events& seen, const std::vector<v1::Event>& expected) {
  return std::equal(seen.begin(), seen.end(), expected.begin(), expected.end(),
                    [](const v1::Event& a, const v1::Event& b) {
                      return a.SerializeAsString() == b.SerializeAsString();
                    });
}

// Makes a request larger than may be, and hardly so, by a text that it holds.
template <typename Request>
void GrowAbove(uint64_t limit, Request& request, std::string& text) {
  text.assign(limit - 1'000, 'x');
  text.append(limit + 1 - request.ByteSizeLong(), 'x');
}

CONFORMANCE_CASE(
    size, large_history, .profile = Profile::kStrict,
    .clauses = {"WIRE-8", "FETCH-8", "FETCH-4", "ACK-3"},
    .proves =
        "A history of half the message limit, 32 MiB by default, is appended "
        "in parts, read whole, and fetched whole. Where it has grown above the "
        "limit, reading it is MESSAGE_TOO_LARGE, and the instance is still "
        "given out, locked, with history_error and no events, and can be acked "
        "and so be handled as poison.",
    .procedure =
        "Append events of 1 MiB until the history has half the size of the "
        "largest message, read it, and fetch the instance: all events, each as "
        "it was. Append as much again and a little more. Read: "
        "MESSAGE_TOO_LARGE. Abandon and fetch: an item with history_error. Ack "
        "it: it is committed.",
    .likely_causes = {
        "gRPC's own limit of 4 MiB holds on the provider's side.",
        "The history is kept in one value, which has a limit.",
        "A fetch whose reply is too large fails, and the instance is locked "
        "and blocks the queue.",
        "The reply is refused by the transport, without a detail."}) {
  const uint64_t half = std::min<uint64_t>(LimitOf(t) / 2, 32 * kMebibyte);
  const uint64_t each = std::min<uint64_t>(half / 8, kMebibyte);
  const uint64_t per_append = 8;
  std::vector<v1::Event> events;
  const auto grow_to = [&](uint64_t bytes) {
    while (events.size() * each < bytes) {
      const auto more = LargeEvents(events.size() + 1, per_append, each);
      Append(t, more);
      events.insert(events.end(), more.begin(), more.end());
    }
  };
  grow_to(half);
  t.Expect(AreSame(t.ReadHistory("order-1"), events), true,
           "the events of a history of ", half, " bytes, read");
  t.EnqueueStart("order-1");
  const FetchOptions for_long = {.lock_timeout = 20 * t.lock_timeout()};
  const LockedItem whole = t.FetchOrchestrationItem(for_long);
  t.Expect(whole.item().has_history_error(), false);
  t.Expect(AreSame(whole.item().history(), events), true,
           "the events of a history of ", half, " bytes, fetched");

  grow_to(LimitOf(t) + 1);
  v1::ReadHistoryRequest read;
  read.set_instance("order-1");
  ExpectDetailedError(t, t.Call(&Provider::ReadHistory, read).status(),
                      v1::ERROR_REASON_MESSAGE_TOO_LARGE, "ReadHistory");
  t.Abandon(whole);
  const LockedItem poison = t.FetchOrchestrationItem(for_long);
  t.Expect(poison, IsItemOf("order-1"));
  t.Expect(poison.item().history_error(), ::testing::Not(::testing::IsEmpty()));
  t.Expect(poison.item().history_size(), 0);
  t.Expect(poison.item().messages(), AreMessages({StartItem("order-1")}));
  t.Expect(poison.attempt_count(), 2u);
  t.Ack(AckBuilder(poison)
            .Append(FailedEvent(events.size() + 1))
            .Status(v1::ORCHESTRATION_STATUS_FAILED));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
}

CONFORMANCE_CASE(
    size, request_above_the_limit, .profile = Profile::kStrict,
    .clauses = {"WIRE-8", "WIRE-2", "ACK-1"},
    .proves =
        "A request that is hardly larger than max_message_bytes is "
        "MESSAGE_TOO_LARGE: RESOURCE_EXHAUSTED, permanent, with a detail that "
        "names the method. It changes nothing: nothing is enqueued, and the "
        "lock of a turn is still held.",
    .procedure =
        "Enqueue an activity in a request of one byte above the limit, and "
        "ack a turn with such a request: MESSAGE_TOO_LARGE. No activity is "
        "there and no event; a small ack with the same token is committed.",
    .likely_causes = {
        "The transport refuses the request by itself: without a detail, "
        "clients try for ever.",
        "The limit that is told is not the one that holds."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  const LockedItem turn =
      t.FetchOrchestrationItem({.lock_timeout = 20 * t.lock_timeout()});

  v1::EnqueueWorkItemRequest enqueue;
  enqueue.set_store(t.store());
  *enqueue.mutable_item() = ActivityItem("order-1", 2);
  GrowAbove(
      LimitOf(t), enqueue,
      *enqueue.mutable_item()->mutable_activity_execute()->mutable_input());
  t.Expect(enqueue.ByteSizeLong(), ::testing::Gt(LimitOf(t)));
  ExpectDetailedError(t, t.Call(&Provider::EnqueueWorkItem, enqueue).status(),
                      v1::ERROR_REASON_MESSAGE_TOO_LARGE, "EnqueueWorkItem");
  t.Expect(t.TryFetchWorkItem(), NoItem());

  v1::AckOrchestrationItemRequest ack =
      AckBuilder(turn).Append(ActivityScheduledEvent(2));
  ack.set_store(t.store());
  GrowAbove(LimitOf(t), ack,
            *ack.mutable_history_delta(0)
                 ->mutable_activity_scheduled()
                 ->mutable_input());
  ExpectDetailedError(t, t.TryAck(ack), v1::ERROR_REASON_MESSAGE_TOO_LARGE,
                      "AckOrchestrationItem");
  t.Ack(AckBuilder(turn).Append(TimerCreatedEvent(2, 1)));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1), TimerCreatedEvent(2, 1)}));
}

CONFORMANCE_CASE(
    size, batch_above_the_limit, .profile = Profile::kStrict,
    .clauses = {"WIRE-8", "WIRE-6", "WIRE-4"},
    .needs = {v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "A batch ends before the item that would make the reply too large: "
        "that one is not locked, and the next fetch gives it.",
    .procedure =
        "Enqueue two activities, each of a little more than half the message "
        "limit. Fetch up to ten: the first one. Fetch again: the second one. "
        "Both come as they were, on their first attempt.",
    .likely_causes = {
        "The whole batch is locked and then found to be too large, and the "
        "fetch fails.",
        "What does not fit is left out of the reply but stays locked."}) {
  const std::string input = LargeText(LimitOf(t) / 2 + 1'000);
  for (const uint64_t id : {1, 2}) {
    t.EnqueueWork(ActivityItem("order-1", id, {.input = input}));
  }
  for (const uint64_t id : {1, 2}) {
    const std::vector<LockedWork> fetched =
        t.FetchWorkItems(10, {.lock_timeout = 20 * t.lock_timeout()});
    t.Expect(fetched.size(), 1u, "activities of fetch ", id);
    const v1::ActivityExecuteItem& activity =
        fetched[0].item().activity_execute();
    t.Expect(activity.id(), id);
    t.Expect(activity.input() == input, true, "input of activity ", id,
             " is as it was");
    t.Expect(fetched[0].attempt_count(), 1u);
    t.AckWork(fetched[0]);
  }
}

}  // namespace
}  // namespace duroxide::conformance
