// Which instances a fetch takes, by the version that their execution is pinned
// to.

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/pinned_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    capability_filtering, fetch_with_filter_none_returns_any_item,
    .upstream = "test_fetch_with_filter_none_returns_any_item",
    .clauses = {"FETCH-7"},
    .proves =
        "A fetch without a filter takes every instance, whatever version its "
        "execution is pinned to, and also where it is pinned to none.",
    .procedure =
        "Make three instances: pinned to 0.0.1, pinned to 99.0.0, and not "
        "pinned. Fetch three times without a filter: all three come, in the "
        "order of their messages.",
    .likely_causes = {
        "No filter is taken for a filter that supports nothing.",
        "The provider filters by a version of its own.",
        "A join with the pinned versions drops instances that have none."}) {
  CreatePinned(t, "order-1", Version(0, 0, 1));
  CreatePinned(t, "order-2", Version(99, 0, 0));
  CreateInstance(t, "order-3");
  for (const char* instance : {"order-1", "order-2", "order-3"}) {
    t.Enqueue(ExternalItem(instance, "approved"));
  }

  for (const char* instance : {"order-1", "order-2", "order-3"}) {
    t.Expect(t.FetchOrchestrationItem(), IsItemOf(instance));
  }
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "all are locked");
}

CONFORMANCE_CASE(
    capability_filtering, fetch_with_compatible_filter_returns_item,
    .upstream = "test_fetch_with_compatible_filter_returns_item",
    .clauses = {"FETCH-7", "FETCH-4"},
    .proves =
        "A fetch whose filter holds the pinned version takes the instance, "
        "whole and locked like any other.",
    .procedure =
        "Make an instance that is pinned to 1.2.3 and enqueue a message for "
        "it. Fetch with the range 1.0.0 to 1.9.9: the instance comes with its "
        "history and message, at the first attempt. Fetch again: nothing, with "
        "the filter and without. Ack: it is committed.",
    .likely_causes = {
        "The comparison is turned round, or compares text.",
        "A filtered fetch has a query of its own, which leaves out messages, "
        "history or lock."}) {
  CreatePinned(t, "order-1", Version(1, 2, 3));
  t.Enqueue(ExternalItem("order-1", "approved"));
  const FetchOptions compatible = {
      .filter = Supports({VersionRange(Version(1, 0, 0), Version(1, 9, 9))})};

  LockedItem held = t.FetchOrchestrationItem(compatible);
  t.Expect(held, IsItemOf("order-1"));
  t.Expect(held.item().history(), AreEvents("order-1", 1, {StartedEvent(1)}));
  t.Expect(held.item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));
  t.Expect(held.attempt_count(), 1u);
  t.ExpectDuring(held.held, t.TryFetchOrchestrationItem(compatible), NoItem(),
                 "order-1 is locked by ", held);
  t.ExpectDuring(held.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", held);

  t.Ack(AckBuilder(held).Append(TimerCreatedEvent(2, 1)));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1), TimerCreatedEvent(2, 1)}));
}

CONFORMANCE_CASE(
    capability_filtering, fetch_with_incompatible_filter_skips_item,
    .upstream = "test_fetch_with_incompatible_filter_skips_item",
    .clauses = {"FETCH-7"},
    .proves =
        "A fetch whose filter lies above or below the pinned version gets "
        "nothing, and the instance is there for others as if nobody had asked.",
    .procedure =
        "Make an instance that is pinned to 1.2.3 and enqueue a message for "
        "it. Fetch with a range above and with one below: nothing. Fetch "
        "without a filter: the instance with its message, at the first "
        "attempt.",
    .likely_causes = {"The filter is not looked at.",
                      "Only one of the two bounds is compared.",
                      "Attempts are counted before the filter is applied."}) {
  CreatePinned(t, "order-1", Version(1, 2, 3));
  t.Enqueue(ExternalItem("order-1", "approved"));

  t.Expect(t.TryFetchOrchestrationItem({.filter = SupportsMajor(2)}), NoItem(),
           "1.2.3 is below 2.x");
  t.Expect(t.TryFetchOrchestrationItem({.filter = SupportsMajor(0)}), NoItem(),
           "1.2.3 is above 0.x");

  LockedItem unfiltered = t.FetchOrchestrationItem();
  t.Expect(unfiltered, IsItemOf("order-1"));
  t.Expect(unfiltered.item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));
  t.Expect(unfiltered.attempt_count(), 1u);
}

