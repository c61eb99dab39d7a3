#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "conformance/stress/custom_workload.h"
#include "conformance/stress/load/live_stage.h"
#include "conformance/stress/load/pacers.h"
#include "conformance/stress/load/recorder.h"
#include "conformance/stress/load/store.h"
#include "conformance/stress/load/ticker.h"
#include "conformance/stress/load/units.h"
#include "conformance/stress/measure/processes.h"
#include "conformance/stress/measure/self_watch.h"
#include "conformance/stress/stress_test.h"
#include "providers/await.h"
#include "runtime/dispatch/observed_provider.h"
#include "runtime/runtime.h"

namespace duroxide::stress {
namespace {

// More slots than that say nothing more.
constexpr int64_t kMostSlots = 600;
constexpr absl::Duration kShortestSlot = absl::Seconds(1);

// Starts of a backlog that are on their way at a time.
constexpr int kBacklogStarts = 64;

constexpr absl::Duration kShutdownGrace = absl::Seconds(5);

absl::Status CheckNeeds(const Scenario& scenario,
                        const v1::GetProviderInfoResponse& info) {
  std::vector<std::string> missing;
  for (const v1::Capability need : scenario.traits.needs) {
    if (std::ranges::find(info.capabilities(), need) ==
        info.capabilities().end()) {
      missing.push_back(v1::Capability_Name(need));
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the scenario ", std::string(scenario.name),
                   " needs what the provider does not declare: ",
                   absl::StrJoin(missing, ", ")));
}

// The observers of a load, one call at a time.
class Audience {
 public:
  explicit Audience(std::vector<LoadObserver*> observers)
      : observers_(std::move(observers)) {}

  template <typename... Parameters, typename... Arguments>
  void Tell(void (LoadObserver::*what)(Parameters...),
            const Arguments&... arguments) {
    if (observers_.empty()) return;
    const std::lock_guard lock(mutex_);
    for (LoadObserver* observer : observers_) (observer->*what)(arguments...);
  }

 private:
  std::mutex mutex_;
  const std::vector<LoadObserver*> observers_;
};

// One run of one workload.
class Load {
 public:
  Load(const ScenarioTraits& traits, StressResult settings, Workload& workload,
       std::shared_ptr<Provider> provider, const LoadStore& store,
       const LoadOptions& options)
      : traits_(traits),
        workload_(workload),
        options_(options),
        result_(std::move(settings)),
        audience_(options.observers),
        units_({.started =
                    [this](uint64_t in_flight) {
                      audience_.Tell(&LoadObserver::OnStarted, in_flight);
                    },
                .ended =
                    [this](Outcome outcome, absl::Duration latency,
                           uint64_t in_flight) {
                      audience_.Tell(&LoadObserver::OnEnded, outcome, latency,
                                     in_flight);
                    }}),
        recorder_(std::make_shared<Recorder>(
            units_,
            [this](std::string_view instance, Outcome outcome,
                   std::string_view error) {
              stage_->InstanceEnded(instance, outcome, error);
            },
            Recorder::Listener{
                .activity =
                    [this] { audience_.Tell(&LoadObserver::OnActivity); },
                .call =
                    [this](std::string_view method, const absl::Status& status,
                           absl::Duration elapsed) {
                      audience_.Tell(&LoadObserver::OnCall, method, status,
                                     elapsed);
                    }},
            options.runtime_metrics)),
        provider_(std::move(provider)) {
    stage_.emplace(
        result_.config,
        LiveStage::Place{.provider = runtime::Observed(provider_, recorder_),
                         .store = store.name(),
                         .prefix = store.prefix()},
        units_, options.stop);
  }

