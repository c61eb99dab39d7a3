#include "conformance/stress/custom_workload.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "conformance/stress/check/instances.h"

namespace duroxide::stress {
namespace {

class CustomWorkload final : public Workload {
 public:
  explicit CustomWorkload(const StressTest& test) : test_(test) {}

  absl::Status Register(Stage& /*stage*/,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& /*activities*/) override {
    if (orchestrations.functions().Find(test_.orchestration)) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat("StressTest.orchestration is \"", test_.orchestration,
                     "\", which is not among the orchestrations"));
  }

  void Begin(Stage& stage, uint64_t n) override {
    stage.Start(n, {.instance = InstanceOf(stage, n),
                    .orchestration = test_.orchestration,
                    .input = test_.input ? test_.input(n) : ""});
  }

  // What the user's activities do, and what else they start, is not known here.
  absl::Status Check(Stage& stage, Findings& findings) override {
    return CheckInstances(
        stage, [&stage](uint64_t n) { return InstanceOf(stage, n); }, findings,
        {.effects = false, .all_awaited = false, .all_known = false});
  }

 private:
  static std::string InstanceOf(const Stage& stage, uint64_t n) {
    return absl::StrCat(stage.prefix(), n);
  }

  const StressTest& test_;
};

}  // namespace

std::unique_ptr<Workload> MakeCustomWorkload(const StressTest& test) {
  return std::make_unique<CustomWorkload>(test);
}

}  // namespace duroxide::stress
