// Histories that cannot be read back: who gets them, how often, and how they
// end.

#include <string>
#include <string_view>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/pinned_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

// Makes order-1, pinned to `version`, with a history that cannot be read and a
// message.
void CreateCorrupt(Fixture& t, const v1::SemanticVersion& version) {
  CreatePinned(t, "order-1", version);
  CorruptHistory(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
}

// `held` is order-1 with its message, and says that its history is corrupt.
void ExpectCorrupt(Fixture& t, const LockedItem& held) {
  t.Expect(held, IsItemOf("order-1"));
  t.Expect(held.item().has_history_error(), true, "of ", held);
  t.Expect(held.item().history_error(), Not(IsEmpty()), "of ", held);
  t.Expect(held.item().history(), IsEmpty(), "with history_error");
  t.Expect(held.item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));
}

uint32_t MaxAttemptCount(Fixture& t, std::string_view instance) {
  testing_v1::GetMaxAttemptCountRequest request;
  request.set_instance(std::string(instance));
  return t.Do(&Provider::GetMaxAttemptCount, request).attempt_count();
}

CONFORMANCE_CASE(
    capability_filtering, fetch_corrupted_history_filtered_vs_unfiltered,
    .upstream = "test_fetch_corrupted_history_filtered_vs_unfiltered",
    .clauses = {"FETCH-7", "FETCH-8"},
    .needs = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "A corrupt instance that the filter leaves out is skipped like any "
        "other; one that is taken, with a filter or without, comes with "
        "history_error.",
    .procedure =
        "Make an instance that is pinned to 1.0.0, corrupt its history and "
        "enqueue a message. Fetch for 2.x: nothing, and no error. Fetch "
        "without a filter and, after an abandon, for 1.x: the instance with "
        "its message, history_error and no events.",
    .likely_causes = {
        "The fetch reads the history before it applies the filter.",
        "Corrupt histories are an error of the fetch instead of the item.",
        "A filtered fetch reads histories by a way of its own."}) {
  CreateCorrupt(t, Version(1, 0, 0));
  t.Expect(t.TryFetchOrchestrationItem({.filter = SupportsMajor(2)}), NoItem(),
           "1.0.0 is not 2.x");

  LockedItem unfiltered = t.FetchOrchestrationItem();
  ExpectCorrupt(t, unfiltered);
  t.Abandon(unfiltered);
  ExpectCorrupt(t, t.FetchOrchestrationItem({.filter = SupportsMajor(1)}));
}

CONFORMANCE_CASE(
    capability_filtering, fetch_deserialization_error_increments_attempt_count,
    .upstream = "test_fetch_deserialization_error_increments_attempt_count",
    .clauses = {"FETCH-6", "FETCH-8"},
    .needs = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "Each fetch of a corrupt instance counts an attempt, whether the lock "
        "before was given back or ran out.",
    .procedure =
        "Make a corrupt instance with a message: the test service says 0 "
        "attempts. Fetch and abandon it: attempt 1. Fetch it and let the lock "
        "run out: 2. Fetch it: 3, and the test service says the same.",
    .likely_causes = {
        "The attempt is counted in a transaction that the read error rolls "
        "back.",
        "A corrupt item is given back by the provider itself, without its "
        "attempt."}) {
  CreateCorrupt(t, Version(1, 0, 0));
  t.Expect(MaxAttemptCount(t, "order-1"), 0u, "before the first fetch");

  LockedItem first = t.FetchOrchestrationItem();
  ExpectCorrupt(t, first);
  t.Expect(first.attempt_count(), 1u);
  t.Abandon(first);

  LockedItem second = t.FetchOrchestrationItem();
  ExpectCorrupt(t, second);
  t.Expect(second.attempt_count(), 2u);
  t.ExpectDuring(second.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", second);
  t.WaitUntilOver(second.held);

  LockedItem third = t.FetchOrchestrationItem();
  ExpectCorrupt(t, third);
  t.Expect(third.attempt_count(), 3u);
  t.Expect(MaxAttemptCount(t, "order-1"), 3u, "by the test service");
}

CONFORMANCE_CASE(
    capability_filtering, fetch_deserialization_error_eventually_reaches_poison,
    .upstream = "test_fetch_deserialization_error_eventually_reaches_poison",
    .clauses = {"FETCH-6", "FETCH-8", "ACK-3"},
    .needs = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "However often a corrupt instance is fetched, its attempts go on "
        "counting, so that a runtime comes to its limit and can end the "
        "instance for good.",
    .procedure =
        "Make a corrupt instance with a message. Fetch and abandon it ten "
        "times: attempts 1 to 10, each with history_error. Fetch it and ack a "
        "failure: nothing can be fetched any more, and no attempt is left.",
    .likely_causes = {
        "The count has a ceiling, or starts anew after an abandon.",
        "The ack of a corrupt instance fails, so that it never ends."}) {
  constexpr uint32_t kLimit = 10;
  CreateCorrupt(t, Version(1, 0, 0));
  for (uint32_t attempt = 1; attempt <= kLimit; ++attempt) {
    LockedItem held = t.FetchOrchestrationItem();
    ExpectCorrupt(t, held);
    t.Expect(held.attempt_count(), attempt);
    t.Abandon(held);
  }
  t.Expect(MaxAttemptCount(t, "order-1"), kLimit, "by the test service");

  LockedItem poison = t.FetchOrchestrationItem();
  t.Expect(poison.attempt_count(), kLimit + 1);
  t.Ack(AckBuilder(poison)
            .Append(FailedEvent(99))
            .Status(v1::ORCHESTRATION_STATUS_FAILED)
            .Output("poison"));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "its message is gone");
  t.Expect(MaxAttemptCount(t, "order-1"), 0u, "no message is left");
}

