#ifndef DUROXIDE_CONFORMANCE_LOCKED_H_
#define DUROXIDE_CONFORMANCE_LOCKED_H_

// What a fetch gave, and how long its lock is held.

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>

#include "conformance/interval.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// A message of the contract that a fetch of the case locked. `Message` is
// v1::LockedOrchestrationItem or v1::LockedWorkItem; it stands for itself
// wherever one of these is asked for.
template <typename Message>
class Locked {
 public:
  Locked(Message message, Interval held_for)
      : held(held_for), message_(std::move(message)) {}

  // How long the lock is held. A case that renews the lock gets a new interval
  // from the renewal and goes by that.
  Interval held;

  const auto& item() const { return message_.item(); }
  const std::string& token() const { return message_.lock_token(); }
  uint32_t attempt_count() const { return message_.attempt_count(); }

  // NOLINTNEXTLINE(google-explicit-constructor)
  operator const Message&() const { return message_; }

 private:
  Message message_;
};

using LockedItem = Locked<v1::LockedOrchestrationItem>;
using LockedWork = Locked<v1::LockedWorkItem>;

// One line for people: what is locked, its attempt and its token.
std::ostream& operator<<(std::ostream& out, const LockedItem& locked);
std::ostream& operator<<(std::ostream& out, const LockedWork& locked);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_LOCKED_H_
