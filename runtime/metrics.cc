#include "runtime/metrics.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "providers/errors.h"

namespace duroxide::runtime {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets kOrchestrationSeconds = {0.1, 0.5, 1,   2,   5,    10,
                                       30,  60,  300, 600, 1800, 3600};
const Buckets kHistorySizes = {10, 50, 100, 500, 1000, 5000, 10000};
const Buckets kTurns = {1, 2, 5, 10, 20, 50, 100, 200, 500};
const Buckets kActivitySeconds = {0.01, 0.05, 0.1, 0.5, 1,   2,
                                  5,    10,   30,  60,  120, 300};
const Buckets kProviderSeconds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5};
const Buckets kTurnSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                              0.05,   0.1,   0.25,   0.5,   1,    5};

// One metric, whose series are found by the values of their labels: without
// making the labels anew each time, and never too many.
template <typename Metric>
class Series {
 public:
  // The first label is the one that counts as "other" where there are too many
  // series. `arguments` are what the metric is made with.
  template <typename Builder, typename... Arguments>
  Series(prometheus::Registry& registry, Builder builder,
         const std::string& name, const std::string& help,
         std::vector<std::string> labels, Arguments... arguments)
      : family_(builder.Name(name).Help(help).Register(registry)),
        labels_(std::move(labels)),
        make_([this, arguments...](const prometheus::Labels& with) {
          return &family_.Add(with, arguments...);
        }) {}

  Metric& With(std::vector<std::string> values) {
    {
      const std::shared_lock lock(mutex_);
      const auto found = series_.find(values);
      if (found != series_.end()) return *found->second;
    }
    const std::unique_lock lock(mutex_);
    if (series_.size() >= kMost && !values.empty()) values[0] = "other";
    Metric*& metric = series_[values];
    if (metric == nullptr) {
      prometheus::Labels with;
      for (size_t i = 0; i < labels_.size(); ++i) with[labels_[i]] = values[i];
      metric = make_(with);
    }
    return *metric;
  }

 private:
  static constexpr size_t kMost = 1000;

  prometheus::Family<Metric>& family_;
  const std::vector<std::string> labels_;
  const std::function<Metric*(const prometheus::Labels&)> make_;
  std::shared_mutex mutex_;
  std::map<std::vector<std::string>, Metric*> series_;
};

class Counters : public Series<prometheus::Counter> {
 public:
  Counters(prometheus::Registry& registry, const std::string& name,
           const std::string& help, std::vector<std::string> labels)
      : Series(registry, prometheus::BuildCounter(), name, help,
               std::move(labels)) {}
};
class Gauges : public Series<prometheus::Gauge> {
 public:
  Gauges(prometheus::Registry& registry, const std::string& name,
         const std::string& help, std::vector<std::string> labels)
      : Series(registry, prometheus::BuildGauge(), name, help,
               std::move(labels)) {}
};
class Histograms : public Series<prometheus::Histogram> {
 public:
  Histograms(prometheus::Registry& registry, const std::string& name,
             const std::string& help, std::vector<std::string> labels,
             const Buckets& buckets)
      : Series(registry, prometheus::BuildHistogram(), name, help,
               std::move(labels), buckets) {}
};

std::string TurnRange(uint64_t turns) {
  if (turns <= 5) return "1-5";
  if (turns <= 10) return "6-10";
  if (turns <= 50) return "11-50";
  return "50+";
}

std::string RetryLabel(uint32_t attempt) {
  return attempt > 3 ? "3+" : std::to_string(attempt > 0 ? attempt - 1 : 0);
}

std::string ErrorType(const std::string& category) {
  if (category == "application") return "app_error";
  if (category == "infrastructure") return "infrastructure_error";
  if (category == "configuration") return "config_error";
  return category;
}

std::string StatusLabel(const TurnFacts& facts) {
  switch (facts.end) {
    case TurnFacts::End::kCompleted:
      return "success";
    case TurnFacts::End::kContinuedAsNew:
      return "continuedAsNew";
    case TurnFacts::End::kFailed:
    case TurnFacts::End::kNone:
      break;
  }
  return "failed";
}

std::string OutcomeLabel(ActivityOutcome outcome) {
  switch (outcome) {
    case ActivityOutcome::kSuccess:
      return "success";
    case ActivityOutcome::kApplicationError:
      return "app_error";
    case ActivityOutcome::kInfrastructureError:
      return "infra_error";
    case ActivityOutcome::kPoison:
      return "poison";
    case ActivityOutcome::kCancelled:
      break;
  }
  return "cancelled";
}

