#include "conformance/last_resort.h"

#include <utility>

namespace duroxide::conformance {

// Both are never destroyed: threads may use them to the very end.
std::mutex& LastResort::Mutex() {
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

std::list<std::function<void()>>& LastResort::Actions() {
  static auto& actions = *new std::list<std::function<void()>>;
  return actions;
}

LastResort::Entry::Entry(std::function<void()> action) {
  const std::lock_guard lock(Mutex());
  at_ = Actions().insert(Actions().begin(), std::move(action));
}

LastResort::Entry::~Entry() {
  const std::lock_guard lock(Mutex());
  Actions().erase(at_);
}

void LastResort::Act() {
  Mutex().lock();
  for (const std::function<void()>& action : Actions()) action();
}

}  // namespace duroxide::conformance
