// Which activities a fetch takes, by their tag.

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;

v1::WorkItem Tagged(uint64_t id, std::string_view tag) {
  return ActivityItem("order-1", id, {.tag = std::string(tag)});
}

v1::WorkItem Untagged(uint64_t id) { return ActivityItem("order-1", id); }

void EnqueueAll(Fixture& t, const std::vector<v1::WorkItem>& activities) {
  for (const v1::WorkItem& activity : activities) t.EnqueueWork(activity);
}

// Fetches and acks until nothing more comes, and returns what came.
std::vector<v1::WorkItem> TakeAll(Fixture& t, const WorkFetchOptions& options) {
  // More than any case enqueues, lest a provider without end has no end.
  constexpr size_t kMost = 50;
  std::vector<v1::WorkItem> taken;
  while (taken.size() < kMost) {
    const std::optional<LockedWork> item = t.TryFetchWorkItem(options);
    if (!item) break;
    taken.push_back(item->item());
    t.AckWork(*item);
  }
  return taken;
}

// As TAG-1 has it, for the modes that a worker of multi_runtime_tag_isolation
// has.
bool Allows(const v1::TagFilter& filter,
            const v1::ActivityExecuteItem& activity) {
  if (!activity.has_tag()) {
    return filter.mode() == v1::TagFilter::MODE_DEFAULT_ONLY;
  }
  return std::find(filter.tags().begin(), filter.tags().end(),
                   activity.tag()) != filter.tags().end();
}

CONFORMANCE_CASE(
    tag_filtering, default_only_fetches_untagged,
    .upstream = "test_default_only_fetches_untagged", .clauses = {"TAG-1"},
    .proves =
        "DEFAULT_ONLY takes the untagged activities and no others, and so do a "
        "fetch without a filter and a filter without a mode.",
    .procedure =
        "Enqueue three untagged activities, one with a tag and one with the "
        "empty tag, in between each other. Take one with DEFAULT_ONLY, one "
        "with no filter and one with an empty filter: the untagged ones in "
        "their order. Each then gives nothing. ANY takes the two with tags.",
    .likely_causes = {"No filter is taken for ANY.",
                      "An absent tag and an empty one are stored alike.",
                      "The fetch looks at the head of the queue only."}) {
  EnqueueAll(t, {Untagged(2), Tagged(3, "gpu"), Untagged(4), Tagged(5, ""),
                 Untagged(6)});
  const WorkFetchOptions in_words = {.tag_filter = DefaultOnly()};
  const WorkFetchOptions no_filter = {};
  const WorkFetchOptions no_mode = {.tag_filter = v1::TagFilter()};

  t.Expect(t.FetchWorkItem(in_words).item(), IsMessage(Untagged(2)));
  t.Expect(t.FetchWorkItem(no_filter).item(), IsMessage(Untagged(4)));
  LockedWork last = t.FetchWorkItem(no_mode);
  t.Expect(last.item(), IsMessage(Untagged(6)));

  t.ExpectDuring(last.held, t.TryFetchWorkItem(in_words), NoItem());
  t.ExpectDuring(last.held, t.TryFetchWorkItem(no_filter), NoItem());
  t.ExpectDuring(last.held, t.TryFetchWorkItem(no_mode), NoItem());
  t.Expect(TakeAll(t, {.tag_filter = AnyTag()}),
           AreMessages({Tagged(3, "gpu"), Tagged(5, "")}));
}

CONFORMANCE_CASE(
    tag_filtering, tags_fetches_only_matching,
    .upstream = "test_tags_fetches_only_matching", .clauses = {"TAG-1"},
    .proves =
        "TAGS takes the activities with exactly that tag, in their order: none "
        "without a tag, and none whose tag only looks alike.",
    .procedure =
        "Enqueue activities with the tags gpu, none, cpu, GPU, gpu-2, gp, the "
        "empty one, and gpu. Take all with TAGS gpu: the two with gpu. ANY "
        "takes the others.",
    .likely_causes = {
        "Tags are compared without regard to case, or by their beginning.",
        "An untagged activity matches every filter.",
        "The filter is treated as DEFAULT_AND."}) {
  EnqueueAll(t, {Tagged(2, "gpu"), Untagged(3), Tagged(4, "cpu"),
                 Tagged(5, "GPU"), Tagged(6, "gpu-2"), Tagged(7, "gp"),
                 Tagged(8, ""), Tagged(9, "gpu")});

  t.Expect(TakeAll(t, {.tag_filter = Tags({"gpu"})}),
           AreMessages({Tagged(2, "gpu"), Tagged(9, "gpu")}));
  t.Expect(TakeAll(t, {.tag_filter = AnyTag()}),
           AreMessages({Untagged(3), Tagged(4, "cpu"), Tagged(5, "GPU"),
                        Tagged(6, "gpu-2"), Tagged(7, "gp"), Tagged(8, "")}));
}

