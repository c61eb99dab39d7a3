// Sessions, when many ask for them at once.

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/case.h"
#include "conformance/cases/session_steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    sessions, shared_worker_id_any_caller_can_fetch_owned_session,
    .upstream = "test_shared_worker_id_any_caller_can_fetch_owned_session",
    .clauses = {"SESS-1", "WORK-1"},
    .proves =
        "All callers with the same owner are one owner: each of them gets "
        "activities of a session that one of them claimed, several at a time "
        "and none twice. A caller with another owner gets none.",
    .procedure =
        "Claim a session, and enqueue eight activities of it. Eight threads "
        "fetch at once: six as the same owner, each until it has one, and two "
        "as another owner, once each. The six have the first six activities; "
        "the two have nothing, although two are left.",
    .likely_causes = {
        "A session belongs to the connection or to the call that claimed it.",
        "One activity of a session is given out at a time.",
        "A caller that loses a race for an activity reports that there is "
        "nothing, for good."}) {
  constexpr int kSlots = 6;
  constexpr int kOthers = 2;
  Worker a(t, "worker-a");
  Worker b(t, "worker-b");
  const Interval held = a.Claim(2);
  std::vector<uint64_t> ids;
  // One for each caller: there is always something to take by mistake.
  for (uint64_t id = 3; id < 3 + kSlots + kOthers; ++id) {
    t.EnqueueWork(SessionActivity(id));
    ids.push_back(id);
  }

  std::mutex mutex;
  std::vector<uint64_t> taken;
  t.Concurrently(kSlots + kOthers, [&](int caller) {
    if (caller >= kSlots) {
      t.ExpectDuring(held, b.TryFetch(), NoItem(), "the session is worker-a's");
      return;
    }
    const LockedWork mine = a.FetchWithin();
    std::lock_guard lock(mutex);
    taken.push_back(mine.item().activity_execute().id());
  });
  ids.resize(kSlots);
  t.Expect(taken, ::testing::UnorderedElementsAreArray(ids));
}

CONFORMANCE_CASE(
    sessions, concurrent_session_claim_only_one_wins,
    .upstream = "test_concurrent_session_claim_only_one_wins",
    .clauses = {"SESS-1", "WIRE-4"},
    .proves =
        "Of several owners that ask for a free session at the same moment "
        "exactly one gets it; the others get none of its activities, however "
        "many there are.",
    .procedure =
        "Five times, with a new session and new owners: enqueue eight "
        "activities of the session and let eight threads with different owners "
        "fetch at once. One of them has the first activity, the others have "
        "nothing. The winner takes the second one; another one still gets "
        "nothing.",
    .likely_causes = {
        "The owner of the session is read before the activity is locked, and "
        "written after it.",
        "The claim overwrites the owner that came in between.",
        "Fetches that collide all give up."}) {
  constexpr int kOwners = 8;
  for (int round = 1; round <= 5; ++round) {
    const std::string session = absl::StrCat("cart-", round);
    std::vector<Worker> workers;
    for (uint64_t id = 1; id <= kOwners; ++id) {
      workers.emplace_back(t, absl::StrCat("worker-", round, "-", id));
      t.EnqueueWork(SessionActivity(id, session));
    }
    std::vector<std::optional<LockedWork>> taken(kOwners);
    t.Concurrently(kOwners, [&](int i) {
      taken[static_cast<size_t>(i)] =
          workers[static_cast<size_t>(i)].TryFetch();
    });

    std::vector<size_t> winners;
    for (size_t i = 0; i < kOwners; ++i) {
      if (taken[i]) winners.push_back(i);
    }
    t.Expect(winners, ::testing::SizeIs(1), "owners of ", session);
    const size_t winner = winners.front();
    const LockedWork& first = *taken[winner];
    t.Expect(first.item(), IsMessage(SessionActivity(1, session)));
    t.ExpectDuring(workers[winner].SessionOf(first),
                   workers[(winner + 1) % kOwners].TryFetch(), NoItem(),
                   session, " is held by ", first);
    t.Expect(workers[winner].Fetch().item(),
             IsMessage(SessionActivity(2, session)));
  }
}

}  // namespace
}  // namespace duroxide::conformance