  // `orchestrations` and `activities` are those that are there already.
  absl::StatusOr<StressResult> Run(
      const runtime::OrchestrationRegistry& orchestrations,
      const runtime::ActivityRegistry& activities) {
    if (absl::Status registered = Register(orchestrations, activities);
        !registered.ok()) {
      return registered;
    }
    result_.began = absl::Now();
    audience_.Tell(&LoadObserver::OnBegin, result_);
    if (absl::Status prepared = Prepare(); !prepared.ok()) return prepared;
    if (absl::Status started = StartRuntimes(); !started.ok()) return started;
    RunLoad();
    if (absl::Status ended = EndRuntimes(); !ended.ok()) return ended;
    if (options_.stop.stop_requested()) {
      return absl::CancelledError("the load was stopped");
    }
    Findings findings;
    {
      const Ticker ticker = TellAside([] { return "checking"; });
      if (absl::Status checked = workload_.Check(*stage_, findings);
          !checked.ok()) {
        return checked;
      }
    }
    result_.findings = findings.Take();
    result_.measures = workload_.Measures(result_);
    audience_.Tell(&LoadObserver::OnEnd, result_);
    return result_;
  }

 private:
  using Clock = Units::Clock;

  // A runtime that has not started yet.
  struct PlannedRuntime {
    runtime::OrchestrationRegistry orchestrations;
    runtime::ActivityRegistry activities;
    runtime::RuntimeOptions options;
  };

  absl::Status Register(const runtime::OrchestrationRegistry& orchestrations,
                        const runtime::ActivityRegistry& activities) {
    if (!traits_.runtime) return absl::OkStatus();
    runtime::RuntimeOptions base;
    base.store = stage_->store();
    base.orchestration_concurrency = result_.config.orchestration_concurrency;
    base.worker_concurrency = result_.config.worker_concurrency;
    for (runtime::RuntimeOptions& options : workload_.Runtimes(base)) {
      PlannedRuntime planned{.orchestrations = orchestrations,
                             .activities = activities,
                             .options = std::move(options)};
      if (absl::Status added = workload_.Register(
              *stage_, planned.orchestrations, planned.activities);
          !added.ok()) {
        return added;
      }
      planned_.push_back(std::move(planned));
    }
    return absl::OkStatus();
  }

  // What comes before the runtimes.
  absl::Status Prepare() {
    if (absl::Status set_up = workload_.SetUp(*stage_); !set_up.ok()) {
      return set_up;
    }
    if (traits_.pace != Pace::kBacklog) return absl::OkStatus();
    const Ticker ticker = TellAside([this] {
      return absl::StrCat(units_.begun(), " of ", result_.config.count,
                          " queued");
    });
    while (units_.begun() < result_.config.count &&
           !options_.stop.stop_requested()) {
      stage_->WaitForStarts(kBacklogStarts - 1);
      workload_.Begin(*stage_, units_.Begin(Clock::now()));
    }
    stage_->WaitForStarts(0);
    return absl::OkStatus();
  }

  // While it lives, tells each second what goes on.
  Ticker TellAside(std::function<std::string()> doing) {
    return Ticker([this, doing = std::move(doing), begin = Clock::now()] {
      audience_.Tell(&LoadObserver::OnAside, result_, doing(),
                     absl::FromChrono(Clock::now() - begin));
    });
  }

  absl::Status StartRuntimes() {
    for (PlannedRuntime& planned : planned_) {
      auto started = runtime::Runtime::Start(
          provider_, std::move(planned.orchestrations),
          std::move(planned.activities), std::move(planned.options),
          {.metrics = recorder_});
      if (!started.ok()) return started.status();
      runtimes_.push_back(*std::move(started));
    }
    return absl::OkStatus();
  }

  absl::Status EndRuntimes() {
    absl::Status wound_down = workload_.WindDown(*stage_);
    for (const auto& runtime : runtimes_) runtime->Shutdown(kShutdownGrace);
    runtimes_.clear();
    stage_->WaitForStarts(0);
    return wound_down;
  }

