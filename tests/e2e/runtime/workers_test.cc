// Worker processes on one store: all instances finish, none twice, whoever is
// killed.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/runtime/fixture.h"
#include "tests/e2e/runtime/workload.h"
#include "tests/support/child_process.h"

namespace duroxide::e2e {
namespace {

using testing_support::ChildProcess;

// How often to look at a number that nobody tells changes of.
constexpr std::chrono::milliseconds kLookAgain(5);

constexpr int kInstances = 60;
constexpr int kRounds = 2;

class WorkersTest : public RuntimeTest {
 protected:
  void StartWorkers(int count) {
    for (int i = 0; i < count; ++i) {
      workers_.push_back(std::make_unique<ChildProcess>(
          DUROXIDE_WORKER_PROGRAM,
          std::vector<std::string>{server_->endpoint()}));
    }
    for (const auto& worker : workers_) {
      EXPECT_NE(worker->WaitForOutput("working"), "") << worker->error();
    }
  }

  void KillWorkers() {
    for (const auto& worker : workers_) worker->Signal(SIGKILL);
    for (const auto& worker : workers_) worker->Wait();
    workers_.clear();
  }

  void StartTours() {
    for (int i = 0; i < kInstances; ++i) {
      EXPECT_TRUE(
          client().Start(InstanceOf(i), "Tour", absl::StrCat(kRounds)).ok());
    }
  }

  static std::string InstanceOf(int i) { return absl::StrCat("tour-", i); }

  // The instances that are completed, children included.
  int Completed() {
    const auto response = client().Call(&Provider::GetSystemMetrics,
                                        v1::GetSystemMetricsRequest());
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok()
               ? static_cast<int>(response->metrics().completed_instances())
               : 0;
  }

  // Blocks until `count` instances are completed.
  void WaitForCompleted(int count) {
    while (Completed() < count && !HasFailure()) {
      std::this_thread::sleep_for(kLookAgain);
    }
  }

  // Every tour is over, as it should be, and has one end.
  void CheckTours() {
    for (int i = 0; i < kInstances && !HasFailure(); ++i) {
      const std::string instance = InstanceOf(i);
      EXPECT_EQ(WaitForOutput(instance), TourOutput(kRounds));
      EXPECT_EQ(Executions(instance), kRounds + 1);
      const auto history = History(instance);
      EXPECT_EQ(std::count_if(history.begin(), history.end(),
                              [](const v1::Event& event) {
                                return event.has_orchestration_completed();
                              }),
                1)
          << instance;
      EXPECT_TRUE(history.back().has_orchestration_completed()) << instance;
    }
    // A child for each execution, and nothing that nobody has asked for.
    EXPECT_EQ(Completed(), kInstances * (kRounds + 2));
    const auto response = client().Call(&Provider::GetSystemMetrics,
                                        v1::GetSystemMetricsRequest());
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->metrics().total_instances(),
              kInstances * (kRounds + 2));
  }

  std::vector<std::unique_ptr<ChildProcess>> workers_;
};
DUROXIDE_ON_EACH_ENGINE(WorkersTest);

TEST_P(WorkersTest, EightWorkersFinishAllAndNoneTwice) {
  StartWorkers(8);
  StartTours();
  CheckTours();
  int completed = 0;
  for (const auto& worker : workers_) worker->Signal(SIGTERM);
  for (const auto& worker : workers_) {
    EXPECT_EQ(worker->Wait(), 0) << worker->error();
    int here = 0;
    int failed = -1;
    const std::string line = worker->WaitForOutput("completed ");
    EXPECT_EQ(
        std::sscanf(line.c_str(), "completed %d failed %d", &here, &failed), 2)
        << line;
    EXPECT_EQ(failed, 0);
    completed += here;
  }
  EXPECT_EQ(completed, kInstances * (kRounds + 2));
}

TEST_P(WorkersTest, WhatAKilledWorkerHeldOthersFinish) {
  StartWorkers(3);
  StartTours();
  WaitForCompleted(kInstances / 4);
  workers_.front()->Signal(SIGKILL);
  CheckTours();
}

TEST_P(WorkersTest, AllGoOnAfterARestartOfTheWorkers) {
  StartWorkers(2);
  StartTours();
  WaitForCompleted(kInstances / 4);
  KillWorkers();
  StartWorkers(2);
  CheckTours();
}

TEST_P(WorkersTest, AllGoOnAfterARestartOfTheProvider) {
  StartWorkers(2);
  StartTours();
  WaitForCompleted(kInstances / 4);
  server_->Kill();
  server_ = StartProvider(GetParam(), dir_);
  server_->endpoint();
  CheckTours();
}

}  // namespace
}  // namespace duroxide::e2e
