#ifndef DUROXIDE_CONFORMANCE_STRESS_CHECK_FINDINGS_H_
#define DUROXIDE_CONFORMANCE_STRESS_CHECK_FINDINGS_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// What is wrong after a load, counted by kind, with the first example of each.
// Thread-safe.
class Findings {
 public:
  // `kind` is one of check/kinds.h.
  void Add(std::string_view kind, std::string_view example, uint64_t count = 1);

  bool empty() const;
  // By kind.
  std::vector<Finding> Take();

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Finding, std::less<>> by_kind_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_CHECK_FINDINGS_H_
