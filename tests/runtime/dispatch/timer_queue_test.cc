#include "runtime/dispatch/timer_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <mutex>
#include <vector>

namespace duroxide::runtime {
namespace {

using ::testing::ElementsAre;

TEST(TimerQueueTest, CallbacksRunInTheOrderOfTheirTimes) {
  TimerQueue timers;
  std::promise<void> all;
  std::vector<int> order;  // of the timers' one thread
  timers.After(absl::Milliseconds(30), [&] {
    order.push_back(3);
    all.set_value();
  });
  timers.After(absl::Milliseconds(10), [&] { order.push_back(1); });
  timers.After(absl::Milliseconds(20), [&] { order.push_back(2); });
  all.get_future().wait();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(TimerQueueTest, ACancelledCallbackDoesNotRunAndIsDestroyed) {
  TimerQueue timers;
  auto held = std::make_shared<int>();
  const std::weak_ptr<int> watched = held;
  bool ran = false;
  const TimerQueue::Timer timer = timers.After(
      absl::Milliseconds(20), [&ran, held = std::move(held)] { ran = true; });
  EXPECT_TRUE(timers.Cancel(timer));
  EXPECT_TRUE(watched.expired());
  EXPECT_FALSE(timers.Cancel(timer)) << "it is cancelled already";
  std::promise<void> later;
  timers.After(absl::Milliseconds(40), [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_FALSE(ran);
}

TEST(TimerQueueTest, ACallbackMayAddAndCancelOthers) {
  TimerQueue timers;
  std::promise<bool> cancelled;
  const TimerQueue::Timer never = timers.After(absl::Hours(1), [] {});
  timers.After(absl::ZeroDuration(), [&] {
    timers.After(absl::ZeroDuration(),
                 [&] { cancelled.set_value(timers.Cancel(never)); });
  });
  EXPECT_TRUE(cancelled.get_future().get());
}

TEST(TimerQueueTest, WhatHasBegunCannotBeCancelled) {
  TimerQueue timers;
  std::promise<void> begun;
  std::promise<void> go_on;
  const TimerQueue::Timer timer = timers.After(absl::ZeroDuration(), [&] {
    begun.set_value();
    go_on.get_future().wait();
  });
  begun.get_future().wait();
  EXPECT_FALSE(timers.Cancel(timer));
  go_on.set_value();
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
