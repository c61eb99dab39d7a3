// Two server processes on one database file.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "conformance/builders.h"
#include "providers/await.h"
#include "providers/errors.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/latencies.h"
#include "tests/e2e/load_fixture.h"

namespace duroxide::e2e {
namespace {

using conformance::ActivityItem;
using conformance::StartItem;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// How often each kind of wake-up is measured.
constexpr int kWakeUps = 20;

// Requests that both processes together are to acknowledge under load.
constexpr int kManyOperations = 5'000;

constexpr int kKills = 5;

// Far longer than any wake-up, sanitizers included.
constexpr absl::Duration kHang = absl::Minutes(2);

class TwoProcessesTest : public LoadFixture {
 protected:
  // Both at once: they make the file together.
  TwoProcessesTest()
      : first_(std::make_unique<ServerProcess>(database_, kAnyPort)),
        second_(database_, "unix:" + dir_.File("second")),
        a_(Connect(first_->endpoint())),
        b_(Connect(second_.endpoint())) {}

  // Instances with work that the provider gives now; it holds them then.
  static std::vector<std::string> InstancesFrom(Provider& provider) {
    const auto response = Await(provider, &Provider::FetchOrchestrationItems,
                                FetchTurns({.max_items = 10}));
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> instances;
    if (response.ok()) {
      for (const auto& held : response->items()) {
        instances.push_back(held.item().instance());
      }
    }
    return instances;
  }

