// The provider alone: messages and activities without a runtime.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "conformance/stress/ask.h"
#include "conformance/stress/capabilities.h"
#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/workload.h"
#include "providers/errors.h"
#include "runtime/dispatch/call_count.h"
#include "runtime/request_ids.h"

namespace duroxide::stress {
namespace {

constexpr char kOrchestration[] = "Queues";
constexpr char kVersion[] = "1.0.0";
constexpr char kActivity[] = "Task";
constexpr char kOutput[] = "done";

constexpr int64_t kLockSeconds = 30;
constexpr int64_t kPollSeconds = 1;
constexpr uint32_t kMostItems = 32;
// Between fetches that found nothing, where the provider does not wait.
constexpr absl::Duration kPause = absl::Milliseconds(5);
// Calls that are answered at once may come back on the same stack.
constexpr int kDeepest = 16;

// Takes turns and does activities as a runtime would, and no more: what takes
// time here is the provider. Unit `n` is an instance: a start, a first turn
// that schedules its activities, these, and turns that take their results. All
// calls are asynchronous.
class Queues final : public InstanceWorkload {
 public:
  explicit Queues(const StressConfig& config)
      : tasks_(config.tasks_per_instance),
        orchestration_fetches_(config.orchestration_concurrency),
        activity_fetches_(config.worker_concurrency) {}
  ~Queues() override { Stop(); }

  absl::Status SetUp(Stage& stage) override {
    const auto info = InfoOf(stage);
    if (!info.ok()) return info.status();
    waits_ = Has(*info, v1::CAPABILITY_LONG_POLLING);
    if (Has(*info, v1::CAPABILITY_BATCH_FETCH)) {
      most_items_ = std::min(kMostItems, info->limits().max_batch_items());
    }
    for (int i = 0; i < orchestration_fetches_; ++i) {
      calls_.Enter();
      FetchInstances(stage);
    }
    for (int i = 0; i < activity_fetches_; ++i) {
      calls_.Enter();
      FetchActivities(stage);
    }
    return absl::OkStatus();
  }

  void Begin(Stage& stage, uint64_t n) override {
    v1::EnqueueOrchestratorItemRequest request;
    request.set_request_id(ids_.Next());
    auto& start = *request.mutable_item()->mutable_start_orchestration();
    start.set_instance(InstanceOf(stage, n));
    start.set_orchestration(kOrchestration);
    start.set_version(kVersion);
    start.set_input(std::to_string(tasks_));
    start.set_execution_id(1);
    calls_.Enter();
    Send(stage, &Provider::EnqueueOrchestratorItem, std::move(request),
         [this, &stage, n](const absl::Status& status,
                           const v1::EnqueueOrchestratorItemResponse&) {
           if (!status.ok()) {
             stage.End(n, Outcome::kInfrastructure, status.ToString());
           }
           calls_.Leave();
         });
  }

  absl::Status WindDown(Stage& /*stage*/) override {
    Stop();
    return absl::OkStatus();
  }

  std::vector<Measure> Measures(const StressResult& result) override {
    const double seconds = absl::ToDoubleSeconds(result.elapsed);
    double calls = 0;
    for (const auto& [method, figures] : result.calls) {
      calls += static_cast<double>(figures.latency.count());
    }
    const auto per_fetch = [](const Tally& tally) {
      const double fetches = static_cast<double>(tally.fetches.load());
      return fetches > 0 ? static_cast<double>(tally.items.load()) / fetches
                         : 0;
    };
    return {
        {"calls_per_second", "calls of all methods, a second",
         seconds > 0 ? calls / seconds : 0},
        {"instances_per_fetch",
         "that a fetch of instances returned which returned any",
         per_fetch(instances_)},
        {"activities_per_fetch",
         "that a fetch of activities returned which returned any",
         per_fetch(activities_)},
        {"locks_lost", "acks that came too late, whose items came again",
         static_cast<double>(locks_lost_.load())},
    };
  }

 private:
  // Fetches that found something, and what they found.
  struct Tally {
    std::atomic<uint64_t> fetches = 0;
    std::atomic<uint64_t> items = 0;

    void Count(int found) {
      if (found == 0) return;
      ++fetches;
      items += static_cast<uint64_t>(found);
    }
  };

  InstanceStart Unit(uint64_t /*n*/) const override { return {}; }
  std::optional<std::string> OutputOf(uint64_t /*n*/) const override {
    return kOutput;
  }

