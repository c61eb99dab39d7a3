// The locks on the items of a batch: each is one of its own.

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/batch_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAreArray;
using ::testing::Ge;
using ::testing::SizeIs;

CONFORMANCE_CASE(
    batch_fetch, activities_of_a_batch_end_one_by_one,
    .profile = Profile::kStrict, .clauses = {"WIRE-6", "WORK-2", "WORK-3"},
    .needs = {v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "Each activity of a batch has a lock of its own: one can be acked, one "
        "abandoned, one renewed, and one can run out, without the others "
        "noticing.",
    .procedure =
        "Fetch four activities. Ack the first, abandon the second, renew the "
        "third for long, and leave the fourth. The second can be fetched, "
        "alone. When the lock of the fourth has run out it can be fetched, "
        "alone; its old token is lost. The third can still be acked.",
    .likely_causes = {
        "One lock is kept for the whole batch.",
        "The first ack of a batch releases or finishes all of it."}) {
  CreateInstance(t, "order-0");
  for (uint64_t id = 1; id <= 4; ++id) {
    t.EnqueueWork(ActivityItem("order-0", id));
  }
  const auto batch = FetchAllActivities(t, 4);
  t.Expect(IdsOf(batch), ElementsAreArray({1u, 2u, 3u, 4u}));
  t.AckWork(batch[0], CompletionOf(ActivityItem("order-0", 1)));
  t.AbandonWork(batch[1]);
  t.RenewWork(batch[2], 60 * t.lock_timeout());

  const WorkFetchOptions for_long = {.lock_timeout = 60 * t.lock_timeout()};
  const auto given_back = FetchAllActivities(t, 4, for_long);
  t.ExpectDuring(batch[3].held, IdsOf(given_back), ElementsAreArray({2u}));
  t.WaitUntilOver(batch[3].held);
  t.Expect(IdsOf(FetchAllActivities(t, 4, for_long)), ElementsAreArray({4u}));
  t.ExpectError(t.TryAckWork(batch[3].token()), v1::ERROR_REASON_LOCK_LOST,
                "it ran out: ", batch[3]);
  t.AckWork(batch[2], CompletionOf(ActivityItem("order-0", 3)));
  t.Expect(t.FetchOrchestrationItem().item().messages(),
           AreMessages({CompletionOf(ActivityItem("order-0", 1)),
                        CompletionOf(ActivityItem("order-0", 3))}));
}

CONFORMANCE_CASE(
    batch_fetch, instances_of_a_batch_end_one_by_one,
    .profile = Profile::kStrict,
    .clauses = {"WIRE-6", "ACK-1", "ABANDON-1", "RENEW-1"},
    .needs = {v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "Each instance of a batch has a lock of its own: one can be acked, one "
        "abandoned, one renewed, and one can run out, without the others "
        "noticing.",
    .procedure =
        "Fetch four instances. Ack the first, abandon the second, renew the "
        "third for long, and leave the fourth. The second can be fetched, "
        "alone. When the lock of the fourth has run out it can be fetched, "
        "alone; its old token is lost. The third can still be acked.",
    .likely_causes = {
        "One lock is kept for the whole batch.",
        "The first ack of a batch releases or finishes all of it."}) {
  const std::vector<std::string> instances = {"order-1", "order-2", "order-3",
                                              "order-4"};
  for (const std::string& instance : instances) t.EnqueueStart(instance);
  const auto batch = FetchAllInstances(t, 4);
  t.Expect(InstancesOf(batch), ElementsAreArray(instances));
  t.Ack(FirstAck(batch[0]));
  t.Abandon(batch[1]);
  t.Renew(batch[2], 60 * t.lock_timeout());

  const FetchOptions for_long = {.lock_timeout = 60 * t.lock_timeout()};
  const auto given_back = FetchAllInstances(t, 4, for_long);
  t.ExpectDuring(batch[3].held, InstancesOf(given_back),
                 ElementsAreArray({"order-2"}));
  t.WaitUntilOver(batch[3].held);
  t.Expect(InstancesOf(FetchAllInstances(t, 4, for_long)),
           ElementsAreArray({"order-4"}));
  t.ExpectError(t.TryAck(FirstAck(batch[3])), v1::ERROR_REASON_LOCK_LOST,
                "it ran out: ", batch[3]);
  t.Ack(FirstAck(batch[2]));
  for (const char* instance : {"order-1", "order-3"}) {
    t.Expect(t.ReadHistory(instance),
             AreEvents(instance, 1, {StartedEvent(1)}));
  }
}

CONFORMANCE_CASE(
    batch_fetch, batches_at_once_share_nothing, .profile = Profile::kStrict,
    .clauses = {"WIRE-6", "FETCH-1", "WORK-1"},
    .needs = {v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "Batches that are fetched at the same moment have no item in common, "
        "and together they have all.",
    .procedure =
        "Enqueue twenty starts and twenty activities. Five threads fetch "
        "batches of three of each until all are held. Each was given out once.",
    .likely_causes = {
        "Two fetches select the same rows before either has locked them.",
        "A batch that finds one of its rows locked keeps the others locked "
        "and reports nothing."}) {
  constexpr int kItems = 20;
  EnqueueMany(t, kItems);
  const absl::Duration for_long = 60 * t.lock_timeout();
  std::mutex mutex;
  std::vector<LockedItem> instances;
  std::vector<LockedWork> activities;
  const auto fetch_some = [&] {
    const auto items = t.FetchOrchestrationItems(3, {.lock_timeout = for_long});
    const auto work = t.FetchWorkItems(3, {.lock_timeout = for_long});
    std::lock_guard lock(mutex);
    instances.insert(instances.end(), items.begin(), items.end());
    activities.insert(activities.end(), work.begin(), work.end());
    return std::min(instances.size(), activities.size());
  };
  t.Concurrently(5, [&](int) {
    t.Eventually(fetch_some, Ge(static_cast<size_t>(kItems)), "items held");
  });

  std::vector<std::string> instance_ids = InstancesOf(instances);
  std::vector<uint64_t> activity_ids = IdsOf(activities);
  t.Expect(instance_ids.size(), static_cast<size_t>(kItems));
  t.Expect(activity_ids.size(), static_cast<size_t>(kItems));
  t.Expect(std::set(instance_ids.begin(), instance_ids.end()), SizeIs(kItems));
  t.Expect(std::set(activity_ids.begin(), activity_ids.end()), SizeIs(kItems));
}

CONFORMANCE_CASE(
    batch_fetch, sessions_of_a_batch_have_one_owner,
    .profile = Profile::kStrict, .clauses = {"WIRE-6", "SESS-1"},
    .needs = {v1::CAPABILITY_BATCH_FETCH},
    .proves =
        "A batch claims the sessions of all its activities for its owner: a "
        "batch of another owner has nothing of them.",
    .procedure =
        "Enqueue two activities of each of three sessions, one session after "
        "the other, twice. Let worker-1 fetch two, then worker-2 all it can "
        "get, then worker-1 the rest: no session was given to both, and all "
        "activities came.",
    .likely_causes = {
        "The session is claimed for the first item of a batch only.",
        "Items of a session are chosen before its claim is seen."}) {
  for (uint64_t round = 0; round < 2; ++round) {
    for (uint64_t session = 1; session <= 3; ++session) {
      t.EnqueueWork(
          ActivityItem("order-1", 10 * session + round,
                       {.session_id = absl::StrCat("cart-", session)}));
    }
  }
  const absl::Duration for_long = 60 * t.lock_timeout();
  const auto as = [&](std::string_view owner) {
    return WorkFetchOptions{.lock_timeout = for_long,
                            .session = SessionsOf(owner, for_long)};
  };
  std::vector<LockedWork> of_worker_1 = t.FetchWorkItems(2, as("worker-1"));
  const auto of_worker_2 = FetchAllActivities(t, 10, as("worker-2"));
  const auto rest = FetchAllActivities(t, 10, as("worker-1"));
  of_worker_1.insert(of_worker_1.end(), rest.begin(), rest.end());

  const auto sessions = [](const std::vector<LockedWork>& items) {
    std::set<std::string> ids;
    for (const LockedWork& item : items) {
      ids.insert(item.item().activity_execute().session_id());
    }
    return ids;
  };
  t.Expect(of_worker_1.size() + of_worker_2.size(), 6u, "activities that came");
  t.Expect(sessions(of_worker_1).size() + sessions(of_worker_2).size(), 3u,
           "sessions, each of one owner");
}

}  // namespace
}  // namespace duroxide::conformance
