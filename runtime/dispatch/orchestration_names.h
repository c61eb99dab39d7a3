#ifndef DUROXIDE_RUNTIME_DISPATCH_ORCHESTRATION_NAMES_H_
#define DUROXIDE_RUNTIME_DISPATCH_ORCHESTRATION_NAMES_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "runtime/dispatch/environment.h"
#include "runtime/dispatch/recent_map.h"

namespace duroxide::runtime {

// Which orchestration an instance runs.
struct OrchestrationName {
  std::string name = "unknown";
  std::string version = "unknown";
};

// Tells activities which orchestration they belong to: their messages do not
// say so. What the runtime's own turns know is kept; for others the provider
// is asked, once for all that ask at the time. Thread-safe.
class OrchestrationNames {
 public:
  using OnName = absl::AnyInvocable<void(const OrchestrationName&)>;

  // `has_admin`: the provider can be asked without reading a history.
  OrchestrationNames(Environment& environment, bool has_admin)
      : environment_(environment), has_admin_(has_admin) {}

  // A turn of this execution schedules activities.
  void Learn(std::string_view instance, uint64_t execution_id,
             std::string_view name, std::string_view version);

  // `on_name` runs once, within this call or on a thread of the provider's: it
  // must not block. Where the provider does not know, it gets "unknown".
  void Find(std::string_view instance, uint64_t execution_id, OnName on_name);

 private:
  struct Known {
    uint64_t execution_id = 0;
    OrchestrationName orchestration;
  };
  static constexpr size_t kMostKnown = 10'000;

  void AskInfo(const std::string& instance, uint64_t execution_id);
  void AskHistory(const std::string& instance, uint64_t execution_id);
  void OnAnswer(const std::string& instance, uint64_t execution_id, bool found,
                const OrchestrationName& name);

  Environment& environment_;
  const bool has_admin_;

  std::mutex mutex_;
  RecentMap<Known> known_{kMostKnown};
  // Who waits for the answer about which execution.
  std::map<std::pair<std::string, uint64_t>, std::vector<OnName>> waiting_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_ORCHESTRATION_NAMES_H_
