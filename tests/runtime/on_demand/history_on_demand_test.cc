// A runtime does not have sent again what it knows (FETCH-9), and does as well
// where it does not know it or the provider sends it all the same.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "providers/await.h"
#include "providers/errors.h"
#include "providers/provider.h"
#include "providers/provider_methods.h"
#include "providers/sqlite/sqlite_provider.h"
#include "runtime/activity_context.h"
#include "runtime/client.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"
#include "runtime/runtime.h"

namespace duroxide::runtime {
namespace {

// Nothing that these tests wait for takes as long.
constexpr absl::Duration kLong = absl::Minutes(5);

// How many activities one after the other make a history that is not sent any
// more, and a good deal longer.
constexpr int kSteps = 60;

// Hands every call on, and counts.
class CountingProvider final : public Provider {
 public:
  explicit CountingProvider(std::shared_ptr<Provider> working)
      : working_(std::move(working)) {}

  // It has the capability; what it does not declare it does not do.
  bool declares = true;
  // So many reads of histories are answered with STORE_BUSY.
  std::atomic<int> busy_reads = 0;

  int left_out() const { return left_out_; }
  int sent() const { return sent_; }
  int reads() const { return reads_; }

#define DUROXIDE_COUNTED(package, method)                                   \
  DUROXIDE_OVERRIDE(package, method) {                                      \
    Hand(&Provider::method, context, *request, *response, std::move(done)); \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_COUNTED)
#undef DUROXIDE_COUNTED

 private:
  template <typename Request, typename Response>
  void Hand(void (Provider::*method)(const CallContext&, const Request*,
                                     Response*, Done),
            const CallContext& context, const Request& request,
            Response& response, Done done) {
    auto asked = std::make_shared<Request>(request);
    if constexpr (requires { asked->clear_max_inline_events(); }) {
      if (!declares) asked->clear_max_inline_events();
    }
    if constexpr (std::is_same_v<Request, v1::ReadHistoryRequest>) {
      ++reads_;
      if (busy_reads-- > 0) {
        return std::move(done)(
            MakeError(v1::ERROR_REASON_STORE_BUSY, "for a while"));
      }
    }
    ((*working_).*method)(context, asked.get(), &response,
                          [this, asked, &response, done = std::move(done)](
                              absl::Status status) mutable {
                            Look(response);
                            std::move(done)(std::move(status));
                          });
  }

  template <typename Response>
  void Look(Response& response) {
    if constexpr (std::is_same_v<Response, v1::GetProviderInfoResponse>) {
      if (declares) return;
      auto& all = *response.mutable_capabilities();
      all.erase(
          std::remove(all.begin(), all.end(), v1::CAPABILITY_HISTORY_ON_DEMAND),
          all.end());
    }
    if constexpr (std::is_same_v<Response,
                                 v1::FetchOrchestrationItemsResponse>) {
      for (const auto& locked : response.items()) {
        if (locked.item().history_omitted()) ++left_out_;
        if (locked.item().history_size() > 0) ++sent_;
      }
    }
  }

  const std::shared_ptr<Provider> working_;
  std::atomic<int> left_out_ = 0;
  std::atomic<int> sent_ = 0;
  std::atomic<int> reads_ = 0;
};

// Counts up by activities, waits, and counts on.
Orchestration<std::string> CountTwice(OrchestrationContext& ctx,
                                      std::string input) {
  for (int step = 0; step < kSteps; ++step) {
    input = *co_await ctx.ScheduleActivity("Next", input);
  }
  ctx.SetCustomStatus("waits");
  co_await ctx.ScheduleWait("go");
  for (int step = 0; step < kSteps; ++step) {
    input = *co_await ctx.ScheduleActivity("Next", input);
  }
  co_return input;
}

class HistoryOnDemandTest : public ::testing::Test {
 protected:
  HistoryOnDemandTest() {
    absl::StatusOr<std::unique_ptr<Provider>> opened =
        sqlite::OpenSqliteProvider(
            {.database = ":memory:", .test_hooks = true});
    EXPECT_TRUE(opened.ok()) << opened.status();
    provider_ = *std::move(opened);
    Watch();
  }

  // From here on, the runtime's calls are counted anew.
  void Watch() { watched_ = std::make_shared<CountingProvider>(provider_); }

