#include "conformance/stress/scenarios/instance_workload.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "conformance/stress/check/kinds.h"
#include "conformance/stress/check/queues.h"

namespace duroxide::stress {

void InstanceWorkload::Begin(Stage& stage, uint64_t n) {
  InstanceStart start = Unit(n);
  start.instance = InstanceOf(stage, n);
  stage.Start(n, std::move(start));
}

absl::Status InstanceWorkload::Check(Stage& stage, Findings& findings) {
  InstanceCheck terms = Terms();
  terms.also = [this, &stage, more = std::move(terms.also)](
                   const ReadExecution& read, Findings& found) {
    if (more) more(read, found);
    const std::optional<uint64_t> unit = UnitOf(stage, read.instance);
    if (!unit || read.events.empty()) return;
    const v1::Event& last = *read.events.rbegin();
    const std::optional<std::string> output = OutputOf(*unit);
    if (!output || !last.has_orchestration_completed() ||
        last.orchestration_completed().output() == *output) {
      return;
    }
    found.Add(kWrongOutput,
              absl::StrCat(std::string(read.instance), ": it returned \"",
                           last.orchestration_completed().output(),
                           "\", not \"", *output, "\""));
  };
  if (absl::Status checked = CheckInstances(
          stage, [&stage](uint64_t n) { return InstanceOf(stage, n); },
          findings, terms);
      !checked.ok()) {
    return checked;
  }
  return CheckQueuesEmpty(stage, findings);
}

std::string InstanceWorkload::InstanceOf(const Stage& stage, uint64_t n) {
  return absl::StrCat(stage.prefix(), n);
}

std::optional<uint64_t> InstanceWorkload::UnitOf(const Stage& stage,
                                                 std::string_view instance) {
  if (!instance.starts_with(stage.prefix())) return std::nullopt;
  instance.remove_prefix(stage.prefix().size());
  uint64_t n = 0;
  if (!absl::SimpleAtoi(std::string(instance), &n)) return std::nullopt;
  return n;
}

absl::Status FirstError(std::initializer_list<absl::Status> statuses) {
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace duroxide::stress
