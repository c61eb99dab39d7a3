#ifndef DUROXIDE_CONFORMANCE_STRESS_EFFECTS_H_
#define DUROXIDE_CONFORMANCE_STRESS_EFFECTS_H_

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/activity_context.h"

namespace duroxide::stress {

// What activities have done to the world outside, to be compared with what the
// histories say of it. Thread-safe.
class Effects {
 public:
  // An activity, known by its instance, execution and event (ACT: the same
  // where it runs again).
  void Count(const runtime::ActivityInfo& activity);
  void Count(std::string_view instance, uint64_t execution_id,
             uint64_t activity_id);

  // How often the activity was done.
  uint64_t Of(std::string_view instance, uint64_t execution_id,
              uint64_t activity_id) const;
  // Of all executions of the instance: how many activities, each once.
  uint64_t DistinctOf(std::string_view instance) const;
  // How many were done, each as often as it was.
  uint64_t total() const;

 private:
  struct Key {
    bool operator==(const Key&) const = default;

    uint64_t execution_id;
    uint64_t activity_id;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, std::vector<std::pair<Key, uint64_t>>>
        by_instance;
    uint64_t total = 0;
  };

  Shard& ShardOf(std::string_view instance);
  const Shard& ShardOf(std::string_view instance) const;

  std::array<Shard, 16> shards_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_EFFECTS_H_
