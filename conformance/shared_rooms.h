#ifndef DUROXIDE_CONFORMANCE_SHARED_ROOMS_H_
#define DUROXIDE_CONFORMANCE_SHARED_ROOMS_H_

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "conformance/room.h"

namespace duroxide::conformance {

// All rooms are the default store of one provider, one at a time, and emptied
// before and after (--isolation=shared). What was in that store is lost.
class SharedRooms final : public Rooms {
 public:
  explicit SharedRooms(std::shared_ptr<Provider> provider)
      : provider_(std::move(provider)) {}

  // Blocks while another room is open. Cases cannot be judged here where the
  // store cannot be emptied, and where an earlier case leaves behind what
  // nothing removes.
  Opened Open(const Case& of, const std::stop_token& stop) override;

 private:
  class SharedRoom;

  const std::shared_ptr<Provider> provider_;
  std::mutex in_use_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_SHARED_ROOMS_H_