CONFORMANCE_CASE(
    tag_filtering, default_and_fetches_untagged_and_matching,
    .upstream = "test_default_and_fetches_untagged_and_matching",
    .clauses = {"TAG-1", "WORK-1"},
    .proves =
        "DEFAULT_AND takes untagged activities and those with the tag, in one "
        "order, and no activity with another tag.",
    .procedure =
        "Enqueue activities with the tags gpu, cpu, none, gpu, none. Take all "
        "with DEFAULT_AND gpu: all but the one with cpu, in the order of "
        "enqueueing. ANY takes that one.",
    .likely_causes = {
        "The filter is treated as TAGS, or as DEFAULT_ONLY.",
        "Untagged activities come first, and the others after them.",
        "The filter is treated as ANY."}) {
  EnqueueAll(t, {Tagged(2, "gpu"), Tagged(3, "cpu"), Untagged(4),
                 Tagged(5, "gpu"), Untagged(6)});

  t.Expect(TakeAll(t, {.tag_filter = DefaultAnd({"gpu"})}),
           AreMessages(
               {Tagged(2, "gpu"), Untagged(4), Tagged(5, "gpu"), Untagged(6)}));
  t.Expect(TakeAll(t, {.tag_filter = AnyTag()}),
           AreMessages({Tagged(3, "cpu")}));
}

CONFORMANCE_CASE(
    tag_filtering, none_filter_returns_nothing,
    .upstream = "test_none_filter_returns_nothing",
    .clauses = {"TAG-1", "WIRE-3"},
    .proves =
        "NONE takes nothing, whatever is there; and nothing is locked or "
        "counted by it.",
    .procedure =
        "Enqueue an untagged activity and one with a tag. Fetch with NONE "
        "three times: nothing, and no error. ANY takes both, at the first "
        "attempt.",
    .likely_causes = {
        "NONE is taken for no filter or for a filter with no tags.",
        "The fetch locks an activity and drops it afterwards."}) {
  EnqueueAll(t, {Untagged(2), Tagged(3, "gpu")});
  for (int fetch = 1; fetch <= 3; ++fetch) {
    t.Expect(t.TryFetchWorkItem({.tag_filter = NoActivity()}), NoItem(),
             "fetch ", fetch);
  }

  for (const v1::WorkItem& activity : {Untagged(2), Tagged(3, "gpu")}) {
    LockedWork taken = t.FetchWorkItem({.tag_filter = AnyTag()});
    t.Expect(taken.item(), IsMessage(activity));
    t.Expect(taken.attempt_count(), 1u);
  }
}

CONFORMANCE_CASE(
    tag_filtering, multi_tag_filter, .upstream = "test_multi_tag_filter",
    .clauses = {"TAG-1", "WORK-1"},
    .proves =
        "A filter with several tags, up to five, takes the activities that "
        "have any of them, in the order of enqueueing and not in that of the "
        "tags.",
    .procedure =
        "Enqueue activities with the tags e, none, d, x, c, b, a. Take all "
        "with TAGS a to e: e, d, c, b, a. Enqueue them again and take all with "
        "DEFAULT_AND a to e: the same and the untagged one. ANY takes the two "
        "others from the first round and the one from the second.",
    .likely_causes = {
        "Only the first or the last tag of the filter counts.",
        "An activity must have all of the tags.",
        "Each tag has a queue of its own, and one is emptied after the "
        "other."}) {
  const std::vector<std::string> tags = {"a", "b", "c", "d", "e"};
  const std::vector<v1::WorkItem> activities = {
      Tagged(2, "e"), Untagged(3),    Tagged(4, "d"), Tagged(5, "x"),
      Tagged(6, "c"), Tagged(7, "b"), Tagged(8, "a")};
  EnqueueAll(t, activities);
  t.Expect(TakeAll(t, {.tag_filter = Tags(tags)}),
           AreMessages({Tagged(2, "e"), Tagged(4, "d"), Tagged(6, "c"),
                        Tagged(7, "b"), Tagged(8, "a")}));
  t.Expect(TakeAll(t, {.tag_filter = AnyTag()}),
           AreMessages({Untagged(3), Tagged(5, "x")}));

  EnqueueAll(t, activities);
  t.Expect(TakeAll(t, {.tag_filter = DefaultAnd(tags)}),
           AreMessages({Tagged(2, "e"), Untagged(3), Tagged(4, "d"),
                        Tagged(6, "c"), Tagged(7, "b"), Tagged(8, "a")}));
  t.Expect(TakeAll(t, {.tag_filter = AnyTag()}), AreMessages({Tagged(5, "x")}));
}

