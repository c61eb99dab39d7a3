// Many messages to one instance.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "conformance/stress/ask.h"
#include "conformance/stress/check/instances.h"
#include "conformance/stress/check/kinds.h"
#include "conformance/stress/check/queues.h"
#include "conformance/stress/workload.h"
#include "runtime/activity_context.h"
#include "runtime/dispatch/call_count.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::stress {
namespace {

using runtime::Orchestration;
using runtime::OrchestrationContext;

constexpr char kHot[] = "Hot";
constexpr char kReceive[] = "Receive";
constexpr char kQueue[] = "messages";
// Instead of a message: there will be no more.
constexpr char kLast[] = "last";

// Takes as many messages as its input says, or up to the last, and hands each
// to an activity. It does not wait for these in between: messages may come
// faster than activities end.
Orchestration<std::string> Hot(OrchestrationContext& ctx,
                               std::string messages) {
  using Result = absl::StatusOr<std::string>;
  int most = 0;
  if (!absl::SimpleAtoi(messages, &most)) {
    co_return absl::InvalidArgumentError("the input is no number");
  }
  std::vector<runtime::DurableFuture<Result>> received;
  for (int i = 0; i < most; ++i) {
    const std::string message = co_await ctx.DequeueEvent(kQueue);
    if (message == kLast) break;
    received.push_back(ctx.ScheduleActivity(kReceive, message));
  }
  const std::vector<Result> results = co_await ctx.Join(std::move(received));
  for (const Result& result : results) {
    if (!result.ok()) co_return result.status();
  }
  co_return std::to_string(results.size());
}

// Unit `n` is a message. Instances follow each other, so that histories do not
// grow without end: at any time all messages go to one of them.
class HotInstance final : public Workload {
 public:
  explicit HotInstance(const StressConfig& config)
      : messages_(std::max(1, config.tasks_per_instance)) {}
  ~HotInstance() override { WaitForCalls(); }

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    if (absl::Status added = orchestrations.Add(kHot, Hot); !added.ok()) {
      return added;
    }
    return activities.AddAsync(
        kReceive,
        [&stage](std::shared_ptr<runtime::ActivityContext> context,
                 const std::string& input, runtime::ActivityDone done) {
          uint64_t n = 0;
          if (!absl::SimpleAtoi(input, &n)) {
            return std::move(done)(
                absl::DataLossError("a message that is no number"));
          }
          stage.effects().Count(context->info());
          stage.End(n, Outcome::kCompleted);
          std::move(done)(std::string());
        });
  }

  void Begin(Stage& stage, uint64_t n) override {
    const uint64_t generation = n / messages_;
    if (n % messages_ == 0) StartInstance(stage, generation);
    {
      const std::lock_guard lock(mutex_);
      // A message that comes before the start is nobody's (FETCH-5).
      Generation& receiver = generations_[generation];
      if (!receiver.started) {
        receiver.waiting.push_back(n);
        return;
      }
    }
    SendMessage(stage, n);
  }

  // The last instance waits for more than there was.
  absl::Status WindDown(Stage& stage) override {
    WaitForCalls();
    const uint64_t begun = stage.begun();
    if (begun == 0) return absl::OkStatus();
    const uint64_t last = (begun - 1) / messages_;
    if (begun % messages_ != 0) {
      if (absl::Status sent = stage.client().EnqueueEvent(
              InstanceOf(stage, last), kQueue, kLast);
          !sent.ok()) {
        return sent;
      }
    }
    for (uint64_t i = 0; i <= last; ++i) {
      const auto ended = stage.client().WaitForCompletion(
          InstanceOf(stage, i), stage.config().wait_timeout, stage.stop());
      // One that is stuck is for the check to find.
      if (!ended.ok() && !absl::IsDeadlineExceeded(ended.status())) {
        return ended.status();
      }
    }
    return absl::OkStatus();
  }

