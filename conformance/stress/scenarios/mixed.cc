// A little of everything at the same time.

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "conformance/stress/scenarios/instance_workload.h"
#include "conformance/stress/scenarios/orchestrations.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {
namespace {

// What a unit may be: how often, what it runs, and what that returns.
struct Part {
  int weight;
  const char* orchestration;
  int input;
  std::string (*output)(int input);
};

std::string Same(int input) { return std::to_string(input); }

constexpr Part kParts[] = {
    {4, kFanOut, 5, CountUpTo},  {2, kSessionChain, 3, CountUpTo},
    {1, kLoop, 3, Same},         {2, kSignals, 2, CountUpTo},
    {1, kFamily, 3, Same},       {2, kNap, 10, Same},
    {1, kFanOut, 40, CountUpTo},
};

// A number that looks like chance, and is the same for the same arguments.
uint64_t Mix(uint64_t seed, uint64_t n) {
  uint64_t z = (seed * 0x9e3779b97f4a7c15) + n;
  z = (z ^ (z >> 33)) * 0xff51afd7ed558ccd;
  z = (z ^ (z >> 33)) * 0xc4ceb9fe1a85ec53;
  return z ^ (z >> 33);
}

class Mixed final : public InstanceWorkload {
 public:
  explicit Mixed(const StressConfig& config) : seed_(config.seed) {}

  absl::Status Register(Stage& stage,
                        runtime::OrchestrationRegistry& orchestrations,
                        runtime::ActivityRegistry& activities) override {
    return FirstError(
        {orchestrations.Add(kFanOut, FanOut),
         orchestrations.Add(kSessionChain, SessionChain),
         orchestrations.Add(kLoop, Loop), orchestrations.Add(kSignals, Signals),
         orchestrations.Add(kFamily, Family), orchestrations.Add(kNap, Nap),
         AddTask(stage, activities), AddSignal(stage, activities)});
  }

 private:
  InstanceStart Unit(uint64_t n) const override {
    const Part& part = PartOf(n);
    return {.orchestration = part.orchestration,
            .input = std::to_string(part.input)};
  }
  std::optional<std::string> OutputOf(uint64_t n) const override {
    const Part& part = PartOf(n);
    return part.output(part.input);
  }

  const Part& PartOf(uint64_t n) const {
    int total = 0;
    for (const Part& part : kParts) total += part.weight;
    int chosen = static_cast<int>(Mix(seed_, n) % total);
    for (const Part& part : kParts) {
      chosen -= part.weight;
      if (chosen < 0) return part;
    }
    return kParts[0];
  }

  const uint64_t seed_;
};

}  // namespace

STRESS_SCENARIO(
    mixed,
    .summary =
        "fan-outs, sessions, loops, events, children and timers, "
        "chosen by chance",
    .shows = "whether the kinds of work get in each other's way",
    .defaults =
        [](StressConfig& config) {
          config.activity_delay = absl::Milliseconds(5);
        },
    .make = Make<Mixed>);

}  // namespace duroxide::stress
