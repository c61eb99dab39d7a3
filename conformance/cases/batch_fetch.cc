// What a fetch gives that asks for several items: how many, in which order, and
// each once.

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/batch_steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

template <typename Item>
size_t DistinctTokens(const std::vector<Item>& items) {
  std::set<std::string> tokens;
  for (const Item& item : items) tokens.insert(item.token());
  return tokens.size();
}

CONFORMANCE_CASE(
    batch_fetch, zero_and_one_are_one, .profile = Profile::kStrict,
    .clauses = {"WIRE-6"},
    .proves =
        "A fetch whose max_items is 0, as where it is absent, or 1, returns "
        "one item and locks one, however many are there.",
    .procedure =
        "Enqueue three starts and three activities. Fetch with max_items 0: "
        "one of each. Fetch with 1: the next ones. Fetch once more: the third "
        "ones are still to be had.",
    .likely_causes = {"max_items 0 is taken for no limit, or for no items.",
                      "More items are locked than are returned."}) {
  EnqueueMany(t, 3);
  for (const uint32_t max_items : {0u, 1u, 1u}) {
    t.Expect(t.FetchOrchestrationItems(max_items), SizeIs(1));
    t.Expect(t.FetchWorkItems(max_items), SizeIs(1));
  }
  t.Expect(t.FetchOrchestrationItems(0), IsEmpty(), "all are locked");
  t.Expect(t.FetchWorkItems(0), IsEmpty(), "all are locked");
}

