#include "bench/closed_loop.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace duroxide::bench {
namespace {

using Clock = std::chrono::steady_clock;

enum class Phase { kWarmUp, kMeasure, kOver };

class ClosedLoop {
 public:
  explicit ClosedLoop(const Operations& operations) {
    for (const std::unique_ptr<Operation>& operation : operations) {
      lanes_.push_back({.operation = operation.get(), .latencies = {}});
    }
  }

  void Start() {
    running_ = lanes_.size();
    for (Lane& lane : lanes_) Next(lane);
  }

  void Enter(Phase phase) { phase_ = phase; }

  // Lets it run for `time`. False where it came to its end before.
  bool LetRun(absl::Duration time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, absl::ToChronoNanoseconds(time),
                              [this] { return ended_early_; });
  }

  absl::Status Finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0; });
    return failure_;
  }

  std::vector<absl::Duration> Latencies() const {
    std::vector<absl::Duration> all;
    for (const Lane& lane : lanes_) {
      all.insert(all.end(), lane.latencies.begin(), lane.latencies.end());
    }
    return all;
  }

 private:
  struct Lane {
    Operation* operation;
    std::vector<absl::Duration> latencies;
  };

  void Next(Lane& lane) {
    if (phase_ == Phase::kOver) return Leave(absl::OkStatus());
    lane.operation->Start(
        [this, &lane, begin = Clock::now()](absl::Status status) {
          if (!status.ok()) return Leave(std::move(status));
          if (phase_ == Phase::kMeasure) {
            lane.latencies.push_back(absl::FromChrono(Clock::now() - begin));
          }
          Next(lane);
        });
  }

  void Leave(absl::Status status) {
    const std::lock_guard lock(mutex_);
    if (!status.ok()) {
      phase_ = Phase::kOver;
      ended_early_ = true;
    }
    if (failure_.ok() && !absl::IsOutOfRange(status)) {
      failure_ = std::move(status);
    }
    --running_;
    // Under the lock: whoever waits may destroy this right after.
    changed_.notify_all();
  }

  std::vector<Lane> lanes_;
  std::atomic<Phase> phase_ = Phase::kWarmUp;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t running_ = 0;
  bool ended_early_ = false;
  absl::Status failure_;
};

}  // namespace

absl::StatusOr<Sample> RunClosedLoop(const Operations& operations,
                                     absl::Duration duration,
                                     const ChildProcess& server) {
  ClosedLoop loop(operations);
  loop.Start();
  if (!loop.LetRun(duration / 10)) {
    const absl::Status failure = loop.Finish();
    return failure.ok() ? absl::OutOfRangeError("nothing left to measure with")
                        : failure;
  }
  const absl::Duration client_before = OwnCpuTime();
  const absl::Duration server_before = server.CpuTime();
  const Clock::time_point begin = Clock::now();
  loop.Enter(Phase::kMeasure);
  loop.LetRun(duration);
  loop.Enter(Phase::kOver);
  const absl::Duration elapsed = absl::FromChrono(Clock::now() - begin);
  const absl::Duration client_cpu = OwnCpuTime() - client_before;
  const absl::Duration server_cpu = server.CpuTime() - server_before;
  if (absl::Status status = loop.Finish(); !status.ok()) return status;
  return Summarise(loop.Latencies(), elapsed, client_cpu, server_cpu);
}

}  // namespace duroxide::bench