class Metrics final : public RuntimeObserver {
 public:
  explicit Metrics(std::shared_ptr<prometheus::Registry> registry)
      : registry_(std::move(registry)) {}

  void OnTurn(const CommittedTurn& turn) override {
    turn_seconds_.With({}).Observe(absl::ToDoubleSeconds(turn.elapsed));
    const TurnFacts& facts = turn.facts;
    if (facts.began_execution) {
      starts_
          .With({facts.orchestration, facts.version,
                 facts.continued_from_earlier ? "continueAsNew"
                 : turn.began_child           ? "suborchestration"
                                              : "client"})
          .Increment();
    }
    if (facts.end == TurnFacts::End::kNone) return;
    OnEnd(turn);
    if (facts.end == TurnFacts::End::kContinuedAsNew) {
      continued_.With({facts.orchestration}).Increment();
    }
    if (facts.end == TurnFacts::End::kFailed) OnFailed(facts);
  }

  void OnTurnNotCommitted(const TurnFacts& facts) override {
    infrastructure_errors_.With({facts.orchestration, "infrastructure"})
        .Increment();
  }

  void OnActivity(const FinishedActivity& activity) override {
    const std::string name(activity.name);
    const std::string tag(activity.tag.value_or("default"));
    const std::string outcome = OutcomeLabel(activity.outcome);
    activities_.With({name, outcome, RetryLabel(activity.attempt), tag})
        .Increment();
    if (activity.outcome == ActivityOutcome::kPoison) {
      poisoned_activities_.With({}).Increment();
    } else {
      activity_seconds_.With({name, outcome, tag})
          .Observe(absl::ToDoubleSeconds(activity.elapsed));
    }
    if (activity.outcome == ActivityOutcome::kPoison ||
        activity.outcome == ActivityOutcome::kInfrastructureError) {
      activity_infrastructure_errors_.With({name}).Increment();
    }
  }

  void OnOrchestrationsFetched(int count) override {
    orchestrations_fetched_.With({}).Increment(count);
  }
  void OnActivitiesFetched(int count) override {
    activities_fetched_.With({}).Increment(count);
  }

  void OnProviderCall(std::string_view method, const absl::Status& status,
                      absl::Duration elapsed) override {
    provider_seconds_
        .With({std::string(method), status.ok() ? "success" : "error"})
        .Observe(absl::ToDoubleSeconds(elapsed));
    if (status.ok()) return;
    provider_errors_
        .With({std::string(method), std::string(ReasonName(ReasonOf(status)))})
        .Increment();
  }

  void OnSystemMetrics(const provider::v1::SystemMetrics& metrics) override {
    active_.With({"all"}).Set(static_cast<double>(metrics.running_instances()));
  }
  void OnQueueDepths(const provider::v1::QueueDepths& depths) override {
    orchestrator_depth_.With({}).Set(
        static_cast<double>(depths.orchestrator_queue()));
    worker_depth_.With({}).Set(static_cast<double>(depths.worker_queue()));
  }

 private:
  void OnEnd(const CommittedTurn& turn) {
    const TurnFacts& facts = turn.facts;
    const std::string status = StatusLabel(facts);
    completions_
        .With({facts.orchestration, facts.version, status,
               turn.turns ? TurnRange(*turn.turns) : "unknown"})
        .Increment();
    if (turn.execution_time) {
      seconds_.With({facts.orchestration, facts.version, status})
          .Observe(absl::ToDoubleSeconds(*turn.execution_time));
    }
    if (turn.turns) {
      turns_.With({facts.orchestration})
          .Observe(static_cast<double>(*turn.turns));
    }
    history_sizes_.With({facts.orchestration})
        .Observe(static_cast<double>(facts.history_events));
  }

  void OnFailed(const TurnFacts& facts) {
    failures_
        .With({facts.orchestration, facts.version,
               ErrorType(facts.error_category), facts.error_category})
        .Increment();
    const bool poison = facts.error_category == "poison";
    if (poison) poisoned_.With({}).Increment();
    if (poison || facts.error_category == "infrastructure") {
      infrastructure_errors_.With({facts.orchestration, facts.error_category})
          .Increment();
    }
    if (facts.error_category == "configuration") {
      configuration_errors_.With({facts.orchestration, facts.error_category})
          .Increment();
    }
  }

