#include "conformance/stress/load/live_stage.h"

#include <utility>

namespace duroxide::stress {
namespace {

constexpr uint64_t kFirstExecution = 1;

}  // namespace

// A start on its way to the store. Owned by itself until its answer is there.
struct LiveStage::StartCall {
  v1::EnqueueOrchestratorItemRequest request;
  v1::EnqueueOrchestratorItemResponse response;
};

LiveStage::LiveStage(const StressConfig& config, Place place, Units& units,
                     std::stop_token stop)
    : config_(config),
      place_(std::move(place)),
      units_(units),
      stop_(std::move(stop)),
      client_(place_.provider, place_.store) {}

LiveStage::~LiveStage() { WaitForStarts(0); }

void LiveStage::Start(uint64_t n, InstanceStart start) {
  auto call = std::make_unique<StartCall>();
  call->request.set_store(place_.store);
  auto& item = *call->request.mutable_item()->mutable_start_orchestration();
  item.set_instance(start.instance);
  item.set_orchestration(std::move(start.orchestration));
  item.set_input(std::move(start.input));
  item.set_execution_id(kFirstExecution);
  {
    const std::lock_guard lock(mutex_);
    unit_of_[start.instance] = n;
    ++starts_under_way_;
  }
  StartCall* const sent = call.release();
  place_.provider->EnqueueOrchestratorItem(
      CallContext(), &sent->request, &sent->response,
      [this, sent](const absl::Status& status) {
        const std::unique_ptr<StartCall> owned(sent);
        OnStarted(owned->request.item().start_orchestration().instance(),
                  status);
      });
}

void LiveStage::OnStarted(const std::string& instance,
                          const absl::Status& status) {
  if (!status.ok()) {
    InstanceEnded(instance, Outcome::kInfrastructure,
                  "it could not be started: " + status.ToString());
  }
  // Under the lock, because the stage may end when the last start is known.
  const std::lock_guard lock(mutex_);
  --starts_under_way_;
  answered_.notify_all();
}

void LiveStage::End(uint64_t n, Outcome outcome, std::string_view error) {
  units_.End(n, outcome, error);
}

void LiveStage::After(absl::Duration delay, absl::AnyInvocable<void()> then) {
  timers_.After(delay, std::move(then));
}

void LiveStage::InstanceEnded(std::string_view instance, Outcome outcome,
                              std::string_view error) {
  uint64_t n = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto unit = unit_of_.find(std::string(instance));
    // Children and instances of others are no units.
    if (unit == unit_of_.end()) return;
    n = unit->second;
    unit_of_.erase(unit);
  }
  units_.End(n, outcome, error);
}

void LiveStage::WaitForStarts(int count) {
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [&] { return starts_under_way_ <= count; });
}

}  // namespace duroxide::stress
