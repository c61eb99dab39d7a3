#ifndef DUROXIDE_TESTS_E2E_FAULTS_H_
#define DUROXIDE_TESTS_E2E_FAULTS_H_

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace duroxide::e2e {

// What went against the contract while clients were at work. Thread-safe.
class Faults {
 public:
  void Add(std::string what) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(what));
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_FAULTS_H_
