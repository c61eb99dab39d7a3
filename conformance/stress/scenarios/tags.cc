// Activities that only some workers may take.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/scenarios/orchestrations.h"
#include "conformance/stress/scenarios/worker_ledger.h"
#include "conformance/stress/workload.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::stress {
namespace {

using runtime::Orchestration;
using runtime::OrchestrationContext;

constexpr char kTagged[] = "Tagged";

// Tags that activities take in turn, and who takes them. Each runtime is named
// after its tag.
constexpr char kUntagged[] = "untagged";
constexpr const char* kTags[] = {kUntagged, "red", "blue"};

// Its activities have different tags; all run at the same time.
Orchestration<std::string> Tagged(OrchestrationContext& ctx,
                                  std::string tasks) {
  using Result = absl::StatusOr<std::string>;
  int count = 0;
  if (!absl::SimpleAtoi(tasks, &count)) {
    co_return absl::InvalidArgumentError("the input is no number");
  }
  std::vector<runtime::DurableFuture<Result>> scheduled;
  scheduled.reserve(count);
  for (int i = 0; i < count; ++i) {
    const std::string tag = kTags[i % std::size(kTags)];
    const runtime::ActivityOptions options =
        tag == kUntagged ? runtime::ActivityOptions()
                         : runtime::ActivityOptions().WithTag(tag);
    scheduled.push_back(
        ctx.ScheduleActivity("Task", std::to_string(i), options));
  }
  const std::vector<Result> results = co_await ctx.Join(std::move(scheduled));
  for (int i = 0; i < count; ++i) {
    if (!results[i].ok()) co_return results[i].status();
    if (*results[i] != std::to_string(i)) {
      co_return absl::DataLossError(
          absl::StrCat("got ", *results[i], " in the place of ", i));
    }
  }
  co_return CountUpTo(count);
}

class Tags final : public InstanceWorkload {
 public:
  explicit Tags(const StressConfig& config)
      : tasks_(config.tasks_per_instance) {}

  // One for each tag.
  std::vector<runtime::RuntimeOptions> Runtimes(
      const runtime::RuntimeOptions& base) override {
    std::vector<runtime::RuntimeOptions> nodes;
    for (const char* tag : kTags) {
      runtime::RuntimeOptions& node = nodes.emplace_back(base);
      node.node_id = tag;
      if (node.node_id == kUntagged) continue;
      node.tag_filter.set_mode(v1::TagFilter::MODE_TAGS);
      node.tag_filter.add_tags(tag);
    }
    return nodes;
  }

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    return FirstError({orchestrations.Add(kTagged, Tagged),
                       AddNotedTask(
                           stage, "Task",
                           [this](const runtime::ActivityInfo& activity) {
                             ledger_.NoteTag(activity,
                                             activity.tag.value_or(kUntagged));
                           },
                           activities)});
  }

  absl::Status Check(Stage& stage, Findings& findings) override {
    ledger_.Report(findings);
    return InstanceWorkload::Check(stage, findings);
  }

  std::vector<Measure> Measures(const StressResult& /*result*/) override {
    std::vector<Measure> measures;
    for (const auto& [node, count] : ledger_.ByNode()) {
      measures.push_back({absl::StrCat("activities_of_", node),
                          "done by the worker of this name",
                          static_cast<double>(count)});
    }
    return measures;
  }

 private:
  InstanceStart Unit(uint64_t /*n*/) const override {
    return {.orchestration = kTagged, .input = std::to_string(tasks_)};
  }
  std::optional<std::string> OutputOf(uint64_t /*n*/) const override {
    return CountUpTo(tasks_);
  }

  const int tasks_;
  WorkerLedger ledger_;
};

}  // namespace

STRESS_SCENARIO(
    tags,
    .summary = "activities with and without tags, and a runtime for each tag",
    .shows =
        "whether tags route, and what looking past other tags' activities "
        "costs",
    .defaults = [](StressConfig& config) { config.tasks_per_instance = 6; },
    .make = Make<Tags>);

}  // namespace duroxide::stress