  absl::Status Check(Stage& stage, Findings& findings) override {
    std::vector<StartedInstance> started;
    const uint64_t begun = stage.begun();
    for (uint64_t n = 0; n < begun; n += messages_) {
      started.push_back(
          {InstanceOf(stage, n / messages_), Outcome::kCompleted});
    }
    if (absl::Status checked = CheckInstances(
            stage, std::move(started), findings,
            // Long histories.
            {.in_flight = 8,
             .also = [this](const ReadExecution& read,
                            Findings& /*findings*/) { CountDelivered(read); }});
        !checked.ok()) {
      return checked;
    }
    for (uint64_t n = 0; n < begun; ++n) {
      const uint64_t times = delivered_[std::to_string(n)];
      // What could not be sent need not have come.
      if (times == 0 && stage.OutcomeOf(n) != Outcome::kInfrastructure) {
        findings.Add(kMessageLost, absl::StrCat("message ", n));
      } else if (times > 1) {
        findings.Add(kMessageTwice,
                     absl::StrCat("message ", n, " came ", times, " times"));
      }
    }
    return CheckQueuesEmpty(stage, findings);
  }

  std::vector<Measure> Measures(const StressResult& result) override {
    const double seconds = absl::ToDoubleSeconds(result.elapsed);
    const double messages = static_cast<double>(result.outcomes.completed());
    return {{"messages_per_second",
             "messages that one instance at a time took, a second",
             seconds > 0 ? messages / seconds : 0}};
  }

 private:
  struct Generation {
    bool started = false;
    std::vector<uint64_t> waiting;
  };

  static std::string InstanceOf(const Stage& stage, uint64_t generation) {
    return absl::StrCat(stage.prefix(), "hot-", generation);
  }

  void StartInstance(Stage& stage, uint64_t generation) {
    {
      const std::lock_guard lock(mutex_);
      generations_[generation];
    }
    v1::EnqueueOrchestratorItemRequest request;
    auto& start = *request.mutable_item()->mutable_start_orchestration();
    start.set_instance(InstanceOf(stage, generation));
    start.set_orchestration(kHot);
    start.set_input(std::to_string(messages_));
    start.set_execution_id(1);
    calls_.Enter();
    Send(
        stage, &Provider::EnqueueOrchestratorItem, std::move(request),
        [this, &stage, generation](const absl::Status& status,
                                   const v1::EnqueueOrchestratorItemResponse&) {
          std::vector<uint64_t> waiting;
          {
            const std::lock_guard lock(mutex_);
            generations_[generation].started = true;
            waiting = std::exchange(generations_[generation].waiting, {});
          }
          for (const uint64_t n : waiting) {
            if (status.ok()) {
              SendMessage(stage, n);
            } else {
              stage.End(n, Outcome::kInfrastructure, status.ToString());
            }
          }
          calls_.Leave();
        });
  }

  void SendMessage(Stage& stage, uint64_t n) {
    v1::EnqueueOrchestratorItemRequest request;
    auto& message = *request.mutable_item()->mutable_queue_message();
    message.set_instance(InstanceOf(stage, n / messages_));
    message.set_name(kQueue);
    message.set_data(std::to_string(n));
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

  void WaitForCalls() { calls_.WaitUntilNone(absl::InfiniteDuration()); }

  void CountDelivered(const ReadExecution& read) {
    const std::lock_guard lock(mutex_);
    for (const v1::Event& event : read.events) {
      if (!event.has_queue_event_delivered()) continue;
      ++delivered_[event.queue_event_delivered().data()];
    }
  }

  const uint64_t messages_;
  std::mutex mutex_;
  std::unordered_map<uint64_t, Generation> generations_;
  // Filled by the check.
  std::unordered_map<std::string, uint64_t> delivered_;
  runtime::CallCount calls_;
};

}  // namespace

STRESS_SCENARIO(
    hot_instance,
    .summary =
        "all messages go to one instance, which takes --tasks of them "
        "before the next one follows",
    .shows =
        "messages that come while their instance is locked: none may be lost "
        "or taken twice",
    .defaults =
        [](StressConfig& config) {
          config.max_concurrent = 50;
          config.tasks_per_instance = 500;
          config.activity_delay = absl::ZeroDuration();
        },
    .make = Make<HotInstance>);

}  // namespace duroxide::stress