  const std::shared_ptr<prometheus::Registry> registry_;

  Counters starts_{*registry_,
                   "duroxide_orchestration_starts_total",
                   "Executions that began.",
                   {"orchestration_name", "version", "initiated_by"}};
  Counters completions_{
      *registry_,
      "duroxide_orchestration_completions_total",
      "Executions that ended.",
      {"orchestration_name", "version", "status", "final_turn_count"}};
  Counters failures_{
      *registry_,
      "duroxide_orchestration_failures_total",
      "Executions that failed.",
      {"orchestration_name", "version", "error_type", "error_category"}};
  Histograms seconds_{*registry_,
                      "duroxide_orchestration_duration_seconds",
                      "Time from an execution's begin to its end.",
                      {"orchestration_name", "version", "status"},
                      kOrchestrationSeconds};
  Histograms history_sizes_{*registry_,
                            "duroxide_orchestration_history_size",
                            "Events of an execution when it ended.",
                            {"orchestration_name"},
                            kHistorySizes};
  Histograms turns_{*registry_,
                    "duroxide_orchestration_turns",
                    "Turns of an execution when it ended.",
                    {"orchestration_name"},
                    kTurns};
  Counters infrastructure_errors_{
      *registry_,
      "duroxide_orchestration_infrastructure_errors_total",
      "Turns that could not be committed, and messages fetched too often.",
      {"orchestration_name", "error_category"}};
  Counters configuration_errors_{
      *registry_,
      "duroxide_orchestration_configuration_errors_total",
      "Executions whose history and code disagree.",
      {"orchestration_name", "error_category"}};
  Counters continued_{*registry_,
                      "duroxide_orchestration_continue_as_new_total",
                      "Executions that continued as new.",
                      {"orchestration_name"}};
  Counters poisoned_{*registry_,
                     "duroxide_orchestration_poison_total",
                     "Executions whose messages were fetched too often.",
                     {}};
  Gauges active_{*registry_,
                 "duroxide_active_orchestrations",
                 "Instances of the store that run.",
                 {"state"}};
  Gauges orchestrator_depth_{*registry_,
                             "duroxide_orchestrator_queue_depth",
                             "Messages for orchestrations that could be "
                             "fetched now.",
                             {}};
  Gauges worker_depth_{*registry_,
                       "duroxide_worker_queue_depth",
                       "Activities that could be fetched now.",
                       {}};

  Counters activities_{*registry_,
                       "duroxide_activity_executions_total",
                       "Activities that ended.",
                       {"activity_name", "outcome", "retry_attempt", "tag"}};
  Histograms activity_seconds_{*registry_,
                               "duroxide_activity_duration_seconds",
                               "Time that activities ran.",
                               {"activity_name", "outcome", "tag"},
                               kActivitySeconds};
  Counters activity_infrastructure_errors_{
      *registry_,
      "duroxide_activity_infrastructure_errors_total",
      "Activities whose results could not be stored, or that were fetched too "
      "often.",
      {"activity_name"}};
  Counters poisoned_activities_{*registry_,
                                "duroxide_activity_poison_total",
                                "Activities that were fetched too often.",
                                {}};

  Histograms provider_seconds_{*registry_,
                               "duroxide_provider_operation_duration_seconds",
                               "Time until the provider has answered; a "
                               "fetch's wait for work is part of it.",
                               {"operation", "status"},
                               kProviderSeconds};
  Counters provider_errors_{*registry_,
                            "duroxide_provider_errors_total",
                            "Calls that the provider answered with an error.",
                            {"operation", "error_type"}};

  Counters orchestrations_fetched_{
      *registry_,
      "duroxide_orchestration_dispatcher_items_fetched_total",
      "Instances that were fetched.",
      {}};
  Histograms turn_seconds_{
      *registry_,
      "duroxide_orchestration_dispatcher_processing_duration_seconds",
      "Time from an instance's fetch to its turn's commit.",
      {},
      kTurnSeconds};
  Counters activities_fetched_{*registry_,
                               "duroxide_worker_dispatcher_items_fetched_total",
                               "Activities that were fetched.",
                               {}};
};

}  // namespace

std::shared_ptr<RuntimeObserver> MakeMetrics(
    std::shared_ptr<prometheus::Registry> registry) {
  return std::make_shared<Metrics>(std::move(registry));
}

}  // namespace duroxide::runtime
