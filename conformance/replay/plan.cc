#include "conformance/replay/plan.h"

#include <utility>

#include "conformance/durations.h"

namespace duroxide::conformance {
namespace {

struct Times {
  absl::Duration sent;
  absl::Duration received;
};

}  // namespace

std::vector<Step> PlanOf(const transcript::v1::Transcript& transcript) {
  std::vector<Times> calls;
  for (const auto& call : transcript.calls()) {
    calls.push_back({FromProto(call.sent()), FromProto(call.received())});
  }
  std::vector<Step> steps;
  std::vector<size_t> under_way;
  // The last answer so far.
  std::optional<size_t> last;
  for (size_t i = 0; i < calls.size(); ++i) {
    Step step;
    std::erase_if(under_way, [&](size_t before) {
      if (calls[before].received > calls[i].sent) return false;
      step.newly_answered.push_back(before);
      if (!last || calls[before].received >= calls[*last].received) {
        last = before;
      }
      return true;
    });
    if (last)
      step.since_answer = Gap{*last, calls[i].sent - calls[*last].received};
    if (!under_way.empty()) {
      const size_t before = under_way.back();
      step.since_send = Gap{before, calls[i].sent - calls[before].sent};
    }
    under_way.push_back(i);
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace duroxide::conformance
