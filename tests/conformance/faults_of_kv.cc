// Faults of the key-value store.

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;
using Ack = v1::AckOrchestrationItemRequest;
using Events = google::protobuf::RepeatedPtrField<v1::Event>;
using Entries = google::protobuf::RepeatedPtrField<v1::KvEntry>;

// Changes the events of every ack.
template <typename Change>
FaultHooks OnEachDelta(Change change) {
  return {.before = [change](Provider&, Message& request) {
    On<Ack>(request, [&](Ack& ack) { change(*ack.mutable_history_delta()); });
  }};
}

// Puts a kind that the provider does not look into in the place of the kinds
// that `is_lost` picks.
template <typename IsLost>
FaultHooks EventsAreLost(IsLost is_lost) {
  return OnEachDelta([is_lost](Events& delta) {
    for (v1::Event& event : delta) {
      if (is_lost(event)) event.mutable_timer_created();
    }
  });
}

FaultHooks SetsAreForgotten() {
  return EventsAreLost(
      [](const v1::Event& event) { return event.has_key_value_set(); });
}

FaultHooks ClearsAreForgotten() {
  return EventsAreLost([](const v1::Event& event) {
    return event.has_key_value_cleared() || event.has_key_values_cleared();
  });
}

// Applies the events of an ack from the last one to the first.
FaultHooks ChangesAreAppliedBackwards() {
  return OnEachDelta([](Events& delta) {
    std::vector<uint64_t> ids;
    for (const v1::Event& event : delta) ids.push_back(event.event_id());
    std::reverse(delta.begin(), delta.end());
    for (int i = 0; i < delta.size(); ++i) {
      delta[i].set_event_id(ids[static_cast<size_t>(i)]);
    }
  });
}

FaultHooks MomentsAreNotStored() {
  return OnEachDelta([](Events& delta) {
    for (v1::Event& event : delta) {
      if (!event.has_key_value_set()) continue;
      event.mutable_key_value_set()->clear_last_updated_at_ms();
    }
  });
}

// Changes the entries of every list and of every snapshot.
template <typename Change>
FaultHooks OnAllEntries(Change change) {
  return {.after = [change](const Message&, Message& response, absl::Status&) {
    On<v1::ListKvValuesResponse>(
        response, [&](auto& listed) { change(*listed.mutable_entries()); });
    On<v1::FetchOrchestrationItemsResponse>(response, [&](auto& fetched) {
      for (auto& item : *fetched.mutable_items()) {
        change(*item.mutable_item()->mutable_kv_snapshot());
      }
    });
  }};
}

FaultHooks EmptyValuesAreLeftOut() {
  return OnAllEntries([](Entries& entries) {
    const auto end =
        std::remove_if(entries.begin(), entries.end(),
                       [](const auto& entry) { return entry.value().empty(); });
    entries.erase(end, entries.end());
  });
}

FaultHooks ValuesAreCut() {
  return OnAllEntries([](Entries& entries) {
    constexpr size_t kLongest = 4096;
    for (v1::KvEntry& entry : entries) {
      if (entry.value().size() > kLongest) {
        entry.mutable_value()->resize(kLongest);
      }
    }
  });
}

FaultHooks KeysAreTrimmed() {
  return OnEachDelta([](Events& delta) {
    for (v1::Event& event : delta) {
      if (!event.has_key_value_set()) continue;
      std::string& key = *event.mutable_key_value_set()->mutable_key();
      key.erase(0, key.find_first_not_of(' '));
    }
  });
}

// Changes the snapshot of every turn.
template <typename Change>
FaultHooks OnEachSnapshot(Change change) {
  return OnEachItem<v1::FetchOrchestrationItemsResponse>(
      [change](auto& locked) {
        change(*locked.mutable_item()->mutable_kv_snapshot());
      });
}

FaultHooks TurnsHaveNoSnapshot() {
  return OnEachSnapshot([](Entries& snapshot) { snapshot.Clear(); });
}

FaultHooks EverySnapshotHasAKey() {
  return OnEachSnapshot(
      [](Entries& snapshot) { snapshot.Add()->set_key("leftover"); });
}