  std::unique_ptr<ServerProcess> first_;
  ServerProcess second_;
  std::unique_ptr<Provider> a_;  // the first's client
  std::unique_ptr<Provider> b_;  // the second's
};

TEST_F(TwoProcessesTest, WhatOneHasLockedTheOtherDoesNotGive) {
  ASSERT_TRUE(Enqueue(*a_, StartItem("one")).ok());
  EXPECT_EQ(TakeTurn(*b_, {}).item().instance(), "one");
  ASSERT_TRUE(Enqueue(*a_, StartItem("two")).ok());
  EXPECT_THAT(InstancesFrom(*a_), ElementsAre("two"));
  ASSERT_TRUE(Enqueue(*b_, StartItem("three")).ok());
  EXPECT_THAT(InstancesFrom(*b_), ElementsAre("three"));
  EXPECT_THAT(InstancesFrom(*a_), SizeIs(0));

  ASSERT_TRUE(Enqueue(*a_, ActivityItem("one", 1)).ok());
  EXPECT_EQ(TakeWork(*a_, {}).item().activity_execute().id(), 1);
  const auto more = Await(*b_, &Provider::FetchWorkItems, FetchWork());
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_THAT(more->items(), SizeIs(0));
}

TEST_F(TwoProcessesTest, ALockOfOneIsGoodAtTheOther) {
  ASSERT_TRUE(Enqueue(*a_, StartItem("one")).ok());
  const auto held = TakeTurn(*a_, {});
  EXPECT_TRUE(Await(*b_, &Provider::RenewOrchestrationItemLock,
                    RenewTurn(held.lock_token(), absl::Hours(1)))
                  .ok());
  const v1::AckOrchestrationItemRequest ack =
      conformance::FirstAck(held).Worker(ActivityItem("one", 2));
  EXPECT_TRUE(Await(*b_, &Provider::AckOrchestrationItem, ack).ok());
  EXPECT_EQ(ReasonOf(Await(*a_, &Provider::AckOrchestrationItem, ack).status()),
            v1::ERROR_REASON_LOCK_LOST);

  const auto work = TakeWork(*b_, {});
  EXPECT_TRUE(
      Await(*a_, &Provider::AckWorkItem,
            AckWork(work.lock_token(), conformance::CompletionOf(work.item())))
          .ok());
  EXPECT_THAT(TakeTurn(*b_, {}).item().messages(), SizeIs(1));
}

TEST_F(TwoProcessesTest, ARepeatedRequestIsNotDoneAgainByTheOther) {
  auto enqueue = EnqueueMessage(StartItem("one"));
  enqueue.set_request_id("enqueue");
  EXPECT_TRUE(Await(*a_, &Provider::EnqueueOrchestratorItem, enqueue).ok());
  EXPECT_TRUE(Await(*b_, &Provider::EnqueueOrchestratorItem, enqueue).ok());
  const auto held = TakeTurn(*b_, {});
  EXPECT_THAT(held.item().messages(), SizeIs(1));

  v1::AckOrchestrationItemRequest ack = conformance::FirstAck(held);
  ack.set_request_id("ack");
  EXPECT_TRUE(Await(*b_, &Provider::AckOrchestrationItem, ack).ok());
  EXPECT_TRUE(Await(*a_, &Provider::AckOrchestrationItem, ack).ok());
  v1::ReadHistoryRequest read;
  read.set_instance("one");
  EXPECT_THAT(Await(*a_, &Provider::ReadHistory, read)->events(), SizeIs(1));

  // An error is an outcome too.
  auto late = AbandonTurn(held.lock_token());
  late.set_request_id("late");
  for (Provider* provider : {a_.get(), b_.get()}) {
    EXPECT_EQ(
        ReasonOf(Await(*provider, &Provider::AbandonOrchestrationItem, late)
                     .status()),
        v1::ERROR_REASON_LOCK_LOST);
  }
}

// What ends a wait at the other process, and who makes it ready beforehand.
struct WakeUp {
  std::string name;
  // Leaves no work that could be fetched.
  std::function<void(Provider&)> prepare;
  // Makes one activity fetchable.
  std::function<absl::Status(Provider&)> act;
};

class WakeUpTest : public TwoProcessesTest {
 protected:
  // Waits at the second process for an activity, lets the first act, and checks
  // the order of events.
  void Measure(const WakeUp& wake_up) {
    Latencies latencies;
    for (int i = 0; i < kWakeUps; ++i) {
      wake_up.prepare(*a_);
      auto fetch = std::async(std::launch::async, [this] {
        auto work = TakeWork(*b_, {.poll = kHang});
        return std::pair(std::move(work), absl::Now());
      });
      second_.WaitForLongPolls("worker", 1);
      EXPECT_EQ(fetch.wait_for(std::chrono::seconds(0)),
                std::future_status::timeout);
      const absl::Time begin = absl::Now();
      const absl::Status done = wake_up.act(*a_);
      ASSERT_TRUE(done.ok()) << done;
      const auto [work, end] = fetch.get();
      latencies.Add(end - begin);
      ASSERT_TRUE(
          Await(*b_, &Provider::AckWorkItem, AckWork(work.lock_token())).ok());
    }
    latencies.Print("wake-up across processes by " + wake_up.name);
  }
};

TEST_F(WakeUpTest, ByAnEnqueue) {
  Measure(
      {.name = "an enqueue",
       .prepare = [](Provider&) {},
       .act = [](Provider& a) { return Enqueue(a, ActivityItem("i", 1)); }});
}

TEST_F(WakeUpTest, ByAnAck) {
  int instances = 0;
  v1::AckOrchestrationItemRequest ack;
  Measure({.name = "an ack",
           .prepare =
               [&](Provider& a) {
                 const std::string instance =
                     "instance-" + std::to_string(++instances);
                 ASSERT_TRUE(Enqueue(a, StartItem(instance)).ok());
                 ack = conformance::FirstAck(TakeTurn(a, {}))
                           .Worker(ActivityItem(instance, 2));
               },
           .act =
               [&](Provider& a) {
                 return Await(a, &Provider::AckOrchestrationItem, ack).status();
               }});
}

TEST_F(WakeUpTest, ByAnAbandon) {
  v1::AbandonWorkItemRequest abandon;
  Measure({.name = "an abandon",
           .prepare =
               [&](Provider& a) {
                 ASSERT_TRUE(Enqueue(a, ActivityItem("i", 1)).ok());
                 abandon = AbandonWork(TakeWork(a, {}).lock_token());
               },
           .act =
               [&](Provider& a) {
                 return Await(a, &Provider::AbandonWorkItem, abandon).status();
               }});
}

TEST_F(TwoProcessesTest, ALockOfOneThatRunsOutWakesAWaitAtTheOther) {
  constexpr absl::Duration kLease = absl::Milliseconds(200);
  ASSERT_TRUE(Enqueue(*a_, ActivityItem("i", 1)).ok());
  const absl::Time asked = absl::Now();
  TakeWork(*a_, {.lease = kLease});
  const auto again = TakeWork(*b_, {.poll = kHang});
  EXPECT_GE(absl::Now(), asked + kLease);
  EXPECT_EQ(again.attempt_count(), 2);
}

TEST_F(TwoProcessesTest, UnderLoadFromBothNoRequestFails) {
  LoadOptions options = NextLoad();
  options.clients = 16;
  options.end_unanswered = false;
  const absl::Time begin = absl::Now();
  {
    Load load({a_.get(), b_.get()}, records_, options);
    ASSERT_TRUE(records_.ledger.WaitForAcknowledged(kManyOperations));
    std::cout << kManyOperations << " operations in " << absl::Now() - begin
              << std::endl;
    load.Stop();
    NoteEnd(options);
  }
  EXPECT_EQ(Audit(*a_), 0);
  FinishAndJudge(*b_);
  first_->Kill();
  EndAndCheckFile(second_);
}

TEST_F(TwoProcessesTest, OneGoesOnWhenTheOtherIsKilled) {
  LoadOptions patient = NextLoad();
  patient.end_unanswered = false;
  const LoadOptions impatient = NextLoad();
  {
    Load on_second({b_.get()}, records_, patient);
    for (int kill = 0; kill < kKills; ++kill) {
      {
        const Load on_first({a_.get()}, records_, impatient);
        ASSERT_TRUE(records_.ledger.WaitForAcknowledged(SomeOperations()));
        first_->Kill();
        // The other's clients take over what the dead one's held.
        ASSERT_TRUE(records_.ledger.WaitForAcknowledged(SomeOperations()));
      }
      first_ = Start(kAnyPort);
      a_ = Connect(first_->endpoint());
    }
    on_second.Stop();
    NoteEnd(patient);
  }
  Audit(*b_);
  FinishAndJudge(*a_);
  first_->Kill();
  EndAndCheckFile(second_);
}

}  // namespace
}  // namespace duroxide::e2e
