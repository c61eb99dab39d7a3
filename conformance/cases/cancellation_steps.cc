#include "conformance/cases/cancellation_steps.h"

#include "conformance/matchers.h"

namespace duroxide::conformance {

void ScheduleActivities(Fixture& t, const std::vector<uint64_t>& ids) {
  t.EnqueueStart("order-1");
  LockedItem turn = t.FetchOrchestrationItem();
  AckBuilder ack = FirstAck(turn);
  for (const uint64_t id : ids) {
    ack.Append(ActivityScheduledEvent(id)).Worker(ActivityItem("order-1", id));
  }
  t.Ack(ack.Status(v1::ORCHESTRATION_STATUS_RUNNING));
}

void CancelActivities(Fixture& t, const std::vector<uint64_t>& ids) {
  t.Enqueue(ExternalItem("order-1", "changed"));
  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn, IsItemOf("order-1"));
  AckBuilder ack(turn);
  for (const uint64_t id : ids) ack.CancelActivity(id);
  t.Ack(ack);
}

}  // namespace duroxide::conformance