CONFORMANCE_CASE(
    tag_filtering, tag_round_trip_preservation,
    .upstream = "test_tag_round_trip_preservation",
    .clauses = {"TAG-1", "WIRE-9"},
    .proves =
        "A tag comes back as it was given, whatever text it is, and the filter "
        "finds it by just that text.",
    .procedure =
        "For tags with blanks, quotes, wildcards, separators, line breaks and "
        "other scripts, and for the empty one: enqueue an activity with it and "
        "an untagged one. TAGS with that tag takes the first, unchanged, and "
        "nothing else.",
    .likely_causes = {
        "Tags are trimmed, folded or cut.",
        "The tags of a filter are joined with commas, or matched by LIKE.",
        "Only the tag's column is stored, or only the one in the message."}) {
  const std::vector<std::string> tags = {"gpu",
                                         " gpu ",
                                         "a,b",
                                         "50%",
                                         "_",
                                         "\"gpu\"",
                                         "'; DROP --",
                                         "*",
                                         "line\nbreak",
                                         "a/b\\c",
                                         "ΓΠΥ",
                                         "グラフィック",
                                         "",
                                         std::string(300, 'g')};
  for (const std::string& tag : tags) {
    t.EnqueueWork(Untagged(2));
    t.EnqueueWork(Tagged(3, tag));
    t.Expect(TakeAll(t, {.tag_filter = Tags({tag})}),
             AreMessages({Tagged(3, tag)}), "tag \"", tag, "\"");
    t.Expect(TakeAll(t, {}), AreMessages({Untagged(2)}), "tag \"", tag, "\"");
  }
}

CONFORMANCE_CASE(
    tag_filtering, any_filter_fetches_everything,
    .upstream = "test_any_filter_fetches_everything",
    .clauses = {"TAG-1", "WORK-1"},
    .proves =
        "ANY takes all activities, tagged and untagged, in the order of "
        "enqueueing.",
    .procedure =
        "Enqueue activities of several instances with the tags gpu, none, cpu, "
        "the empty one, none. Take all with ANY: all five in their order. "
        "Nothing is left for any other filter.",
    .likely_causes = {"ANY is taken for DEFAULT_ONLY or for no tag at all.",
                      "Untagged activities come first."}) {
  const std::vector<v1::WorkItem> activities = {
      Tagged(2, "gpu"), Untagged(3), ActivityItem("order-2", 2, {.tag = "cpu"}),
      Tagged(4, ""), ActivityItem("order-3", 2)};
  EnqueueAll(t, activities);

  t.Expect(TakeAll(t, {.tag_filter = AnyTag()}), AreMessages(activities));
  t.Expect(TakeAll(t, {}), IsEmpty());
  t.Expect(TakeAll(t, {.tag_filter = DefaultAnd({"gpu", "cpu", ""})}),
           IsEmpty());
}

CONFORMANCE_CASE(
    tag_filtering, tag_survives_abandon_and_refetch,
    .upstream = "test_tag_survives_abandon_and_refetch",
    .clauses = {"TAG-1", "WORK-3", "WORK-1"},
    .proves =
        "An activity keeps its tag when it is abandoned and when its lock runs "
        "out: it is there for its own filter, in its place, and for no other.",
    .procedure =
        "Enqueue two activities with a tag and one without. Take the first "
        "with TAGS and abandon it: DEFAULT_ONLY takes the untagged one, and "
        "then nothing; TAGS takes the first again, at attempt 2. Let its lock "
        "run out: DEFAULT_ONLY still gives nothing, and TAGS takes it at "
        "attempt 3.",
    .likely_causes = {
        "The abandon puts the message back without its tag.",
        "An expired lock is taken over by a query that does not filter."}) {
  EnqueueAll(t, {Tagged(2, "gpu"), Tagged(3, "gpu"), Untagged(4)});
  const WorkFetchOptions gpu = {.tag_filter = Tags({"gpu"})};
  LockedWork first = t.FetchWorkItem(gpu);
  t.Expect(first.item(), IsMessage(Tagged(2, "gpu")));
  t.AbandonWork(first);

  t.Expect(TakeAll(t, {.tag_filter = DefaultOnly()}),
           AreMessages({Untagged(4)}), "the tagged ones are not for it");
  LockedWork second = t.FetchWorkItem(gpu);
  t.Expect(second.item(), IsMessage(Tagged(2, "gpu")));
  t.Expect(second.attempt_count(), 2u);

  t.WaitUntilOver(second.held);
  t.Expect(t.TryFetchWorkItem({.tag_filter = DefaultOnly()}), NoItem());
  LockedWork third = t.FetchWorkItem(gpu);
  t.Expect(third.item(), IsMessage(Tagged(2, "gpu")));
  t.Expect(third.attempt_count(), 3u);
}

