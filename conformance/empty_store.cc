#include "conformance/empty_store.h"

#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "conformance/builders.h"
#include "conformance/durations.h"
#include "conformance/fetch_terms.h"
#include "conformance/outcome.h"
#include "conformance/patience.h"
#include "conformance/text.h"
#include "providers/await.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

constexpr absl::Duration kCallLimit = absl::Seconds(30);
// Who interrupts a run does not want to wait for a provider that hangs.
constexpr absl::Duration kHurriedLimit = absl::Seconds(2);
// Long enough to ack what was fetched.
constexpr absl::Duration kLockTime = absl::Seconds(30);
constexpr std::string_view kOwner = "duroxide-compat";

// One emptying. Each step returns the first error.
class Emptying {
 public:
  Emptying(Provider& provider, std::stop_token stop)
      : provider_(provider), stop_(std::move(stop)) {}

  // Removes instances with all that belongs to them: those of `named`, and all
  // that are listed.
  absl::Status DeleteInstances(const std::set<std::string>& named) {
    v1::DeleteInstancesRequest request;
    std::set<std::string> ids = named;
    if (absl::Status listed = ListInstances(ids); !listed.ok()) return listed;
    if (ids.empty()) return absl::OkStatus();
    request.set_force(true);
    for (const std::string& id : ids) request.add_instances(id);
    return Call(&Provider::DeleteInstances, request).status();
  }

  absl::Status ListInstances(std::set<std::string>& ids) {
    v1::ListInstancesRequest request;
    do {
      const auto page = Call(&Provider::ListInstances, request);
      if (!page.ok()) return page.status();
      ids.insert(page->instance_ids().begin(), page->instance_ids().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return absl::OkStatus();
  }

  // Fetches and acks what can be fetched now.
  absl::Status DrainActivities() {
    v1::FetchWorkItemsRequest fetch;
    *fetch.mutable_lock_timeout() = ToProto(kLockTime);
    *fetch.mutable_session() = SessionsOf(kOwner, absl::Milliseconds(1));
    *fetch.mutable_tag_filter() = AnyTag();
    while (true) {
      const auto fetched = Call(&Provider::FetchWorkItems, fetch);
      if (!fetched.ok()) return fetched.status();
      if (fetched->items().empty()) return absl::OkStatus();
      for (const v1::LockedWorkItem& item : fetched->items()) {
        v1::AckWorkItemRequest ack;
        ack.set_lock_token(item.lock_token());
        absl::Status acked = Call(&Provider::AckWorkItem, ack).status();
        if (!acked.ok()) return acked;
      }
    }
  }

  absl::Status DrainInstances() {
    v1::FetchOrchestrationItemsRequest fetch;
    *fetch.mutable_lock_timeout() = ToProto(kLockTime);
    while (true) {
      const auto fetched = Call(&Provider::FetchOrchestrationItems, fetch);
      if (!fetched.ok()) return fetched.status();
      if (fetched->items().empty()) return absl::OkStatus();
      for (const v1::LockedOrchestrationItem& item : fetched->items()) {
        v1::AckOrchestrationItemRequest ack;
        ack.set_lock_token(item.lock_token());
        ack.set_execution_id(item.item().execution_id());
        absl::Status acked =
            Call(&Provider::AckOrchestrationItem, ack).status();
        if (!acked.ok()) return acked;
      }
    }
  }

  // Messages without an instance are given out only with a start (FETCH-5).
  // Takes the names out that belong to no message, because no request may have
  // them.
  absl::Status Start(std::set<std::string>& instances) {
    for (auto at = instances.begin(); at != instances.end();) {
      v1::EnqueueOrchestratorItemRequest start;
      *start.mutable_item() = StartItem(*at);
      absl::Status started =
          Call(&Provider::EnqueueOrchestratorItem, start).status();
      const bool refused =
          ReasonOf(started) == v1::ERROR_REASON_INVALID_REQUEST;
      if (!started.ok() && !refused) return started;
      at = refused ? instances.erase(at) : std::next(at);
    }
    return absl::OkStatus();
  }

  absl::Status CleanUpSessions() {
    return Call(&Provider::CleanupOrphanedSessions,
                v1::CleanupOrphanedSessionsRequest())
        .status();
  }

  absl::Status CheckEmpty() {
    const auto depths =
        Call(&Provider::GetQueueDepths, v1::GetQueueDepthsRequest());
    if (!depths.ok()) return depths.status();
    std::set<std::string> instances;
    if (absl::Status listed = ListInstances(instances); !listed.ok()) {
      return listed;
    }
    const v1::QueueDepths& left = depths->depths();
    const uint64_t messages =
        left.orchestrator_queue() + left.worker_queue() + left.timer_queue();
    if (messages == 0 && instances.empty()) return absl::OkStatus();
    return absl::FailedPreconditionError(
        Concat(instances.size(), " instances and ", messages,
               " messages are left; give a store that is empty"));
  }

 private:
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(void (Provider::*method)(const CallContext&,
                                                         const Request*,
                                                         Response*,
                                                         Provider::Done),
                                const Request& request) {
    const absl::Duration limit =
        stop_.stop_requested() ? kHurriedLimit : kCallLimit;
    return Await(provider_, method, request, {.deadline = absl::Now() + limit});
  }

  Provider& provider_;
  const std::stop_token stop_;
};

}  // namespace

absl::Status EmptyStore(Provider& provider, const Footprints& footprints,
                        const std::stop_token& stop) {
  try {
    WaitUntil(footprints.quiet_at(), stop);
  } catch (const CaseInterrupted&) {
    // Whatever can be removed at once is.
  }
  Emptying emptying(provider, stop);
  std::set<std::string> instances = footprints.instances();
  absl::Status done = emptying.DrainActivities();
  if (done.ok()) done = emptying.Start(instances);
  if (done.ok()) done = emptying.DrainInstances();
  if (done.ok()) done = emptying.DeleteInstances(instances);
  // A session that the drain has claimed runs out within a millisecond.
  if (done.ok()) done = emptying.CleanUpSessions();
  if (done.ok()) done = emptying.CheckEmpty();
  return done;
}

}  // namespace duroxide::conformance