  void RunLoad() {
    const SelfWatch self_watch;
    ProcessSampler processes(WatchedProcesses());
    const bool backlog = traits_.pace == Pace::kBacklog;
    units_.StartLoad(
        backlog ? absl::ZeroDuration() : result_.config.warm_up,
        std::max(kShortestSlot, result_.config.duration / kMostSlots));
    processes.Sample(absl::ZeroDuration());
    const Ticker ticker([&, settings = result_] {
      units_.GiveUp(settings.config.wait_timeout);
      StressResult so_far = settings;
      units_.Read(so_far);
      so_far.lag = self_watch.Lag();
      processes.Sample(so_far.elapsed);
      so_far.processes = processes.Read();
      audience_.Tell(&LoadObserver::OnTick, so_far);
    });
    const std::stop_callback wake(options_.stop, [this] { units_.Wake(); });
    if (!backlog) {
      BeginUnits();
      units_.EndSteadyPart();
    }
    WaitForAll();
    if (backlog) units_.EndSteadyPart();
    result_.lag = self_watch.Lag();
    units_.Read(result_);
    processes.Sample(result_.elapsed);
    result_.processes = processes.Read();
    result_.calls = recorder_->Calls();
  }

  std::vector<WatchedProcess> WatchedProcesses() const {
    std::vector<WatchedProcess> watched = {Runner()};
    watched.insert(watched.end(), options_.processes.begin(),
                   options_.processes.end());
    return watched;
  }

  void BeginUnits() {
    const StressConfig& config = result_.config;
    const BeginUnit begin = [this](uint64_t n) { workload_.Begin(*stage_, n); };
    if (config.rate > 0) {
      OpenLoop(units_, config.rate, config.duration, begin, options_.stop);
    } else {
      ClosedLoop(units_, config.max_concurrent, config.duration, begin,
                 options_.stop);
    }
  }

  // The ticker gives up what does not end.
  void WaitForAll() {
    while (units_.in_flight() > 0 && !options_.stop.stop_requested()) {
      units_.WaitUntilAtMost(0, Clock::now() + std::chrono::hours(1));
    }
  }

  const ScenarioTraits& traits_;
  Workload& workload_;
  const LoadOptions& options_;
  StressResult result_;
  Audience audience_;
  Units units_;
  const std::shared_ptr<Recorder> recorder_;
  const std::shared_ptr<Provider> provider_;
  std::optional<LiveStage> stage_;
  std::vector<PlannedRuntime> planned_;
  // Last: they use all of the above.
  std::vector<std::unique_ptr<runtime::Runtime>> runtimes_;
};

absl::StatusOr<StressResult> Run(
    const Scenario& scenario, Workload& workload, StressConfig config,
    std::shared_ptr<Provider> provider,
    const runtime::OrchestrationRegistry& orchestrations,
    const runtime::ActivityRegistry& activities, const LoadOptions& options) {
  if (absl::Status valid = Validate(config); !valid.ok()) return valid;
  const auto info = Await(*provider, &Provider::GetProviderInfo,
                          v1::GetProviderInfoRequest());
  if (!info.ok()) return info.status();
  if (absl::Status able = CheckNeeds(scenario, *info); !able.ok()) return able;
  const auto store = LoadStore::Open(
      provider, *info, absl::StrCat("stress: ", std::string(scenario.name)),
      options.store);
  if (!store.ok()) return store.status();
  StressResult settings;
  settings.scenario = std::string(scenario.name);
  settings.provider =
      options.provider_name.empty() ? info->name() : options.provider_name;
  settings.provider_version = info->version();
  settings.config = config;
  Load load(scenario.traits, std::move(settings), workload, std::move(provider),
            *store, options);
  return load.Run(orchestrations, activities);
}

}  // namespace

absl::StatusOr<StressResult> RunScenario(const Scenario& scenario,
                                         const StressConfig& config,
                                         std::shared_ptr<Provider> provider,
                                         const LoadOptions& options) {
  const std::unique_ptr<Workload> workload = scenario.traits.make(config);
  return Run(scenario, *workload, config, std::move(provider), {}, {}, options);
}

absl::StatusOr<StressResult> RunStressTest(
    const StressConfig& config, std::shared_ptr<Provider> provider,
    const runtime::ActivityRegistry& activities,
    const runtime::OrchestrationRegistry& orchestrations,
    const StressTest& test, const LoadOptions& options) {
  const std::unique_ptr<Workload> workload = MakeCustomWorkload(test);
  const Scenario scenario{.name = test.name};
  return Run(scenario, *workload, config, std::move(provider), orchestrations,
             activities, options);
}

}  // namespace duroxide::stress