  // Nothing is fetched any more; blocks until the last answer is there.
  void Stop() {
    stop_.request_stop();
    calls_.WaitUntilNone(absl::InfiniteDuration());
  }

  // The loops. Each counts as a call from its first fetch to its last.

  void FetchInstances(Stage& stage) {
    v1::FetchOrchestrationItemsRequest request;
    request.mutable_lock_timeout()->set_seconds(kLockSeconds);
    if (waits_) request.mutable_poll_timeout()->set_seconds(kPollSeconds);
    request.set_max_items(most_items_);
    Send(stage, &Provider::FetchOrchestrationItems, std::move(request),
         [this, &stage](const absl::Status& status,
                        const v1::FetchOrchestrationItemsResponse& response) {
           const int found = status.ok() ? response.items_size() : 0;
           instances_.Count(found);
           for (int i = 0; i < found; ++i) TakeTurn(stage, response.items(i));
           Again(stage, status.ok() && (found > 0 || waits_),
                 &Queues::FetchInstances);
         },
         {.stop = stop_.get_token()});
  }

  void FetchActivities(Stage& stage) {
    v1::FetchWorkItemsRequest request;
    request.mutable_lock_timeout()->set_seconds(kLockSeconds);
    if (waits_) request.mutable_poll_timeout()->set_seconds(kPollSeconds);
    request.set_max_items(most_items_);
    Send(stage, &Provider::FetchWorkItems, std::move(request),
         [this, &stage](const absl::Status& status,
                        const v1::FetchWorkItemsResponse& response) {
           const int found = status.ok() ? response.items_size() : 0;
           activities_.Count(found);
           for (int i = 0; i < found; ++i) {
             DoActivity(stage, response.items(i));
           }
           Again(stage, status.ok() && (found > 0 || waits_),
                 &Queues::FetchActivities);
         },
         {.stop = stop_.get_token()});
  }

  void Again(Stage& stage, bool at_once, void (Queues::*fetch)(Stage&)) {
    thread_local int depth = 0;
    if (stop_.stop_requested()) return calls_.Leave();
    if (at_once && depth < kDeepest) {
      ++depth;
      (this->*fetch)(stage);
      --depth;
      return;
    }
    stage.After(at_once ? absl::ZeroDuration() : kPause,
                [this, &stage, fetch] { Again(stage, true, fetch); });
  }

  // A turn: a start schedules the activities, their completions are taken
  // down, and the last of them ends the instance.
  void TakeTurn(Stage& stage, const v1::LockedOrchestrationItem& locked) {
    const v1::OrchestrationItem& item = locked.item();
    v1::AckOrchestrationItemRequest ack;
    ack.set_request_id(ids_.Next());
    ack.set_lock_token(locked.lock_token());
    ack.set_execution_id(item.execution_id());
    uint64_t id =
        item.history().empty() ? 0 : item.history().rbegin()->event_id();
    int done = 0;
    for (const v1::Event& event : item.history()) {
      done += event.has_activity_completed() ? 1 : 0;
    }
    const auto append = [&]() -> v1::Event& {
      v1::Event& event = *ack.add_history_delta();
      event.set_event_id(++id);
      event.set_instance_id(item.instance());
      event.set_execution_id(item.execution_id());
      event.set_timestamp_ms(absl::ToUnixMillis(absl::Now()));
      event.set_writer_version(kVersion);
      return event;
    };
    for (const v1::WorkItem& message : item.messages()) {
      if (message.has_start_orchestration()) {
        Start(item, append, ack);
      } else if (message.has_activity_completed()) {
        v1::Event& event = append();
        event.set_source_event_id(message.activity_completed().id());
        event.mutable_activity_completed()->set_result(
            message.activity_completed().result());
        ++done;
      }
    }
    const bool ends = done == tasks_;
    if (ends) {
      append().mutable_orchestration_completed()->set_output(kOutput);
      ack.mutable_metadata()->set_status(v1::ORCHESTRATION_STATUS_COMPLETED);
      ack.mutable_metadata()->set_output(kOutput);
    }
    calls_.Enter();
    Send(stage, &Provider::AckOrchestrationItem, std::move(ack),
         [this, &stage, ends, unit = UnitOf(stage, item.instance())](
             const absl::Status& status,
             const v1::AckOrchestrationItemResponse&) {
           OnAcked(stage, status, ends, unit);
           calls_.Leave();
         });
  }

