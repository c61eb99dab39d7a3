#include "conformance/stress/load/recorder.h"

#include <utility>

namespace duroxide::stress {
namespace {

using End = runtime::TurnFacts::End;

Outcome OutcomeOf(const runtime::TurnFacts& facts) {
  if (facts.end == End::kCompleted) return Outcome::kCompleted;
  if (facts.error_category == "application") return Outcome::kApplication;
  if (facts.error_category == "configuration") return Outcome::kConfiguration;
  return Outcome::kInfrastructure;
}

}  // namespace

struct Recorder::Method {
  std::mutex mutex;
  CallFigures figures;
};

Recorder::Recorder(Units& units, InstanceEnded ended, Listener listener,
                   std::shared_ptr<runtime::RuntimeObserver> next)
    : units_(units),
      ended_(std::move(ended)),
      listener_(std::move(listener)),
      next_(std::move(next)) {}

Recorder::~Recorder() = default;

void Recorder::OnTurn(const runtime::CommittedTurn& turn) {
  if (turn.facts.end == End::kCompleted || turn.facts.end == End::kFailed) {
    ended_(turn.instance, OutcomeOf(turn.facts), turn.facts.error);
  }
  if (next_ != nullptr) next_->OnTurn(turn);
}

void Recorder::OnTurnNotCommitted(const runtime::TurnFacts& facts) {
  if (next_ != nullptr) next_->OnTurnNotCommitted(facts);
}

void Recorder::OnActivity(const runtime::FinishedActivity& activity) {
  units_.CountActivities(1);
  if (listener_.activity) listener_.activity();
  if (next_ != nullptr) next_->OnActivity(activity);
}

void Recorder::OnOrchestrationsFetched(int count) {
  if (next_ != nullptr) next_->OnOrchestrationsFetched(count);
}

void Recorder::OnActivitiesFetched(int count) {
  if (next_ != nullptr) next_->OnActivitiesFetched(count);
}

void Recorder::OnProviderCall(std::string_view method,
                              const absl::Status& status,
                              absl::Duration elapsed) {
  {
    Method& of = MethodNamed(method);
    const std::lock_guard lock(of.mutex);
    ++of.figures.by_code[absl::StatusCodeToString(status.code())];
    of.figures.latency.Record(elapsed);
  }
  if (listener_.call) listener_.call(method, status, elapsed);
  if (next_ != nullptr) next_->OnProviderCall(method, status, elapsed);
}

void Recorder::OnSystemMetrics(const provider::v1::SystemMetrics& metrics) {
  if (next_ != nullptr) next_->OnSystemMetrics(metrics);
}

void Recorder::OnQueueDepths(const provider::v1::QueueDepths& depths) {
  if (next_ != nullptr) next_->OnQueueDepths(depths);
}

std::map<std::string, CallFigures> Recorder::Calls() const {
  std::map<std::string, CallFigures> calls;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, method] : methods_) {
    const std::lock_guard figures(method->mutex);
    calls[name] = method->figures;
  }
  return calls;
}

Recorder::Method& Recorder::MethodNamed(std::string_view name) {
  const std::lock_guard lock(mutex_);
  auto found = methods_.find(name);
  if (found == methods_.end()) {
    found = methods_.emplace(name, std::make_unique<Method>()).first;
  }
  return *found->second;
}

}  // namespace duroxide::stress