  void StartRuntime() {
    runtime_.reset();
    OrchestrationRegistry orchestrations;
    ASSERT_TRUE(orchestrations.Add("CountTwice", CountTwice).ok());
    ActivityRegistry activities;
    ASSERT_TRUE(activities
                    .Add("Next",
                         [](ActivityContext&,
                            std::string input) -> absl::StatusOr<std::string> {
                           return absl::StrCat(std::stoi(input) + 1);
                         })
                    .ok());
    absl::StatusOr<std::unique_ptr<Runtime>> started = Runtime::Start(
        watched_, std::move(orchestrations), std::move(activities), options_);
    ASSERT_TRUE(started.ok()) << started.status();
    runtime_ = *std::move(started);
  }

  // Starts the instance, and waits until it waits: an event that comes before
  // its wait is for nobody.
  void StartCounting(const std::string& instance) {
    Start(instance);
    ExpectWaits(instance);
  }

  void Start(const std::string& instance) {
    ASSERT_TRUE(Client(provider_).Start(instance, "CountTwice", "0").ok());
  }

  void ExpectWaits(const std::string& instance) {
    Client client(provider_);
    const auto waits = client.WaitForStatusChange(instance, 0, kLong);
    ASSERT_TRUE(waits.ok()) << waits.status();
    ASSERT_EQ(waits->custom_status, "waits");
  }

  void ExpectCounts(const std::string& instance) {
    Client client(provider_);
    ASSERT_TRUE(client.RaiseEvent(instance, "go", "").ok());
    const auto ended = client.WaitForCompletion(instance, kLong);
    ASSERT_TRUE(ended.ok()) << ended.status();
    EXPECT_EQ(ended->output, absl::StrCat(2 * kSteps));
  }

  RuntimeOptions options_;
  std::shared_ptr<Provider> provider_;
  std::shared_ptr<CountingProvider> watched_;
  std::unique_ptr<Runtime> runtime_;
};

// A turn may come before the one before it is kept, and then its history is
// read; most do not.
TEST_F(HistoryOnDemandTest, WhatIsKeptIsNotSentAgain) {
  StartRuntime();
  StartCounting("a");
  ExpectCounts("a");
  // A turn adds two events.
  EXPECT_GT(watched_->left_out(), 2 * kSteps - 64 / 2);
  EXPECT_LT(watched_->reads(), watched_->left_out() / 2);
}

TEST_F(HistoryOnDemandTest, AfterARestartItIsReadFirst) {
  StartRuntime();
  StartCounting("a");
  Watch();
  StartRuntime();
  ExpectCounts("a");
  EXPECT_GE(watched_->reads(), 1);
  EXPECT_LT(watched_->reads(), watched_->left_out() / 2);
  EXPECT_EQ(watched_->sent(), 0);
}

TEST_F(HistoryOnDemandTest, AStoreThatIsBusyIsAskedAgainLater) {
  options_.max_attempts = 1;
  StartRuntime();
  StartCounting("a");
  Watch();
  watched_->busy_reads = 3;
  StartRuntime();
  ExpectCounts("a");
  EXPECT_GE(watched_->reads(), 4);
}

TEST_F(HistoryOnDemandTest, AmongMoreThanAreKept) {
  options_.kept_executions = 1;
  StartRuntime();
  Start("a");
  Start("b");
  ExpectWaits("a");
  ExpectWaits("b");
  ExpectCounts("a");
  ExpectCounts("b");
}

TEST_F(HistoryOnDemandTest, WhoKeepsNothingAsksForAll) {
  options_.kept_executions = 0;
  StartRuntime();
  StartCounting("a");
  ExpectCounts("a");
  EXPECT_EQ(watched_->left_out(), 0);
  EXPECT_EQ(watched_->reads(), 0);
}

TEST_F(HistoryOnDemandTest, AProviderWithoutItSendsAll) {
  watched_->declares = false;
  StartRuntime();
  StartCounting("a");
  ExpectCounts("a");
  EXPECT_EQ(watched_->left_out(), 0);
  EXPECT_EQ(watched_->reads(), 0);
}

TEST_F(HistoryOnDemandTest, AHistoryThatCannotBeReadIsPoison) {
  options_.max_attempts = 1;
  StartRuntime();
  StartCounting("a");
  runtime_.reset();
  testing_v1::CorruptInstanceHistoryRequest corrupt;
  corrupt.set_instance("a");
  ASSERT_TRUE(
      Await(*provider_, &Provider::CorruptInstanceHistory, corrupt).ok());
  StartRuntime();
  Client client(provider_);
  ASSERT_TRUE(client.RaiseEvent("a", "go", "").ok());
  const auto ended = client.WaitForCompletion("a", kLong);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->state, InstanceStatus::State::kFailed);
  EXPECT_GT(watched_->reads(), 0);
}

}  // namespace
}  // namespace duroxide::runtime
