#ifndef DUROXIDE_CONFORMANCE_CASES_STATS_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_STATS_STEPS_H_

// Steps of cases about the figures of one instance. They need
// CAPABILITY_INSTANCE_STATS.

#include <cstdint>
#include <optional>
#include <string_view>

#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {

// None for an unknown instance.
std::optional<v1::InstanceStats> TryStatsOf(Fixture& t,
                                            std::string_view instance);
// Fails the case where there are none.
v1::InstanceStats StatsOf(Fixture& t, std::string_view instance);

// Makes `instance` by a turn whose first event lists so many carried messages;
// else as CreateInstance.
void MakeCarrying(Fixture& t, std::string_view instance, int messages);

// The first event of an execution that so many messages were carried into.
v1::Event CarryingEvent(int messages);

// Stats of a history with so many events.
inline auto HistoryStats(uint64_t events) {
  return ::testing::Property("history_event_count",
                             &v1::InstanceStats::history_event_count, events);
}

// Stats with so many carried messages.
inline auto CarriedStats(uint64_t messages) {
  return ::testing::Property("queue_pending_count",
                             &v1::InstanceStats::queue_pending_count, messages);
}

// Stats with so many keys, whose values have so many bytes together.
inline auto KeyStats(uint64_t keys, uint64_t value_bytes) {
  return ::testing::AllOf(
      ::testing::Property("kv_user_key_count",
                          &v1::InstanceStats::kv_user_key_count, keys),
      ::testing::Property("kv_total_value_bytes",
                          &v1::InstanceStats::kv_total_value_bytes,
                          value_bytes));
}

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_STATS_STEPS_H_
