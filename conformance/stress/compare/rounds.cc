#include "conformance/stress/compare/rounds.h"

#include <utility>

namespace duroxide::stress {

absl::StatusOr<std::vector<Contestant>> RunRounds(
    const std::vector<std::string>& names, int rounds, const RunOnce& run) {
  std::vector<Contestant> contestants;
  for (const std::string& name : names) contestants.push_back({.name = name});
  for (int round = 1; round <= rounds; ++round) {
    for (size_t i = 0; i < contestants.size(); ++i) {
      absl::StatusOr<RunRecord> record = run(i, round);
      if (!record.ok()) return record.status();
      contestants[i].runs.push_back(*std::move(record));
    }
  }
  return contestants;
}

}  // namespace duroxide::stress
