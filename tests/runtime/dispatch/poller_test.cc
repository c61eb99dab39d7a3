#include "runtime/dispatch/poller.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {
namespace {

// Fetches that the test answers.
class Fetches {
 public:
  struct Sent {
    int max_items;
    std::stop_token stop;
    Poller::OnFetched on_fetched;

    void Give(int items) { on_fetched({absl::OkStatus(), max_items, items}); }
    void Fail(absl::Status status) { on_fetched({status, max_items, 0}); }
  };

  Poller::Fetch function() {
    return [this](int max_items, std::stop_token stop,
                  Poller::OnFetched on_fetched) {
      const std::lock_guard lock(mutex_);
      sent_.push_back({max_items, std::move(stop), std::move(on_fetched)});
      changed_.notify_all();
    };
  }

  // Blocks until there is another one.
  Sent Next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !sent_.empty(); });
    Sent sent = std::move(sent_.front());
    sent_.pop_front();
    return sent;
  }
  bool None() {
    const std::lock_guard lock(mutex_);
    return sent_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Sent> sent_;
};

class PollerTest : public DispatchTest {
 protected:
  Poller& Start(PollerOptions options) {
    options.what = "things";
    poller_.emplace(environment_, options, fetches_.function());
    poller_->Start();
    return *poller_;
  }

  Fetches fetches_;
  std::optional<Poller> poller_;
};

TEST_F(PollerTest, OneFetchServesAllFreeSlots) {
  Poller& poller = Start({.slots = 5});
  Fetches::Sent first = fetches_.Next();
  EXPECT_EQ(first.max_items, 5);
  EXPECT_TRUE(fetches_.None()) << "one long poll is enough";
  first.Give(2);
  Fetches::Sent second = fetches_.Next();
  EXPECT_EQ(second.max_items, 3);
  poller.Release();
  EXPECT_TRUE(fetches_.None()) << "the next fetch takes care of it";
  second.Give(3);
  EXPECT_EQ(fetches_.Next().max_items, 1);
  EXPECT_TRUE(fetches_.None());
}

TEST_F(PollerTest, NothingIsFetchedWhereNoSlotIsFree) {
  Poller& poller = Start({.slots = 2});
  fetches_.Next().Give(2);
  EXPECT_TRUE(fetches_.None());
  poller.Release();
  EXPECT_EQ(fetches_.Next().max_items, 1);
}

TEST_F(PollerTest, WithoutBatchesFetchesMultiplyWhileTheyGiveSomething) {
  Start({.slots = 8, .batches = false});
  Fetches::Sent first = fetches_.Next();
  EXPECT_EQ(first.max_items, 1);
  EXPECT_TRUE(fetches_.None()) << "one waits as long as there is nothing";
  first.Give(1);
  Fetches::Sent second = fetches_.Next();
  Fetches::Sent third = fetches_.Next();
  EXPECT_TRUE(fetches_.None());
  second.Give(1);
  fetches_.Next();
  fetches_.Next();
  fetches_.Next();
  EXPECT_TRUE(fetches_.None());
  third.Give(0);
  EXPECT_TRUE(fetches_.None()) << "there is nothing to be had any more";
}

TEST_F(PollerTest, AFetchThatGaveNothingTooSoonIsNotRepeatedAtOnce) {
  Poller& poller = Start({.slots = 2, .min_interval = absl::Hours(1)});
  fetches_.Next().Give(1);
  fetches_.Next().Give(0);
  EXPECT_TRUE(fetches_.None());
  poller.Release();
  EXPECT_TRUE(fetches_.None());
}

TEST_F(PollerTest, ItIsRepeatedAfterTheInterval) {
  Start({.slots = 1, .min_interval = absl::Milliseconds(10)});
  for (int i = 0; i < 3; ++i) fetches_.Next().Give(0);
  fetches_.Next();
}

TEST_F(PollerTest, ALongPollThatEndsWithNothingIsRepeatedAtOnce) {
  Start({.slots = 1, .min_interval = absl::ZeroDuration()});
  fetches_.Next().Give(0);
  EXPECT_FALSE(fetches_.None());
}

TEST_F(PollerTest, ErrorsArePausedAfterAndTried) {
  Start({.slots = 3});
  fetches_.Next().Fail(Busy());
  Fetches::Sent again = fetches_.Next();
  EXPECT_EQ(again.max_items, 3);
  again.Fail(Broken());
  fetches_.Next();
  recorder_->WaitFor("Fetching things failed: the store is busy");
  recorder_->WaitFor("Fetching things failed: the store is broken");
}

TEST_F(PollerTest, StoppingEndsTheFetchThatWaits) {
  Poller& poller = Start({.slots = 1});
  Fetches::Sent waiting = fetches_.Next();
  poller.Stop();
  EXPECT_TRUE(waiting.stop.stop_requested());
  waiting.Give(0);
  EXPECT_TRUE(fetches_.None());
}

TEST_F(PollerTest, FewerSlotsAreWaitedForAndMoreAreUsedAtOnce) {
  Poller& poller = Start({.slots = 2});
  fetches_.Next().Give(2);
  poller.SetSlots(1);
  poller.Release();
  EXPECT_TRUE(fetches_.None()) << "the one that is left has an item";
  poller.SetSlots(4);
  EXPECT_EQ(fetches_.Next().max_items, 3);
}

// Provider and work that answer at once must not pile calls upon calls.
TEST_F(PollerTest, AnswersThatComeAtOnceAreTakenInALoop) {
  int left = 200'000;
  std::optional<Poller> poller;
  poller.emplace(
      environment_,
      PollerOptions{
          .what = "things", .slots = 1, .min_interval = absl::Hours(1)},
      [&](int max_items, const std::stop_token&, Poller::OnFetched on_fetched) {
        const int given = left > 0 ? 1 : 0;
        left -= given;
        on_fetched({absl::OkStatus(), max_items, given});
        if (given > 0) poller->Release();
      });
  poller->Start();
  EXPECT_EQ(left, 0);
}

}  // namespace
}  // namespace duroxide::runtime
