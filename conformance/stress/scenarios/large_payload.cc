// The guide's second scenario: large inputs and results.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "conformance/stress/check/kinds.h"
#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/scenarios/message_size.h"
#include "conformance/stress/scenarios/payload.h"
#include "conformance/stress/workload.h"
#include "runtime/activity_context.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::stress {
namespace {

using runtime::Orchestration;
using runtime::OrchestrationContext;
using Result = absl::StatusOr<std::string>;

constexpr char kParent[] = "LargePayload";
constexpr char kChild[] = "LargePayloadChild";
constexpr char kSmallTask[] = "SmallPayloadTask";
constexpr char kMediumTask[] = "MediumPayloadTask";
constexpr char kLargeTask[] = "LargePayloadTask";

// Small activities in the end, which make the history longer and not larger.
constexpr int kLastTasks = 10;

// So that payloads of different places do not look alike.
constexpr uint64_t kChildSeed = 1000;
constexpr uint64_t kLastSeed = 2000;
constexpr uint64_t kResultSeed = 3000;

// A task answers with the payload of the seed after its input's.
absl::Status Answers(const Result& result, uint64_t seed) {
  if (!result.ok()) return result.status();
  if (SeedOf(*result) == seed + 1) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("a payload that is no answer to that of seed ", seed));
}

// Activities one after the other: a third of them small, a third medium, the
// rest large. Then children, all at once, and a few small activities more.
Orchestration<std::string> Parent(OrchestrationContext& ctx,
                                  std::string /*input*/, PayloadSizes sizes) {
  const int third = sizes.activities / 3;
  for (int i = 0; i < sizes.activities; ++i) {
    const uint64_t seed = i;
    const char* const task = i < third       ? kSmallTask
                             : i < 2 * third ? kMediumTask
                                             : kLargeTask;
    const int input_kb = i < third       ? sizes.small_kb
                         : i < 2 * third ? sizes.medium_kb / 2
                                         : sizes.large_kb / 4;
    const Result result =
        co_await ctx.ScheduleActivity(task, MakePayload(seed, input_kb));
    const absl::Status answered = Answers(result, seed);
    if (!answered.ok()) co_return answered;
  }
  std::vector<runtime::DurableFuture<Result>> children;
  children.reserve(sizes.sub_orchestrations);
  for (int i = 0; i < sizes.sub_orchestrations; ++i) {
    children.push_back(ctx.ScheduleSubOrchestration(
        kChild, MakePayload(kChildSeed + i, sizes.medium_kb)));
  }
  const std::vector<Result> results = co_await ctx.Join(std::move(children));
  for (size_t i = 0; i < results.size(); ++i) {
    const absl::Status answered = Answers(results[i], kChildSeed + i);
    if (!answered.ok()) co_return answered;
  }
  for (int i = 0; i < kLastTasks; ++i) {
    const uint64_t seed = kLastSeed + i;
    const Result result =
        co_await ctx.ScheduleActivity(kSmallTask, MakePayload(seed, 0));
    const absl::Status answered = Answers(result, seed);
    if (!answered.ok()) co_return answered;
  }
  co_return MakePayload(kResultSeed, sizes.large_kb);
}

// Two activities, and a result of the medium size.
Orchestration<std::string> Child(OrchestrationContext& ctx, std::string input,
                                 PayloadSizes sizes) {
  const std::optional<uint64_t> seed = SeedOf(input);
  if (!seed) co_return absl::DataLossError("the input is no payload");
  const Result small = co_await ctx.ScheduleActivity(
      kSmallTask, MakePayload(*seed, sizes.small_kb));
  const absl::Status first = Answers(small, *seed);
  if (!first.ok()) co_return first;
  const Result medium = co_await ctx.ScheduleActivity(
      kMediumTask, MakePayload(*seed, sizes.medium_kb / 2));
  const absl::Status second = Answers(medium, *seed);
  if (!second.ok()) co_return second;
  co_return MakePayload(*seed + 1, sizes.medium_kb);
}

// The payload that an event carries, where it carries one.
const std::string* PayloadIn(const v1::Event& event) {
  switch (event.kind_case()) {
    case v1::Event::kActivityScheduled:
      return &event.activity_scheduled().input();
    case v1::Event::kActivityCompleted:
      return &event.activity_completed().result();
    case v1::Event::kSubOrchestrationScheduled:
      return &event.sub_orchestration_scheduled().input();
    case v1::Event::kSubOrchestrationCompleted:
      return &event.sub_orchestration_completed().result();
    case v1::Event::kOrchestrationCompleted:
      return &event.orchestration_completed().output();
    default:
      return nullptr;
  }
}

