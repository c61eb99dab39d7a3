#include "conformance/stress/effects.h"

#include <algorithm>
#include <functional>

namespace duroxide::stress {

void Effects::Count(const runtime::ActivityInfo& activity) {
  Count(activity.instance, activity.execution_id, activity.activity_id);
}

void Effects::Count(std::string_view instance, uint64_t execution_id,
                    uint64_t activity_id) {
  Shard& shard = ShardOf(instance);
  const std::lock_guard lock(shard.mutex);
  ++shard.total;
  auto& done = shard.by_instance[std::string(instance)];
  const Key key{execution_id, activity_id};
  // Newer ones are at the end.
  const auto known =
      std::find_if(done.rbegin(), done.rend(),
                   [&key](const auto& entry) { return entry.first == key; });
  if (known != done.rend()) {
    ++known->second;
  } else {
    done.emplace_back(key, 1);
  }
}

uint64_t Effects::Of(std::string_view instance, uint64_t execution_id,
                     uint64_t activity_id) const {
  const Shard& shard = ShardOf(instance);
  const std::lock_guard lock(shard.mutex);
  const auto done = shard.by_instance.find(std::string(instance));
  if (done == shard.by_instance.end()) return 0;
  const Key key{execution_id, activity_id};
  for (const auto& [activity, times] : done->second) {
    if (activity == key) return times;
  }
  return 0;
}

uint64_t Effects::DistinctOf(std::string_view instance) const {
  const Shard& shard = ShardOf(instance);
  const std::lock_guard lock(shard.mutex);
  const auto done = shard.by_instance.find(std::string(instance));
  return done == shard.by_instance.end() ? 0 : done->second.size();
}

uint64_t Effects::total() const {
  uint64_t total = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    total += shard.total;
  }
  return total;
}

Effects::Shard& Effects::ShardOf(std::string_view instance) {
  return shards_[std::hash<std::string_view>()(instance) % shards_.size()];
}

const Effects::Shard& Effects::ShardOf(std::string_view instance) const {
  return shards_[std::hash<std::string_view>()(instance) % shards_.size()];
}

}  // namespace duroxide::stress
