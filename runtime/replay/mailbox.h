#ifndef DUROXIDE_RUNTIME_REPLAY_MAILBOX_H_
#define DUROXIDE_RUNTIME_REPLAY_MAILBOX_H_

// Who gets which of the messages of one name.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace duroxide::runtime {

// Waits and messages of one name, each in the order in which they came. The
// n-th wait that was not given up gets the n-th message.
class Mailbox {
 public:
  // `wait` is the event that the wait began with.
  void AddWait(uint64_t wait) {
    positions_.emplace(wait, waits_);
    ++waits_;
  }

  // The wait no longer counts, and never gets a message.
  void GiveUp(uint64_t wait) {
    const auto found = positions_.find(wait);
    if (found == positions_.end()) return;
    const auto at =
        std::lower_bound(given_up_.begin(), given_up_.end(), found->second);
    if (at == given_up_.end() || *at != found->second) {
      given_up_.insert(at, found->second);
    }
  }

  void AddMessage(std::string message) {
    messages_.push_back(std::move(message));
  }

  // True where a wait has no message yet.
  bool HasOpenWait() const {
    return waits_ - given_up_.size() > messages_.size();
  }

  // The message of this wait; null where there is none, or not yet.
  const std::string* MessageFor(uint64_t wait) const {
    const auto found = positions_.find(wait);
    if (found == positions_.end()) return nullptr;
    const auto at =
        std::lower_bound(given_up_.begin(), given_up_.end(), found->second);
    if (at != given_up_.end() && *at == found->second) return nullptr;
    const size_t rank =
        found->second - static_cast<size_t>(at - given_up_.begin());
    return rank < messages_.size() ? &messages_[rank] : nullptr;
  }

 private:
  size_t waits_ = 0;
  std::unordered_map<uint64_t, size_t> positions_;
  std::vector<size_t> given_up_;  // positions, in order
  std::vector<std::string> messages_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_MAILBOX_H_