  template <typename Append>
  void Start(const v1::OrchestrationItem& item, const Append& append,
             v1::AckOrchestrationItemRequest& ack) const {
    v1::OrchestrationStarted& started =
        *append().mutable_orchestration_started();
    started.set_name(kOrchestration);
    started.set_version(kVersion);
    started.set_input(std::to_string(tasks_));
    ack.mutable_metadata()->set_orchestration_name(kOrchestration);
    ack.mutable_metadata()->set_orchestration_version(kVersion);
    for (int i = 0; i < tasks_; ++i) {
      v1::Event& event = append();
      event.mutable_activity_scheduled()->set_name(kActivity);
      auto& work = *ack.add_worker_items()->mutable_activity_execute();
      work.set_instance(item.instance());
      work.set_execution_id(item.execution_id());
      work.set_id(event.event_id());
      work.set_name(kActivity);
    }
  }

  void OnAcked(Stage& stage, const absl::Status& status, bool ends,
               std::optional<uint64_t> unit) {
    if (status.ok()) {
      if (ends && unit) stage.End(*unit, Outcome::kCompleted);
    } else if (IsGoingToComeAgain(status)) {
      ++locks_lost_;
    } else if (unit) {
      stage.End(*unit, Outcome::kInfrastructure, status.ToString());
    }
  }

  void DoActivity(Stage& stage, const v1::LockedWorkItem& locked) {
    const v1::ActivityExecuteItem& item = locked.item().activity_execute();
    v1::AckWorkItemRequest ack;
    ack.set_request_id(ids_.Next());
    ack.set_lock_token(locked.lock_token());
    auto& completion = *ack.mutable_completion()->mutable_activity_completed();
    completion.set_instance(item.instance());
    completion.set_execution_id(item.execution_id());
    completion.set_id(item.id());
    completion.set_result(kOutput);
    calls_.Enter();
    auto end = [this, &stage, ack = std::move(ack)]() mutable {
      AckActivity(stage, std::move(ack));
    };
    if (stage.config().activity_delay == absl::ZeroDuration()) return end();
    stage.After(stage.config().activity_delay, std::move(end));
  }

  void AckActivity(Stage& stage, v1::AckWorkItemRequest ack) {
    const v1::ActivityCompletedItem done =
        ack.completion().activity_completed();
    Send(stage, &Provider::AckWorkItem, std::move(ack),
         [this, &stage, done](const absl::Status& status,
                              const v1::AckWorkItemResponse&) {
           if (status.ok()) {
             // Done is what the provider has taken: there is no effect but it.
             stage.effects().Count(done.instance(), done.execution_id(),
                                   done.id());
             stage.CountActivities(1);
           } else if (IsGoingToComeAgain(status)) {
             ++locks_lost_;
           } else if (const auto unit = UnitOf(stage, done.instance())) {
             stage.End(*unit, Outcome::kInfrastructure, status.ToString());
           }
           calls_.Leave();
         });
  }

  // What was locked is given to another fetch, sooner or later.
  static bool IsGoingToComeAgain(const absl::Status& status) {
    return IsRetryable(status) ||
           ReasonOf(status) == v1::ERROR_REASON_LOCK_LOST;
  }

  const int tasks_;
  const int orchestration_fetches_;
  const int activity_fetches_;
  bool waits_ = false;
  uint32_t most_items_ = 1;
  runtime::RequestIds ids_;
  std::stop_source stop_;
  Tally instances_;
  Tally activities_;
  std::atomic<uint64_t> locks_lost_ = 0;
  // Last: its calls use all of the above.
  runtime::CallCount calls_;
};

}  // namespace

STRESS_SCENARIO(
    queues,
    .summary = "enqueue, fetch and ack of both queues, without a runtime",
    .shows =
        "the provider's own limit: what is faster than the other scenarios "
        "is what the runtime costs; --concurrency is how many fetches wait",
    .runtime = false,
    .defaults =
        [](StressConfig& config) {
          config.max_concurrent = 64;
          config.activity_delay = absl::ZeroDuration();
          config.orchestration_concurrency = 4;
          config.worker_concurrency = 4;
        },
    .make = Make<Queues>);

}  // namespace duroxide::stress
