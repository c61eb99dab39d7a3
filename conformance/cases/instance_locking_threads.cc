// The lock on an instance, when many ask for it at once.

#include <mutex>
#include <optional>
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

using ::testing::Ge;
using ::testing::SizeIs;

std::set<std::string> EnqueueStarts(Fixture& t, int count) {
  std::set<std::string> instances;
  for (int i = 0; i < count; ++i) {
    const std::string instance = absl::StrCat("order-", i);
    t.EnqueueStart(instance);
    instances.insert(instance);
  }
  return instances;
}

CONFORMANCE_CASE(
    instance_locking, concurrent_instance_fetching,
    .upstream = "test_concurrent_instance_fetching",
    .clauses = {"FETCH-1", "WIRE-4"},
    .proves =
        "Callers that fetch at the same moment get different instances, and "
        "none is left out.",
    .procedure =
        "Enqueue starts for ten instances. Ten threads fetch at once, each "
        "until it has one. All ten instances are held once; there is nothing "
        "more to fetch.",
    .likely_causes = {
        "Two fetches select the same instance before either has locked it.",
        "A fetch that loses the race for the head of the queue reports that "
        "there is nothing, for good.",
        "A fetch that fails keeps the lock that it took."}) {
  constexpr int kInstances = 10;
  const std::set<std::string> instances = EnqueueStarts(t, kInstances);

  std::mutex mutex;
  std::vector<std::string> fetched;
  t.Concurrently(kInstances, [&](int) {
    const LockedItem item = t.FetchOrchestrationItemWithin();
    std::lock_guard lock(mutex);
    fetched.push_back(item.item().instance());
  });

  t.Expect(fetched, ::testing::UnorderedElementsAreArray(instances));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "all are locked");
}

CONFORMANCE_CASE(
    instance_locking, multi_threaded_lock_contention,
    .upstream = "test_multi_threaded_lock_contention", .clauses = {"FETCH-1"},
    .proves =
        "Of many callers that want the one instance at the same moment exactly "
        "one gets it, and its lock is a good one.",
    .procedure =
        "Enqueue one start. Ten threads fetch at once: one gets the instance. "
        "Fetch again: nothing. Ack what was fetched: it is committed.",
    .likely_causes = {
        "The fetch selects and locks in two steps that others can come "
        "between.",
        "A later fetch overwrites the token of an earlier one.",
        "Fetches that collide all give up."}) {
  t.EnqueueStart("order-1");
  const std::vector<LockedItem> fetched = FetchAtOnce(t, 10);

  t.Expect(fetched, SizeIs(1), "callers that hold order-1");
  t.ExpectDuring(fetched.front().held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", fetched.front());
  t.Ack(FirstAck(fetched.front()));
  t.Expect(t.ReadHistory("order-1"),
           AreEvents("order-1", 1, {StartedEvent(1)}));
}

CONFORMANCE_CASE(
    instance_locking, multi_threaded_no_duplicate_processing,
    .upstream = "test_multi_threaded_no_duplicate_processing",
    .clauses = {"FETCH-1", "ACK-1"},
    .proves =
        "Twice as many workers as instances, all at once, process each "
        "instance once: no turn is given to two of them, and none is lost.",
    .procedure =
        "Enqueue starts for twenty instances. Forty threads fetch and ack "
        "until all are done. Each instance was fetched once and has one "
        "event; nothing is left to fetch.",
    .likely_causes = {
        "The ack frees the instance before its messages are deleted.",
        "A fetch that collides with an ack gives out what the ack has "
        "finished.",
        "A collision is answered as a permanent error instead of STORE_BUSY, "
        "or not tried again inside the provider."}) {
  constexpr int kInstances = 20;
  const std::set<std::string> instances = EnqueueStarts(t, kInstances);

  std::mutex mutex;
  std::vector<std::string> processed;
  const auto process_one = [&] {
    const std::optional<LockedItem> item = t.TryFetchOrchestrationItem();
    if (item) t.Ack(FirstAck(*item));
    std::lock_guard lock(mutex);
    if (item) processed.push_back(item->item().instance());
    return processed.size();
  };
  t.Concurrently(2 * kInstances, [&](int) {
    t.Eventually(process_one, Ge(instances.size()), "processed instances");
  });

  t.Expect(processed, ::testing::UnorderedElementsAreArray(instances));
  for (const std::string& instance : instances) {
    t.Expect(t.ReadHistory(instance),
             AreEvents(instance, 1, {StartedEvent(1)}));
  }
  t.Expect(t.TryFetchOrchestrationItem(), NoItem());
}

CONFORMANCE_CASE(
    instance_locking, multi_threaded_lock_expiration_recovery,
    .upstream = "test_multi_threaded_lock_expiration_recovery",
    .clauses = {"FETCH-1", "FETCH-6"},
    .proves =
        "When a holder has vanished, the instance waits until its lock runs "
        "out, and then exactly one of those who ask gets it.",
    .procedure =
        "Fetch an instance and do nothing more with it. Five threads fetch "
        "again and again until one of them has it: it got it when the lock was "
        "over, with the same message, for the second time, and the others got "
        "nothing.",
    .likely_causes = {
        "The end of a lock is computed in another unit or from another clock "
        "than it is checked with.",
        "Taking over a lock that ran out is a select and an update that others "
        "can come between.",
        "A lock that ran out is removed only when its holder comes back."}) {
  t.EnqueueStart("order-1");
  const LockedItem lost = t.FetchOrchestrationItem();

  std::mutex mutex;
  std::vector<LockedItem> recovered;
  const auto try_to_recover = [&] {
    std::optional<LockedItem> item = t.TryFetchOrchestrationItem();
    std::lock_guard lock(mutex);
    if (item) recovered.push_back(*std::move(item));
    return recovered.size();
  };
  t.Concurrently(5, [&](int) {
    t.Eventually(try_to_recover, Ge(1u), "callers that recovered order-1");
  });
  t.WaitUntilOver(lost.held);

  t.Expect(recovered, SizeIs(1), "callers that recovered order-1");
  const LockedItem& next = recovered.front();
  t.Expect(next, NotTakenDuring(lost.held));
  t.Expect(next.item().messages(), AreMessages({StartItem("order-1")}));
  t.Expect(next.attempt_count(), 2u);
  t.Expect(next.token(), ::testing::Ne(lost.token()));
}

}  // namespace
}  // namespace duroxide::conformance