// What each instance's events set, whichever execution they are of, as if every
// ack merged its changes. Thread-safe.
class Merged {
 public:
  void Apply(const Ack& ack) {
    std::lock_guard lock(mutex_);
    for (const v1::Event& event : ack.history_delta()) {
      auto& values = values_[{ack.store(), event.instance_id()}];
      if (event.has_key_value_set()) {
        v1::KvEntry& entry = values[event.key_value_set().key()];
        entry.set_key(event.key_value_set().key());
        entry.set_value(event.key_value_set().value());
        entry.set_last_updated_at_ms(
            event.key_value_set().last_updated_at_ms());
      }
      if (event.has_key_value_cleared()) {
        values.erase(event.key_value_cleared().key());
      }
      if (event.has_key_values_cleared()) values.clear();
    }
  }

  void Read(const std::string& store, v1::OrchestrationItem& item) {
    std::lock_guard lock(mutex_);
    item.clear_kv_snapshot();
    for (const auto& [key, entry] : values_[{store, item.instance()}]) {
      *item.add_kv_snapshot() = entry;
    }
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>,
           std::map<std::string, v1::KvEntry>>
      values_;
};

FaultHooks SnapshotsHaveTheCurrentExecution() {
  auto merged = std::make_shared<Merged>();
  return {
      .before =
          [merged](Provider&, Message& request) {
            On<Ack>(request, [&](const Ack& ack) { merged->Apply(ack); });
          },
      .after =
          [merged](const Message& request, Message& response,
                   const absl::Status& status) {
            if (!status.ok()) return;
            On<v1::FetchOrchestrationItemsResponse>(response, [&](auto& given) {
              const auto& fetch =
                  dynamic_cast<const v1::FetchOrchestrationItemsRequest&>(
                      request);
              for (auto& item : *given.mutable_items()) {
                merged->Read(fetch.store(), *item.mutable_item());
              }
            });
          }};
}

// Leaves the changes of an execution to its runtime for good.
FaultHooks EndsAreNotMerged(bool (*is_lost)(v1::OrchestrationStatus)) {
  return {.before = [is_lost](Provider&, Message& request) {
    On<Ack>(request, [&](Ack& ack) {
      if (is_lost(ack.metadata().status())) {
        ack.mutable_metadata()->set_status(v1::ORCHESTRATION_STATUS_RUNNING);
      }
    });
  }};
}

FaultHooks OnlyContinueAsNewMerges() {
  return EndsAreNotMerged([](v1::OrchestrationStatus status) {
    return status == v1::ORCHESTRATION_STATUS_COMPLETED ||
           status == v1::ORCHESTRATION_STATUS_FAILED;
  });
}

FaultHooks ContinueAsNewDoesNotMerge() {
  return EndsAreNotMerged([](v1::OrchestrationStatus status) {
    return status == v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW;
  });
}

// Answers every read of a key, and every list, as the first one that found
// something: so a value outlives its overwriting, clearing and deletion.
FaultHooks ReadsAreCached() {
  struct State {
    std::mutex mutex;
    std::map<std::string, std::string> replies;
  };
  auto state = std::make_shared<State>();
  const auto cache = [state](const Message& request, auto& response,
                             bool found) {
    std::lock_guard lock(state->mutex);
    std::string& reply = state->replies[request.SerializeAsString()];
    if (!reply.empty()) {
      response.ParseFromString(reply);
    } else if (found) {
      reply = response.SerializeAsString();
    }
  };
  return {.after = [cache](const Message& request, Message& response,
                           absl::Status&) {
    On<v1::GetKvValueResponse>(
        response, [&](auto& read) { cache(request, read, read.has_value()); });
    On<v1::ListKvValuesResponse>(response, [&](auto& listed) {
      cache(request, listed, !listed.entries().empty());
    });
  }};
}

FaultHooks UnknownKeysAreEmpty() {
  return {.after = [](const Message&, Message& response, absl::Status&) {
    On<v1::GetKvValueResponse>(response, [](auto& read) {
      if (!read.has_value()) read.set_value("");
    });
  }};
}

// Looks values up under the instance that was acked last.
FaultHooks InstancesShareTheirKeys() {
  struct State {
    std::mutex mutex;
    std::map<std::string, std::string> last;
  };
  auto state = std::make_shared<State>();
  const auto redirect = [state](auto& read) {
    std::lock_guard lock(state->mutex);
    const std::string& last = state->last[read.store()];
    if (!last.empty()) read.set_instance(last);
  };
  return {.before = [state, redirect](Provider&, Message& request) {
    On<v1::GetKvValueRequest>(request, redirect);
    On<v1::ListKvValuesRequest>(request, redirect);
    On<Ack>(request, [&](const Ack& ack) {
      if (ack.history_delta().empty()) return;
      std::lock_guard lock(state->mutex);
      state->last[ack.store()] = ack.history_delta(0).instance_id();
    });
  }};
}

// Fails an ack that clears what is not there.
FaultHooks ClearingNothingIsAnError() {
  return {.before = [](Provider& working, Message& request) {
    On<Ack>(request, [&](Ack& ack) {
      for (const v1::Event& event : ack.history_delta()) {
        if (!event.has_key_value_cleared()) continue;
        v1::GetKvValueRequest read;
        read.set_store(ack.store());
        read.set_instance(event.instance_id());
        read.set_key(event.key_value_cleared().key());
        const auto value = Await(working, &Provider::GetKvValue, read);
        if (value.ok() && !value->has_value()) {
          ack.set_lock_token("nothing to clear");
        }
      }
    });
  }};
}

// Prunes what executions set together with them.
FaultHooks PrunesRemoveKeyValues() {
  struct State {
    std::mutex mutex;
    std::map<std::string, bool> pruned;
  };
  auto state = std::make_shared<State>();
  return {.after = [state](const Message& request, Message& response,
                           const absl::Status&) {
    std::lock_guard lock(state->mutex);
    if (const auto* prune =
            dynamic_cast<const v1::PruneExecutionsRequest*>(&request)) {
      state->pruned[prune->store()] = true;
    }
    const auto* read = dynamic_cast<const v1::GetKvValueRequest*>(&request);
    if (read != nullptr && state->pruned[read->store()]) response.Clear();
    const auto* list = dynamic_cast<const v1::ListKvValuesRequest*>(&request);
    if (list != nullptr && state->pruned[list->store()]) response.Clear();
  }};
}

std::string Kv(const std::string& name) { return "kv_store/" + name; }

}  // namespace

