#include "conformance/stress/check/findings.h"

namespace duroxide::stress {

void Findings::Add(std::string_view kind, std::string_view example,
                   uint64_t count) {
  const std::lock_guard lock(mutex_);
  auto found = by_kind_.find(kind);
  if (found == by_kind_.end()) {
    found = by_kind_
                .emplace(std::string(kind),
                         Finding{.kind = std::string(kind),
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
  std::vector<Finding> findings;
  for (auto& [kind, finding] : by_kind_) findings.push_back(std::move(finding));
  by_kind_.clear();
  return findings;
}

}  // namespace duroxide::stress
