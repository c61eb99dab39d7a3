#include "runtime/runtime.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "providers/await.h"
#include "runtime/client.h"
#include "runtime/dispatch/environment.h"
#include "runtime/dispatch/observed_provider.h"
#include "runtime/dispatch/orchestration_dispatcher.h"
#include "runtime/dispatch/orchestration_names.h"
#include "runtime/dispatch/session_keeper.h"
#include "runtime/dispatch/store_gauges.h"
#include "runtime/dispatch/worker_dispatcher.h"
#include "runtime/replay/turn.h"
#include "runtime/system_activities.h"

namespace duroxide::runtime {
namespace {

// What this runtime speaks. What a later minor version adds it does not need.
constexpr std::string_view kContractMajor = "1";

// What the end of a turn, and the last calls of a shutdown, may take at most.
constexpr absl::Duration kShortWhile = absl::Seconds(2);

bool Has(const v1::GetProviderInfoResponse& info, v1::Capability capability) {
  return std::find(info.capabilities().begin(), info.capabilities().end(),
                   capability) != info.capabilities().end();
}

TurnOptions TurnOptionsOf(const RuntimeOptions& options) {
  TurnOptions turn;
  turn.max_attempts = options.max_attempts;
  turn.unregistered_backoff = options.unregistered_backoff;
  turn.supported = options.supported_replay_versions.value_or(turn.supported);
  turn.limits = options.limits;
  return turn;
}

absl::Duration Until(absl::Time deadline) {
  return std::max(deadline - absl::Now(), absl::ZeroDuration());
}

}  // namespace

class Runtime::Impl {
 public:
  Impl(std::shared_ptr<Provider> provider, OrchestrationRegistry orchestrations,
       ActivityRegistry activities, RuntimeOptions options,
       RuntimeObservers observers, const v1::GetProviderInfoResponse& info)
      : orchestrations_(std::move(orchestrations)),
        activities_(std::move(activities)),
        options_(std::move(options)),
        turn_options_(TurnOptionsOf(options_)),
        environment_{.provider = std::move(provider),
                     .store = options_.store,
                     .log = std::move(observers.log),
                     .observer = std::move(observers.metrics)},
        owner_(options_.node_id.empty() ? environment_.ids.prefix()
                                        : options_.node_id),
        names_(environment_, Has(info, v1::CAPABILITY_ADMIN)),
        sessions_(environment_, options_, owner_) {
    const bool batches = Has(info, v1::CAPABILITY_BATCH_FETCH);
    if (environment_.observer != nullptr && Has(info, v1::CAPABILITY_ADMIN)) {
      gauges_.emplace(environment_);
    }
    if (options_.orchestration_concurrency > 0) {
      turns_.emplace(OrchestrationDispatcher::Parts{
          .environment = environment_,
          .options = options_,
          .names = names_,
          .take =
              [this](const v1::LockedOrchestrationItem& locked, absl::Time now,
                     KeptExecution kept) {
                return TakeTurn(locked, orchestrations_, turn_options_, now,
                                std::move(kept));
              },
          .supported = turn_options_.supported,
          .batches = batches,
          .histories_on_demand = Has(info, v1::CAPABILITY_HISTORY_ON_DEMAND)});
    }
    if (options_.worker_concurrency > 0) {
      workers_.emplace(WorkerDispatcher::Parts{
          .environment = environment_,
          .options = options_,
          .activities = activities_,
          .names = names_,
          .client = std::make_shared<Client>(environment_.provider,
                                             environment_.store),
          .owner = owner_,
          .batches = batches});
    }
  }

  ~Impl() {
    Shutdown(absl::ZeroDuration());
    // What is under way ends as it can: all has been asked to.
    WaitUntilIdle(absl::InfiniteDuration());
    environment_.calls.WaitUntilNone(absl::InfiniteDuration());
    environment_.timers.Stop();
  }

  void Start() {
    if (gauges_) gauges_->Start();
    if (turns_) turns_->Start();
    if (workers_) {
      sessions_.Start();
      workers_->Start();
    }
  }

  void Shutdown(absl::Duration grace) {
    const std::lock_guard lock(shutdown_);
    if (shut_down_) return;
    shut_down_ = true;
    if (gauges_) gauges_->Stop();
    if (turns_) turns_->StopFetching();
    if (workers_) workers_->StopFetching();
    if (workers_) workers_->CancelAll();
    const absl::Time begun = absl::Now();
    if (turns_) turns_->WaitUntilIdle(std::max(grace, kShortWhile));
    if (workers_) workers_->WaitUntilIdle(Until(begun + grace));
    if (turns_) turns_->GiveUpAll();
    if (workers_) workers_->GiveUpAll();
    if (!WaitUntilIdle(kShortWhile)) {
      environment_.give_up.request_stop();
      WaitUntilIdle(kShortWhile);
    }
    sessions_.Stop();
    environment_.give_up.request_stop();
    environment_.calls.WaitUntilNone(kShortWhile);
  }

 private:
  bool WaitUntilIdle(absl::Duration timeout) {
    return (!turns_ || turns_->WaitUntilIdle(timeout)) &&
           (!workers_ || workers_->WaitUntilIdle(timeout));
  }

  const OrchestrationRegistry orchestrations_;
  const ActivityRegistry activities_;
  const RuntimeOptions options_;
  const TurnOptions turn_options_;

  Environment environment_;
  const std::string owner_;
  OrchestrationNames names_;
  SessionKeeper sessions_;
  // None where the options do not want them.
  std::optional<StoreGauges> gauges_;
  std::optional<OrchestrationDispatcher> turns_;
  std::optional<WorkerDispatcher> workers_;

  std::mutex shutdown_;
  bool shut_down_ = false;
};

Runtime::Runtime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Runtime::~Runtime() = default;

absl::StatusOr<std::unique_ptr<Runtime>> Runtime::Start(
    std::shared_ptr<Provider> provider, OrchestrationRegistry orchestrations,
    ActivityRegistry activities, RuntimeOptions options,
    RuntimeObservers observers) {
  if (absl::Status status = Validate(options); !status.ok()) return status;
  if (observers.metrics != nullptr) {
    provider = Observed(std::move(provider), observers.metrics);
  }
  v1::GetProviderInfoRequest request;
  request.set_store(options.store);
  absl::StatusOr<v1::GetProviderInfoResponse> info =
      Await(*provider, &Provider::GetProviderInfo, request);
  if (!info.ok()) return info.status();
  if (info->contract_version() != kContractMajor &&
      !absl::StartsWith(info->contract_version(),
                        absl::StrCat(std::string(kContractMajor), "."))) {
    return absl::FailedPreconditionError(
        absl::StrCat("the provider speaks version ", info->contract_version(),
                     " of the contract, this runtime version ",
                     std::string(kContractMajor)));
  }
  AddSystemActivities(activities);
  auto impl = std::make_unique<Impl>(
      std::move(provider), std::move(orchestrations), std::move(activities),
      std::move(options), std::move(observers), *info);
  impl->Start();
  return std::unique_ptr<Runtime>(new Runtime(std::move(impl)));
}

void Runtime::Shutdown(absl::Duration grace) { impl_->Shutdown(grace); }

}  // namespace duroxide::runtime
