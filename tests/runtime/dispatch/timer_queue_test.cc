#include "runtime/dispatch/timer_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {
namespace {

using ::testing::ElementsAre;

TEST(TimerQueueTest, CallbacksRunInTheOrderOfTheirTimes) {
  Signal all;
  std::vector<int> order;  // of the timers' one thread
  TimerQueue timers;
  timers.After(absl::Milliseconds(30), [&] {
    order.push_back(3);
    all.Set();
  });
  timers.After(absl::Milliseconds(10), [&] { order.push_back(1); });
  timers.After(absl::Milliseconds(20), [&] { order.push_back(2); });
  all.Wait();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(TimerQueueTest, ACancelledCallbackDoesNotRunAndIsDestroyed) {
  auto held = std::make_shared<int>();
  const std::weak_ptr<int> watched = held;
  std::atomic<bool> ran = false;
  Signal later;
  TimerQueue timers;
  const TimerQueue::Timer timer = timers.After(
      absl::Milliseconds(20), [&ran, held = std::move(held)] { ran = true; });
  EXPECT_TRUE(timers.Cancel(timer));
  EXPECT_TRUE(watched.expired());
  EXPECT_FALSE(timers.Cancel(timer)) << "it is cancelled already";
  timers.After(absl::Milliseconds(40), [&] { later.Set(); });
  later.Wait();
  EXPECT_FALSE(ran);
}

TEST(TimerQueueTest, ACallbackMayAddAndCancelOthers) {
  std::atomic<bool> cancelled = false;
  Signal done;
  TimerQueue timers;
  const TimerQueue::Timer never = timers.After(absl::Hours(1), [] {});
  timers.After(absl::ZeroDuration(), [&] {
    timers.After(absl::ZeroDuration(), [&] {
      cancelled = timers.Cancel(never);
      done.Set();
    });
  });
  done.Wait();
  EXPECT_TRUE(cancelled);
}

TEST(TimerQueueTest, WhatHasBegunCannotBeCancelled) {
  Signal begun;
  Signal go_on;
  TimerQueue timers;
  const TimerQueue::Timer timer = timers.After(absl::ZeroDuration(), [&] {
    begun.Set();
    go_on.Wait();
  });
  begun.Wait();
  EXPECT_FALSE(timers.Cancel(timer));
  go_on.Set();
}

TEST(TimerQueueTest, StoppingDropsWhatHasNotComeYet) {
  TimerQueue timers;
  auto held = std::make_shared<int>();
  const std::weak_ptr<int> watched = held;
  timers.After(absl::InfiniteDuration(), [held = std::move(held)] { FAIL(); });
  timers.Stop();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace duroxide::runtime
