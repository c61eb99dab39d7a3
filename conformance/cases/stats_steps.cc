#include "conformance/cases/stats_steps.h"

#include "conformance/builders.h"
#include "conformance/cases/instance_steps.h"

namespace duroxide::conformance {

std::optional<v1::InstanceStats> TryStatsOf(Fixture& t,
                                            std::string_view instance) {
  const v1::GetInstanceStatsResponse response =
      t.Do(&Provider::GetInstanceStats,
           Asking<v1::GetInstanceStatsRequest>(instance));
  if (!response.has_stats()) return std::nullopt;
  return response.stats();
}

v1::InstanceStats StatsOf(Fixture& t, std::string_view instance) {
  const std::optional<v1::InstanceStats> stats = TryStatsOf(t, instance);
  t.Expect(stats.has_value(), true, "stats of ", instance);
  return *stats;
}

v1::Event CarryingEvent(int messages) {
  v1::Event event = StartedEvent(1);
  v1::CarriedEvents& carried =
      *event.mutable_orchestration_started()->mutable_carry_forward_events();
  for (int i = 0; i < messages; ++i) {
    v1::CarriedEvent& message = *carried.add_events();
    message.set_name("remarks");
    message.set_data("remark " + std::to_string(i));
  }
  return event;
}

void MakeCarrying(Fixture& t, std::string_view instance, int messages) {
  t.EnqueueStart(instance);
  const LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn, IsItemOf(instance));
  t.Ack(AckBuilder(turn)
            .Append(CarryingEvent(messages))
            .Name(kOrchestration)
            .Version(kOrchestrationVersion));
}

}  // namespace duroxide::conformance
