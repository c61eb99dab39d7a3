#include "conformance/replay/plan.h"

#include <utility>

#include "conformance/durations.h"

namespace duroxide::conformance {

std::vector<Step> PlanOf(const transcript::v1::Transcript& transcript) {
  std::vector<Step> steps;
  std::vector<size_t> under_way;
  for (const auto& call : transcript.calls()) {
    Step step = {.sent = FromProto(call.sent())};
    std::erase_if(under_way, [&](size_t before) {
      const auto& earlier = transcript.calls(static_cast<int>(before));
      if (FromProto(earlier.received()) > step.sent) return false;
      step.answered.push_back(before);
      return true;
    });
    under_way.push_back(steps.size());
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace duroxide::conformance
