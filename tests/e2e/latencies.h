#ifndef DUROXIDE_TESTS_E2E_LATENCIES_H_
#define DUROXIDE_TESTS_E2E_LATENCIES_H_

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace duroxide::e2e {

// Times that a test measures and shows. It never asserts them: they are the
// machine's as much as the program's.
class Latencies {
 public:
  void Add(absl::Duration latency) { all_.push_back(latency); }

  void Print(const std::string& what) {
    std::sort(all_.begin(), all_.end());
    std::cout << what << ": p50 " << Quantile(0.5) << ", p99 " << Quantile(0.99)
              << ", max " << Quantile(1) << " of " << all_.size() << std::endl;
  }

 private:
  absl::Duration Quantile(double part) const {
    if (all_.empty()) return absl::ZeroDuration();
    return all_[static_cast<size_t>(part *
                                    static_cast<double>(all_.size() - 1))];
  }

  std::vector<absl::Duration> all_;
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_LATENCIES_H_
