#ifndef DUROXIDE_TESTS_E2E_POPULATION_H_
#define DUROXIDE_TESTS_E2E_POPULATION_H_

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

namespace duroxide::e2e {

// The instances that were started last: whom events are raised for. Few, so
// that turns of one instance follow each other, and new ones take the place of
// old ones, so that no history grows long. Thread-safe.
class Population {
 public:
  void Add(const std::string& instance) {
    const std::lock_guard lock(mutex_);
    instances_.push_back(instance);
    if (instances_.size() > kMostInstances) instances_.pop_front();
  }

  // Empty where there is none yet.
  std::string Pick(size_t random) const {
    const std::lock_guard lock(mutex_);
    if (instances_.empty()) return {};
    return instances_[random % instances_.size()];
  }

 private:
  static constexpr size_t kMostInstances = 12;

  mutable std::mutex mutex_;
  std::deque<std::string> instances_;
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_POPULATION_H_
