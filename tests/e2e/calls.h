#ifndef DUROXIDE_TESTS_E2E_CALLS_H_
#define DUROXIDE_TESTS_E2E_CALLS_H_

// Requests as these tests make them. What a message holds is the conformance
// builders' business.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "providers/provider.h"

namespace duroxide::e2e {

// What a fetch may say of the items that it takes.
struct FetchOptions {
  absl::Duration lease = absl::Minutes(10);
  absl::Duration poll = absl::ZeroDuration();
  uint32_t max_items = 1;
  // Work items only: those with this tag; empty takes items of any tag.
  std::string tag = {};
};

v1::FetchOrchestrationItemsRequest FetchTurns(const FetchOptions& options = {});
v1::FetchWorkItemsRequest FetchWork(const FetchOptions& options = {});

v1::EnqueueOrchestratorItemRequest EnqueueMessage(v1::WorkItem item);
v1::EnqueueWorkItemRequest EnqueueWork(v1::WorkItem item);

// Without a completion where `completion` has no kind.
v1::AckWorkItemRequest AckWork(std::string_view lock_token,
                               v1::WorkItem completion = {});

v1::AbandonOrchestrationItemRequest AbandonTurn(std::string_view lock_token);
v1::AbandonWorkItemRequest AbandonWork(std::string_view lock_token);

v1::RenewOrchestrationItemLockRequest RenewTurn(std::string_view lock_token,
                                                absl::Duration extend_for);
v1::RenewWorkItemLockRequest RenewWork(std::string_view lock_token,
                                       absl::Duration extend_for);

void SetDuration(absl::Duration duration, google::protobuf::Duration& field);

// Blocking calls, for what a test does by the way.
absl::Status Enqueue(Provider& provider, const v1::WorkItem& item);

// The only item that the fetch gives. A failure of the test, and an empty item,
// where it gives none or an error.
v1::LockedWorkItem TakeWork(Provider& provider, const FetchOptions& options);
v1::LockedOrchestrationItem TakeTurn(Provider& provider,
                                     const FetchOptions& options);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_CALLS_H_