CONFORMANCE_CASE(
    capability_filtering, fetch_filter_skips_incompatible_selects_compatible,
    .upstream = "test_fetch_filter_skips_incompatible_selects_compatible",
    .clauses = {"FETCH-7", "FETCH-3"},
    .proves =
        "A fetch goes past instances that its filter leaves out, however long "
        "they have waited and however many they are, to the first one that it "
        "may take.",
    .procedure =
        "Make twenty instances that are pinned to 1.0.0 and one, the last, "
        "that is pinned to 2.0.0; each has a message. Fetch for 2.x: the last "
        "one, and then nothing. Fetch for 1.x: the first one.",
    .likely_causes = {
        "The fetch picks the oldest instance, finds that the filter leaves it "
        "out, and gives up.",
        "The fetch looks at a limited number of candidates only.",
        "The filter is applied after the item was chosen."}) {
  constexpr int kIncompatible = 20;
  std::vector<std::string> instances;
  for (int i = 1; i <= kIncompatible; ++i) {
    instances.push_back(absl::StrCat("order-", i));
    CreatePinned(t, instances.back(), Version(1, 0, 0));
  }
  CreatePinned(t, "order-new", Version(2, 0, 0));
  for (const std::string& instance : instances) {
    t.Enqueue(ExternalItem(instance, "approved"));
  }
  t.Enqueue(ExternalItem("order-new", "approved"));

  LockedItem newest = t.FetchOrchestrationItem({.filter = SupportsMajor(2)});
  t.Expect(newest, IsItemOf("order-new"));
  t.ExpectDuring(newest.held,
                 t.TryFetchOrchestrationItem({.filter = SupportsMajor(2)}),
                 NoItem(), "the others are 1.0.0");
  t.Expect(t.FetchOrchestrationItem({.filter = SupportsMajor(1)}),
           IsItemOf("order-1"));
}

CONFORMANCE_CASE(
    capability_filtering, fetch_filter_does_not_lock_skipped_instances,
    .upstream = "test_fetch_filter_does_not_lock_skipped_instances",
    .clauses = {"FETCH-7", "FETCH-6"},
    .proves =
        "An instance that a filter leaves out is neither locked nor counted, "
        "whether the fetch that skipped it got something else or nothing.",
    .procedure =
        "Make an instance for 1.x and one for 2.x, each with a message. Fetch "
        "for 2.x: the second. Fetch for 2.x twice more: nothing. Fetch for "
        "1.x: the first comes at once, at the first attempt.",
    .likely_causes = {
        "The fetch locks what it looks at and then drops what does not match.",
        "The attempts of skipped messages are counted.",
        "A skipped instance is hidden for a while to get it out of the way."}) {
  CreatePinned(t, "order-1", Version(1, 0, 0));
  CreatePinned(t, "order-2", Version(2, 0, 0));
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Enqueue(ExternalItem("order-2", "approved"));

  LockedItem other = t.FetchOrchestrationItem({.filter = SupportsMajor(2)});
  t.Expect(other, IsItemOf("order-2"), "order-1 is skipped");
  for (int fetch = 1; fetch <= 2; ++fetch) {
    t.ExpectDuring(other.held,
                   t.TryFetchOrchestrationItem({.filter = SupportsMajor(2)}),
                   NoItem(), "only order-1 is left, fetch ", fetch);
  }

  LockedItem skipped = t.FetchOrchestrationItem({.filter = SupportsMajor(1)});
  t.Expect(skipped, IsItemOf("order-1"));
  t.Expect(skipped.attempt_count(), 1u, "it was skipped three times");
}

