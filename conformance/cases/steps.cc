#include "conformance/cases/steps.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "conformance/builders.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {

void CreateInstance(Fixture& t, std::string_view instance) {
  t.EnqueueStart(instance);
  LockedItem started = t.FetchOrchestrationItem();
  t.Expect(started, IsItemOf(instance));
  t.Ack(FirstAck(started));
}

std::vector<LockedItem> FetchAtOnce(Fixture& t, int callers,
                                    const FetchOptions& options) {
  std::mutex mutex;
  std::vector<LockedItem> fetched;
  t.Concurrently(callers, [&](int) {
    std::optional<LockedItem> item = t.TryFetchOrchestrationItem(options);
    if (!item) return;
    std::lock_guard lock(mutex);
    fetched.push_back(*std::move(item));
  });
  return fetched;
}

void SideBySide(Fixture& t, size_t n, const std::function<void(size_t)>& body) {
  const size_t threads = std::min<size_t>(n, 8);
  t.Concurrently(static_cast<int>(threads), [&](int first) {
    for (auto i = static_cast<size_t>(first); i < n; i += threads) body(i);
  });
}

v1::WorkItem SomeActivity() { return ActivityItem("order-1", 2); }

LockedWork FetchSomeActivity(Fixture& t) {
  t.EnqueueWork(SomeActivity());
  LockedWork fetched = t.FetchWorkItem();
  t.Expect(fetched.item(), IsMessage(SomeActivity()));
  return fetched;
}

void CorruptHistory(Fixture& t, std::string_view instance) {
  testing_v1::CorruptInstanceHistoryRequest request;
  request.set_instance(std::string(instance));
  const uint64_t corrupted =
      t.Do(&Provider::CorruptInstanceHistory, request).corrupted_event_count();
  t.Expect(corrupted, ::testing::Ge(1u), "events of ", instance, " to corrupt");
}

uint64_t ProviderNowMs(Fixture& t) {
  return t.Do(&Provider::GetProviderInfo, {}).now_ms();
}

}  // namespace duroxide::conformance
