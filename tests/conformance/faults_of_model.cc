// Faults that show only where several things come together.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// Counts the third fetch twice.
FaultHooks ThirdAttemptsAreMiscounted() {
  return OnEachItem<v1::FetchOrchestrationItemsResponse>([](auto& locked) {
    if (locked.attempt_count() == 3) locked.set_attempt_count(4);
  });
}

// Extends a lock only once.
FaultHooks ASecondRenewalIsLost() {
  struct State {
    std::mutex mutex;
    std::map<std::string, int> renewals;
  };
  auto state = std::make_shared<State>();
  return {.before = [state](Provider&, Message& request) {
    const auto count = [&](auto& renew) {
      const std::lock_guard lock(state->mutex);
      if (++state->renewals[renew.lock_token()] > 1) {
        renew.set_lock_token("lost");
      }
    };
    On<v1::RenewWorkItemLockRequest>(request, count);
  }};
}

// Enqueues completions twice where the activity was fetched more than once.
FaultHooks LateCompletionsComeTwice() {
  struct State {
    std::mutex mutex;
    std::map<std::string, uint32_t> attempts;
  };
  auto state = std::make_shared<State>();
  return {.before =
              [state](Provider& working, Message& request) {
                On<v1::AckWorkItemRequest>(request, [&](auto& ack) {
                  {
                    const std::lock_guard lock(state->mutex);
                    if (state->attempts[ack.lock_token()] < 2) return;
                  }
                  if (!ack.has_completion()) return;
                  v1::EnqueueOrchestratorItemRequest again;
                  again.set_store(ack.store());
                  *again.mutable_item() = ack.completion();
                  Await(working, &Provider::EnqueueOrchestratorItem, again)
                      .IgnoreError();
                });
              },
          .after =
              [state](const Message&, Message& response, const absl::Status&) {
                On<v1::FetchWorkItemsResponse>(response, [&](auto& fetched) {
                  const std::lock_guard lock(state->mutex);
                  for (const auto& locked : fetched.items()) {
                    state->attempts[locked.lock_token()] =
                        locked.attempt_count();
                  }
                });
              }};
}

}  // namespace

std::vector<Fault> FaultsOfModel() {
  return {
      {"ThirdAttemptsAreMiscounted",
       {{"model/orchestrator_queue", "FETCH-6"}},
       &ThirdAttemptsAreMiscounted},
      {"ASecondRenewalIsLost",
       {{"model/worker_queue", "WORK-3"}},
       &ASecondRenewalIsLost},
      {"LateCompletionsComeTwice",
       {{"model/both_queues", "WORK-2"}},
       &LateCompletionsComeTwice},
  };
}

}  // namespace duroxide::conformance
