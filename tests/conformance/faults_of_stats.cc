// Faults of the figures of one instance.

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/instead.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// Changes all stats that are given. `change` may ask the request, too.
template <typename Change>
FaultHooks OnEachStats(Change change) {
  return {.after = [change](const Message& request, Message& response,
                            const absl::Status& status) {
    if (!status.ok()) return;
    On<v1::GetInstanceStatsResponse>(response, [&](auto& reply) {
      if (!reply.has_stats()) return;
      change(dynamic_cast<const v1::GetInstanceStatsRequest&>(request),
             *reply.mutable_stats());
    });
  }};
}

FaultHooks UnknownInstancesHaveStats() {
  return {.after = [](const Message&, Message& response, absl::Status&) {
    On<v1::GetInstanceStatsResponse>(
        response, [](auto& reply) { reply.mutable_stats(); });
  }};
}

// Counts the events of all executions.
FaultHooks StatsAreOfAllExecutions() {
  using Request = v1::GetInstanceStatsRequest;
  return Instead<Request, v1::GetInstanceStatsResponse>(
      [](Provider& working, const Request& request) {
        auto reply = Ask(working, &Provider::GetInstanceStats, request);
        v1::ListExecutionsRequest list;
        list.set_store(request.store());
        list.set_instance(request.instance());
        const auto executions = Ask(working, &Provider::ListExecutions, list);
        uint64_t events = 0;
        for (const uint64_t id : executions->execution_ids()) {
          v1::GetExecutionInfoRequest describe;
          describe.set_store(request.store());
          describe.set_instance(request.instance());
          describe.set_execution_id(id);
          events += Ask(working, &Provider::GetExecutionInfo, describe)
                        ->info()
                        .event_count();
        }
        if (reply.ok() && reply->has_stats()) {
          reply->mutable_stats()->set_history_event_count(events);
        }
        return reply;
      });
}

FaultHooks CarriedMessagesAreNotCounted() {
  return OnEachStats([](const auto&, v1::InstanceStats& stats) {
    stats.set_queue_pending_count(0);
  });
}

FaultHooks KeysAreNotCounted() {
  return OnEachStats([](const auto&, v1::InstanceStats& stats) {
    stats.set_kv_user_key_count(0);
    stats.set_kv_total_value_bytes(0);
  });
}

// Counts every change that sets a key, whatever becomes of the key.
FaultHooks ChangesAreCountedForKeys() {
  struct State {
    std::mutex mutex;
    std::map<std::pair<std::string, std::string>, uint64_t> sets;
  };
  auto state = std::make_shared<State>();
  FaultHooks hooks = OnEachStats([state](const auto& asked,
                                         v1::InstanceStats& stats) {
    std::lock_guard lock(state->mutex);
    stats.set_kv_user_key_count(state->sets[{asked.store(), asked.instance()}]);
  });
  hooks.before = [state](Provider&, Message& request) {
    On<v1::AckOrchestrationItemRequest>(request, [&](const auto& ack) {
      std::lock_guard lock(state->mutex);
      for (const v1::Event& event : ack.history_delta()) {
        if (!event.has_key_value_set()) continue;
        ++state->sets[{ack.store(), event.instance_id()}];
      }
    });
  };
  return hooks;
}

FaultHooks ValuesAreCountedByCharacters() {
  using Request = v1::GetInstanceStatsRequest;
  return Instead<Request, v1::GetInstanceStatsResponse>(
      [](Provider& working, const Request& request) {
        auto reply = Ask(working, &Provider::GetInstanceStats, request);
        v1::ListKvValuesRequest list;
        list.set_store(request.store());
        list.set_instance(request.instance());
        const auto values = Ask(working, &Provider::ListKvValues, list);
        uint64_t characters = 0;
        for (const v1::KvEntry& entry : values->entries()) {
          // Bytes that do not go on with a character of UTF-8.
          characters += static_cast<uint64_t>(
              std::count_if(entry.value().begin(), entry.value().end(),
                            [](char byte) { return (byte & 0xC0) != 0x80; }));
        }
        if (reply.ok() && reply->has_stats()) {
          reply->mutable_stats()->set_kv_total_value_bytes(characters);
        }
        return reply;
      });
}

FaultHooks CorruptHistoriesHaveStats() {
  return {.after = [](const Message& request, Message&, absl::Status& status) {
    if (dynamic_cast<const v1::GetInstanceStatsRequest*>(&request) != nullptr) {
      Hide(v1::ERROR_REASON_HISTORY_CORRUPT, status);
    }
  }};
}

std::string Management(const std::string& name) { return "management/" + name; }

}  // namespace

std::vector<Fault> FaultsOfStats() {
  return {
      {"UnknownInstancesHaveStats",
       {{Management("get_instance_stats_nonexistent"), "ADMIN-2"},
        {Management("stats_are_those_of_the_current_execution"), "DEL-1"}},
       &UnknownInstancesHaveStats},
      {"StatsAreOfAllExecutions",
       {{Management("get_instance_stats_history"), "ADMIN-2"},
        {Management("stats_are_those_of_the_current_execution"), "ADMIN-2"}},
       &StatsAreOfAllExecutions},
      {"CarriedMessagesAreNotCounted",
       {{Management("get_instance_stats_carry_forward"), "ADMIN-2"}},
       &CarriedMessagesAreNotCounted},
      {"KeysAreNotCounted",
       {{Management("get_instance_stats_kv"), "ADMIN-2"},
        {Management("get_instance_stats_kv_delta_only"), "ADMIN-2"},
        {Management("get_instance_stats_kv_merged"), "ADMIN-2"}},
       &KeysAreNotCounted},
      {"ChangesAreCountedForKeys",
       {{Management("get_instance_stats_kv_delta_only"), "ADMIN-2"},
        {Management("get_instance_stats_kv_merged"), "ADMIN-2"},
        {Management("stats_count_bytes_and_live_keys"), "KV-1"}},
       &ChangesAreCountedForKeys},
      {"ValuesAreCountedByCharacters",
       {{Management("stats_count_bytes_and_live_keys"), "ADMIN-2"}},
       &ValuesAreCountedByCharacters},
      {"CorruptHistoriesHaveStats",
       {{Management("stats_of_a_corrupt_history_are_an_error"), "ADMIN-2"}},
       &CorruptHistoriesHaveStats},
  };
}

}  // namespace duroxide::conformance