CONFORMANCE_CASE(
    capability_filtering, fetch_filter_applied_before_history_deserialization,
    .upstream = "test_fetch_filter_applied_before_history_deserialization",
    .clauses = {"FETCH-7", "FETCH-8", "FETCH-6"},
    .needs = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "A corrupt instance that the filter leaves out keeps nobody from the "
        "instances behind it, and is neither locked nor counted.",
    .procedure =
        "Make a corrupt instance that is pinned to 99.0.0 and a whole one that "
        "is pinned to 1.0.0; the corrupt one's message is older. Fetch for "
        "1.x: the whole one. Fetch for 1.x: nothing, and the test service says "
        "0 attempts for the other. Fetch without a filter: the corrupt one, "
        "with history_error, at the first attempt.",
    .likely_causes = {
        "The fetch takes the oldest instance, reads it and filters then.",
        "The error of reading ends the fetch, so that the instances behind "
        "starve."}) {
  CreatePinned(t, "order-2", Version(1, 0, 0));
  CreateCorrupt(t, Version(99, 0, 0));
  t.Enqueue(ExternalItem("order-2", "approved"));

  LockedItem whole = t.FetchOrchestrationItem({.filter = SupportsMajor(1)});
  t.Expect(whole, IsItemOf("order-2"));
  t.Expect(whole.item().has_history_error(), false);
  t.Expect(whole.item().history(), AreEvents("order-2", 1, {StartedEvent(1)}));
  t.ExpectDuring(whole.held,
                 t.TryFetchOrchestrationItem({.filter = SupportsMajor(1)}),
                 NoItem(), "order-1 is 99.0.0");
  t.Expect(MaxAttemptCount(t, "order-1"), 0u, "it was skipped");

  LockedItem corrupt = t.FetchOrchestrationItem();
  ExpectCorrupt(t, corrupt);
  t.Expect(corrupt.attempt_count(), 1u);
}

CONFORMANCE_CASE(
    capability_filtering, ack_appends_event_to_corrupted_history,
    .upstream = "test_ack_appends_event_to_corrupted_history",
    .clauses = {"ACK-3", "ACK-2", "FETCH-8"},
    .needs = {v1::CAPABILITY_CORRUPTION_HOOK, v1::CAPABILITY_ADMIN},
    .proves =
        "An ack appends to a history that cannot be read, and stores status "
        "and output with it: it needs none of the older events.",
    .procedure =
        "Make a corrupt instance with a message and fetch it: it is running. "
        "Ack an event with id 99999, the status Failed and an output: the "
        "instance and its execution have failed with that output, and there is "
        "one event more. Reading the history is still HISTORY_CORRUPT.",
    .likely_causes = {
        "The ack reads the history, appends and writes it back.",
        "The ack checks that event ids follow each other.",
        "The status of an instance is found by reading its events."}) {
  CreateCorrupt(t, Version(1, 0, 0));
  LockedItem held = t.FetchOrchestrationItem();
  ExpectCorrupt(t, held);
  t.Expect(t.GetInstanceInfo("order-1").status(),
           v1::ORCHESTRATION_STATUS_RUNNING);
  const uint64_t before = t.GetExecutionInfo("order-1", 1).event_count();

  t.Ack(AckBuilder(held)
            .Append(FailedEvent(99'999, "cannot be read back"))
            .Status(v1::ORCHESTRATION_STATUS_FAILED)
            .Output("cannot be read back"));

  const v1::InstanceInfo instance = t.GetInstanceInfo("order-1");
  t.Expect(instance.status(), v1::ORCHESTRATION_STATUS_FAILED);
  t.Expect(instance.output(), "cannot be read back");
  const v1::ExecutionInfo execution = t.GetExecutionInfo("order-1", 1);
  t.Expect(execution.status(), v1::ORCHESTRATION_STATUS_FAILED);
  t.Expect(execution.event_count(), before + 1);
  v1::ReadHistoryRequest read;
  read.set_instance("order-1");
  t.ExpectError(t.Call(&Provider::ReadHistory, read),
                v1::ERROR_REASON_HISTORY_CORRUPT);
}

}  // namespace
}  // namespace duroxide::conformance
