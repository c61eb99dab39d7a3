#include "conformance/cases/batch_steps.h"

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"

namespace duroxide::conformance {
namespace {

// Collects what `fetch` gives until it gives nothing.
template <typename Item, typename Fetch>
std::vector<Item> Collect(Fetch fetch) {
  std::vector<Item> all;
  while (true) {
    const std::vector<Item> batch = fetch();
    if (batch.empty()) return all;
    all.insert(all.end(), batch.begin(), batch.end());
  }
}

}  // namespace

std::vector<LockedItem> FetchAllInstances(Fixture& t, uint32_t max_items,
                                          const FetchOptions& options) {
  return Collect<LockedItem>(
      [&] { return t.FetchOrchestrationItems(max_items, options); });
}

std::vector<LockedWork> FetchAllActivities(Fixture& t, uint32_t max_items,
                                           const WorkFetchOptions& options) {
  return Collect<LockedWork>(
      [&] { return t.FetchWorkItems(max_items, options); });
}

std::vector<std::string> InstancesOf(const std::vector<LockedItem>& items) {
  std::vector<std::string> instances;
  for (const LockedItem& item : items) {
    instances.push_back(item.item().instance());
  }
  return instances;
}

std::vector<uint64_t> IdsOf(const std::vector<LockedWork>& items) {
  std::vector<uint64_t> ids;
  for (const LockedWork& item : items) {
    ids.push_back(item.item().activity_execute().id());
  }
  return ids;
}

void EnqueueMany(Fixture& t, int count) {
  for (int i = 0; i < count; ++i) {
    t.EnqueueStart(absl::StrCat("order-", i));
    t.EnqueueWork(ActivityItem("order-0", static_cast<uint64_t>(i) + 1));
  }
}

}  // namespace duroxide::conformance
