#include "runtime/dispatch/sessions_in_flight.h"

#include <algorithm>

namespace duroxide::runtime {

bool SessionsInFlight::Enter(std::string_view session) {
  const std::lock_guard lock(mutex_);
  const auto found = activities_.find(session);
  if (found != activities_.end()) {
    ++found->second;
    return true;
  }
  if (static_cast<int>(activities_.size()) >= most_) return false;
  activities_.emplace(session, 1);
  return true;
}

void SessionsInFlight::Leave(std::string_view session) {
  const std::lock_guard lock(mutex_);
  const auto found = activities_.find(session);
  if (--found->second == 0) activities_.erase(found);
}

int SessionsInFlight::Room() const {
  const std::lock_guard lock(mutex_);
  return std::max(most_ - static_cast<int>(activities_.size()), 0);
}

}  // namespace duroxide::runtime
