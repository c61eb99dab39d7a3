// Faults of what a fetch takes by version and by tag.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using Fetch = v1::FetchOrchestrationItemsRequest;
using Ack = v1::AckOrchestrationItemRequest;

// Changes every filter of versions.
template <typename Change>
FaultHooks OnEachFilter(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<Fetch>(request, [&](Fetch& fetch) {
      if (fetch.has_filter()) change(*fetch.mutable_filter());
    });
  }};
}

FaultHooks FilterIsIgnored() {
  return {.before = [](Provider&, Message& request) {
    On<Fetch>(request, [](Fetch& fetch) { fetch.clear_filter(); });
  }};
}

// Takes no filter for one that supports nothing that is pinned.
FaultHooks NoFilterTakesNothingPinned() {
  return {.before = [](Provider&, Message& request) {
    On<Fetch>(request, [](Fetch& fetch) {
      if (fetch.has_filter()) return;
      auto& none = *fetch.mutable_filter()->add_supported_versions();
      none.mutable_min();
      none.mutable_max();
    });
  }};
}

// Knows versions as one number, in thousands.
FaultHooks VersionsArePacked() {
  const auto pack = [](v1::SemanticVersion& version) {
    const uint64_t packed =
        (version.major() * 1000 + version.minor()) * 1000 + version.patch();
    version.set_major(packed / 1000000);
    version.set_minor(packed / 1000 % 1000);
    version.set_patch(packed % 1000);
  };
  return {.before = [pack](Provider&, Message& request) {
    On<Fetch>(request, [&](Fetch& fetch) {
      if (!fetch.has_filter()) return;
      for (auto& range :
           *fetch.mutable_filter()->mutable_supported_versions()) {
        pack(*range.mutable_min());
        pack(*range.mutable_max());
      }
    });
    On<Ack>(request, [&](Ack& ack) {
      if (ack.metadata().has_pinned_version()) {
        pack(*ack.mutable_metadata()->mutable_pinned_version());
      }
    });
  }};
}

FaultHooks FiltersTakeNothing() {
  return OnEachFilter([](auto& filter) { filter.clear_supported_versions(); });
}

FaultHooks TheUpperBoundIsExclusive() {
  return OnEachFilter([](auto& filter) {
    for (auto& range : *filter.mutable_supported_versions()) {
      auto& max = *range.mutable_max();
      if (max.patch() > 0) max.set_patch(max.patch() - 1);
    }
  });
}

FaultHooks TheLastRangeCounts() {
  return OnEachFilter([](auto& filter) {
    auto& ranges = *filter.mutable_supported_versions();
    if (ranges.size() > 1) ranges.SwapElements(0, ranges.size() - 1);
  });
}

// Fetches without the filter and gives what it got back, or keeps it.
FaultHooks SkippedInstances(bool are_locked) {
  return {.before = [are_locked](Provider& working, Message& request) {
    On<Fetch>(request, [&](const Fetch& fetch) {
      if (!fetch.has_filter()) return;
      Fetch unfiltered = fetch;
      unfiltered.clear_filter();
      unfiltered.clear_poll_timeout();
      const auto got =
          Await(working, &Provider::FetchOrchestrationItems, unfiltered);
      if (!got.ok() || got->items().empty() || are_locked) return;
      v1::AbandonOrchestrationItemRequest abandon;
      abandon.set_store(fetch.store());
      abandon.set_lock_token(got->items(0).lock_token());
      Await(working, &Provider::AbandonOrchestrationItem, abandon)
          .IgnoreError();
    });
  }};
}

FaultHooks SkippedInstancesAreCounted() { return SkippedInstances(false); }
FaultHooks SkippedInstancesAreLocked() { return SkippedInstances(true); }

// Which instance a lock token holds, and which version an instance was pinned
// to last. Thread-safe.
class Pins {
 public:
  void Locked(const std::string& store,
              const v1::LockedOrchestrationItem& held) {
    std::lock_guard lock(mutex_);
    holders_[held.lock_token()] = {store, held.item().instance()};
  }

  // Remembers the version of `ack`, if it has one, and returns the one before.
  std::optional<v1::SemanticVersion> Acked(const Ack& ack) {
    std::lock_guard lock(mutex_);
    auto& pinned = pinned_[holders_[ack.lock_token()]];
    std::optional<v1::SemanticVersion> before = pinned;
    if (ack.metadata().has_pinned_version()) {
      pinned = ack.metadata().pinned_version();
    }
    return before;
  }

 private:
  using Instance = std::pair<std::string, std::string>;

  std::mutex mutex_;
  std::map<std::string, Instance> holders_;
  std::map<Instance, std::optional<v1::SemanticVersion>> pinned_;
};

