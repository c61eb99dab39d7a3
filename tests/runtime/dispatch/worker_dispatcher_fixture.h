#ifndef DUROXIDE_TESTS_RUNTIME_DISPATCH_WORKER_DISPATCHER_FIXTURE_H_
#define DUROXIDE_TESTS_RUNTIME_DISPATCH_WORKER_DISPATCHER_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/dispatch/worker_dispatcher.h"
#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {

inline v1::LockedWorkItem Activity(const std::string& name, uint64_t id,
                                   uint32_t attempt = 1) {
  v1::LockedWorkItem locked;
  locked.set_lock_token("lock-" + std::to_string(id));
  locked.set_attempt_count(attempt);
  v1::ActivityExecuteItem& item =
      *locked.mutable_item()->mutable_activity_execute();
  item.set_instance("order-1");
  item.set_execution_id(2);
  item.set_id(id);
  item.set_name(name);
  item.set_input("input");
  return locked;
}

inline v1::LockedWorkItem OfSession(v1::LockedWorkItem locked,
                                    const std::string& session) {
  locked.mutable_item()->mutable_activity_execute()->set_session_id(session);
  return locked;
}

inline v1::FetchWorkItemsResponse These(
    const std::vector<v1::LockedWorkItem>& items) {
  v1::FetchWorkItemsResponse response;
  for (const v1::LockedWorkItem& item : items) *response.add_items() = item;
  return response;
}

class WorkerDispatcherTest : public DispatchTest {
 protected:
  WorkerDispatcherTest() {
    options_.worker_concurrency = 4;
    options_.min_poll_interval = absl::Milliseconds(1);
    options_.fetch_ahead = absl::ZeroDuration();
    names_.Learn("order-1", 2, "Order", "1.2.0");
  }
  ~WorkerDispatcherTest() override { End(); }

  // As the destructor of a runtime does. What activities use lives until then.
  void End() {
    if (!dispatcher_) return;
    acks_.AnswerAll();
    abandons_.AnswerAll();
    renewals_.AnswerAll();
    dispatcher_->StopFetching();
    dispatcher_->CancelAll();
    dispatcher_->GiveUpAll();
    EXPECT_TRUE(dispatcher_->WaitUntilIdle(absl::InfiniteDuration()));
    environment_.calls.WaitUntilNone(absl::InfiniteDuration());
    environment_.timers.Stop();
    dispatcher_.reset();
  }

  void Start() {
    dispatcher_.emplace(WorkerDispatcher::Parts{
        .environment = environment_,
        .options = options_,
        .activities = activities_,
        .names = names_,
        .client = std::make_shared<Client>(fake_, "store"),
        .owner = "me"});
    dispatcher_->Start();
  }

  void Add(const std::string& name, BlockingActivity activity) {
    ASSERT_TRUE(activities_.Add(name, std::move(activity)).ok());
  }
  void AddAsync(const std::string& name, AsyncActivity activity) {
    ASSERT_TRUE(activities_.AddAsync(name, std::move(activity)).ok());
  }

  RuntimeOptions options_;
  ActivityRegistry activities_;
  OrchestrationNames names_{environment_, true};
  HeldCalls<v1::FetchWorkItemsRequest, v1::FetchWorkItemsResponse> fetches_{
      *fake_, "FetchWorkItems"};
  HeldCalls<v1::AckWorkItemRequest, v1::AckWorkItemResponse> acks_{
      *fake_, "AckWorkItem"};
  HeldCalls<v1::AbandonWorkItemRequest, v1::AbandonWorkItemResponse> abandons_{
      *fake_, "AbandonWorkItem"};
  HeldCalls<v1::RenewWorkItemLockRequest, v1::RenewWorkItemLockResponse>
      renewals_{*fake_, "RenewWorkItemLock"};
  std::optional<WorkerDispatcher> dispatcher_;
};

inline absl::StatusOr<std::string> Echo(ActivityContext&, std::string input) {
  return input;
}

}  // namespace duroxide::runtime

#endif  // DUROXIDE_TESTS_RUNTIME_DISPATCH_WORKER_DISPATCHER_FIXTURE_H_
