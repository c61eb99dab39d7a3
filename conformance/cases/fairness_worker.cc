// The worker queue: what a worker may not take holds back nothing of what it
// may.

#include <optional>
#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/session_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAreArray;

// Fetches activities until nothing comes and holds them for long. Returns their
// ids in the order in which they came.
std::vector<uint64_t> FetchAllInOrder(Fixture& t, WorkFetchOptions options) {
  options.lock_timeout = 60 * t.lock_timeout();
  std::vector<uint64_t> order;
  while (const std::optional<LockedWork> work = t.TryFetchWorkItem(options)) {
    order.push_back(work->item().activity_execute().id());
  }
  return order;
}

CONFORMANCE_CASE(
    fairness, activities_not_to_be_had_hold_back_nothing,
    .profile = Profile::kStrict,
    .clauses = {"WORK-1", "TAG-1", "SESS-1", "WORK-3"},
    .proves =
        "A worker gets the oldest activity that it may take, whatever stands "
        "before it: activities that are locked, hidden, tagged for others, or "
        "of a session that somebody else holds. These keep their own order for "
        "those who may take them.",
    .procedure =
        "Let worker-2 hold a session. Enqueue an activity and lock it, "
        "another and abandon it with a long delay, five with a tag, five of "
        "the session, and then two plain ones. worker-1 fetches without a tag: "
        "the two. Somebody with the tag gets the five, worker-2 gets those of "
        "its session, all in order.",
    .likely_causes = {
        "The fetch takes the oldest activity and then checks whether it may.",
        "The fetch looks at some of the oldest activities only.",
        "A session that is held makes its items the head of the queue for "
        "everybody."}) {
  Worker owner(t, "worker-2");
  owner.Claim(2);
  t.EnqueueWork(ActivityItem("order-1", 3));
  t.FetchWorkItem({.lock_timeout = 60 * t.lock_timeout()});
  t.EnqueueWork(ActivityItem("order-1", 4));
  t.AbandonWork(t.FetchWorkItem(), {.delay = 60 * t.lock_timeout()});
  for (uint64_t id = 14; id >= 10; --id) {
    t.EnqueueWork(ActivityItem("order-1", id, {.tag = "gpu"}));
  }
  for (uint64_t id = 24; id >= 20; --id) t.EnqueueWork(SessionActivity(id));
  t.EnqueueWork(ActivityItem("order-1", 6));
  t.EnqueueWork(ActivityItem("order-1", 5));

  const absl::Duration session_time = 60 * t.lock_timeout();
  t.Expect(
      FetchAllInOrder(t, {.session = SessionsOf("worker-1", session_time)}),
      ElementsAreArray({6u, 5u}));
  t.Expect(FetchAllInOrder(t, {.tag_filter = Tags({"gpu"})}),
           ElementsAreArray({14u, 13u, 12u, 11u, 10u}));
  t.Expect(
      FetchAllInOrder(t, {.session = SessionsOf("worker-2", session_time)}),
      ElementsAreArray({24u, 23u, 22u, 21u, 20u}));
}

CONFORMANCE_CASE(
    fairness, many_activities_come_first_in_first_out,
    .profile = Profile::kStrict, .clauses = {"WORK-1", "TAG-1"},
    .proves =
        "Many activities come in the order in which they were enqueued, over "
        "all tags that the worker takes and over sessions, also when some were "
        "given back.",
    .procedure =
        "Enqueue thirty activities whose ids are in no order: every third with "
        "a tag, every fifth of a session of its own. Fetch the first ten, give "
        "them back in the opposite order, and fetch all with every tag and as "
        "an owner of sessions: the order of enqueueing.",
    .likely_causes = {
        "The order is kept for each tag or session and not over all.",
        "An activity that comes back goes to the end.",
        "Moments that are equal within a millisecond leave the order to "
        "chance."}) {
  constexpr uint64_t kActivities = 30;
  std::vector<uint64_t> ids;
  for (uint64_t i = 0; i < kActivities; ++i) {
    ids.push_back(2 + i * 7 % kActivities);
    ActivityOptions options;
    if (i % 3 == 0) options.tag = "gpu";
    if (i % 5 == 0) options.session_id = std::to_string(i);
    t.EnqueueWork(ActivityItem("order-1", ids.back(), options));
  }
  const WorkFetchOptions any = {
      .lock_timeout = 60 * t.lock_timeout(),
      .session = SessionsOf("worker-1", 60 * t.lock_timeout()),
      .tag_filter = AnyTag()};
  std::vector<LockedWork> seen;
  for (int i = 0; i < 10; ++i) seen.push_back(t.FetchWorkItem(any));
  for (auto it = seen.rbegin(); it != seen.rend(); ++it) t.AbandonWork(*it);
  t.Expect(FetchAllInOrder(t, any), ElementsAreArray(ids));
}

}  // namespace
}  // namespace duroxide::conformance