CONFORMANCE_CASE(
    capability_filtering, fetch_filter_null_pinned_version_always_compatible,
    .upstream = "test_fetch_filter_null_pinned_version_always_compatible",
    .clauses = {"FETCH-7"},
    .proves =
        "An execution without a pinned version passes every filter that has a "
        "range, and so does an instance that has no record yet.",
    .procedure =
        "Enqueue a start and fetch it for 99.x: it comes. Ack without a pinned "
        "version, enqueue a message and fetch for 99.x and, after an abandon, "
        "for 0.x: it comes. Ack with the pinned version 1.0.0 and enqueue a "
        "message: for 99.x nothing comes any more.",
    .likely_causes = {
        "A comparison with an absent version is false, as in SQL.",
        "No pinned version is stored as 0.0.0.",
        "New instances are filtered by the version of the orchestration."}) {
  const FetchOptions far_above = {.filter = SupportsMajor(99)};
  t.EnqueueStart("order-1");
  LockedItem started = t.FetchOrchestrationItem(far_above);
  t.Expect(started, IsItemOf("order-1"), "it has no record yet");
  t.Ack(FirstAck(started));

  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem unpinned = t.FetchOrchestrationItem(far_above);
  t.Expect(unpinned, IsItemOf("order-1"), "it is not pinned");
  t.Abandon(unpinned);
  unpinned = t.FetchOrchestrationItem({.filter = SupportsMajor(0)});
  t.Expect(unpinned, IsItemOf("order-1"), "it is not pinned");

  t.Ack(AckBuilder(unpinned).PinnedVersion(Version(1, 0, 0)));
  t.Enqueue(ExternalItem("order-1", "paid"));
  t.Expect(t.TryFetchOrchestrationItem(far_above), NoItem(), "now it is");
  t.Expect(t.FetchOrchestrationItem({.filter = SupportsMajor(1)}),
           IsItemOf("order-1"));
}

CONFORMANCE_CASE(
    capability_filtering, fetch_filter_boundary_versions,
    .upstream = "test_fetch_filter_boundary_versions", .clauses = {"FETCH-7"},
    .proves =
        "Both bounds of the range belong to it, and what lies one patch "
        "outside does not. Versions are compared number by number, not as text "
        "and not as one number.",
    .procedure =
        "Take the range 1.2.3 to 1.10.5. For each of several versions make an "
        "instance that is pinned to it and fetch it with the filter: 1.2.3, "
        "1.2.1000, 1.9.0, 1.10.0 and 1.10.5 come; 1.2.2, 1.1.9999, 0.10.5, "
        "1.10.6, 1.11.0 and 2.0.0 do not. A fetch without a filter gives each "
        "of these.",
    .likely_causes = {
        "One of the bounds is compared with < instead of <=.",
        "Versions are compared as text, so that 1.10.0 comes before 1.9.0.",
        "The three numbers are packed into one, so that a large patch runs "
        "over into the minor number.",
        "Each number is compared by itself, so that 1.1.9999 has a patch that "
        "is high enough."}) {
  const FetchOptions filtered = {
      .filter = Supports({VersionRange(Version(1, 2, 3), Version(1, 10, 5))})};

  for (const v1::SemanticVersion& inside :
       {Version(1, 2, 3), Version(1, 2, 1000), Version(1, 9, 0),
        Version(1, 10, 0), Version(1, 10, 5)}) {
    const std::string instance = absl::StrCat("inside-", TextOf(inside));
    CreatePinned(t, instance, inside);
    t.Enqueue(ExternalItem(instance, "approved"));
    const std::optional<LockedItem> taken =
        t.TryFetchOrchestrationItem(filtered);
    t.Expect(taken, ::testing::Optional(IsItemOf(instance)));
    t.Ack(AckBuilder(*taken));
  }
  for (const v1::SemanticVersion& outside :
       {Version(1, 2, 2), Version(1, 1, 9999), Version(0, 10, 5),
        Version(1, 10, 6), Version(1, 11, 0), Version(2, 0, 0)}) {
    const std::string instance = absl::StrCat("outside-", TextOf(outside));
    CreatePinned(t, instance, outside);
    t.Enqueue(ExternalItem(instance, "approved"));
    t.Expect(t.TryFetchOrchestrationItem(filtered), NoItem(), TextOf(outside),
             " is outside of the range");
    const LockedItem unfiltered = t.FetchOrchestrationItem();
    t.Expect(unfiltered, IsItemOf(instance));
    t.Ack(AckBuilder(unfiltered));
  }
}

