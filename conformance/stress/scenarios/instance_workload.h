#ifndef DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_INSTANCE_WORKLOAD_H_
#define DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_INSTANCE_WORKLOAD_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "conformance/stress/check/findings.h"
#include "conformance/stress/check/instances.h"
#include "conformance/stress/stage.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {

// A workload whose units are instances: starts them and checks all that
// CheckInstances and CheckQueuesEmpty can, and their results.
class InstanceWorkload : public Workload {
 public:
  void Begin(Stage& stage, uint64_t n) override;
  absl::Status Check(Stage& stage, Findings& findings) override;

 protected:
  static std::string InstanceOf(const Stage& stage, uint64_t n);
  // Which unit an instance is; nothing where it is a child.
  static std::optional<uint64_t> UnitOf(const Stage& stage,
                                        std::string_view instance);

  // What unit `n` runs, and with which input. The instance's id is not set.
  virtual InstanceStart Unit(uint64_t n) const = 0;
  // What it must return.
  virtual std::optional<std::string> OutputOf(uint64_t /*n*/) const {
    return std::nullopt;
  }
  virtual InstanceCheck Terms() { return {}; }
};

// The first that is not OK.
absl::Status FirstError(std::initializer_list<absl::Status> statuses);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_INSTANCE_WORKLOAD_H_