// `change` gets each ack of an instance that was pinned before, and the version
// to which it was.
template <typename Change>
FaultHooks OnEachAckOfPinned(Change change) {
  auto pins = std::make_shared<Pins>();
  return {.before =
              [pins, change](Provider&, Message& request) {
                On<Ack>(request, [&](Ack& ack) {
                  if (const auto before = pins->Acked(ack)) {
                    change(ack, *before);
                  }
                });
              },
          .after =
              [pins](const Message& request, Message& response,
                     const absl::Status& status) {
                const auto* fetch = dynamic_cast<const Fetch*>(&request);
                if (fetch == nullptr || !status.ok()) return;
                On<v1::FetchOrchestrationItemsResponse>(
                    response, [&](auto& fetched) {
                      for (const auto& item : fetched.items()) {
                        pins->Locked(fetch->store(), item);
                      }
                    });
              }};
}

FaultHooks PinnedVersionsAreForgotten() {
  return {.before = [](Provider&, Message& request) {
    On<Ack>(request, [](Ack& ack) {
      if (ack.has_metadata()) ack.mutable_metadata()->clear_pinned_version();
    });
  }};
}

FaultHooks TheFirstPinnedVersionStays() {
  return OnEachAckOfPinned([](Ack& ack, const v1::SemanticVersion& before) {
    if (!ack.metadata().has_pinned_version()) return;
    *ack.mutable_metadata()->mutable_pinned_version() = before;
  });
}

FaultHooks PinnedVersionsAreInherited() {
  return OnEachAckOfPinned([](Ack& ack, const v1::SemanticVersion& before) {
    if (ack.metadata().has_pinned_version()) return;
    *ack.mutable_metadata()->mutable_pinned_version() = before;
  });
}

FaultHooks EveryAckWritesAPinnedVersion() {
  return OnEachAckOfPinned([](Ack& ack, const v1::SemanticVersion&) {
    ack.mutable_metadata()->mutable_pinned_version();
  });
}

FaultHooks CorruptItemsAreNotCounted() {
  return OnEachItem<v1::FetchOrchestrationItemsResponse>([](auto& item) {
    if (item.item().has_history_error()) item.set_attempt_count(1);
  });
}

// Reads the events before it appends to them.
FaultHooks AcksReadTheHistory() {
  return {.before = [](Provider& working, Message& request) {
    On<Ack>(request, [&](Ack& ack) {
      if (ack.history_delta().empty()) return;
      v1::ReadHistoryRequest read;
      read.set_store(ack.store());
      read.set_instance(ack.history_delta(0).instance_id());
      if (!Await(working, &Provider::ReadHistory, read).ok()) {
        ack.set_lock_token("the history cannot be read");
      }
    });
  }};
}

// Changes every filter of tags, also where there is none.
template <typename Change>
FaultHooks OnEachTagFilter(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<v1::FetchWorkItemsRequest>(
        request, [&](auto& fetch) { change(*fetch.mutable_tag_filter()); });
  }};
}

FaultHooks TagFilterIsIgnored() {
  return OnEachTagFilter([](v1::TagFilter& filter) { filter.Clear(); });
}

FaultHooks EveryTagFilterIsAny() {
  return OnEachTagFilter([](v1::TagFilter& filter) {
    filter.Clear();
    filter.set_mode(v1::TagFilter::MODE_ANY);
  });
}

FaultHooks DefaultAndIsTags() {
  return OnEachTagFilter([](v1::TagFilter& filter) {
    if (filter.mode() != v1::TagFilter::MODE_DEFAULT_AND) return;
    filter.set_mode(v1::TagFilter::MODE_TAGS);
  });
}

FaultHooks OnlyTheFirstTagCounts() {
  return OnEachTagFilter([](v1::TagFilter& filter) {
    while (filter.tags_size() > 1) filter.mutable_tags()->RemoveLast();
  });
}

FaultHooks TagsOfAcksAreForgotten() {
  return {.before = [](Provider&, Message& request) {
    On<Ack>(request, [](Ack& ack) {
      for (v1::WorkItem& item : *ack.mutable_worker_items()) {
        item.mutable_activity_execute()->clear_tag();
      }
    });
  }};
}

FaultHooks EmptyTagsAreNoTags() {
  return {.before = [](Provider&, Message& request) {
    On<v1::EnqueueWorkItemRequest>(request, [](auto& enqueue) {
      auto& activity = *enqueue.mutable_item()->mutable_activity_execute();
      if (activity.tag().empty()) activity.clear_tag();
    });
  }};
}