std::vector<Fault> FaultsOfKv() {
  return {
      {"SetsAreForgotten",
       {{Kv("kv_set_and_get"), "KV-1"},
        {Kv("kv_delta_client_reads_merged"), "KV-1"},
        {Kv("kv_cross_execution_overwrite"), "KV-1"},
        {Kv("kv_delta_prune_untouched_key_survives"), "KV-3"}},
       &SetsAreForgotten},
      {"ClearsAreForgotten",
       {{Kv("kv_clear_single"), "KV-1"},
        {Kv("kv_clear_all"), "KV-1"},
        {Kv("kv_clear_isolation"), "KV-1"},
        {Kv("kv_cross_execution_remove_readd"), "KV-1"},
        {Kv("kv_snapshot_after_clear_single"), "KV-2"},
        {Kv("kv_snapshot_after_clear_all"), "KV-2"},
        {Kv("kv_delta_tombstone_overrides_store"), "KV-1"},
        {Kv("kv_delta_clear_all_tombstones_store"), "KV-1"},
        {Kv("kv_delta_merged_on_can"), "KV-2"},
        {Kv("kv_prune_preserves_all_keys"), "KV-3"}},
       &ClearsAreForgotten},
      {"ChangesAreAppliedBackwards",
       {{Kv("kv_set_after_clear"), "KV-1"}, {Kv("kv_overwrite"), "KV-1"}},
       &ChangesAreAppliedBackwards},
      {"MomentsAreNotStored",
       {{Kv("kv_set_and_get"), "KV-1"},
        {Kv("kv_snapshot_in_fetch"), "KV-2"},
        {Kv("kv_execution_id_tracking"), "KV-1"},
        {Kv("kv_delta_snapshot_includes_completed_execution"), "KV-2"}},
       &MomentsAreNotStored},
      {"EmptyValuesAreLeftOut",
       {{Kv("kv_empty_value"), "WIRE-9"}},
       &EmptyValuesAreLeftOut},
      {"ValuesAreCut", {{Kv("kv_large_value"), "KV-3"}}, &ValuesAreCut},
      {"KeysAreTrimmed",
       {{Kv("kv_special_chars_in_key"), "KV-3"}},
       &KeysAreTrimmed},
      {"TurnsHaveNoSnapshot",
       {{Kv("kv_snapshot_in_fetch"), "KV-2"},
        {Kv("kv_snapshot_cross_execution"), "KV-2"},
        {Kv("kv_delta_snapshot_includes_completed_execution"), "KV-2"},
        {Kv("kv_delta_merged_on_completion"), "KV-2"},
        {Kv("kv_delta_merged_on_can"), "KV-2"}},
       &TurnsHaveNoSnapshot},
      {"EverySnapshotHasAKey",
       {{Kv("kv_snapshot_empty"), "KV-2"}},
       &EverySnapshotHasAKey},
      {"SnapshotsHaveTheCurrentExecution",
       {{Kv("kv_delta_snapshot_excludes_current_execution"), "KV-2"},
        {Kv("kv_snapshot_in_fetch"), "KV-2"},
        {Kv("kv_snapshot_cross_execution"), "KV-2"},
        {Kv("kv_delta_client_reads_merged"), "KV-2"},
        {Kv("kv_delta_tombstone_overrides_store"), "KV-2"},
        {Kv("kv_instance_isolation"), "KV-2"}},
       &SnapshotsHaveTheCurrentExecution},
      {"OnlyContinueAsNewMerges",
       {{Kv("kv_delta_merged_on_completion"), "KV-2"}},
       &OnlyContinueAsNewMerges},
      {"ContinueAsNewDoesNotMerge",
       {{Kv("kv_delta_merged_on_can"), "KV-2"},
        {Kv("kv_snapshot_cross_execution"), "KV-2"}},
       &ContinueAsNewDoesNotMerge},
      {"ReadsAreCached",
       {{Kv("kv_overwrite"), "KV-1"},
        {Kv("kv_clear_single"), "KV-1"},
        {Kv("kv_cross_execution_overwrite"), "KV-1"},
        {Kv("kv_delete_instance_cascades"), "KV-3"},
        {Kv("kv_delete_instance_with_children"), "KV-3"},
        {Kv("kv_delta_delete_instance_cascades"), "KV-3"}},
       &ReadsAreCached},
      {"UnknownKeysAreEmpty",
       {{Kv("kv_get_nonexistent"), "KV-1"},
        {Kv("kv_get_unknown_instance"), "KV-1"},
        {Kv("kv_clear_single"), "KV-1"}},
       &UnknownKeysAreEmpty},
      {"InstancesShareTheirKeys",
       {{Kv("kv_instance_isolation"), "KV-3"},
        {Kv("kv_clear_isolation"), "KV-3"},
        {Kv("kv_get_unknown_instance"), "KV-1"}},
       &InstancesShareTheirKeys},
      {"ClearingNothingIsAnError",
       {{Kv("kv_clear_nonexistent_key"), "KV-1"}},
       &ClearingNothingIsAnError},
      {"PrunesRemoveKeyValues",
       {{Kv("kv_prune_preserves_overwritten"), "KV-3"},
        {Kv("kv_prune_preserves_all_keys"), "KV-3"},
        {Kv("kv_prune_current_execution_protected"), "KV-3"},
        {Kv("kv_delta_prune_untouched_key_survives"), "KV-3"}},
       &PrunesRemoveKeyValues},
  };
}

}  // namespace duroxide::conformance
