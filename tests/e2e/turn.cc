#include "tests/e2e/turn.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"

namespace duroxide::e2e {
namespace {

using conformance::AckBuilder;

class Turn {
 public:
  Turn(const v1::LockedOrchestrationItem& held, const TurnPlan& plan)
      : instance_(held.item().instance()),
        plan_(plan),
        ack_(held),
        last_id_(static_cast<uint64_t>(held.item().history_size())) {
    ack_.Name(conformance::kOrchestration)
        .Version(conformance::kOrchestrationVersion);
    for (const v1::WorkItem& message : held.item().messages()) {
      Append(EventOf(message));
    }
    for (int i = 0; i < plan.activities; ++i) ScheduleActivity();
    if (plan.timer_at_ms > 0) SetTimer();
    if (!plan.raise_for.empty()) {
      ack_.Orchestrator(
          conformance::ExternalItem(plan.raise_for, "raised", plan.nonce));
    }
    Append(conformance::KeyValueSetEvent(0, kLastTurnKey, plan.nonce));
  }

  const v1::AckOrchestrationItemRequest& ack() const { return ack_; }

 private:
  static v1::Event EventOf(const v1::WorkItem& message) {
    v1::Event event;
    switch (message.kind_case()) {
      case v1::WorkItem::kStartOrchestration:
        return conformance::StartedEvent(
            0, {.input = message.start_orchestration().input()});
      case v1::WorkItem::kActivityCompleted:
        return conformance::ActivityCompletedEvent(
            0, message.activity_completed().id(),
            message.activity_completed().result());
      case v1::WorkItem::kTimerFired:
        event.set_source_event_id(message.timer_fired().id());
        event.mutable_timer_fired()->set_fire_at_ms(
            message.timer_fired().fire_at_ms());
        return event;
      default:
        event.mutable_external_event()->set_data(
            message.external_raised().data());
        return event;
    }
  }

  void Append(v1::Event event) {
    event.set_event_id(++last_id_);
    event.set_writer_version(plan_.nonce);
    ack_.Append(std::move(event));
  }

  void ScheduleActivity() {
    const std::string input = absl::StrCat(plan_.nonce, "/", last_id_ + 1);
    Append(conformance::ActivityScheduledEvent(0, "Charge", input));
    ack_.Worker(
        conformance::ActivityItem(instance_, last_id_, {.input = input}));
  }

  void SetTimer() {
    Append(conformance::TimerCreatedEvent(0, plan_.timer_at_ms));
    ack_.Orchestrator(
        conformance::TimerItem(instance_, last_id_, plan_.timer_at_ms));
  }

  const std::string instance_;
  const TurnPlan& plan_;
  AckBuilder ack_;
  uint64_t last_id_;
};

}  // namespace

v1::AckOrchestrationItemRequest TurnOf(const v1::LockedOrchestrationItem& held,
                                       const TurnPlan& plan) {
  return Turn(held, plan).ack();
}

}  // namespace duroxide::e2e