std::vector<Fault> FaultsOfVersions() {
  return {
      {"FilterIsIgnored",
       {{"capability_filtering/fetch_with_incompatible_filter_skips_item",
         "FETCH-7"},
        {"capability_filtering/"
         "fetch_filter_skips_incompatible_selects_compatible",
         "FETCH-7"},
        {"capability_filtering/filter_with_empty_supported_versions_returns_"
         "nothing",
         "FETCH-7"},
        {"capability_filtering/fetch_corrupted_history_filtered_vs_unfiltered",
         "FETCH-7"},
        {"capability_filtering/"
         "fetch_filter_applied_before_history_deserialization",
         "FETCH-7"},
        {"capability_filtering/concurrent_filtered_fetch_no_double_lock",
         "FETCH-7"}},
       &FilterIsIgnored},
      {"NoFilterTakesNothingPinned",
       {{"capability_filtering/fetch_with_filter_none_returns_any_item",
         "FETCH-7"}},
       &NoFilterTakesNothingPinned},
      {"VersionsArePacked",
       {{"capability_filtering/versions_are_compared_number_by_number",
         "FETCH-7"}},
       &VersionsArePacked},
      {"FiltersTakeNothing",
       {{"capability_filtering/fetch_with_compatible_filter_returns_item",
         "FETCH-7"},
        {"capability_filtering/"
         "fetch_filter_null_pinned_version_always_compatible",
         "FETCH-7"}},
       &FiltersTakeNothing},
      {"TheUpperBoundIsExclusive",
       {{"capability_filtering/fetch_filter_boundary_versions", "FETCH-7"}},
       &TheUpperBoundIsExclusive},
      {"TheLastRangeCounts",
       {{"capability_filtering/fetch_single_range_only_uses_first_range",
         "FETCH-7"}},
       &TheLastRangeCounts},
      {"SkippedInstancesAreCounted",
       {{"capability_filtering/fetch_with_incompatible_filter_skips_item",
         "FETCH-7"},
        {"capability_filtering/fetch_filter_does_not_lock_skipped_instances",
         "FETCH-6"}},
       &SkippedInstancesAreCounted},
      {"SkippedInstancesAreLocked",
       {{"capability_filtering/fetch_filter_does_not_lock_skipped_instances",
         "FETCH-7"}},
       &SkippedInstancesAreLocked},
      {"PinnedVersionsAreForgotten",
       {{"capability_filtering/pinned_version_stored_via_ack_metadata",
         "ACK-6"},
        {"capability_filtering/ack_stores_pinned_version_via_metadata_update",
         "ACK-6"}},
       &PinnedVersionsAreForgotten},
      {"TheFirstPinnedVersionStays",
       {{"capability_filtering/provider_updates_pinned_version_when_told",
         "ACK-6"}},
       &TheFirstPinnedVersionStays},
      {"PinnedVersionsAreInherited",
       {{"capability_filtering/"
         "continue_as_new_execution_gets_own_pinned_version",
         "ACK-6"}},
       &PinnedVersionsAreInherited},
      {"EveryAckWritesAPinnedVersion",
       {{"capability_filtering/pinned_version_immutable_across_ack_cycles",
         "ACK-6"}},
       &EveryAckWritesAPinnedVersion},
      {"CorruptItemsAreNotCounted",
       {{"capability_filtering/"
         "fetch_deserialization_error_increments_attempt_count",
         "FETCH-6"},
        {"capability_filtering/"
         "fetch_deserialization_error_eventually_reaches_poison",
         "FETCH-6"}},
       &CorruptItemsAreNotCounted},
      {"AcksReadTheHistory",
       {{"capability_filtering/ack_appends_event_to_corrupted_history",
         "ACK-3"},
        {"capability_filtering/"
         "fetch_deserialization_error_eventually_reaches_poison",
         "ACK-3"}},
       &AcksReadTheHistory},
  };
}

std::vector<Fault> FaultsOfTags() {
  return {
      {"TagFilterIsIgnored",
       {{"tag_filtering/tags_fetches_only_matching", "TAG-1"},
        {"tag_filtering/none_filter_returns_nothing", "TAG-1"},
        {"tag_filtering/any_filter_fetches_everything", "TAG-1"},
        {"tag_filtering/tag_round_trip_preservation", "TAG-1"}},
       &TagFilterIsIgnored},
      {"EveryTagFilterIsAny",
       {{"tag_filtering/default_only_fetches_untagged", "TAG-1"},
        {"tag_filtering/tags_fetches_only_matching", "TAG-1"},
        {"tag_filtering/tag_survives_abandon_and_refetch", "TAG-1"},
        {"tag_filtering/multi_runtime_tag_isolation", "TAG-1"}},
       &EveryTagFilterIsAny},
      {"DefaultAndIsTags",
       {{"tag_filtering/default_and_fetches_untagged_and_matching", "TAG-1"}},
       &DefaultAndIsTags},
      {"OnlyTheFirstTagCounts",
       {{"tag_filtering/multi_tag_filter", "TAG-1"}},
       &OnlyTheFirstTagCounts},
      {"TagsOfAcksAreForgotten",
       {{"tag_filtering/tag_preserved_through_ack_orchestration_item",
         "TAG-1"}},
       &TagsOfAcksAreForgotten},
      {"EmptyTagsAreNoTags",
       {{"tag_filtering/default_only_fetches_untagged", "TAG-1"},
        {"tag_filtering/tag_round_trip_preservation", "WIRE-9"}},
       &EmptyTagsAreNoTags},
  };
}

}  // namespace

std::vector<Fault> FaultsOfFilters() {
  std::vector<Fault> all = FaultsOfVersions();
  const std::vector<Fault> tags = FaultsOfTags();
  all.insert(all.end(), tags.begin(), tags.end());
  return all;
}

}  // namespace duroxide::conformance