CONFORMANCE_CASE(
    capability_filtering, fetch_single_range_only_uses_first_range,
    .upstream = "test_fetch_single_range_only_uses_first_range",
    .clauses = {"FETCH-7"},
    .proves =
        "Of several ranges in a filter only the first counts, wherever it "
        "lies.",
    .procedure =
        "Make an instance that is pinned to 1.0.0 and one that is pinned to "
        "3.0.0, each with a message. Fetch with the ranges 3.x and 1.x: the "
        "second instance, and then nothing. Fetch with 1.x and 3.x: the first.",
    .likely_causes = {"All ranges of the filter count.",
                      "The ranges are sorted, or the widest is taken.",
                      "The last range overwrites the ones before."}) {
  CreatePinned(t, "order-1", Version(1, 0, 0));
  CreatePinned(t, "order-3", Version(3, 0, 0));
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Enqueue(ExternalItem("order-3", "approved"));
  const auto one = VersionRange(Version(1, 0, 0), Version(1, 5, 0));
  const auto three = VersionRange(Version(3, 0, 0), Version(3, 5, 0));

  LockedItem held =
      t.FetchOrchestrationItem({.filter = Supports({three, one})});
  t.Expect(held, IsItemOf("order-3"), "the first range is 3.x");
  t.ExpectDuring(
      held.held,
      t.TryFetchOrchestrationItem({.filter = Supports({three, one})}), NoItem(),
      "1.0.0 is in the second range only");
  t.Expect(t.FetchOrchestrationItem({.filter = Supports({one, three})}),
           IsItemOf("order-1"), "the first range is 1.x");
}

CONFORMANCE_CASE(
    capability_filtering, filter_with_empty_supported_versions_returns_nothing,
    .upstream = "test_filter_with_empty_supported_versions_returns_nothing",
    .clauses = {"FETCH-7"},
    .proves =
        "A filter with no range takes nothing at all: no pinned execution, "
        "none without a pinned version, and no new instance.",
    .procedure =
        "Make a pinned instance and one that is not pinned, each with a "
        "message, and enqueue the start of a third. Fetch with a filter that "
        "has no range: nothing. Fetch three times without a filter: all three "
        "come, at the first attempt.",
    .likely_causes = {
        "An empty filter is taken for no filter.",
        "What is not pinned passes every filter, also one with no range."}) {
  CreatePinned(t, "order-1", Version(1, 0, 0));
  CreateInstance(t, "order-2");
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Enqueue(ExternalItem("order-2", "approved"));
  t.EnqueueStart("order-3");

  t.Expect(t.TryFetchOrchestrationItem({.filter = Supports({})}), NoItem());

  for (const char* instance : {"order-1", "order-2", "order-3"}) {
    LockedItem held = t.FetchOrchestrationItem();
    t.Expect(held, IsItemOf(instance));
    t.Expect(held.attempt_count(), 1u);
  }
}

CONFORMANCE_CASE(
    capability_filtering, concurrent_filtered_fetch_no_double_lock,
    .upstream = "test_concurrent_filtered_fetch_no_double_lock",
    .clauses = {"FETCH-7", "FETCH-1"},
    .proves =
        "Of many callers that fetch with a filter at the same moment exactly "
        "one gets the one instance that the filter takes.",
    .procedure =
        "Make an instance for 2.x and one for 1.x, each with a message. Ten "
        "threads fetch at once for 1.x: one gets the second instance, the "
        "others get nothing. The first one can still be fetched.",
    .likely_causes = {
        "The filtered fetch selects and locks in two steps that others can "
        "come between.",
        "A caller that loses the race takes the next instance without "
        "filtering it."}) {
  CreatePinned(t, "order-1", Version(2, 0, 0));
  CreatePinned(t, "order-2", Version(1, 0, 0));
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Enqueue(ExternalItem("order-2", "approved"));

  const std::vector<LockedItem> fetched =
      FetchAtOnce(t, 10, {.filter = SupportsMajor(1)});
  t.Expect(fetched, ::testing::SizeIs(1), "callers that hold order-2");
  t.Expect(fetched.front(), IsItemOf("order-2"));
  t.ExpectDuring(fetched.front().held,
                 t.TryFetchOrchestrationItem({.filter = SupportsMajor(1)}),
                 NoItem(), "order-2 is locked by ", fetched.front());
  t.Expect(t.FetchOrchestrationItem(), IsItemOf("order-1"));
}

}  // namespace
}  // namespace duroxide::conformance