CONFORMANCE_CASE(
    tag_filtering, multi_runtime_tag_isolation,
    .upstream = "test_multi_runtime_tag_isolation",
    .clauses = {"TAG-1", "WORK-1"},
    .proves =
        "Workers with different filters work on one queue at the same time: "
        "each takes only what its filter allows, nothing is taken twice, and "
        "where filters overlap nothing is left behind.",
    .procedure =
        "Enqueue 40 activities: untagged, gpu, cpu and fpga in turn. Five "
        "threads fetch and ack until all are done: with DEFAULT_ONLY, TAGS "
        "gpu, TAGS gpu and cpu, TAGS cpu and fpga, and NONE. Each got only "
        "what its filter allows, and together they got each activity once.",
    .likely_causes = {
        "The filter is part of the select, and the lock of another statement "
        "that others can come between.",
        "A fetch that loses an activity to another one reports that there is "
        "nothing.",
        "The filter of one caller is kept for the next one on the same "
        "connection."}) {
  constexpr uint64_t kActivities = 40;
  const std::vector<std::optional<std::string>> tags = {std::nullopt, "gpu",
                                                        "cpu", "fpga"};
  std::vector<uint64_t> ids;
  for (uint64_t id = 2; id < kActivities + 2; ++id) {
    t.EnqueueWork(ActivityItem("order-1", id, {.tag = tags[id % tags.size()]}));
    ids.push_back(id);
  }

  const std::vector<v1::TagFilter> filters = {
      DefaultOnly(), Tags({"gpu"}), Tags({"gpu", "cpu"}), Tags({"cpu", "fpga"}),
      NoActivity()};
  std::mutex mutex;
  std::vector<uint64_t> taken;
  const auto take_one = [&](const v1::TagFilter& filter) {
    const std::optional<LockedWork> item =
        t.TryFetchWorkItem({.tag_filter = filter});
    if (item) {
      t.Expect(Allows(filter, item->item().activity_execute()), true, *item,
               " for ", filter.ShortDebugString());
      t.AckWork(*item);
    }
    std::lock_guard lock(mutex);
    if (item) taken.push_back(item->item().activity_execute().id());
    return taken.size();
  };
  t.Concurrently(static_cast<int>(filters.size()), [&](int worker) {
    const v1::TagFilter& filter = filters[static_cast<size_t>(worker)];
    t.Eventually([&] { return take_one(filter); }, ::testing::Ge(kActivities),
                 "activities taken");
  });

  t.Expect(taken, ::testing::UnorderedElementsAreArray(ids));
  t.Expect(t.TryFetchWorkItem({.tag_filter = AnyTag()}), NoItem());
}

CONFORMANCE_CASE(
    tag_filtering, tag_preserved_through_ack_orchestration_item,
    .upstream = "test_tag_preserved_through_ack_orchestration_item",
    .clauses = {"TAG-1", "ACK-1"},
    .proves =
        "Activities that a turn's ack enqueues keep their tags, as those of "
        "EnqueueWorkItem do.",
    .procedure =
        "Ack a turn with an activity for gpu, an untagged one and one for cpu. "
        "DEFAULT_ONLY takes the untagged one and nothing more, TAGS gpu the "
        "first, TAGS cpu the last; each as it was given.",
    .likely_causes = {
        "The ack inserts activities by a statement of its own, without the "
        "tag.",
        "All activities of one ack get the same tag."}) {
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ActivityScheduledEvent(2))
            .Append(ActivityScheduledEvent(3))
            .Append(ActivityScheduledEvent(4))
            .Worker(Tagged(2, "gpu"))
            .Worker(Untagged(3))
            .Worker(Tagged(4, "cpu")));

  t.Expect(TakeAll(t, {.tag_filter = DefaultOnly()}),
           AreMessages({Untagged(3)}));
  t.Expect(TakeAll(t, {.tag_filter = Tags({"gpu"})}),
           AreMessages({Tagged(2, "gpu")}));
  t.Expect(TakeAll(t, {.tag_filter = Tags({"cpu"})}),
           AreMessages({Tagged(4, "cpu")}));
}

}  // namespace
}  // namespace duroxide::conformance