void CheckPayloads(const ReadExecution& read, Findings& findings) {
  for (const v1::Event& event : read.events) {
    const std::string* payload = PayloadIn(event);
    if (payload == nullptr || IsPayload(*payload)) continue;
    findings.Add(
        kPayloadChanged,
        absl::StrCat(std::string(read.instance), ": event ", event.event_id(),
                     ", ", payload->size(), " bytes that are no payload"));
  }
}

class LargePayload final : public InstanceWorkload {
 public:
  explicit LargePayload(const StressConfig& config) : sizes_(config.payload) {}

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    const auto sized = [sizes = sizes_](auto orchestration) {
      return
          [sizes, orchestration](OrchestrationContext& ctx, std::string input) {
            return orchestration(ctx, std::move(input), sizes);
          };
    };
    return FirstError(
        {orchestrations.Add(kParent, sized(Parent)),
         orchestrations.Add(kChild, sized(Child)),
         AddPayloadTask(stage, kSmallTask, sizes_.small_kb, activities),
         AddPayloadTask(stage, kMediumTask, sizes_.medium_kb, activities),
         AddPayloadTask(stage, kLargeTask, sizes_.large_kb, activities)});
  }

  absl::Status SetUp(Stage& stage) override {
    return RequireMessageBytes(
        stage, HistoryBytes(),
        "the history of an instance; --payload-activities, "
        "--payload-children and the sizes make it smaller");
  }

  std::vector<Measure> Measures(const StressResult& result) override {
    const double seconds = absl::ToDoubleSeconds(result.elapsed);
    const double bytes = static_cast<double>(result.outcomes.completed()) *
                         static_cast<double>(HistoryBytes());
    return {{"history_bytes_per_instance",
             "about, in the history of an instance, without its children",
             static_cast<double>(HistoryBytes())},
            {"history_bytes_per_second",
             "about, of instances that completed, a second",
             seconds > 0 ? bytes / seconds : 0}};
  }

 private:
  InstanceStart Unit(uint64_t /*n*/) const override {
    return {.orchestration = kParent};
  }
  // A payload is megabytes by the time its history is read.
  InstanceCheck Terms() override {
    return {.in_flight = 8, .also = CheckPayloads};
  }

  // Of the parent, a little more than it is.
  uint64_t HistoryBytes() const {
    constexpr uint64_t kKiB = 1024;
    constexpr uint64_t kRest = 64 * kKiB;
    const int third = sizes_.activities / 3;
    const int large = sizes_.activities - 2 * third;
    const int64_t kb =
        (int64_t{third} * (2 * sizes_.small_kb)) +
        (int64_t{third} * (sizes_.medium_kb + sizes_.medium_kb / 2)) +
        (int64_t{large} * (sizes_.large_kb + sizes_.large_kb / 4)) +
        (int64_t{sizes_.sub_orchestrations} * 2 * sizes_.medium_kb) +
        (int64_t{kLastTasks} * sizes_.small_kb) + sizes_.large_kb;
    return kRest + (static_cast<uint64_t>(kb) * kKiB);
  }

  // Takes the activity's delay and answers with a payload of `kb`.
  static absl::Status AddPayloadTask(Stage& stage, const char* name, int kb,
                                     runtime::ActivityRegistry& activities) {
    return activities.AddAsync(
        name, [&stage, kb](std::shared_ptr<runtime::ActivityContext> context,
                           std::string input, runtime::ActivityDone done) {
          auto end = [&stage, kb, context = std::move(context),
                      input = std::move(input),
                      done = std::move(done)]() mutable {
            const std::optional<uint64_t> seed = SeedOf(input);
            if (!seed) {
              return std::move(done)(
                  absl::DataLossError("the input is no payload"));
            }
            stage.effects().Count(context->info());
            std::move(done)(MakePayload(*seed + 1, kb));
          };
          if (stage.config().activity_delay == absl::ZeroDuration()) {
            return end();
          }
          stage.After(stage.config().activity_delay, std::move(end));
        });
  }

  const PayloadSizes sizes_;
};

}  // namespace

STRESS_SCENARIO(
    large_payload,
    .summary =
        "activities and children with inputs and results of 10 to 100 "
        "KiB",
    .shows =
        "what large events cost in storing, reading and sending; memory of "
        "the provider",
    .defaults =
        [](StressConfig& config) {
          config.max_concurrent = 5;
          config.tasks_per_instance = 1;
          config.activity_delay = absl::Milliseconds(5);
          config.orchestration_concurrency = 1;
          config.worker_concurrency = 1;
          config.wait_timeout = absl::Seconds(120);
        },
    .make = Make<LargePayload>);

}  // namespace duroxide::stress
