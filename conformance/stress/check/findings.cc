#include "conformance/stress/check/findings.h"

#include <utility>

namespace duroxide::stress {

void Findings::Add(std::string_view kind, std::string_view example,
                   uint64_t count) {
  if (count == 0) return;
  const std::lock_guard lock(mutex_);
  auto found = by_kind_.find(kind);
  if (found == by_kind_.end()) {
    found = by_kind_
                .emplace(kind, Finding{.kind = std::string(kind),
                                       .example = std::string(example)})
                .first;
  }
  found->second.count += count;
}

bool Findings::empty() const {
  const std::lock_guard lock(mutex_);
  return by_kind_.empty();
}

std::vector<Finding> Findings::Take() {
  const std::lock_guard lock(mutex_);
  std::vector<Finding> taken;
  taken.reserve(by_kind_.size());
  for (auto& [kind, finding] : by_kind_) taken.push_back(std::move(finding));
  by_kind_.clear();
  return taken;
}

}  // namespace duroxide::stress
