#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "providers/await.h"
#include "runtime/dispatch/observed_provider.h"
#include "runtime/dispatch/orchestration_names.h"
#include "runtime/dispatch/session_keeper.h"
#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {
namespace {

using SideRoomsTest = DispatchTest;

TEST_F(SideRoomsTest, SessionsAreRenewedAgainAndAgain) {
  RuntimeOptions options;
  options.session_lock_timeout = absl::Milliseconds(20);
  options.session_idle_timeout = absl::Seconds(70);
  SessionKeeper keeper(environment_, options, "me");
  // Behind the keeper: it outlives its calls.
  HeldCalls<v1::RenewSessionLocksRequest, v1::RenewSessionLocksResponse>
      renewals(*fake_, "RenewSessionLocks");
  keeper.Start();
  const auto first = renewals.Next();
  EXPECT_EQ(first->request().store(), "store");
  ASSERT_EQ(first->request().owner_ids_size(), 1);
  EXPECT_EQ(first->request().owner_ids(0), "me");
  EXPECT_EQ(first->request().extend_for().nanos(), 20'000'000);
  EXPECT_EQ(first->request().idle_timeout().seconds(), 70);
  first->Answer(Busy());
  recorder_->WaitFor("Renewing sessions failed: the store is busy");
  renewals.Next();
  keeper.Stop();
}

TEST_F(SideRoomsTest, OrphanedSessionsAreRemovedInTheirInterval) {
  RuntimeOptions options;
  options.session_cleanup_interval = absl::Milliseconds(10);
  SessionKeeper keeper(environment_, options, "me");
  // Behind the keeper: it outlives its calls.
  HeldCalls<v1::CleanupOrphanedSessionsRequest,
            v1::CleanupOrphanedSessionsResponse>
      cleanups(*fake_, "CleanupOrphanedSessions");
  keeper.Start();
  EXPECT_EQ(cleanups.Next()->request().store(), "store");
  cleanups.Next();
  keeper.Stop();
}

TEST_F(SideRoomsTest, AProviderThatIsObservedIsTheSame) {
  class Calls final : public RuntimeObserver {
   public:
    void OnTurn(const CommittedTurn&) override {}
    void OnTurnNotCommitted(const TurnFacts&) override {}
    void OnActivity(const FinishedActivity&) override {}
    void OnOrchestrationsFetched(int) override {}
    void OnActivitiesFetched(int) override {}
    void OnProviderCall(std::string_view method, const absl::Status& status,
                        absl::Duration elapsed) override {
      EXPECT_GE(elapsed, absl::ZeroDuration());
      calls.push_back(std::string(method) + (status.ok() ? "" : " failed"));
    }
    void OnSystemMetrics(const v1::SystemMetrics&) override {}
    void OnQueueDepths(const v1::QueueDepths&) override {}

    std::vector<std::string> calls;
  };
  const auto calls = std::make_shared<Calls>();
  const auto observed = Observed(fake_, calls);
  fake_->Answer("AckWorkItem", Lost());
  v1::GetProviderInfoResponse info;
  info.set_name("fake");
  fake_->Answer("GetProviderInfo", info);
  EXPECT_EQ(
      Await(*observed, &Provider::GetProviderInfo, v1::GetProviderInfoRequest())
          ->name(),
      "fake");
  EXPECT_EQ(Await(*observed, &Provider::AckWorkItem, v1::AckWorkItemRequest())
                .status(),
            Lost());
  EXPECT_EQ(calls->calls, (std::vector<std::string>{"GetProviderInfo",
                                                    "AckWorkItem failed"}));
}

// --- Names of orchestrations.

class NamesTest : public DispatchTest {
 protected:
  using Infos =
      HeldCalls<v1::GetInstanceInfoRequest, v1::GetInstanceInfoResponse>;

  // Asks, and notes the answer.
  void Find(OrchestrationNames& names, const std::string& instance,
            uint64_t execution_id) {
    names.Find(instance, execution_id, [this](const OrchestrationName& name) {
      found_.push_back(name.name + " " + name.version);
    });
  }
  static v1::GetInstanceInfoResponse Info() {
    v1::GetInstanceInfoResponse response;
    response.mutable_info()->set_orchestration_name("Order");
    response.mutable_info()->set_orchestration_version("2.0.0");
    return response;
  }

  std::vector<std::string> found_;
};

TEST_F(NamesTest, WhatTurnsHaveToldIsNotAskedFor) {
  OrchestrationNames names(environment_, true);
  names.Learn("a", 1, "Order", "1.0.0");
  Find(names, "a", 1);
  EXPECT_EQ(found_, std::vector<std::string>{"Order 1.0.0"});
  EXPECT_TRUE(fake_->Requests("GetInstanceInfo").empty());
}

TEST_F(NamesTest, TheProviderIsAskedOnceForAllThatWait) {
  Infos infos(*fake_, "GetInstanceInfo");
  OrchestrationNames names(environment_, true);
  Find(names, "a", 1);
  Find(names, "a", 1);
  EXPECT_EQ(infos.count(), 1);
  EXPECT_TRUE(found_.empty());
  infos.Next()->Answer(Info());
  Find(names, "a", 1);
  EXPECT_EQ(found_, (std::vector<std::string>{"Order 2.0.0", "Order 2.0.0",
                                              "Order 2.0.0"}));
  EXPECT_EQ(infos.count(), 1);
}

TEST_F(NamesTest, AnotherExecutionMayHaveAnotherVersion) {
  Infos infos(*fake_, "GetInstanceInfo");
  OrchestrationNames names(environment_, true);
  names.Learn("a", 1, "Order", "1.0.0");
  Find(names, "a", 2);
  infos.Next()->Answer(Info());
  EXPECT_EQ(found_, std::vector<std::string>{"Order 2.0.0"});
}

TEST_F(NamesTest, WhatIsNotKnownIsAskedForAgain) {
  Infos infos(*fake_, "GetInstanceInfo");
  OrchestrationNames names(environment_, true);
  Find(names, "a", 1);
  infos.Next()->Answer(Busy());
  EXPECT_EQ(found_, std::vector<std::string>{"unknown unknown"});
  Find(names, "a", 1);
  infos.Next()->Answer(Info());
  EXPECT_EQ(found_.back(), "Order 2.0.0");
}

TEST_F(NamesTest, AProviderWithoutAdministrationTellsByItsHistory) {
  HeldCalls<v1::ReadHistoryRequest, v1::ReadHistoryResponse> reads(
      *fake_, "ReadHistory");
  OrchestrationNames names(environment_, false);
  Find(names, "a", 3);
  const auto read = reads.Next();
  EXPECT_EQ(read->request().execution_id(), 3);
  v1::ReadHistoryResponse history;
  auto& started = *history.add_events()->mutable_orchestration_started();
  started.set_name("Order");
  started.set_version("3.0.0");
  read->Answer(history);
  EXPECT_EQ(found_, std::vector<std::string>{"Order 3.0.0"});
}

}  // namespace
}  // namespace duroxide::runtime
