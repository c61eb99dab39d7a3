#include "conformance/cases/session_steps.h"

#include <utility>

#include "conformance/builders.h"
#include "conformance/durations.h"
#include "conformance/fetch_terms.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {

v1::WorkItem SessionActivity(uint64_t id, std::string_view session) {
  return ActivityItem("order-1", id, {.session_id = std::string(session)});
}

Worker::Worker(Fixture& t, std::string owner_id, absl::Duration session_time)
    : t_(t),
      owner_id_(std::move(owner_id)),
      session_time_(session_time == absl::ZeroDuration() ? 30 * t.lock_timeout()
                                                         : session_time) {}

LockedWork Worker::Fetch(absl::Duration lock_timeout,
                         std::source_location where) {
  return t_.FetchWorkItem(Options(lock_timeout), where);
}

std::optional<LockedWork> Worker::TryFetch(std::source_location where) {
  return t_.TryFetchWorkItem(Options(absl::ZeroDuration()), where);
}

LockedWork Worker::FetchWithin(std::source_location where) {
  return t_.FetchWorkItemWithin(Options(absl::ZeroDuration()),
                                absl::ZeroDuration(), where);
}

Interval Worker::SessionOf(const LockedWork& fetched) const {
  return {fetched.held.sent, fetched.held.received, session_time_};
}

Interval Worker::Claim(uint64_t id, std::string_view session) {
  t_.EnqueueWork(SessionActivity(id, session));
  LockedWork claimed = Fetch();
  t_.Expect(claimed.item(), IsMessage(SessionActivity(id, session)));
  t_.AckWork(claimed);
  return SessionOf(claimed);
}

WorkFetchOptions Worker::Options(absl::Duration lock_timeout) const {
  return {.lock_timeout = lock_timeout,
          .session = SessionsOf(owner_id_, session_time_)};
}

RenewedSessions RenewSessions(Fixture& t,
                              const std::vector<std::string>& owner_ids,
                              absl::Duration extend_for,
                              absl::Duration idle_timeout) {
  v1::RenewSessionLocksRequest request;
  request.mutable_owner_ids()->Add(owner_ids.begin(), owner_ids.end());
  *request.mutable_extend_for() = ToProto(extend_for);
  *request.mutable_idle_timeout() = ToProto(idle_timeout);
  const Moment sent = Now();
  const uint64_t count =
      t.Do(&Provider::RenewSessionLocks, std::move(request)).renewed_count();
  return {.count = count, .held = {sent, Now(), extend_for}};
}

uint64_t CleanUpSessions(Fixture& t) {
  return t
      .Do(&Provider::CleanupOrphanedSessions,
          v1::CleanupOrphanedSessionsRequest())
      .removed_count();
}

}  // namespace duroxide::conformance
