#include "conformance/cases/steps.h"

#include <mutex>
#include <optional>
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

std::vector<LockedItem> FetchAtOnce(Fixture& t, int callers) {
  std::mutex mutex;
  std::vector<LockedItem> fetched;
  t.Concurrently(callers, [&](int) {
    std::optional<LockedItem> item = t.TryFetchOrchestrationItem();
    if (!item) return;
    std::lock_guard lock(mutex);
    fetched.push_back(*std::move(item));
  });
  return fetched;
}

v1::WorkItem SomeActivity() { return ActivityItem("order-1", 2); }

LockedWork FetchSomeActivity(Fixture& t) {
  t.EnqueueWork(SomeActivity());
  LockedWork fetched = t.FetchWorkItem();
  t.Expect(fetched.item(), IsMessage(SomeActivity()));
  return fetched;
}

uint64_t ProviderNowMs(Fixture& t) {
  return t.Do(&Provider::GetProviderInfo, {}).now_ms();
}

}  // namespace duroxide::conformance
