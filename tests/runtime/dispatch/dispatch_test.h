#ifndef DUROXIDE_TESTS_RUNTIME_DISPATCH_DISPATCH_TEST_H_
#define DUROXIDE_TESTS_RUNTIME_DISPATCH_DISPATCH_TEST_H_

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "providers/errors.h"
#include "runtime/dispatch/environment.h"
#include "tests/runtime/dispatch/held_calls.h"
#include "tests/support/fake_provider.h"

namespace duroxide::runtime {

// Keeps what a runtime tells, and lets a test wait for it.
class Recorder final : public TraceSink, public RuntimeObserver {
 public:
  bool Enabled(TraceLevel) const override { return true; }
  void Write(const TraceLine& line) override { Add(line.message); }

  void OnTurn(const CommittedTurn& turn) override {
    Add("turn of " + turn.facts.orchestration);
  }
  void OnTurnNotCommitted(const TurnFacts& facts) override {
    Add("no turn of " + facts.orchestration);
  }
  void OnActivity(const FinishedActivity& activity) override {
    Add(std::string(activity.name) + " ended with " +
        std::to_string(static_cast<int>(activity.outcome)));
  }
  void OnOrchestrationsFetched(int) override {}
  void OnActivitiesFetched(int) override {}
  void OnProviderCall(std::string_view, const absl::Status&,
                      absl::Duration) override {}
  void OnSystemMetrics(const v1::SystemMetrics&) override {}
  void OnQueueDepths(const v1::QueueDepths&) override {}

  // Blocks until a line has begun with this.
  void WaitFor(const std::string& text) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      for (const std::string& line : lines_) {
        if (line.starts_with(text)) return true;
      }
      return false;
    });
  }

 private:
  void Add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

// Something that happens once, which a test waits for.
class Signal {
 public:
  void Set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

// Parts of a runtime over a fake provider.
class DispatchTest : public ::testing::Test {
 protected:
  ~DispatchTest() override {
    environment_.give_up.request_stop();
    environment_.calls.WaitUntilNone(absl::InfiniteDuration());
    environment_.timers.Stop();
  }

  static absl::Status Busy() {
    return MakeError(v1::ERROR_REASON_STORE_BUSY, "the store is busy");
  }
  static absl::Status Lost() {
    return MakeError(v1::ERROR_REASON_LOCK_LOST, "the lock is lost");
  }
  static absl::Status Broken() {
    return MakeError(v1::ERROR_REASON_INTERNAL, "the store is broken");
  }

  const std::shared_ptr<testing_support::FakeProvider> fake_ =
      std::make_shared<testing_support::FakeProvider>();
  const std::shared_ptr<Recorder> recorder_ = std::make_shared<Recorder>();
  Environment environment_{.provider = fake_,
                           .store = "store",
                           .log = recorder_,
                           .observer = recorder_};
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_TESTS_RUNTIME_DISPATCH_DISPATCH_TEST_H_