CONFORMANCE_CASE(
    batch_fetch, without_the_capability_one_item_comes,
    .profile = Profile::kStrict, .clauses = {"WIRE-6", "WIRE-10"},
    .absent = {v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "A provider that does not declare BATCH_FETCH returns one item, and "
        "locks one, however many are asked for.",
    .procedure =
        "Enqueue two starts and two activities. Fetch ten of each: one. Fetch "
        "ten again: the other one.",
    .likely_causes = {
        "The provider returns batches and does not declare it.",
        "More items are locked than are returned.",
        "A max_items over 1 is refused instead of being a limit."}) {
  EnqueueMany(t, 2);
  for (int round = 0; round < 2; ++round) {
    t.Expect(t.FetchOrchestrationItems(10), SizeIs(1));
    t.Expect(t.FetchWorkItems(10), SizeIs(1));
  }
}

CONFORMANCE_CASE(
    batch_fetch, a_batch_has_what_was_asked_for_at_most,
    .profile = Profile::kStrict, .clauses = {"WIRE-6", "WIRE-3"},
    .needs = {v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "A batch has at least one item where one is there, and never more than "
        "max_items nor than the provider's own limit. What did not come is "
        "not locked. Asking for more than there is gives what there is.",
    .procedure =
        "Enqueue eight starts and eight activities. Fetch three of each: one "
        "to three come. Fetch with the largest max_items until nothing comes: "
        "all the others. Fetch again: nothing.",
    .likely_causes = {"max_items is not looked at.",
                      "More items are locked than are returned.",
                      "A max_items over the provider's limit is refused."}) {
  constexpr uint32_t kMost = std::numeric_limits<uint32_t>::max();
  const size_t limit =
      std::max(t.provider_info().limits().max_batch_items(), 1u);
  EnqueueMany(t, 8);
  const size_t instances = t.FetchOrchestrationItems(3).size();
  t.Expect(instances, AllOf(Ge(1u), Le(std::min<size_t>(3, limit))));
  const size_t activities = t.FetchWorkItems(3).size();
  t.Expect(activities, AllOf(Ge(1u), Le(std::min<size_t>(3, limit))));

  t.Expect(t.FetchOrchestrationItems(kMost),
           SizeIs(AllOf(Ge(1u), Le(std::min(8 - instances, limit)))));
  t.Expect(t.FetchWorkItems(kMost),
           SizeIs(AllOf(Ge(1u), Le(std::min(8 - activities, limit)))));
  FetchAllInstances(t, kMost);
  FetchAllActivities(t, kMost);
  t.Expect(t.FetchOrchestrationItems(kMost), IsEmpty(), "all are locked");
  t.Expect(t.FetchWorkItems(kMost), IsEmpty(), "all are locked");
}

CONFORMANCE_CASE(
    batch_fetch, a_batch_keeps_the_order, .profile = Profile::kStrict,
    .clauses = {"WIRE-6", "FETCH-3", "WORK-1"},
    .needs = {v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "The items of a batch, and of one batch after the other, come in the "
        "order in which single fetches would give them, each with a token of "
        "its own and the attempts of its own.",
    .procedure =
        "Enqueue twelve starts and twelve activities; fetch the first of each "
        "and give it back. Fetch batches of five until nothing comes: all, in "
        "the order of enqueueing, with distinct tokens; the first is at "
        "attempt 2, the others are at 1.",
    .likely_causes = {
        "The rows of a batch are locked in order and read back without one.",
        "One token is made for the whole batch.",
        "The batch reports the attempts of its first item for all."}) {
  constexpr int kItems = 12;
  EnqueueMany(t, kItems);
  t.Abandon(t.FetchOrchestrationItem());
  t.AbandonWork(t.FetchWorkItem());

  const absl::Duration for_long = 60 * t.lock_timeout();
  const auto instances = FetchAllInstances(t, 5, {.lock_timeout = for_long});
  const auto activities = FetchAllActivities(t, 5, {.lock_timeout = for_long});
  std::vector<std::string> instances_in_order;
  std::vector<uint64_t> activities_in_order;
  for (int i = 0; i < kItems; ++i) {
    instances_in_order.push_back(absl::StrCat("order-", i));
    activities_in_order.push_back(static_cast<uint64_t>(i) + 1);
  }
  t.Expect(InstancesOf(instances), ElementsAreArray(instances_in_order));
  t.Expect(IdsOf(activities), ElementsAreArray(activities_in_order));
  t.Expect(DistinctTokens(instances), instances.size(), "distinct tokens");
  t.Expect(DistinctTokens(activities), activities.size(), "distinct tokens");
  for (size_t i = 0; i < kItems; ++i) {
    const uint32_t attempts = i == 0 ? 2 : 1;
    t.Expect(instances[i].attempt_count(), attempts, instances[i]);
    t.Expect(activities[i].attempt_count(), attempts, activities[i]);
  }
}

CONFORMANCE_CASE(
    batch_fetch, an_instance_is_never_twice_in_a_batch,
    .profile = Profile::kStrict, .clauses = {"WIRE-6", "FETCH-1", "FETCH-2"},
    .needs = {v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "A batch of instances has each instance once, with all its messages, "
        "however many it has.",
    .procedure =
        "Start four instances and enqueue two events for each, one instance "
        "after the other, twice. Fetch batches of ten until nothing comes: "
        "four items, each with its start and its two events.",
    .likely_causes = {
        "The batch is counted in messages and not in instances.",
        "An instance that was just locked for the batch is taken again.",
        "The messages of one instance are split over several items."}) {
  const std::vector<std::string> instances = {"order-1", "order-2", "order-3",
                                              "order-4"};
  for (const std::string& instance : instances) t.EnqueueStart(instance);
  for (const char* event : {"approved", "paid"}) {
    for (const std::string& instance : instances) {
      t.Enqueue(ExternalItem(instance, event));
    }
  }
  const auto items =
      FetchAllInstances(t, 10, {.lock_timeout = 60 * t.lock_timeout()});
  t.Expect(InstancesOf(items), ElementsAreArray(instances));
  for (const LockedItem& item : items) {
    const std::string& instance = item.item().instance();
    t.Expect(
        item.item().messages(),
        AreMessages({StartItem(instance), ExternalItem(instance, "approved"),
                     ExternalItem(instance, "paid")}),
        "messages of ", instance);
  }
}

}  // namespace
}  // namespace duroxide::conformance
