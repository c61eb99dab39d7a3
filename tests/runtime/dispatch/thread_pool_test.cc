#include "runtime/dispatch/thread_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {
namespace {

// How many are there at a time.
class Crowd {
 public:
  int Enter() {
    const std::lock_guard lock(mutex_);
    most_ = std::max(most_, ++now_);
    return now_;
  }
  void Leave() {
    const std::lock_guard lock(mutex_);
    --now_;
  }
  int most() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  std::mutex mutex_;
  int now_ = 0;
  int most_ = 0;
};

TEST(ThreadPoolTest, RunsAllThatWasAddedBeforeItGoes) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(3);
    for (int i = 0; i < 1000; ++i) pool.Add([&ran] { ++ran; });
  }
  EXPECT_EQ(ran, 1000);
}

TEST(ThreadPoolTest, TasksRunSideBySideUpToTheLimitAndNotBeyond) {
  Crowd crowd;
  {
    Signal both;
    ThreadPool pool(2);
    for (int i = 0; i < 20; ++i) {
      pool.Add([&] {
        // The first waits for the second to be there, too.
        if (crowd.Enter() == 2) both.Set();
        both.Wait();
        crowd.Leave();
      });
    }
  }
  EXPECT_EQ(crowd.most(), 2);
}

TEST(ThreadPoolTest, ATaskThatIsSetAsideMakesRoomForAnother) {
  Signal stuck;
  Signal go_on;
  Signal other_ran;
  ThreadPool pool(1);
  pool.Add([&] {
    stuck.Set();
    go_on.Wait();
    pool.TakeBack();
  });
  stuck.Wait();
  pool.Add([&] { other_ran.Set(); });
  pool.SetAside();
  other_ran.Wait();
  go_on.Set();
}

TEST(ThreadPoolTest, OnceATaskIsTakenBackTheLimitHoldsAgain) {
  Crowd crowd;
  {
    Signal stuck;
    Signal go_on;
    Signal other_ran;
    ThreadPool pool(1);
    pool.Add([&] {
      stuck.Set();
      go_on.Wait();
    });
    stuck.Wait();
    pool.SetAside();
    pool.Add([&] { other_ran.Set(); });
    other_ran.Wait();
    // Two threads are there from now on, and room for one.
    pool.TakeBack();
    go_on.Set();
    for (int i = 0; i < 50; ++i) {
      pool.Add([&] {
        crowd.Enter();
        std::this_thread::yield();
        crowd.Leave();
      });
    }
  }
  EXPECT_EQ(crowd.most(), 1);
}

}  // namespace
}  // namespace duroxide::runtime
